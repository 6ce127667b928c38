/** The studio's services in one host process: put together here, each in a file of its own. */
import os from 'node:os';
import path from 'node:path';
import { type Problem, ProblemError } from '../../core/base/result.ts';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import { Peer } from '../../core/protocol/rpc.ts';
import { DEFAULT_PROFILE_SECONDS } from '../../core/protocol/sampling.ts';
import { type RecordingId, type RecordingInfoSummary, STOP_GRACE_MS } from '../../core/protocol/session-types.ts';
import { type NodeInstall, STUDIO_REQUESTS, type StudioHandlers, type StudioPushes, type StudioRequests } from '../../core/protocol/studio-api.ts';
import { STUDIO_VERSION } from '../../core/protocol/version.ts';
import { listNodeProcesses } from './attach/node-processes.ts';
import { CollectorClient } from './collector-client.ts';
import { ConfigFiles } from './config/config-files.ts';
import { ConfigTrust } from './config/config-trust.ts';
import { listExamples } from './examples.ts';
import { ExportDesk } from './export/export-desk.ts';
import { ExportJobs } from './export/export-jobs.ts';
import { listFolder } from './files/list-folder.ts';
import { locateFile } from './files/locate.ts';
import { Roots } from './files/roots.ts';
import { UserPaths } from './files/user-paths.ts';
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
import { Recents } from './recordings/recents.ts';
import { RecordingDesk } from './recordings/recording-desk.ts';
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
  readonly #paths: UserPaths;
  readonly #settings: SettingsStore;
  readonly #recents: Recents;
  readonly #library: RecordingLibrary;
  readonly #tracer: TracerInstall;
  readonly #nodes: NodeFinder;
  readonly #around: LaunchSurroundings;
  readonly #environmentReady: Promise<void> = Promise.resolve();
  readonly #collector: CollectorClient;
  readonly #recordings: OpenRecordings;
  readonly #sessions: Sessions;
  readonly #exports: ExportJobs;
  readonly #exportDesk: ExportDesk;
  readonly #desk: RecordingDesk;
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
    this.#paths = new UserPaths({ cwd, home: this.#home, roots: this.#roots });
    this.#settings = new SettingsStore(path.join(dataFolder, 'settings.json'));
    this.#recents = new Recents(path.join(dataFolder, 'recent.json'));
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
    this.#exportDesk = new ExportDesk({ jobs: this.#exports, recordings: this.#recordings, paths: this.#paths });
    this.#desk = new RecordingDesk({
      library: this.#library,
      recents: this.#recents,
      glances: new Glances(path.join(dataFolder, 'glances.json')),
      recordings: this.#recordings,
      paths: this.#paths,
      exports: this.#exports,
      call: this.#collector.call,
      push: (event, payload) => this.push(event, payload),
      isWanted: (recording) => [...this.#windows].some((window) => window.opened.has(recording)),
    });
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
        await this.#configFiles.trust(await this.#paths.existing(file), sha256);
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
      'plugins.examine': async ({ path: file }) => this.#plugins.examine(await this.#paths.existing(file)),
      'plugins.add': async ({ path: file, sha256 }) => this.#plugins.add(await this.#paths.existing(file), sha256),
      'plugins.remove': async ({ path: file }) => {
        await this.#plugins.remove(file);
        return null;
      },
      'plugins.create': async ({ path: file }) => this.#plugins.create(await this.#paths.fresh(file)),

      'recordings.recent': () => this.#desk.recent(),
      'recordings.openRecent': async ({ ref }) => keep(await this.#desk.openRecent(ref, host)),
      'recordings.openPath': async ({ path: file }) => keep(await this.#desk.openPath(file, host)),
      'recordings.discard': async ({ ref }) => {
        await this.#desk.discard(ref);
        return null;
      },
      'recordings.glance': async ({ recording, glance }) => {
        await this.#desk.noteGlance(recording, glance);
        return null;
      },
      'recordings.list': () => this.#recordings.list(),
      'recordings.close': async ({ recording }) => {
        opened.delete(recording);
        await this.#desk.close(recording);
        return null;
      },
      'recordings.save': ({ recording, path: target, overwrite }) => this.#desk.save(recording, target, overwrite ?? false, host),

      'notes.beside': ({ recording }) => this.#desk.notesBeside(recording),
      'notes.change': ({ recording, change }) => this.#desk.changeNote(recording, change),

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
        return keep(await this.#desk.openRecent(upload, host));
      },
      'upload.cancel': async ({ upload }) => {
        await uploads.cancel(upload);
        return null;
      },

      'export.start': (request) => this.#exportDesk.start(request),
      'export.preview': (question) => this.#exportDesk.preview(opened, question),
      'export.picture': ({ path: file, overwrite }, bytes) => this.#exportDesk.savePicture(file, overwrite ?? false, bytes),
      'export.cancel': ({ job }) => {
        this.#exports.cancel(job);
        return null;
      },

      'dialog.pickOpen': (question) => host.pickOpen(question),
      'dialog.pickSave': (question) => host.pickSave(question),
      'files.roots': () => this.#roots.list(),
      'files.list': ({ path: folder, purpose }) => listFolder(this.#paths.of(folder), purpose, this.#roots),

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
    const target = await this.#paths.target(request.path, overwrite);
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

  // --- source texts ------------------------------------------------------------------------------------------------

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

  // --- ends --------------------------------------------------------------------------------------------------------

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
