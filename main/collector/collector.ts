import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { ProblemError } from '../../core/base/result.ts';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import type { CollectorControl, CollectorReading, CollectorStreams } from '../../core/protocol/collector-api.ts';
import type { Marked, NoteChange } from '../../core/protocol/notes.ts';
import { Peer, type PeerHandlers, withBytes } from '../../core/protocol/rpc.ts';
import type { TakeOrder, TakeProgress } from '../../core/protocol/sampling.ts';
import type { RecordingId, SessionId, SessionInfo } from '../../core/protocol/session-types.ts';
import type { FunctionRule, TargetHello } from '../../core/protocol/target-wire.ts';
import type { EarlyTarget } from './early-target.ts';
import { LocalServer, type SocketPlace } from './local-socket.ts';
import { OpenRecording } from './open-recording.ts';
import type { PluginWorkLimits } from './plugin-work.ts';
import { type OpenAppendFile, openAppendFile, recordingNotMade } from './recording-file.ts';
import { secretEquals } from './secret.ts';
import { type PluginOutcome, Session } from './session.ts';
import { TargetConnection } from './target-connection.ts';
import type { TargetStdio } from './target-process.ts';

export interface CollectorOptions {
  /** Where the folder of the targets' socket is made; falls back to the system's temporary folder if its path is too long. */
  readonly folder?: string;
  /** Default `recorded`. The command line may leave its terminal to the target. */
  readonly stdio?: TargetStdio;
  /** Bytes of console output in one recording, default 256 MiB. */
  readonly consoleQuotaBytes?: number;
  readonly openFile?: OpenAppendFile;
  readonly pluginLimits?: PluginWorkLimits;
}

const CONSOLE_QUOTA_BYTES = 256 * 1024 * 1024;

/** `CollectorControl` with the answers that may take time. */
type ControlCalls = {
  readonly [K in keyof CollectorControl]: (
    argument: Parameters<CollectorControl[K]>[0],
  ) => ReturnType<CollectorControl[K]> | Promise<ReturnType<CollectorControl[K]>>;
};
type ReadingCalls = {
  readonly 'recording.status': CollectorReading['recording.status'];
  readonly 'recording.read': (argument: Parameters<CollectorReading['recording.read']>[0]) => unknown;
};
type ReadingStreams = { readonly [K in keyof CollectorStreams]: (argument: CollectorStreams[K]) => AsyncIterable<Uint8Array> };

