import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { PluginState } from '../../core/protocol/plugins.ts';
import type { RecordingHead, SessionEnd } from '../../core/protocol/recording-format.ts';
import { ConsoleSource } from '../../core/protocol/recording-format.ts';
import type { RecordingId, SessionId, SessionInfo, SessionState, SpawnPlan } from '../../core/protocol/session-types.ts';
import { FrameType, type TargetHello } from '../../core/protocol/target-wire.ts';
import { STUDIO_VERSION, TARGET_WIRE_VERSION } from '../../core/protocol/version.ts';
import type { EarlyTarget } from './early-target.ts';
import { type FrameSink, WireError } from './frame-parser.ts';
import { OpenRecording } from './open-recording.ts';
import { PluginWork, type PluginWorkLimits } from './plugin-work.ts';
import { isAlive, ProcessTree } from './process-tree.ts';
import { Recorder } from './recorder.ts';
import { type OpenAppendFile, RecordingFile } from './recording-file.ts';
import { removeFile, removeFolder } from './remove.ts';
import { makeSecret, secretEquals } from './secret.ts';
import { readSpill, spillFileOf, spillFiles } from './spill-files.ts';
import { parseHello, type TargetConnection, TracedProcess } from './target-connection.ts';
import { type TargetEnd, TargetProcess, type TargetStdio, tracerProblem } from './target-process.ts';
import { UntracedChildren } from './untraced-children.ts';

/** Processes that the target left behind may go on recording so long after its end; then their sockets are closed. */
const LINGER_MS = 2000;
/** What a process that is gone had sent is read to its end, if it does not take longer than this. */
const DRAIN_MS = 10_000;
/** Turns of the event loop in which waiting connections are accepted. */
const ACCEPT_TURNS = 3;
/** A socket that was accepted says who it is within this time, or is not waited for. */
const GREETING_MS = 500;
const CHANGED_MS = 100;
const STOP_POLL_MS = 20;
/** After SIGKILL: a process in an uninterruptible wait cannot be waited for. */
const KILL_WAIT_MS = 2000;

export interface SessionOptions {
  readonly id: SessionId;
  readonly recording: RecordingId;
  readonly plan: SpawnPlan;
  /** Of the recording: must not exist yet. */
  readonly path: string;
  readonly socketPath: string;
  /** For what targets cannot send at their exit. */
  readonly folder: string;
  readonly stdio: TargetStdio;
  readonly consoleQuotaBytes: number;
  readonly openFile: OpenAppendFile;
  readonly pluginLimits: PluginWorkLimits;
  readonly changed: (info: SessionInfo) => void;
  /** A target that runs already. */
  readonly early?: EarlyTarget;
  /** Some socket has been accepted and has not said yet whose it is. */
  readonly greeting: () => boolean;
}

/** How plugins fared in one run, for who has the collector in its own process. */
export interface PluginOutcome {
  readonly processes: readonly { readonly pid: number; readonly states: readonly PluginState[] }[];
  /** What went wrong and was not printed by the processes themselves, in words. */
  readonly problems: readonly string[];
}

