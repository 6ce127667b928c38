import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ProblemError } from '../../core/base/result.ts';
import { type Marked, type NoteChange, noteLine } from '../../core/protocol/notes.ts';
import type { PluginState } from '../../core/protocol/plugins.ts';
import type { RecordingCause, SessionEnd } from '../../core/protocol/recording-format.ts';
import { ConsoleSource } from '../../core/protocol/recording-format.ts';
import type { SamplingState, TakeOrder, TakeProgress } from '../../core/protocol/sampling.ts';
import type { RecordingId, SessionId, SessionInfo, SessionState, SpawnPlan, TracerAddress } from '../../core/protocol/session-types.ts';
import { type FunctionRule, type TargetHello, TYPESCRIPT_WAYS } from '../../core/protocol/target-wire.ts';
import { TARGET_WIRE_VERSION } from '../../core/protocol/version.ts';
import { AttachedTarget } from './attached-target.ts';
import { DataRate } from './data-rate.ts';
import type { EarlyTarget } from './early-target.ts';
import { FlightFile } from './flight-file.ts';
import { Markers } from './markers.ts';
import { OpenRecording } from './open-recording.ts';
import { PluginWork, type PluginWorkLimits } from './plugin-work.ts';
import { ProcessTree } from './process-tree.ts';
import { Recorder } from './recorder.ts';
import { diskProblem, type OpenAppendFile, RecordingFile } from './recording-file.ts';
import { recordingHead } from './recording-head.ts';
import { RecordingLimits } from './recording-limits.ts';
import { removeFolder } from './remove.ts';
import { makeSecret } from './secret.ts';
import { SessionNews } from './session-news.ts';
import { SessionProcesses } from './session-processes.ts';
import { SourceTexts } from './source-texts.ts';
import { Switches } from './switches.ts';
import type { TargetConnection, TracedProcess } from './target-connection.ts';
import { type TargetEnd, TargetProcess, type TargetStdio } from './target-process.ts';
import { turns } from './turns.ts';

/** So often a process that is being left is looked at. */
const LEAVE_POLL_MS = 20;
/** Processes that the target left behind may go on recording so long after its end; then their sockets are closed. */
const LINGER_MS = 2000;
/** What a process that is gone had sent is read to its end, if it does not take longer than this. */
const DRAIN_MS = 10_000;
/** Turns of the event loop in which waiting connections are accepted. */
const ACCEPT_TURNS = 3;
/** A socket that was accepted says who it is within this time, or is not waited for. */
const GREETING_MS = 500;
/** What follows a crash belongs to it; and if all ends with it, the recording itself is saved. */
const CRASH_SETTLE_MS = 1000;
const MAX_SAVINGS = 10;
/** Of each megabyte that a flight recorder keeps. */
const KEPT_SOURCES_BYTES = 125_000;
const SPILLS_MS = 1000;

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
  /** Only the newest is kept, and something has happened, in words. */
  readonly worthSaving: (why: string) => void;
  /** A target that runs already. */
  readonly early?: EarlyTarget;
  /** A process that the studio attaches to. */
  readonly attachTo?: number;
  /** Some socket has been accepted and has not said yet whose it is. */
  readonly greeting: () => boolean;
}

/** How plugins fared in one run, for who has the collector in its own process. */
export interface PluginOutcome {
  readonly processes: readonly { readonly pid: number; readonly states: readonly PluginState[] }[];
  /** What went wrong and was not printed by the processes themselves, in words. */
  readonly problems: readonly string[];
  /** What went otherwise than usual, and well. */
  readonly notes: readonly string[];
}

/** One run: the target, its sockets and its recording, from the start to the footer. */
export class Session {
  readonly #options: SessionOptions;
  readonly secret: string;
  readonly recording: OpenRecording;
  readonly #file: RecordingFile;
  readonly #flight: FlightFile | undefined;
  readonly #recorder: Recorder;
  readonly #sources: SourceTexts | undefined;
  readonly #spillFolder: string;
  readonly #plugins: PluginWork;
  readonly #startedAtMs = Date.now();
  readonly #processes: SessionProcesses;
  #sampling: SamplingState | undefined;
  #target: TargetProcess | AttachedTarget | undefined;
  #tree: ProcessTree | undefined;
  #state: SessionState = 'starting';
  #targetEnd: TargetEnd | undefined;
  #end: SessionEnd | undefined;
  #endedAtMs: number | undefined;
  #stopping: Promise<void> | undefined;
  #forced = false;
  #settling = false;
  #finishing = false;
  #problem: string | undefined;
  readonly #switches: Switches;
  readonly #markers: Markers;
  readonly #rate: DataRate;
  readonly #limits: RecordingLimits;
  readonly #news: SessionNews;
  /** When Stop uses force. */
  #forceAt = 0;
  #savings = 0;
  #spillTimer: NodeJS.Timeout | undefined;
  readonly #whenEnded: (() => void)[] = [];