/** Targets in, recordings out. One for each host process, usually in a process of its own; the command line has it inside. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #sessions = new Map<SessionId, Session>();
  readonly #recordings = new Map<RecordingId, OpenRecording>();
  readonly #controls = new Set<Peer>();
  readonly #greeting = new Set<Socket>();
  /** Sessions whose recording is being made: a target that was started early may be here before its session is. */
  readonly #opening = new Set<Promise<void>>();
  #targets: { readonly server: LocalServer; readonly listening: Promise<void> } | undefined;
  #shutdown: Promise<void> | undefined;
  /** Called at each change of a session, at most ten times a second for each. */
  onSession: (info: SessionInfo) => void = () => {};
  /** Only the newest is kept of a recording, and something has happened: what is there now will be gone later. */
  onWorthSaving: (recording: RecordingId, why: string) => void = () => {};
  onTake: (session: SessionId, progress: TakeProgress) => void = () => {};
  /** The host asked for the end and everything has ended. */
  onShutdown: () => void = () => {};

  constructor(options: CollectorOptions = {}) {
    this.#options = options;
  }

  /** Serves CollectorControl and CollectorEvents to a host. */
  serveControl(channel: ByteChannel): void {
    const calls: ControlCalls = {
      'session.start': (argument) => this.start(argument),
      'session.attach': (argument) => this.attach(argument),
      'session.stop': ({ session, graceMs }) => this.stop(session, graceMs),
      'session.stdin': ({ session, text, end }) => {
        this.stdin(session, text, end === true);
        return null;
      },
      'session.record': ({ session, on }) => this.record(session, on),
      'session.snapshot': ({ session }) => ({ processes: this.snapshot(session) }),
      'session.mute': ({ session, functions, muted }) => this.mute(session, functions, muted),
      'session.mark': ({ session, name }) => this.mark(session, name),
      'session.sampling': ({ session, on }) => {
        this.sampling(session, on);
        return null;
      },
      'session.take': ({ session, ...order }) => this.take(session, order),
      'session.list': () => this.sessions(),
      'recording.open': ({ path, recording, unsaved }) => this.open(path, recording, unsaved),
      'recording.saveAs': async ({ recording, path }) => ({ bytes: await this.#recording(recording).saveAs(path) }),
      'recording.note': async ({ recording, change, copy }) => ({ kept: await this.note(recording, change, copy) }),
      'recording.close': async ({ recording }) => {
        await this.close(recording);
        return null;
      },
      shutdown: async ({ graceMs }) => {
        await this.shutdown(graceMs);
        return null;
      },
    };
    const peer = new Peer(channel, { calls } satisfies PeerHandlers);
    this.#controls.add(peer);
    peer.onClose = () => this.#controls.delete(peer);
  }

  /** Serves CollectorReading and CollectorStreams to a window. */
  serveWindow(channel: ByteChannel): void {
    const calls: ReadingCalls = {
      'recording.status': ({ recording }) => this.#recording(recording).summary,
      'recording.read': async ({ recording, offset, length, view }) => {
        const bytes = await this.#recording(recording).read(offset, length, view);
        return withBytes({ length: bytes.length }, bytes);
      },
    };
    const streams: ReadingStreams = { 'recording.follow': ({ recording, offset, view }) => this.#recording(recording).follow(offset, view) };
    new Peer(channel, { calls, streams } satisfies PeerHandlers);
  }

  /**
   * Starts a target and its recording. A target that cannot start gives a session that has ended, with the reason.
   * `early`: one that `startEarly` has started, in the first session of this collector. `attachTo`: see `attach`.
   */
  async start(argument: Parameters<CollectorControl['session.start']>[0], early?: EarlyTarget, attachTo?: number): Promise<SessionInfo> {
    const { plan, file, session: id, recording } = argument;
    if (this.#shutdown) throw new ProblemError({ code: 'shutting-down', message: 'The studio is closing.' });
    if (this.#sessions.has(id) || this.#recordings.has(recording)) throw new ProblemError({ code: 'id-taken', message: `Session ${id} exists already.` });
    // Listening and starting go on at the same time: the tracer tries again until it is heard.
    const { server, listening } = this.#listen(early?.place);
    const opened = this.#beginOpening();
    let session: Session;
    try {
      session = await Session.open({
        id,
        recording,
        plan,
        path: file,
        socketPath: server.path,
        folder: server.folder,
        stdio: this.#options.stdio ?? 'recorded',
        consoleQuotaBytes: this.#options.consoleQuotaBytes ?? CONSOLE_QUOTA_BYTES,
        openFile: this.#options.openFile ?? openAppendFile,
        pluginLimits: this.#options.pluginLimits ?? {},
        changed: (info) => this.#changed(info),
        worthSaving: (why) => this.#worthSaving(id, recording, why),
        greeting: () => this.#greeting.size > 0,
        ...(early && { early }),
        ...(attachTo !== undefined && { attachTo }),
      });
      this.#sessions.set(id, session);
      this.#recordings.set(recording, session.recording);
    } catch (error) {
      // It has not reached the script yet.
      await early?.target.then(({ pid }) => process.kill(pid, 'SIGKILL')).catch(() => {});
      throw recordingNotMade(file, error);
    } finally {
      opened();
    }
    if (this.#shutdown) await session.abandon('The studio is closing.');
    else await session.launch();
    await listening.catch((error: Error) => session.cannotListen(error));
    return session.info;
  }

  /** The tracer is put into the process by who asks, with the address that comes back. */
  async attach(argument: Parameters<CollectorControl['session.attach']>[0]): Promise<ReturnType<CollectorControl['session.attach']>> {
    const { pid, session: id, ...rest } = argument;
    const other = [...this.#sessions.values()].find((each) => !each.ended && each.traces(pid));
    if (other) throw new ProblemError({ code: 'already-traced', message: `Process ${pid} is recorded already: ${other.info.title}.` });
    const info = await this.start({ ...rest, session: id }, undefined, pid);
    return { info, address: this.#session(id).address };
  }

  async stop(session: SessionId, graceMs: number): Promise<SessionInfo> {
    const found = this.#session(session);
    await found.stop(graceMs);
    return found.info;
  }

  /** Writes to the target's standard input. */
  stdin(session: SessionId, text: string, end: boolean): void {
    if (this.#session(session).stdin(text, end)) return;
    throw new ProblemError({ code: 'stdin-closed', message: 'The script does not read its standard input any more.' });
  }

  /** Recording on or off, in every process of the session. */
  record(session: SessionId, on: boolean): SessionInfo {
    const found = this.#session(session);
    found.record(on, 'window');
    return found.info;
  }

  /** All objects, at the next turn of each thread. How many processes were asked. */
  snapshot(session: SessionId): number {
    return this.#session(session).snapshotAll();
  }

  /** Calls of these functions are not recorded from now on, or again. */
  mute(session: SessionId, functions: readonly FunctionRule[], muted: boolean): SessionInfo {
    const found = this.#session(session);
    found.mute(functions, muted);
    return found.info;
  }

  /** Names this moment. */
  mark(session: SessionId, name: string): Marked {
    return this.#session(session).mark(name);
  }

  sampling(session: SessionId, on: boolean): void {
    this.#session(session).sampling(on);
  }

  /** Rejects with a ProblemError. */
  take(session: SessionId, order: TakeOrder): Promise<TakeProgress> {
    return this.#session(session).take(order, (progress) => {
      this.onTake(session, progress);
      for (const peer of this.#controls) peer.notify('session.take', { session, progress });
    });
  }

  sessions(): readonly SessionInfo[] {
    return [...this.#sessions.values()].map((session) => session.info);
  }

  /** How the plugins of a session fared; complete when it has ended. */
  pluginOutcome(session: SessionId): PluginOutcome {
    return this.#session(session).pluginOutcome;
  }

  /** Plugins that work on the events of an ended target are not waited for any more. False: none do. */
  giveUpPlugins(id: SessionId): boolean {
    const session = this.#sessions.get(id);
    if (!session?.pluginsWork) return false;
    session.giveUpPlugins();
    return true;
  }

  /** Resolves with the session's last state when its target has ended and its recording is complete. */
  async whenEnded(session: SessionId): Promise<SessionInfo> {
    const found = this.#session(session);
    await found.whenEnded();
    return found.info;
  }

  async open(path: string, recording: RecordingId, unsaved: boolean) {
    if (this.#recordings.has(recording)) throw new ProblemError({ code: 'id-taken', message: `Recording ${recording} is open already.` });
    const opened = await OpenRecording.file(recording, path, unsaved);
    this.#recordings.set(recording, opened);
    return opened.summary;
  }

  /** Forgets a recording, and its session. One under way cannot be closed. */
  async close(recording: RecordingId): Promise<void> {
    const found = this.#recording(recording);
    if (!found.complete) throw new ProblemError({ code: 'recording-live', message: 'The recording is still under way.', remedy: 'Stop the script first.' });
    this.#recordings.delete(recording);
    for (const [id, session] of this.#sessions) if (session.recording === found) this.#sessions.delete(id);
    await found.close();
  }

  /** False: its file has no place for notes. */
  async note(recording: RecordingId, change: NoteChange, copy?: string): Promise<boolean> {
    const found = this.#recording(recording);
    if (found.complete) return found.note(change, copy);
    for (const session of this.#sessions.values()) if (session.recording === found) session.note(change);
    return true;
  }

  saveAs(recording: RecordingId, path: string): Promise<number> {
    return this.#recording(recording).saveAs(path);
  }

  recording(recording: RecordingId): OpenRecording {
    return this.#recording(recording);
  }

  /** Ends every target, completes every recording and stops listening. */
  shutdown(graceMs: number): Promise<void> {
    this.#shutdown ??= (async () => {
      for (const session of this.#sessions.values()) session.giveUpPlugins();
      await Promise.all([...this.#sessions.values()].map((session) => session.stop(graceMs)));
      this.#targets?.server.close();
      await Promise.all([...this.#recordings.values()].map((recording) => recording.close()));
      this.#recordings.clear();
      // A turn later, so that the answer to the call is on its way.
      setImmediate(() => this.onShutdown());
    })();
    return this.#shutdown;
  }

  #listen(place?: SocketPlace): { readonly server: LocalServer; readonly listening: Promise<void> } {
    if (this.#targets) return this.#targets;
    const parents = [...(this.#options.folder === undefined ? [] : [this.#options.folder]), tmpdir()];
    const targets = LocalServer.open(parents, (socket) => void this.#accept(socket), place);
    this.#targets = targets;
    // Told by every session that waits for it; the next one tries anew.
    targets.listening.catch(() => {
      if (this.#targets === targets) this.#targets = undefined;
    });
    return targets;
  }

  /** Gives what is to be called when the session is known, or will never be. */
  #beginOpening(): () => void {
    let end = () => {};
    const opening = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#opening.add(opening);
    return () => {
      this.#opening.delete(opening);
      end();
    };
  }

  async #accept(socket: Socket): Promise<void> {
    let session: Session | undefined;
    this.#greeting.add(socket);
    // Nothing is read until then, so neither is what it says lost nor its end overlooked.
    if (this.#opening.size > 0) {
      socket.on('error', () => {}); // It is destroyed then.
      await Promise.all(this.#opening);
      if (socket.destroyed) {
        this.#greeting.delete(socket);
        return;
      }
    }
    new TargetConnection(socket, {
      admit: (hello: TargetHello, connection) => {
        this.#greeting.delete(socket);
        session = [...this.#sessions.values()].find((each) => secretEquals(hello.secret, each.secret));
        return session?.admit(hello, connection);
      },
      left: (connection, problem) => {
        this.#greeting.delete(socket);
        session?.left(connection, problem);
      },
    });
  }

  #worthSaving(session: SessionId, recording: RecordingId, why: string): void {
    this.onWorthSaving(recording, why);
    for (const peer of this.#controls) peer.notify('session.worth-saving', { session, recording, why });
  }

  #changed(info: SessionInfo): void {
    this.onSession(info);
    for (const peer of this.#controls) peer.notify('session.changed', info);
  }

  #session(id: SessionId): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new ProblemError({ code: 'no-such-session', message: `There is no session ${id}.` });
    return session;
  }

  #recording(id: RecordingId): OpenRecording {
    const recording = this.#recordings.get(id);
    if (!recording) throw new ProblemError({ code: 'no-such-recording', message: 'The recording is not open any more.', remedy: 'Open it again.' });
    return recording;
  }
}