/** One run: the target, its sockets and its recording, from the start to the footer. */
export class Session {
  readonly #options: SessionOptions;
  readonly secret: string;
  readonly recording: OpenRecording;
  readonly #file: RecordingFile;
  readonly #recorder: Recorder;
  readonly #spillFolder: string;
  readonly #plugins: PluginWork;
  readonly #children = new UntracedChildren(
    (child) => this.#recorder.info({ kind: 'untraced', ...child, timeNs: this.#recorder.now() }),
    () => this.#takeSpillsOfEnded(),
  );
  readonly #startedAtMs = Date.now();
  readonly #processes: TracedProcess[] = [];
  readonly #connections = new Set<TargetConnection>();
  #target: TargetProcess | undefined;
  #tree: ProcessTree | undefined;
  #state: SessionState = 'starting';
  #targetEnd: TargetEnd | undefined;
  #end: SessionEnd | undefined;
  #endedAtMs: number | undefined;
  #stopping: Promise<void> | undefined;
  #forced = false;
  #settling = false;
  #finishing = false;
  /** Processes whose socket has closed and whose spill file is being read. */
  #ending = 0;
  #problem: string | undefined;
  #changedTimer: NodeJS.Timeout | undefined;
  #toldAt = 0;
  readonly #whenEnded: (() => void)[] = [];

  private constructor(options: SessionOptions, file: RecordingFile, recorder: Recorder) {
    this.#options = options;
    this.#file = file;
    this.#recorder = recorder;
    this.secret = options.early?.address.secret ?? makeSecret();
    this.#spillFolder = options.early?.address.spillFolder ?? path.join(options.folder, `spill-${randomUUID()}`);
    this.#plugins = new PluginWork({
      recorder,
      plan: options.plan,
      folder: this.#spillFolder,
      recording: options.path,
      written: async () => {
        recorder.flush();
        await file.settled();
      },
      limits: options.pluginLimits,
    });
    this.recording = OpenRecording.live({
      id: options.recording,
      path: options.path,
      title: options.plan.title,
      file,
      closingNow: () => recorder.closingNow(),
    });
    file.onGrow = () => {
      this.recording.growth.fire();
      this.#changed();
    };
    file.onLost = () => this.#changed();
    file.onPressure = (high) => this.#hold(high);
    file.onFailure = (error) => {
      this.#problem = `Recording stopped: ${diskProblem(options.path, error)}.`;
      this.#tell();
      void recorder.stopped(this.#problem).then(() => this.recording.stopped());
    };
  }

  /** Opens the recording, which throws if its file cannot be made. `launch` comes next. */
  static async open(options: SessionOptions): Promise<Session> {
    const head = recordingHead(options.plan, options.early ?? { monotonicNs: process.hrtime.bigint(), epochMs: Date.now() });
    const file = new RecordingFile(await options.openFile(options.path));
    return new Session(options, file, new Recorder(file, head, { consoleQuotaBytes: options.consoleQuotaBytes }));
  }

  /** Starts the target, once the collector knows the session, since it may connect at once. A target that cannot start gives a session that has ended. */
  async launch(): Promise<void> {
    const { plan, socketPath, stdio, early } = this.#options;
    try {
      if (!early) mkdirSync(this.#spillFolder, { mode: 0o700 });
      const address = { socket: socketPath, secret: this.secret, spillFolder: this.#spillFolder };
      this.#target = await (early?.target ?? TargetProcess.start(plan, address, stdio));
    } catch (error) {
      await this.abandon((error as Error).message);
      return;
    }
    this.#target.watch({
      output: (source, chunk) => this.#recorder.console(source, chunk),
      ended: (end) => this.#targetEnded(end),
      outputClosed: () => this.#finishIfDone(),
    });
    const problem = tracerProblem(plan);
    if (problem) this.#note(problem.message);
    this.#tree = new ProcessTree(this.#target.pid, this.#target.ownGroup, () => this.#connectedPids());
    if (this.#state === 'starting') this.#state = 'running';
    this.#tell();
  }

  /** Ends a session whose target does not run. */
  async abandon(message: string): Promise<void> {
    this.#end = { kind: 'failed-to-start', message };
    await this.#finish();
  }

  /** The target's tracer will find nobody: it runs, and is not recorded. */
  cannotListen(error: Error): void {
    this.#note(`Events are not recorded, because the studio cannot listen for them: ${error.message}`);
  }

  get info(): SessionInfo {
    const { id, recording, plan } = this.#options;
    return {
      id,
      recording,
      title: plan.title,
      command: [plan.file, ...plan.args],
      cwd: plan.cwd,
      ...(plan.nodePath !== undefined && { nodePath: plan.nodePath }),
      ...(plan.nodeVersion !== undefined && { nodeVersion: plan.nodeVersion }),
      state: this.#state,
      ...(this.#target && { pid: this.#target.pid }),
      startedAtMs: this.#startedAtMs,
      ...(this.#endedAtMs !== undefined && { endedAtMs: this.#endedAtMs }),
      ...(this.#end && { end: this.#end }),
      processes: this.#processes.length,
      events: this.#recorder.events,
      bytes: this.#recorder.bytes,
      dropped: this.#recorder.dropped,
      ...(this.#problem !== undefined && {
        recordingProblem: `${this.#problem} ${this.ended ? 'What' : 'The script goes on; what'} was recorded until then is kept.`,
      }),
    };
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  get pluginOutcome(): PluginOutcome {
    const processes = this.#processes.map(({ pid, plugins }) => ({ pid, states: plugins.states })).filter(({ states }) => states.length > 0);
    return { processes, problems: this.#plugins.problems };
  }

  /** The studio closes, or the user does not want to wait: plugins that would still work after the target's end are given up. */
  giveUpPlugins(): void {
    this.#plugins.giveUp();
  }

  /** The target has ended, and plugins work on what was recorded. */
  get pluginsWork(): boolean {
    return this.#plugins.isHosting;
  }

  whenEnded(): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => this.#whenEnded.push(resolve));
  }

  // Sockets of the target

  admit(hello: TargetHello, connection: TargetConnection): TracedProcess | undefined {
    if (this.#finishing || this.ended) return undefined;
    if (hello.wire !== TARGET_WIRE_VERSION) {
      this.#note(`Process ${hello.pid} is not recorded: its tracer speaks version ${hello.wire} of the protocol, this studio version ${TARGET_WIRE_VERSION}.`);
      return undefined;
    }
    const traced = this.#addProcess(hello);
    this.#connections.add(connection);
    if (this.#file.pressed) connection.hold(true);
    this.#changed();
    return traced;
  }

  left(connection: TargetConnection, problem: string | undefined): void {
    this.#connections.delete(connection);
    const traced = connection.process;
    if (!traced) return;
    if (problem) {
      const message = `The connection of process ${traced.pid} was closed, because it sent ${problem}. What it recorded after that is missing.`;
      this.#recorder.info({ kind: 'tracer-error', process: traced.index, message, timeNs: this.#recorder.now() });
    }
    this.#ending++;
    void this.#endProcess(traced);
  }

  /** What it could not send is in a file since before its socket closed. */
  async #endProcess(traced: TracedProcess): Promise<void> {
    const name = spillFileOf(traced.pid);
    if (spillFiles(this.#spillFolder).includes(name)) await this.#takeSpill(name, traced.spill());
    traced.end();
    await this.#plugins.takeFile(traced);
    this.#ending--;
    this.#changed();
    this.#finishIfDone();
  }

  async #takeSpill(name: string, sink: FrameSink): Promise<void> {
    try {
      await readSpill(this.#spillFolder, name, sink);
    } catch (error) {
      this.#note(`Not all of what a process could not send at its end was read: ${(error as Error).message}`);
    }
    removeFile(path.join(this.#spillFolder, name));
  }

  /** Of a process whose socket never came, or was closed from here: its file says who it was. */
  async #takeUnannouncedSpill(name: string): Promise<void> {
    let traced: TracedProcess | undefined;
    let sink: FrameSink | undefined;
    const current = (): FrameSink => {
      if (!sink) throw new WireError('no greeting at first, or one that is not of this session');
      return sink;
    };
    await this.#takeSpill(name, {
      frame: (type, thread, body) => {
        if (sink || type !== FrameType.HELLO) {
          current().frame(type, thread, body);
          return;
        }
        const hello = parseHello(body);
        if (!secretEquals(hello.secret, this.secret) || hello.wire !== TARGET_WIRE_VERSION) return;
        traced = this.#processes.findLast((each) => each.pid === hello.pid) ?? this.#addProcess(hello);
        sink = traced.spill();
      },
      data: (thread, piece) => current().data(thread, piece),
    });
    traced?.end();
  }

  /** Of processes that are gone and had no socket. */
  async #takeSpillsOfEnded(): Promise<void> {
    const connected = new Set(this.#connectedPids());
    for (const name of spillFiles(this.#spillFolder)) {
      const pid = Number.parseInt(name, 10);
      if (!connected.has(pid) && !isAlive(pid) && !this.#processes.some((traced) => traced.pid === pid)) await this.#takeUnannouncedSpill(name);
    }
  }

  #addProcess(hello: TargetHello): TracedProcess {
    const index = this.#processes.length;
    const traced = new TracedProcess(this.#recorder, index, hello, (notice) => this.#children.started(index, notice));
    this.#processes.push(traced);
    this.#children.greeted(hello.pid, hello.ppid);
    return traced;
  }

  #note(text: string): void {
    this.#recorder.console(ConsoleSource.STUDIO, Buffer.from(`${text}\n`));
  }

  #connectedPids(): number[] {
    return [...this.#connections].flatMap((connection) => connection.process?.pid ?? []);
  }

  #hold(held: boolean): void {
    this.#target?.hold(held);
    for (const connection of this.#connections) connection.hold(held);
  }

  // What the user does

  stdin(text: string, end: boolean): boolean {
    if (!this.#target?.write(text, end)) return false;
    if (text !== '') this.#recorder.console(ConsoleSource.STDIN, Buffer.from(text));
    return true;
  }

  /** Politely, then by force after `graceMs`. Resolves when the tree is gone and the recording is complete. A second call may shorten the time. */
  async stop(graceMs: number): Promise<void> {
    if (this.ended) return;
    if (!this.#target || !this.#tree) return this.whenEnded();
    // Asked again after the target has gone: then it is the plugins that are waited for.
    if (this.#finishing) this.#plugins.giveUp();
    const tree = this.#tree;
    const forceAt = Date.now() + graceMs;
    if (this.#stopping) {
      this.#forceAt = Math.min(this.#forceAt, forceAt);
    } else {
      this.#forceAt = forceAt;
      if (!this.#targetEnd) {
        this.#state = 'stopping';
        this.#tell();
      }
      this.#stopping = this.#stopTree(tree);
    }
    await this.#stopping;
    await this.whenEnded();
  }

  #forceAt = 0;

  async #stopTree(tree: ProcessTree): Promise<void> {
    tree.signal('SIGTERM');
    while (tree.alive() && Date.now() < this.#forceAt) await pause(STOP_POLL_MS);
    if (!tree.alive()) return;
    this.#forced = true;
    const until = Date.now() + KILL_WAIT_MS;
    while (tree.alive() && Date.now() < until) {
      // Again each time: a process may have been forked while the others were killed.
      tree.signal('SIGKILL');
      await pause(STOP_POLL_MS);
    }
    // It hangs inside the system (a dead network disk), and will end when that lets it go.
    if (!this.#targetEnd) this.#target?.abandon();
  }

  // The end

  #targetEnded(end: TargetEnd): void {
    this.#targetEnd = end;
    const lingered = setTimeout(() => {
      // A process that is gone has left bytes that still come; one that runs on is not waited for.
      for (const connection of this.#connections) if (connection.process && isAlive(connection.process.pid)) connection.close();
      setTimeout(() => this.#closeAll(), DRAIN_MS).unref();
      this.#finishIfDone();
    }, LINGER_MS);
    // The sockets that are waited for keep the process alive, not the waiting.
    lingered.unref();
    this.#finishIfDone();
  }

  #closeAll(): void {
    for (const connection of this.#connections) connection.close();
  }

  get #done(): boolean {
    return this.#targetEnd !== undefined && !this.#finishing && this.#target?.outputClosed === true && this.#connections.size === 0 && this.#ending === 0;
  }

  #finishIfDone(): void {
    if (this.#done && !this.#settling) void this.#settle();
  }

  /** The end of a short script can be seen before its connection is: what is under way is let in first. */
  async #settle(): Promise<void> {
    this.#settling = true;
    const until = Date.now() + GREETING_MS;
    do await turns(ACCEPT_TURNS);
    while (this.#options.greeting() && Date.now() < until);
    this.#settling = false;
    if (this.#done) await this.#finish();
  }

  async #finish(): Promise<void> {
    this.#finishing = true;
    // Stopped: whether by force is known when the tree is gone.
    await this.#stopping;
    this.#end ??= this.#sessionEnd(this.#targetEnd ?? { code: 0 });
    for (const name of spillFiles(this.#spillFolder)) await this.#takeUnannouncedSpill(name);
    this.#children.end();
    // What plugins do from here on takes no time of the session.
    this.#recorder.stopClock();
    const endedAtMs = Date.now();
    await this.#plugins.finish(this.#processes);
    await this.#recorder.finish(this.#end);
    removeFolder(this.#spillFolder);
    this.recording.completed();
    this.#state = 'ended';
    this.#endedAtMs = endedAtMs;
    clearTimeout(this.#changedTimer);
    this.#tell();
    for (const resolve of this.#whenEnded) resolve();
  }

  #sessionEnd(end: TargetEnd): SessionEnd {
    if (this.#stopping) return { kind: 'stopped', ...end, forced: this.#forced };
    return 'signal' in end ? { kind: 'signalled', signal: end.signal } : { kind: 'exited', code: end.code };
  }

  // Telling the host

  #changed(): void {
    if (this.#changedTimer || this.ended) return;
    const wait = Math.max(0, this.#toldAt + CHANGED_MS - Date.now());
    this.#changedTimer = setTimeout(() => this.#tell(), wait);
    this.#changedTimer.unref();
  }

  #tell(): void {
    clearTimeout(this.#changedTimer);
    this.#changedTimer = undefined;
    this.#toldAt = Date.now();
    this.#options.changed(this.info);
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function recordingHead(plan: SpawnPlan, { monotonicNs, epochMs }: { readonly monotonicNs: bigint; readonly epochMs: number }): RecordingHead {
  return {
    studio: STUDIO_VERSION,
    session: randomUUID(),
    startMonotonicNs: String(monotonicNs),
    startEpochNs: String(BigInt(epochMs) * 1_000_000n),
    title: plan.title,
    launch: {
      command: [plan.file, ...plan.args],
      cwd: plan.cwd,
      ...(plan.script !== undefined && { script: plan.script }),
      ...(plan.nodePath !== undefined && { nodePath: plan.nodePath }),
      ...(plan.nodeVersion !== undefined && { nodeVersion: plan.nodeVersion }),
      environmentNames: plan.recordedEnvironment.names,
      ...(plan.recordedEnvironment.values && { environment: plan.recordedEnvironment.values }),
      ...(plan.plugins && plan.plugins.length > 0 && { plugins: plan.plugins.map((plugin) => plugin.spec) }),
    },
  };
}

function diskProblem(file: string, error: NodeJS.ErrnoException): string {
  return error.code === 'ENOSPC' || error.code === 'EDQUOT'
    ? `there is no room left on the disk of ${file}`
    : `${file} could not be written (${error.code ?? error.message})`;
}