  private constructor(options: SessionOptions, file: RecordingFile, recorder: Recorder, flight: FlightFile | undefined) {
    this.#options = options;
    this.#file = file;
    this.#flight = flight;
    this.#recorder = recorder;
    this.#sources = sourcesOf(options.plan, recorder);
    this.#news = new SessionNews(() => this.info, options.changed);
    this.secret = options.early?.address.secret ?? makeSecret();
    this.#spillFolder = options.early?.address.spillFolder ?? path.join(options.folder, `spill-${randomUUID()}`);
    this.#processes = new SessionProcesses({
      recorder,
      spills: { folder: this.#spillFolder, secret: this.secret },
      isClosing: () => this.#finishing,
      greeting: options.greeting,
      note: (text) => this.#note(text),
      changed: () => this.#changed(),
      gate: (on, timeNs, from) => this.record(on, 'script', { timeNs, ...(from && { except: from }) }),
      sampled: (state) => this.#sampled(state),
      file: (file) => this.#sources?.take(file),
      gone: (traced) => this.#gone(traced),
      over: (traced) => this.#lookAtEnd(traced),
      settled: () => this.#finishIfDone(),
    });
    this.#plugins = new PluginWork({
      recorder,
      plan: options.plan,
      folder: this.#spillFolder,
      recording: () => this.#wholeFile(),
      limits: options.pluginLimits,
    });
    const paused = options.plan.capture?.startPaused === true;
    this.#switches = new Switches(recorder, this.#processes.connections, paused);
    this.#markers = new Markers(recorder);
    this.#rate = new DataRate(() => recorder.bytes);
    this.#limits = new RecordingLimits(
      options.plan.capture,
      () => recorder.bytes,
      (why) => this.record(false, 'limit', { why }),
    );
    this.#limits.recording(!paused);
    this.recording = OpenRecording.live({
      id: options.recording,
      path: options.path,
      title: options.plan.title,
      file,
      flight,
      closingNow: () => recorder.closingNow(),
    });
    file.onGrow = () => {
      this.recording.growth.fire();
      this.#limits.look();
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
    const { keep, keepSeconds, keepMegabytes } = options.plan.capture ?? {};
    if (keep !== 'last' || !(keepSeconds || keepMegabytes)) {
      const file = new RecordingFile(await options.openFile(options.path));
      return new Session(options, file, new Recorder(file, head, { consoleQuotaBytes: options.consoleQuotaBytes }), undefined);
    }
    const flight = await FlightFile.open(options.path, { seconds: keepSeconds ?? 0, megabytes: keepMegabytes ?? 0 }, head);
    const file = new RecordingFile(flight, flight.partBytes);
    flight.readable = () => file.written;
    // What is printed goes with the rest: it needs no limit of its own.
    return new Session(options, file, new Recorder(file, head, { consoleQuotaBytes: Number.POSITIVE_INFINITY, closes: false }), flight);
  }

  /** Starts the target, once the collector knows the session, since it may connect at once. A target that cannot start gives a session that has ended. */
  async launch(): Promise<void> {
    const { plan, stdio, early, attachTo } = this.#options;
    try {
      if (!early) mkdirSync(this.#spillFolder, { mode: 0o700 });
      this.#target = attachTo === undefined ? await (early?.target ?? TargetProcess.start(plan, this.address, stdio)) : new AttachedTarget(attachTo);
    } catch (error) {
      await this.abandon((error as Error).message);
      return;
    }
    this.#target.watch({
      output: (source, chunk) => this.#recorder.console(source, chunk),
      ended: (end) => this.#targetEnded(end),
      outputClosed: () => this.#finishIfDone(),
    });
    this.#tree = new ProcessTree(this.#target.pid, this.#target.ownGroup, () => this.#processes.connectedPids);
    if (this.#state === 'starting') this.#state = 'running';
    if (this.#target.untraced !== undefined) this.#note(this.#target.untraced);
    this.#spillTimer = setInterval(() => void this.#processes.takeSpillsOfTheGone(), SPILLS_MS).unref();
    this.#tell();
  }

  get address(): TracerAddress {
    return { socket: this.#options.socketPath, secret: this.secret, spillFolder: this.#spillFolder };
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
    const typescript = TYPESCRIPT_WAYS.filter((way) => this.#processes.all.some((process) => process.typescript.includes(way)));
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
      ...(this.#options.attachTo !== undefined && { attached: true }),
      startedAtMs: this.#startedAtMs,
      ...(this.#endedAtMs !== undefined && { endedAtMs: this.#endedAtMs }),
      ...(this.#end && { end: this.#end }),
      processes: this.#processes.all.length,
      ...(this.#target?.untraced !== undefined && { untraced: this.#target.untraced }),
      ...(typescript.length > 0 && { typescript }),
      events: this.#recorder.events,
      bytes: this.#recorder.bytes,
      dropped: this.#recorder.dropped,
      ...(this.#sampling && { sampling: this.#sampling }),
      gate: this.#switches.gate,
      ...(this.#switches.mutes.length > 0 && { mutes: this.#switches.mutes }),
      ...(this.#flight && { kept: { ...this.#flight.kept, ...this.#flight.limits } }),
      ...(!this.ended && {
        load: { bufferShare: this.#processes.load, bytesPerSecond: this.#rate.perSecond },
      }),
      ...(this.#problem !== undefined && {
        recordingProblem: `${this.#problem} ${this.ended ? 'What' : 'The script goes on; what'} was recorded until then is kept.`,
      }),
    };
  }

  /** A process of this session runs under that number. */
  traces(pid: number): boolean {
    return this.#target?.pid === pid || this.#processes.connectedPids.includes(pid);
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  get pluginOutcome(): PluginOutcome {
    const processes = this.#processes.all.map(({ pid, plugins }) => ({ pid, states: plugins.states })).filter(({ states }) => states.length > 0);
    return { processes, problems: this.#plugins.problems, notes: this.#plugins.notes };
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
    const traced = this.#processes.admit(hello, connection);
    this.#switches.greet(connection, hello);
    if (this.#file.pressed) connection.hold(true);
    this.#changed();
    return traced;
  }

  left(connection: TargetConnection, problem: string | undefined): void {
    this.#processes.left(connection, problem);
  }

  async #gone(traced: TracedProcess): Promise<void> {
    await this.#plugins.takeFile(traced);
    if (this.#target instanceof AttachedTarget && traced.pid === this.#target.pid) this.#target.over();
  }

  #lookAtEnd({ crash, pid }: TracedProcess): void {
    // Of the target itself the session ends, and with it the recording is whole.
    if (crash !== undefined && pid !== this.#target?.pid) setTimeout(() => this.#worthSaving(crash), CRASH_SETTLE_MS).unref();
  }

  #note(text: string): void {
    this.#recorder.console(ConsoleSource.STUDIO, Buffer.from(`${text}\n`));
  }

  #hold(held: boolean): void {
    this.#target?.hold(held);
    this.#processes.hold(held);
  }

  // What the user does

  stdin(text: string, end: boolean): boolean {
    if (!this.#target?.write(text, end)) return false;
    if (text !== '') this.#recorder.console(ConsoleSource.STDIN, Buffer.from(text));
    return true;
  }

  sampling(on: boolean): void {
    this.#switches.sampling(on);
  }

  /** A CPU profile or a heap snapshot. Rejects with a ProblemError. */
  take(order: TakeOrder, tell: (progress: TakeProgress) => void): Promise<TakeProgress> {
    const taken = this.#processes.take(order, tell);
    if (taken) return taken;
    const message = order.pid === undefined ? 'No process of this run is connected.' : `Process ${order.pid} is not connected.`;
    return Promise.reject(new ProblemError({ code: 'not-connected', message, remedy: 'Wait until the tracer has connected, or start the script again.' }));
  }

  #sampled(state: SamplingState): void {
    if (state.thread !== 0 && this.#sampling?.thread === 0) return;
    this.#sampling = state;
    this.#changed();
  }

  /** Switches recording on or off in every process, and in those that come later. */
  record(on: boolean, by: RecordingCause, about: { readonly timeNs?: number; readonly why?: string; readonly except?: TargetConnection } = {}): void {
    const { timeNs = this.#recorder.now(), why, except } = about;
    if (this.#finishing || this.ended) return;
    if (!this.#switches.record(on, by, timeNs, why, except)) return;
    if (why !== undefined) this.#note(`Recording ended: ${why} The script goes on.`);
    this.#limits.recording(on);
    this.#tell();
    if (by === 'limit') this.#worthSaving(`recording ended: ${why}`);
  }

  /** Also for processes that come later. */
  mute(functions: readonly FunctionRule[], muted: boolean): void {
    if (this.#finishing || this.ended) return;
    this.#switches.mute(functions, muted);
    this.#tell();
  }

  /** Every thread records all of its objects at its next turn. How many processes were asked. */
  snapshotAll(): number {
    this.#processes.control({ command: 'snapshot' });
    return this.#processes.connectedPids.length;
  }

  /** Names this moment, also while the target is blocked or recording is off. */
  mark(name: string): Marked {
    if (this.#processes.all.length === 0) {
      throw new ProblemError({ code: 'no-process', message: 'Nothing can be marked: no process of this run is traced yet.' });
    }
    const atNs = this.#recorder.now();
    const given = this.#markers.add(name);
    // Listed with the notes, and changed or taken away like one; the moment in the recording stays.
    const note = { id: randomUUID(), fromNs: atNs, toNs: atNs, text: given };
    this.note({ put: note });
    return { name: given, note };
  }

  /** A note of a recording under way. */
  note(change: NoteChange): void {
    this.#recorder.info(noteLine(change, this.#recorder.now()));
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

  async #stopTree(tree: ProcessTree): Promise<void> {
    if (this.#target instanceof AttachedTarget) return this.#leave(this.#target);
    const isForced = await tree.end(() => this.#forceAt);
    if (!isForced) return;
    this.#forced = true;
    // It hangs inside the system (a dead network disk), and will end when that lets it go.
    if (!this.#targetEnd) this.#target?.abandon();
  }

  /** Its tracer takes itself out when it is told to, or when nobody listens any more. */
  async #leave(target: AttachedTarget): Promise<void> {
    this.#processes.control({ command: 'detach' });
    while (!target.end && this.#processes.connections.size > 0 && Date.now() < this.#forceAt) await pause(LEAVE_POLL_MS);
    this.#processes.close();
    target.over();
  }

  // The end

  #targetEnded(end: TargetEnd): void {
    this.#targetEnd = end;
    const lingered = setTimeout(() => {
      this.#processes.closeAlive();
      setTimeout(() => this.#processes.close(), DRAIN_MS).unref();
      this.#finishIfDone();
    }, LINGER_MS);
    // The sockets that are waited for keep the process alive, not the waiting.
    lingered.unref();
    this.#finishIfDone();
  }

  get #done(): boolean {
    return this.#targetEnd !== undefined && !this.#finishing && this.#target?.outputClosed === true && this.#processes.areDone;
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
    clearInterval(this.#spillTimer);
    await this.#processes.finish();
    // What plugins do from here on takes no time of the session.
    this.#recorder.stopClock();
    this.#limits.end();
    const endedAtMs = Date.now();
    await this.#plugins.finish(this.#processes.all);
    await this.#sources?.settled();
    await this.#recorder.finish(this.#end);
    await this.#joinKept(this.#end);
    removeFolder(this.#spillFolder);
    this.recording.completed();
    this.#state = 'ended';
    this.#endedAtMs = endedAtMs;
    this.#tell();
    for (const resolve of this.#whenEnded) resolve();
  }

  /** One file of what was kept. Where it cannot be made its parts stay, and become one when it is opened. */
  async #joinKept(end: SessionEnd): Promise<void> {
    try {
      await this.#flight?.finish(this.#recorder.totals(end));
    } catch (error) {
      this.#problem = `What was kept could not be put together in ${this.#options.path} (${(error as Error).message}). It is tried again when that is opened.`;
    }
  }

  /** A file with all that was recorded, for a process of its own to read. */
  async #wholeFile(): Promise<string> {
    if (this.#flight) {
      const copy = path.join(this.#spillFolder, 'kept.tsr');
      await this.recording.saveAs(copy);
      return copy;
    }
    this.#recorder.flush();
    await this.#file.settled();
    return this.#options.path;
  }

  /** The data of this moment will be gone later. A target whose processes fail all the time is not saved without end. */
  #worthSaving(why: string): void {
    if (!this.#flight || this.#finishing || this.ended || this.#savings >= MAX_SAVINGS) return;
    this.#savings++;
    const last = this.#savings === MAX_SAVINGS ? ' This is not done again in this run.' : '';
    this.#note(`What is kept is saved, because ${why}${last}`);
    this.#options.worthSaving(why);
  }

  #sessionEnd(end: TargetEnd): SessionEnd {
    if (this.#target instanceof AttachedTarget) return { kind: 'detached', processEnded: !this.#stopping };
    if (this.#stopping) return { kind: 'stopped', ...end, forced: this.#forced };
    return 'signal' in end ? { kind: 'signalled', signal: end.signal } : { kind: 'exited', code: end.code };
  }

  #changed(): void {
    if (!this.ended) this.#news.soon();
  }

  #tell(): void {
    this.#news.now();
  }
}

/** Undefined: none are to be kept. A flight recorder keeps all of them with whatever it keeps: they may not take its room. */
function sourcesOf({ capture }: SpawnPlan, recorder: Recorder): SourceTexts | undefined {
  if (capture?.sources !== true) return undefined;
  const { keep, keepMegabytes } = capture;
  const write = (payload: Uint8Array): void => recorder.source(payload);
  return new SourceTexts(keep === 'last' && keepMegabytes > 0 ? { write, maxBytes: keepMegabytes * KEPT_SOURCES_BYTES } : { write });
}
