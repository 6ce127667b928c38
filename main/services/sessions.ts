/** Runs of scripts: started from a form, followed through the collector, kept for Restart. */
import { randomUUID } from 'node:crypto';
import { ProblemError } from '../../core/base/result.ts';
import type { AttachOptions } from '../../core/protocol/attach.ts';
import type { CollectorEvents } from '../../core/protocol/collector-api.ts';
import type { Marked } from '../../core/protocol/notes.ts';
import { type LaunchConfig, type RecordingId, type SessionId, type SessionInfo, STOP_GRACE_MS } from '../../core/protocol/session-types.ts';
import type { SavedAside, StudioPushes } from '../../core/protocol/studio-api.ts';
import type { FunctionRule } from '../../core/protocol/target-wire.ts';
import { type AttachingCollector, attachable, attachConfig, attachPlan, attachTo } from './attach/attach.ts';
import type { CollectorClient } from './collector-client.ts';
import type { ConfigFiles } from './config/config-files.ts';
import { examineLaunch, type LaunchSurroundings } from './launch/examine.ts';
import { makeSpawnPlan } from './launch/spawn-plan.ts';
import type { OpenRecordings } from './open-recordings.ts';
import type { RecordingLibrary } from './recordings/library.ts';
import type { TracerInstall } from './tracer-install.ts';

const TOUCH_TRACER_MS = 3_600_000;

export interface SessionsOptions {
  readonly call: CollectorClient['call'];
  readonly tracer: TracerInstall;
  readonly library: RecordingLibrary;
  readonly recordings: OpenRecordings;
  readonly around: LaunchSurroundings;
  readonly onChanged: (info: SessionInfo) => void;
  /** What a run kept was saved by itself. */
  readonly onSaved: (saved: StudioPushes['session.saved']) => void;
  /** A session ended, its recording is complete in the library. */
  readonly onEnded: (info: SessionInfo) => void;
}

interface Entry {
  /** Undefined: the studio attached to it. */
  readonly config: LaunchConfig | undefined;
  info: SessionInfo;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<SessionId, Entry>();
  /** Told by the collector before its answer to `session.start` has come. */
  readonly #early = new Map<SessionId, SessionInfo>();
  readonly #waiting: (() => void)[] = [];
  /** Journals of ended sessions that are being written. */
  readonly #finishing = new Set<Promise<void>>();
  #touching: NodeJS.Timeout | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  list(): readonly SessionInfo[] {
    return [...this.#sessions.values()].map(({ info }) => info);
  }

  /** What is known now of a session that was answered with `info`. */
  latest(info: SessionInfo): SessionInfo {
    return this.#sessions.get(info.id)?.info ?? info;
  }

  running(): number {
    return this.list().filter((info) => info.state !== 'ended').length;
  }

