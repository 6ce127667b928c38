/** The studio's services in one host process: put together here, each in a file of its own. */
import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Problem, ProblemError } from '../../core/base/result.ts';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import type { NoteChange } from '../../core/protocol/notes.ts';
import { Peer } from '../../core/protocol/rpc.ts';
import { DEFAULT_PROFILE_SECONDS } from '../../core/protocol/sampling.ts';
import { type RecordingId, type RecordingInfoSummary, STOP_GRACE_MS } from '../../core/protocol/session-types.ts';
import {
  type ExportQuestion,
  type NodeInstall,
  type RecentItem,
  type RecordingGlance,
  STUDIO_REQUESTS,
  type StudioHandlers,
  type StudioPushes,
  type StudioRequests,
} from '../../core/protocol/studio-api.ts';
import { STUDIO_VERSION } from '../../core/protocol/version.ts';
import { listNodeProcesses } from './attach/node-processes.ts';
import { CollectorClient } from './collector-client.ts';
import { ConfigFiles } from './config/config-files.ts';
import { ConfigTrust } from './config/config-trust.ts';
import { listExamples } from './examples.ts';
import { ExportJobs, existsProblem, putFile } from './export/export-jobs.ts';
import type { ExportChoices } from './export/export-messages.ts';
import { listFolder } from './files/list-folder.ts';
import { locateFile } from './files/locate.ts';
import { Roots } from './files/roots.ts';
import type { HostPort, Studio, StudioOptions } from './host-port.ts';
import { examineLaunch, type LaunchSurroundings } from './launch/examine.ts';
import { SavedConfigs } from './launch/saved-configs.ts';
import { loginShellPath } from './nodes/login-path.ts';
import { NodeFinder } from './nodes/node-finder.ts';
import { OpenRecordings } from './open-recordings.ts';
import { PluginCatalogue } from './plugins/catalogue.ts';
import { type ProbeAnswer, probePlugin } from './plugins/probe.ts';
import { Glances } from './recordings/glances.ts';
import { KEEP_RULE, RecordingLibrary } from './recordings/library.ts';
import { changeNotesBeside, copyNotesBeside, readNotesBeside } from './recordings/notes-beside.ts';
import { Recents } from './recordings/recents.ts';
import { Uploads } from './recordings/uploads.ts';
import { REQUEST_CHECKS } from './request-checks.ts';
import { Sessions } from './sessions.ts';
import { SettingsStore } from './settings.ts';
import { KnownFiles } from './source/named-files.ts';
import { openInEditor } from './source/open-editor.ts';
import { readSource, type SourcePlace } from './source/read-source.ts';
import { TracerInstall } from './tracer-install.ts';

export function createStudio(options: StudioOptions): Studio {
  return new StudioServices(options);
}

/** How such a file begins. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

interface Window {
  readonly peer: Peer;
  readonly host: HostPort;
  /** What it opened and has not closed: the last window that closes a recording closes it in the collector. */
  readonly opened: Set<RecordingId>;
}

class StudioServices implements Studio {
  readonly #options: StudioOptions;
  readonly #home = os.homedir();
  readonly #windows = new Set<Window>();
  readonly #roots: Roots;
  readonly #settings: SettingsStore;
  readonly #recents: Recents;
  readonly #glances: Glances;
  readonly #library: RecordingLibrary;
  readonly #tracer: TracerInstall;
  readonly #nodes: NodeFinder;
  readonly #around: LaunchSurroundings;
  readonly #environmentReady: Promise<void> = Promise.resolve();
  readonly #collector: CollectorClient;
  readonly #recordings: OpenRecordings;
  readonly #sessions: Sessions;
  readonly #exports: ExportJobs;
  readonly #plugins: PluginCatalogue;
  readonly #configFiles: ConfigFiles;
  readonly #savedConfigs: SavedConfigs;
  readonly #namedFiles = new KnownFiles();