  /** Resolves when no session runs. */
  async allEnded(): Promise<void> {
    while (this.running() > 0) await new Promise<void>((wake) => this.#waiting.push(wake));
  }

  /** Throws ProblemError with the first thing that is in the way; the form has shown them all by `launch.inspect`. */
  async start(config: LaunchConfig): Promise<SessionInfo> {
    const { tracer, call, around } = this.#options;
    const { inspection, start } = await examineLaunch(config, around);
    if (!start) throw new ProblemError(inspection.problems[0] ?? { code: 'cannot-start', message: 'The target cannot be started.' });
    const plan = makeSpawnPlan(config, start, await tracer.folder());
    return this.#begin(plan.title, config, (ids) => call('session.start', { plan, ...ids }));
  }

  /** A session of a program that runs already, recorded as the config file of its project says, too, where that is to be read. Throws ProblemError. */
  async attach(pid: number, options: AttachOptions, configFiles?: ConfigFiles): Promise<SessionInfo> {
    const { tracer, call } = this.#options;
    const target = await attachable(pid);
    const tracerFolder = await tracer.folder();
    const configured = configFiles && (await attachConfig(configFiles, target));
    const plan = attachPlan(target, options, tracerFolder, configured?.capture);
    const collector: AttachingCollector = {
      attach: (argument) => call('session.attach', argument),
      stop: (session, graceMs) => call('session.stop', { session, graceMs }),
    };
    return this.#begin(plan.title, undefined, async (ids) => {
      try {
        return await attachTo(collector, { target, plan, tracerFolder, ...ids });
      } catch (error) {
        await call('recording.close', { recording: ids.recording }).catch(() => {});
        throw error;
      }
    });
  }

  async #begin(
    title: string,
    config: LaunchConfig | undefined,
    begin: (ids: { readonly session: SessionId; readonly recording: RecordingId; readonly file: string }) => Promise<SessionInfo>,
  ): Promise<SessionInfo> {
    const { tracer, library, recordings } = this.#options;
    const [session, recording] = [randomUUID(), randomUUID()];
    const file = await library.begin({ recording, session, title, startedAtMs: Date.now() }).catch((error: Error) => {
      throw new ProblemError({
        code: 'recording-folder',
        message: `The recording cannot be written to ${library.folder}: ${error.message}`,
        remedy: 'Check the permissions and the free space of this folder.',
      });
    });
    try {
      const answer = await begin({ session, recording, file });
      const info = this.#early.get(session) ?? answer;
      recordings.addLive(info, file);
      this.#sessions.set(session, { config, info });
      this.#touching ??= setInterval(() => void tracer.touch(), TOUCH_TRACER_MS).unref();
      this.#options.onChanged(info);
      if (info.state === 'ended') this.#finish(info);
      return info;
    } catch (error) {
      await library.remove(recording);
      throw error;
    } finally {
      this.#early.delete(session);
    }
  }

  async stop(session: SessionId): Promise<SessionInfo> {
    const entry = this.#entry(session);
    if (entry.info.state !== 'ended') this.changed(await this.#options.call('session.stop', { session, graceMs: STOP_GRACE_MS }));
    return entry.info;
  }

  /** Stops it if it runs, and starts the same form again as a session of its own. */
  async restart(session: SessionId): Promise<SessionInfo> {
    const { config, info } = this.#entry(session);
    if (!config)
      throw new ProblemError({
        code: 'cannot-restart',
        message: `${info.title} was not started by the studio.`,
        remedy: 'Start it yourself, and attach to it again.',
      });
    await this.stop(session);
    return this.start(config);
  }

  async stdin(session: SessionId, text: string, end: boolean): Promise<void> {
    const { info } = this.#entry(session);
    if (info.state === 'ended') {
      throw new ProblemError({ code: 'session-ended', message: `${info.title} has ended and reads no input.`, remedy: 'Start it again.' });
    }
    await this.#options.call('session.stdin', { session, text, ...(end && { end }) });
  }

  async record(session: SessionId, on: boolean): Promise<SessionInfo> {
    this.#running(session);
    this.changed(await this.#options.call('session.record', { session, on }));
    return this.#entry(session).info;
  }

  async mute(session: SessionId, functions: readonly FunctionRule[], muted: boolean): Promise<SessionInfo> {
    this.#running(session);
    this.changed(await this.#options.call('session.mute', { session, functions, muted }));
    return this.#entry(session).info;
  }

  snapshot(session: SessionId): Promise<{ readonly processes: number }> {
    this.#running(session);
    return this.#options.call('session.snapshot', { session });
  }

  mark(session: SessionId, name: string): Promise<Marked> {
    this.#running(session);
    return this.#options.call('session.mark', { session, name });
  }

  /** What a run that keeps only the newest has now, as an unsaved recording of its own. */
  async saveLast(session: SessionId): Promise<SavedAside> {
    this.#running(session);
    const { info } = this.#entry(session);
    if (!info.kept) {
      const remedy = 'Save it, or choose to keep the newest only in the run configuration.';
      throw new ProblemError({ code: 'keeps-all', message: `All of ${info.title} is kept.`, remedy });
    }
    return this.#saveAside(info);
  }

  /** Something has happened in a run that keeps only the newest. */
  worthSaving({ session, why }: CollectorEvents['session.worth-saving']): void {
    const info = this.#sessions.get(session)?.info;
    if (!info) return;
    this.#saveAside(info).then(
      (saved) => this.#options.onSaved({ ...saved, session, why }),
      () => {}, // The console of the run says that it was to be saved; what is kept is still there.
    );
  }

  async #saveAside(info: SessionInfo): Promise<SavedAside> {
    const { library, call } = this.#options;
    const recording = randomUUID();
    const title = `${info.title}, until ${new Date().toTimeString().slice(0, 8)}`;
    const file = await library.begin({ recording, session: info.id, title, startedAtMs: info.startedAtMs });
    try {
      await call('recording.saveAs', { recording: info.recording, path: file });
    } catch (error) {
      await library.remove(recording);
      throw error;
    }
    await library.finish(recording, Date.now(), undefined);
    return { ref: recording, title };
  }

  #running(session: SessionId): void {
    const { info } = this.#entry(session);
    if (info.state === 'ended') {
      throw new ProblemError({ code: 'session-ended', message: `${info.title} has ended: nothing is recorded of it any more.`, remedy: 'Start it again.' });
    }
  }

  /** The collector's word. */
  changed(info: SessionInfo): void {
    const entry = this.#sessions.get(info.id);
    if (!entry) {
      this.#early.set(info.id, info);
      return;
    }
    if (entry.info.state === 'ended') return; // A late word about a session whose end is known.
    entry.info = info;
    this.#options.recordings.update(info);
    this.#options.onChanged(info);
    if (info.state === 'ended') this.#finish(info);
  }

  /** The collector died: what ran is over for the studio, and its targets are ended, since nobody could stop them any more. */
  lost(description: string): void {
    const running = [...this.#sessions.values()].filter(({ info }) => info.state !== 'ended');
    for (const { info } of running) {
      // One that was attached to goes on: its tracer leaves it when nobody listens.
      if (info.pid !== undefined && !info.attached) endTree(info.pid);
      this.changed({
        ...info,
        state: 'ended',
        endedAtMs: Date.now(),
        end: { kind: 'recorder-lost' },
        recordingProblem: `The recorder ended unexpectedly (${description}), and ${info.title} was ${info.attached ? 'left' : 'stopped'}. What was recorded until then is kept.`,
      });
    }
  }

  /** Resolves when the journals of all ended sessions are written. */
  async settle(): Promise<void> {
    await Promise.all(this.#finishing);
  }

  #finish(info: SessionInfo): void {
    if (this.running() === 0) {
      clearInterval(this.#touching);
      this.#touching = undefined;
      for (const wake of this.#waiting.splice(0)) wake();
    }
    const finishing = this.#options.library
      .finish(info.recording, info.endedAtMs ?? Date.now(), info.end)
      .catch(() => {}) // Without its end in the journal the recording counts as recovered: nothing is lost by it.
      .then(() => {
        this.#finishing.delete(finishing);
        this.#options.onEnded(info);
      });
    this.#finishing.add(finishing);
  }

  #entry(session: SessionId): Entry {
    const entry = this.#sessions.get(session);
    if (!entry) throw new ProblemError({ code: 'no-such-session', message: 'This run is not known any more.', remedy: 'Start the script again.' });
    return entry;
  }
}

/** Targets lead a process group of their own where there are such; elsewhere the process alone can be ended. */
function endTree(pid: number): void {
  for (const target of process.platform === 'win32' ? [pid] : [-pid, pid]) {
    try {
      process.kill(target, 'SIGTERM');
      return;
    } catch {
      // Gone already, or not the leader of a group.
    }
  }
}