  constructor(options: StudioOptions) {
    this.#options = options;
    const { dataFolder, cwd } = options;
    const environment: Record<string, string | undefined> = { ...process.env };
    // Started from a dock or a menu: there is no terminal, and PATH is the system's bare one.
    if (options.isElectron && !environment.TERM) this.#environmentReady = completePath(environment);
    this.#roots = new Roots(options.fileRoots, [cwd, this.#home, path.parse(cwd).root]);
    this.#settings = new SettingsStore(path.join(dataFolder, 'settings.json'));
    this.#recents = new Recents(path.join(dataFolder, 'recent.json'));
    this.#glances = new Glances(path.join(dataFolder, 'glances.json'));
    this.#savedConfigs = new SavedConfigs(path.join(dataFolder, 'run-configurations.json'));
    this.#library = new RecordingLibrary(path.join(dataFolder, 'recordings'));
    this.#tracer = new TracerInstall({ source: options.tracerFolder, dataFolder, version: STUDIO_VERSION });
    this.#nodes = new NodeFinder({ environment, home: this.#home, ...(!options.isElectron && { ownExecutable: process.execPath }) });
    this.#plugins = new PluginCatalogue({
      file: path.join(dataFolder, 'plugins.json'),
      tracerFolder: options.tracerFolder,
      probe: (file) => this.#probe(file),
    });
    this.#configFiles = new ConfigFiles({
      program: path.join(options.tracerFolder, 'config-probe.cjs'),
      trust: new ConfigTrust(path.join(dataFolder, 'config-trust.json')),
    });
    this.#around = {
      cwd,
      home: this.#home,
      environment,
      nodes: this.#nodes,
      tracerStripsTypes: this.#tracer.stripsTypes,
      plugins: this.#plugins,
      configFiles: this.#configFiles,
      places: { tracers: this.#tracer.parent, socketParents: [dataFolder, os.tmpdir()] },
    };
    this.#collector = new CollectorClient({
      spawn: options.spawnCollector,
      onSession: (info) => this.#sessions.changed(info),
      onWorthSaving: (news) => this.#sessions.worthSaving(news),
      onTake: (told) => this.push('session.take', told),
      onLost: (description) => {
        this.#sessions.lost(description);
        this.push('recordings.changed', null);
      },
      onRestarted: (call) => this.#recordings.openAgain(call),
    });
    this.#recordings = new OpenRecordings(this.#collector.call);
    this.#sessions = new Sessions({
      call: this.#collector.call,
      tracer: this.#tracer,
      library: this.#library,
      recordings: this.#recordings,
      around: this.#around,
      onChanged: (info) => this.push('session.changed', info),
      onSaved: (saved) => {
        this.push('session.saved', saved);
        this.push('recordings.changed', null);
      },
      onEnded: () => this.#ended(),
    });
    this.#exports = new ExportJobs(options.exportWorker, (progress) => this.push('export.progress', progress));
    // Cleaning is for later runs: nobody waits for it, and what it cannot remove it meets again next time.
    this.#clean().catch(() => {});
  }

  attachWindow(channel: ByteChannel, host: HostPort): void {
    const opened = new Set<RecordingId>();
    let window: Window | undefined;
    const uploads = new Uploads(this.#library);
    const handlers = this.#handlers(host, opened, uploads);
    const peer = new Peer(channel, { calls: checked(handlers) });
    window = { peer, host, opened };
    this.#windows.add(window);
    peer.onClose = () => {
      if (window) this.#windows.delete(window);
      uploads.cancelAll().catch(() => {}); // What stays of them goes with the next cleaning.
    };
  }

  openCollectorWindow(): Promise<ByteChannel> {
    return this.#collector.openWindow();
  }

  push<K extends keyof StudioPushes>(event: K, payload: StudioPushes[K]): void {
    for (const { peer } of this.#windows) peer.notify(event, payload);
  }

  runningSessions(): number {
    return this.#sessions.running();
  }

  async shutdown({ stopTargets }: { readonly stopTargets: boolean }): Promise<void> {
    if (!stopTargets) await this.#sessions.allEnded();
    this.#exports.cancelAll();
    await this.#collector.shutdown(STOP_GRACE_MS);
    await this.#sessions.settle();
  }

  // --- the answers to a window ------------------------------------------------------------------------------------

  #handlers(host: HostPort, opened: Set<RecordingId>, uploads: Uploads): StudioHandlers {
    const keep = (summary: RecordingInfoSummary) => {
      opened.add(summary.id);
      return summary;
    };
    return {
      'studio.info': async () => {
        const problem = await this.#tracerProblem();
        return {
          version: STUDIO_VERSION,
          host: this.#options.host,
          platform: process.platform,
          home: this.#home,
          cwd: this.#options.cwd,
          nativeDialogs: host.nativeDialogs,
          keepRule: KEEP_RULE,
          opensEditor: this.#options.opensEditor !== false,
          ...(problem && { problem }),
        };
      },
      'settings.get': () => this.#settings.get(),
      'settings.set': (change) => this.#settings.set(change),

      'launch.inspect': async (config) => {
        await this.#environmentReady;
        return (await examineLaunch(config, this.#around)).inspection;
      },
      'launch.trustConfig': async ({ path: file, sha256 }) => {
        await this.#configFiles.trust(await this.#roots.resolveExisting(this.#userPath(file)), sha256);
        return null;
      },
      'launch.nodes': ({ refresh }) => this.#listNodes(refresh),
      'launch.examples': () => listExamples(this.#options.examplesFolder),
      'launch.recent': () => this.#recents.scripts(),
      'launch.saved': ({ folder }) => this.#savedConfigs.of(folder),
      'launch.keep': ({ folder, name, config }) => this.#savedConfigs.keep(folder, name, config),
      'launch.forget': ({ folder, name }) => this.#savedConfigs.forget(folder, name),
      'launch.locate': (wanted) =>
        locateFile(
          wanted,
          this.#roots.folders.filter((folder) => path.parse(folder).root !== folder),
        ),

      'session.start': async (config) => {
        await this.#environmentReady;
        const info = await this.#sessions.start(config);
        opened.add(info.recording);
        // The list of recent scripts is a convenience: the run goes on without it.
        await this.#recents.addScript(config, Date.now()).catch(() => {});
        this.push('recordings.changed', null);
        // News of this run may have been pushed meanwhile: an older answer must not follow it.
        return this.#sessions.latest(info);
      },
      'session.stop': ({ session }) => this.#sessions.stop(session),
      'session.restart': async ({ session }) => {
        const info = await this.#sessions.restart(session);
        opened.add(info.recording);
        this.push('recordings.changed', null);
        return info;
      },
      'session.stdin': async ({ session, text, end }) => {
        await this.#sessions.stdin(session, text, end ?? false);
        return null;
      },
      'session.record': ({ session, on }) => this.#sessions.record(session, on),
      'session.snapshot': async ({ session }) => this.#sessions.snapshot(session),
      'session.mute': ({ session, functions, muted }) => this.#sessions.mute(session, functions, muted),
      'session.mark': async ({ session, name }) => this.#sessions.mark(session, name),
      'session.saveLast': async ({ session }) => {
        const saved = await this.#sessions.saveLast(session);
        this.push('recordings.changed', null);
        return saved;
      },
      'session.sampling': ({ session, on }) => this.#collector.call('session.sampling', { session, on }),
      'session.take': (request) => this.#take(request),
      'session.list': () => this.#sessions.list(),

      'attach.list': () => listNodeProcesses(),
      'attach.start': async ({ pid, options, config }) => {
        const info = await this.#sessions.attach(pid, options, config ? this.#configFiles : undefined);
        opened.add(info.recording);
        this.push('recordings.changed', null);
        return this.#sessions.latest(info);
      },

      'plugins.list': () => this.#plugins.list(),
      'plugins.examine': async ({ path: file }) => this.#plugins.examine(await this.#roots.resolveExisting(this.#userPath(file))),
      'plugins.add': async ({ path: file, sha256 }) => this.#plugins.add(await this.#roots.resolveExisting(this.#userPath(file)), sha256),
      'plugins.remove': async ({ path: file }) => {
        await this.#plugins.remove(file);
        return null;
      },
      'plugins.create': async ({ path: file }) => this.#plugins.create(await this.#roots.resolveNew(this.#userPath(file))),

      'recordings.recent': () => this.#recentItems(),
      'recordings.openRecent': async ({ ref }) => keep(await this.#openRecent(ref, host)),
      'recordings.openPath': async ({ path: file }) => keep(await this.#openPath(file, host)),
      'recordings.discard': async ({ ref }) => {
        await this.#discard(ref);
        return null;
      },
      'recordings.glance': async ({ recording, glance }) => {
        if (await this.#glances.put(this.#recordings.get(recording).file, glance)) this.push('recordings.changed', null);
        return null;
      },
      'recordings.list': () => this.#recordings.list(),
      'recordings.close': async ({ recording }) => {
        await this.#close(recording, opened);
        return null;
      },
      'recordings.save': ({ recording, path: target, overwrite }) => this.#save(recording, target, overwrite ?? false, host),

      'notes.beside': ({ recording }) => readNotesBeside(this.#recordings.get(recording).file),
      'notes.change': ({ recording, change }) => this.#changeNote(recording, change),

      'source.read': async ({ recording, ...wanted }) => readSource(wanted, await this.#namedFrom(recording, wanted.file), this.#roots),
      'source.open': async ({ recording, ...wanted }) => {
        await this.#openSource(wanted, await this.#namedFrom(recording, wanted.file));
        return null;
      },

      'upload.begin': async (file) => ({ upload: await uploads.begin(file) }),
      'upload.append': async ({ upload }, piece) => {
        await uploads.append(upload, piece);
        return null;
      },
      'upload.finish': async ({ upload }) => {
        await uploads.finish(upload);
        this.push('recordings.changed', null);
        return keep(await this.#openRecent(upload, host));
      },
      'upload.cancel': async ({ upload }) => {
        await uploads.cancel(upload);
        return null;
      },

      'export.start': (request) => this.#startExport(request),
      'export.preview': (question) => this.#exports.preview(opened, this.#choices(question)),
      'export.picture': ({ path: file, overwrite }, bytes) => this.#savePicture(file, overwrite ?? false, bytes),
      'export.cancel': ({ job }) => {
        this.#exports.cancel(job);
        return null;
      },

      'dialog.pickOpen': (question) => host.pickOpen(question),
      'dialog.pickSave': (question) => host.pickSave(question),
      'files.roots': () => this.#roots.list(),
      'files.list': ({ path: folder, purpose }) => listFolder(this.#userPath(folder), purpose, this.#roots),

      'window.setDocument': (document) => {
        host.setDocument(document);
        return null;
      },
      'window.close': ({ choice }) => {
        host.close(choice);
        return null;
      },
      'window.openExternal': async ({ url }) => {
        await host.openExternal(safeLink(url));
        return null;
      },
      'window.reveal': async ({ path: file }) => {
        await host.reveal(await this.#roots.resolveExisting(file));
        return null;
      },
    };
  }

  async #take(request: Parameters<StudioRequests['session.take']>[0]): Promise<ReturnType<StudioRequests['session.take']>> {
    const { session, what, overwrite = false, seconds = DEFAULT_PROFILE_SECONDS } = request;
    const target = await this.#target(request.path, overwrite, '');
    const { bytes, message } = await this.#collector.call('session.take', { session, what, path: target, overwrite, seconds });
    return { path: target, bytes, message };
  }

  /** With a mark on the one that a launch without a choice would take. */
  async #listNodes(refresh: boolean): Promise<readonly NodeInstall[]> {
    await this.#environmentReady;
    const nodes = await this.#nodes.all(refresh);
    const chosen = await this.#nodes.choose(this.#options.cwd);
    return nodes.map((node) => (node.path === chosen?.path ? chosen : node));
  }

  /** With the Node that a launch without a choice would take. */
  async #probe(file: string): Promise<ProbeAnswer> {
    await this.#environmentReady;
    const node = await this.#nodes.choose(this.#options.cwd);
    if (!node || node.problem !== undefined) {
      return {
        facts: {},
        problem: { code: 'no-node', message: 'Nothing is known of it: no Node was found to ask it with.', remedy: 'Install Node 20.19 or newer.' },
      };
    }
    return probePlugin({ node: node.path, program: path.join(this.#options.tracerFolder, 'plugin-probe.cjs'), file });
  }

  async #tracerProblem(): Promise<Problem | undefined> {
    try {
      await this.#tracer.folder();
      return undefined;
    } catch (error) {
      if (error instanceof ProblemError) return { code: error.code, message: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) };
      throw error;
    }
  }

  // --- recordings -------------------------------------------------------------------------------------------------

  async #recentItems(): Promise<readonly RecentItem[]> {
    const glances = await this.#glances.all();
    const glanceOf = (file: string) => glances.has(file) && { glance: glances.get(file) as RecordingGlance };
    const unsaved = (await this.#library.list())
      .filter((entry) => !entry.live)
      .map(({ journal, file, bytes, recovered }): RecentItem => {
        const { endedAtMs, end } = journal;
        return {
          ref: journal.recording,
          title: journal.title,
          path: file,
          bytes,
          openedAtMs: journal.startedAtMs,
          unsaved: true,
          recovered,
          // An uploaded trace was not recorded here.
          ...(endedAtMs !== undefined && journal.session !== '' && { durationNs: (endedAtMs - journal.startedAtMs) * 1e6 }),
          ...(end && { end }),
          ...glanceOf(file),
        };
      });
    const files = await Promise.all(
      (await this.#recents.files()).map(async (file): Promise<RecentItem> => {
        const found = await stat(file.path).catch(() => undefined);
        return { ...file, bytes: found?.size ?? 0, unsaved: false, recovered: false, ...(!found && { missing: true }), ...glanceOf(file.path) };
      }),
    );
    return [...unsaved, ...files].sort((a, b) => Number(b.recovered) - Number(a.recovered) || b.openedAtMs - a.openedAtMs);
  }

  async #openRecent(ref: string, host: HostPort): Promise<RecordingInfoSummary> {
    const entry = await this.#library.find(ref);
    if (entry) return (await this.#recordings.openFile(entry.file, entry.journal)).summary;
    const file = (await this.#recents.files()).find((recent) => recent.ref === ref);
    if (!file)
      throw new ProblemError({
        code: 'no-such-recording',
        message: 'This recording is not in the list any more.',
        remedy: 'It may have been discarded in another window.',
      });
    return this.#openPath(file.path, host);
  }

  async #openPath(file: string, host: HostPort): Promise<RecordingInfoSummary> {
    const real = await this.#roots.resolveExisting(this.#userPath(file));
    const { summary } = await this.#recordings.openFile(real);
    await this.#remember(real, summary, host);
    return summary;
  }

  async #remember(file: string, summary: RecordingInfoSummary, host: HostPort, durationNs?: number): Promise<void> {
    // The list is a convenience: an unwritable folder must not keep a file from being opened or saved.
    await this.#recents.addFile({ path: file, title: summary.title, openedAtMs: Date.now(), ...(durationNs !== undefined && { durationNs }) }).catch(() => {});
    host.addRecent(file);
    this.push('recordings.changed', null);
  }

  async #discard(ref: string): Promise<void> {
    const entry = await this.#library.find(ref);
    if (entry?.live) {
      throw new ProblemError({ code: 'recording-live', message: `${entry.journal.title} is still being recorded.`, remedy: 'Stop it first.' });
    }
    if (entry) {
      await this.#recordings.close(ref);
      await this.#library.remove(ref);
    } else await this.#recents.removeFile(ref);
    this.push('recordings.changed', null);
  }

  /** A live recording stays open in the collector: it is still written. */
  async #close(recording: RecordingId, opened: Set<RecordingId>): Promise<void> {
    opened.delete(recording);
    const { summary } = this.#recordings.get(recording);
    const isWanted = [...this.#windows].some((window) => window.opened.has(recording));
    if (isWanted || summary.live) return;
    await this.#recordings.close(recording);
    this.push('recordings.changed', null);
  }

  async #save(recording: RecordingId, asked: string | undefined, overwrite: boolean, host: HostPort): Promise<RecordingInfoSummary> {
    const open = this.#recordings.get(recording);
    if (asked === undefined && open.savedTo === undefined) {
      throw new ProblemError({ code: 'no-path', message: `${open.summary.title} was not saved before.`, remedy: 'Choose where to save it.' });
    }
    const target = asked === undefined ? (open.savedTo as string) : await this.#target(asked, overwrite, open.file);
    const { live, format } = open.summary;
    if (target !== open.file) {
      if (format === 'recording' || path.extname(target) === path.extname(open.file)) {
        await this.#collector.call('recording.saveAs', { recording, path: target });
        await copyNotesBeside(open.file, target);
      } else await this.#convert(open.file, target);
    }
    const glance = (await this.#glances.all()).get(open.file);
    if (glance) await this.#glances.put(target, glance).catch(() => false);
    const summary = this.#recordings.markSaved(recording, target, !live);
    if (!live) await this.#library.markSaved(recording, target);
    await this.#remember(target, { ...summary, title: path.basename(target) }, host);
    return summary;
  }

  /** The working folder of the recording, if it names the file. */
  async #namedFrom(recording: RecordingId, wanted: string): Promise<string> {
    const { file } = this.#recordings.get(recording);
    const found = await this.#namedFiles.find(recording, file, wanted);
    if (found) return found.cwd;
    throw new ProblemError({ code: 'source-not-named', message: `The recording does not name ${wanted.slice(0, 300)} as a place of its functions.` });
  }

  async #openSource(place: SourcePlace, cwd: string): Promise<void> {
    if (this.#options.opensEditor === false) {
      throw new ProblemError({ code: 'no-editor-here', message: 'This studio listens for other machines: an editor would open where nobody sees it.' });
    }
    await this.#environmentReady;
    const { editor } = await this.#settings.get();
    const { path: file, line, column } = await readSource({ ...place, before: 0, after: 0 }, cwd, this.#roots);
    await openInEditor(editor, { file, line, column }, this.#options.cwd, this.#around.environment);
  }

  /** One after the other: two windows that write beside one file would else lose each other's. */
  #changeNote(recording: RecordingId, change: NoteChange): Promise<ReturnType<StudioRequests['notes.change']>> {
    const changed = this.#noting.then(async () => {
      const { file, savedTo, summary } = this.#recordings.get(recording);
      const copy = savedTo !== undefined && savedTo !== file ? { copy: savedTo } : {};
      const inside = summary.format === 'recording' && (await this.#collector.call('recording.note', { recording, change, ...copy })).kept;
      const beside = inside ? undefined : await changeNotesBeside(file, change);
      if (!inside && copy.copy !== undefined) await changeNotesBeside(copy.copy, change);
      this.push('notes.changed', { recording, change });
      return beside === undefined ? {} : { beside };
    });
    this.#noting = changed.catch(() => {}); // Told to who asked.
    return changed;
  }
  #noting: Promise<unknown> = Promise.resolve();

  /** A trace of another format is saved as a recording. */
  async #convert(source: string, target: string): Promise<void> {
    const { finished } = this.#exports.start({ source, path: target, format: 'recording', live: false, overwrite: true });
    const { problem } = await finished;
    if (problem) throw new ProblemError(problem);
  }

  async #startExport(request: Parameters<StudioRequests['export.start']>[0]): Promise<{ readonly job: string }> {
    const open = this.#recordings.get(request.recording);
    const overwrite = request.overwrite ?? false;
    const target = await this.#target(request.path, overwrite, open.file);
    if (target === open.file) {
      throw new ProblemError({ code: 'export-onto-itself', message: `${target} is the recording that is being exported.`, remedy: 'Choose another name.' });
    }
    const { job } = this.#exports.start({ ...this.#choices(request), path: target, overwrite });
    return { job };
  }

  #choices({ recording, view = 'processed', ...question }: ExportQuestion): ExportChoices {
    const { format, fromNs, toNs, without, table, thread } = question;
    const { file, summary } = this.#recordings.get(recording);
    return {
      source: file,
      format,
      view,
      live: summary.live,
      ...(fromNs !== undefined && { fromNs }),
      ...(toNs !== undefined && { toNs }),
      ...(without && { without }),
      ...(table && { table }),
      ...(thread !== undefined && { thread }),
    };
  }

  async #savePicture(asked: string, overwrite: boolean, bytes: Uint8Array): Promise<{ readonly path: string; readonly bytes: number }> {
    if (bytes.length < PNG.length || !PNG.every((byte, at) => bytes[at] === byte)) {
      throw new ProblemError({ code: 'no-picture', message: 'The window sent something that is no PNG picture.' });
    }
    const target = await this.#target(asked, overwrite, '');
    await putFile(target, bytes, overwrite);
    return { path: target, bytes: bytes.length };
  }

  /** A path to write to that may be written, by the roots and by `overwrite`. */
  async #target(asked: string, overwrite: boolean, own: string): Promise<string> {
    const target = await this.#roots.resolveNew(this.#userPath(asked));
    const found = await stat(target).catch(() => undefined);
    if (found?.isDirectory()) throw new ProblemError({ code: 'is-folder', message: `${target} is a folder.`, remedy: 'Add a file name.' });
    if (found && !overwrite && target !== own) throw existsProblem(target);
    return target;
  }

  #userPath(text: string): string {
    return path.resolve(this.#options.cwd, text.replace(/^~(?=$|[\\/])/, this.#home));
  }

  #ended(): void {
    this.push('recordings.changed', null);
    this.#clean().catch(() => {}); // As at the start.
  }

  async #clean(): Promise<void> {
    await this.#library.clean({ inUse: this.#recordings.ids() });
    await this.#tracer.clean();
  }
}

async function completePath(environment: Record<string, string | undefined>): Promise<void> {
  const path = await loginShellPath(environment);
  if (path !== undefined) environment.PATH = path;
}

/** Every call of a window goes through its check first. */
function checked(handlers: StudioHandlers): Record<string, (argument: never, bytes: Uint8Array) => unknown> {
  const calls: Record<string, (argument: never, bytes: Uint8Array) => unknown> = {};
  for (const method of Object.keys(STUDIO_REQUESTS) as (keyof StudioRequests)[]) {
    const check = REQUEST_CHECKS[method];
    const handler = handlers[method] as (argument: unknown, bytes: Uint8Array) => unknown;
    calls[method] = (argument: unknown, bytes) => handler(check(argument, ''), bytes);
  }
  return calls;
}

/** Only what a browser or a mail program opens: a `file:` or a scheme of another program could run something. */
function safeLink(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'https:' || parsed?.protocol === 'mailto:') return parsed.href;
  throw new ProblemError({
    code: 'link-refused',
    message: `Only https and mailto links are opened, not ${url.slice(0, 100)}.`,
    remedy: 'Copy the address if you trust it.',
  });
}
