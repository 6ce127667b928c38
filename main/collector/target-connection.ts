import type { Socket } from 'node:net';
import path from 'node:path';
import type { RecordStream } from '../../core/protocol/record-stream.ts';
import { MAX_LEFT_ALONE } from '../../core/protocol/recording-format.ts';
import type { SamplingState, TakeProgress } from '../../core/protocol/sampling.ts';
import {
  CALL_HOOKS,
  type CallCapture,
  type CallHook,
  type ChildNotice,
  encodeFrameHeader,
  FrameType,
  type TargetBye,
  type TargetControl,
  type TargetGate,
  type TargetHello,
  type TargetLoad,
  type ThreadHello,
  type ThreadStats,
  TYPESCRIPT_WAYS,
  type TypeScriptWay,
} from '../../core/protocol/target-wire.ts';
import { FrameParser, type FrameSink, WireError } from './frame-parser.ts';
import { FunctionFiles } from './function-files.ts';
import { PluginReports } from './plugin-reports.ts';
import type { Recorder } from './recorder.ts';

interface TracedThread {
  readonly stream: number;
  readonly records: RecordStream;
  readonly files: FunctionFiles;
  ended: boolean;
  /** Bytes taken of its two streams: a spill file may begin before their end. */
  dataBytes: number;
  definitionBytes: number;
}

/** What a process tells that is the matter of its session. */
export interface ProcessNews {
  /** The script has switched recording. `timeNs`: when, since the recording's start; `obeyed`: how many of the collector's words it knew. */
  gate(on: boolean, timeNs: number, obeyed: number): void;
  changed(): void;
  /** Functions of this file are recorded, or it is the script. */
  file(file: string): void;
  /** It has started a process. */
  child(notice: ChildNotice): void;
}

/** What a session keeps of a traced process and its threads, also after its socket is gone. */
export class TracedProcess implements FrameSink {
  readonly #recorder: Recorder;
  readonly index: number;
  readonly pid: number;
  /** Where it ran, by what, and which script: absent for one that runs none (`node -e`). */
  readonly cwd: string;
  readonly execPath: string;
  readonly script: string | undefined;
  /** Its plugins' failures are on nobody's stderr yet. */
  readonly isChild: boolean;
  readonly plugins: PluginReports;
  /** See CallCapture. */
  typescript: readonly TypeScriptWay[] = [];
  /** How full its fullest ring was lately, from 0 to 1. */
  load = 0;
  readonly #news: ProcessNews;
  readonly #threads = new Map<number, TracedThread>();
  #orderly = false;
  #exitCode: number | undefined;
  #ended = false;
  #flushedNs: number;
  #leftAlones = 0;
  /** How a profile or snapshot fares that was asked of it. */
  onTake: (progress: TakeProgress) => void = () => {};
  onSampling: (state: SamplingState) => void = () => {};

  constructor(recorder: Recorder, index: number, hello: TargetHello, news: ProcessNews) {
    this.#flushedNs = recorder.now();
    this.#recorder = recorder;
    this.#news = news;
    this.index = index;
    this.pid = hello.pid;
    this.cwd = typeof hello.cwd === 'string' ? hello.cwd : '';
    this.execPath = hello.execPath;
    this.script = scriptOf(hello);
    this.isChild = hello.isChild === true;
    if (this.script !== undefined) news.file(this.script);
    this.plugins = new PluginReports((state) => recorder.info({ kind: 'plugin', process: index, state, timeNs: recorder.now() }));
    recorder.info({
      kind: 'process',
      process: index,
      pid: hello.pid,
      ppid: hello.ppid,
      name: processName(hello),
      argv: hello.argv.slice(0, MAX_ARGUMENTS).map((word) => cut(word, MAX_ARGUMENT_LETTERS)),
      nodeVersion: cut(hello.nodeVersion, 100),
      timeNs: recorder.now(),
    });
  }

  /** It said that it ends and that everything was sent: it was not killed. */
  get orderly(): boolean {
    return this.#orderly;
  }

  /** How it ended, where it did not end well, as a sentence; undefined before its end. */
  get crash(): string | undefined {
    if (!this.#ended || this.#exitCode === 0) return undefined;
    const how = this.#exitCode === undefined ? 'ended without a word: by a signal, or because it ran out of memory' : `ended with code ${this.#exitCode}`;
    return !this.#orderly || this.#exitCode !== undefined ? `process ${this.pid} ${how}.` : undefined;
  }

  /** Throws WireError. */
  frame(type: number, thread: number, body: Uint8Array): void {
    this.#flushedNs = this.#recorder.now();
    switch (type) {
      case FrameType.THREAD:
        this.#thread(thread, cut(text(parse(body), 'name') ?? '', MAX_ARGUMENT_LETTERS));
        return;
      case FrameType.DEFS:
        this.#definitions(this.#thread(thread), body);
        return;
      case FrameType.STATS:
        this.#stats(thread, parse(body) as Partial<ThreadStats>);
        return;
      case FrameType.THREAD_END:
        this.#endThread(this.#thread(thread));
        return;
      case FrameType.TRACER_ERROR:
        this.#recorder.info({
          kind: 'tracer-error',
          process: this.index,
          message: cut(text(parse(body), 'message') ?? 'unknown', 4000),
          timeNs: this.#recorder.now(),
        });
        return;
      case FrameType.PLUGIN:
        this.plugins.take(body);
        return;
      case FrameType.CHILD:
        this.#news.child(parseChild(body));
        return;
      case FrameType.CAPTURE:
        this.#capture(parse(body) as Partial<CallCapture> | null);
        return;
      case FrameType.LEFT_ALONE:
        this.#leftAlone(parse(body));
        return;
      case FrameType.GATE:
        this.#gate(parse(body) as Partial<TargetGate> | null);
        return;
      case FrameType.LOAD: {
        const share = (parse(body) as Partial<TargetLoad> | null)?.share;
        if (typeof share === 'number') this.load = Math.max(0, Math.min(1, share));
        this.#news.changed();
        return;
      }
      case FrameType.BYE: {
        this.#orderly = true;
        const code = (parse(body) as Partial<TargetBye> | null)?.code;
        if (typeof code === 'number' && Number.isInteger(code)) this.#exitCode = code;
        return;
      }
      case FrameType.SAMPLING:
        this.#sampling(samplingState(parse(body)));
        return;
      case FrameType.TAKE:
        this.onTake(takeProgress(parse(body)));
        return;
      default:
        throw new WireError(`a frame of unknown type ${type}`);
    }
  }

  data(thread: number, piece: Uint8Array): void {
    this.#flushedNs = this.#recorder.now();
    this.#data(this.#thread(thread), piece);
  }

  /** Takes a spill file's frames: they go on where the socket ended, or a little before that. */
  spill(): FrameSink {
    const skip = new Map<number, { data: number; definitions: number }>();
    return {
      frame: (type, thread, body) => {
        // Checked by the secret before, or of this very process.
        if (type === FrameType.HELLO) return;
        if (type === FrameType.THREAD) {
          const known = this.#thread(thread, cut(text(parse(body), 'name') ?? '', MAX_ARGUMENT_LETTERS));
          const { dataBefore, definitionsBefore } = parse(body) as Partial<ThreadHello>;
          skip.set(thread, { data: known.dataBytes - (dataBefore ?? 0), definitions: known.definitionBytes - (definitionsBefore ?? 0) });
          // Bytes between the two are missing: what follows does not go on with the record that was begun.
          if (known.dataBytes < (dataBefore ?? 0)) known.records.end();
        } else if (type === FrameType.DEFS) {
          const left = skip.get(thread);
          const skipped = Math.max(0, Math.min(left?.definitions ?? 0, body.length));
          if (left) left.definitions -= skipped;
          if (skipped < body.length) this.#definitions(this.#thread(thread), body.subarray(skipped));
        } else this.frame(type, thread, body);
      },
      data: (thread, piece) => {
        const left = skip.get(thread);
        const skipped = Math.max(0, Math.min(left?.data ?? 0, piece.length));
        if (left) left.data -= skipped;
        if (skipped < piece.length) this.#data(this.#thread(thread), piece.subarray(skipped));
      },
    };
  }

  /** Its socket has ended, and so nothing more comes but perhaps a spill file. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.load = 0;
    for (const thread of this.#threads.values()) if (!thread.ended) this.#endThread(thread);
    this.plugins.flush();
    const code = this.#exitCode;
    this.#recorder.info({
      kind: 'process-end',
      process: this.index,
      orderly: this.#orderly,
      ...(code !== undefined && { code }),
      flushedNs: this.#flushedNs,
      timeNs: this.#recorder.now(),
    });
  }

  /** A thread says its name before its first data; one that did not is taken in all the same. */
  #thread(thread: number, name = ''): TracedThread {
    const known = this.#threads.get(thread);
    if (known) return known;
    if (this.#threads.size >= MAX_THREADS) throw new WireError(`more than ${MAX_THREADS} threads`);
    const added = { ...this.#recorder.addStream(), files: new FunctionFiles(), ended: false, dataBytes: 0, definitionBytes: 0 };
    this.#threads.set(thread, added);
    this.#recorder.info({
      kind: 'thread',
      stream: added.stream,
      process: this.index,
      thread,
      name: name || (thread === 0 ? 'main' : `worker ${thread}`),
      timeNs: this.#recorder.now(),
    });
    return added;
  }

  #sampling(state: SamplingState): void {
    this.#recorder.info({ kind: 'sampling', process: this.index, state, timeNs: this.#recorder.now() });
    this.onSampling(state);
  }

  #gate(gate: Partial<TargetGate> | null): void {
    if (typeof gate?.on !== 'boolean') throw new WireError('a gate that is neither open nor closed');
    const now = this.#recorder.now();
    const told = typeof gate.time === 'string' && /^\d{1,19}$/.test(gate.time) ? this.#recorder.timeOf(BigInt(gate.time)) : now;
    this.#news.gate(gate.on, Math.max(0, Math.min(told, now)), typeof gate.obeyed === 'number' ? gate.obeyed : 0);
  }

  #stats(thread: number, stats: Partial<ThreadStats>): void {
    const { dropped, stalls, stallNs } = stats;
    if (typeof dropped !== 'number' || typeof stalls !== 'number' || typeof stallNs !== 'number') throw new WireError('statistics without numbers');
    const { stream, records } = this.#thread(thread);
    records.droppedInTarget = dropped;
    this.#recorder.info({ kind: 'stats', stream, dropped, stalls, stallNs, timeNs: this.#recorder.now() });
  }

  #capture(capture: Partial<CallCapture> | null): void {
    const count = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);
    const hooks = Array.isArray(capture?.hooks) ? CALL_HOOKS.filter((hook: CallHook) => capture.hooks?.includes(hook)) : [];
    const [files, functions, cached, muted] = [count(capture?.files), count(capture?.functions), count(capture?.cached), count(capture?.muted)];
    const typescript = Array.isArray(capture?.typescript) ? TYPESCRIPT_WAYS.filter((way: TypeScriptWay) => capture.typescript?.includes(way)) : [];
    this.#recorder.info({ kind: 'capture', process: this.index, files, functions, cached, hooks, muted, typescript, timeNs: this.#recorder.now() });
    if (typescript.length === this.typescript.length) return;
    this.typescript = typescript;
    this.#news.changed();
  }

  #leftAlone(body: unknown): void {
    if (++this.#leftAlones > MAX_LEFT_ALONE) return;
    const [file, reason] = [cut(text(body, 'file') ?? '', MAX_PATH_LETTERS), cut(text(body, 'reason') ?? '', MAX_ARGUMENT_LETTERS)];
    this.#recorder.info({ kind: 'left-alone', process: this.index, file, reason, timeNs: this.#recorder.now() });
  }

  #definitions(thread: TracedThread, body: Uint8Array): void {
    thread.definitionBytes += body.length;
    if (!this.#recorder.definitions(thread.stream, body)) throw new WireError('definitions that are not whole records');
    for (const file of thread.files.take(body)) this.#news.file(file);
  }

  #data(thread: TracedThread, piece: Uint8Array): void {
    thread.dataBytes += piece.length;
    this.#recorder.data(thread.records, piece);
  }

  #endThread(thread: TracedThread): void {
    thread.ended = true;
    this.#recorder.rest(thread.stream);
    this.#recorder.info({ kind: 'thread-end', stream: thread.stream, timeNs: this.#recorder.now() });
  }
}

/** A process of thousands of workers is possible; more than this at the same socket is an error. */
const MAX_THREADS = 65536;
const MAX_ARGUMENTS = 100;
const MAX_ARGUMENT_LETTERS = 1000;
const MAX_PATH_LETTERS = 4096;
/** From the connect to a whole HELLO. */
const HELLO_MS = 10_000;

const cut = (word: unknown, letters: number): string => String(word).slice(0, letters);

function processName(hello: TargetHello): string {
  const script = path.basename(hello.argv[1] ?? hello.execPath) || 'node';
  return cut(typeof hello.title === 'string' ? `${script} (${hello.title})` : script, MAX_ARGUMENT_LETTERS);
}

function parseChild(body: Uint8Array): ChildNotice {
  const notice = parse(body) as Partial<ChildNotice> | null;
  const { pid, what, why } = notice ?? {};
  if (!Number.isInteger(pid) || (pid as number) < 0 || typeof what !== 'string') throw new WireError('a child without a process id');
  return { pid: pid as number, what: cut(what, MAX_ARGUMENT_LETTERS), ...(typeof why === 'string' && { why: cut(why, MAX_ARGUMENT_LETTERS) }) };
}

/** Code on the command line (`-e`, `-p`, both in one, or from stdin) takes the place of a script: then argv begins with its arguments. */
function scriptOf(hello: TargetHello): string | undefined {
  const script = hello.argv[1];
  const options = Array.isArray(hello.execArgv) ? hello.execArgv : [];
  const isCode = options.some((word) => /^(-e|-p|-pe|-ep|--eval|--print)(=|$)/.test(String(word)));
  return script !== undefined && path.isAbsolute(script) && !isCode ? script : undefined;
}

const decoder = new TextDecoder();
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    throw new WireError('a frame whose JSON cannot be read');
  }
}

function text(value: unknown, key: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** Throws WireError. */
function samplingState(given: unknown): SamplingState {
  const { thread, state, intervalUs, chunkMs, pauseUs, overhead, samples, blindMs, chunks, message } = (given ?? {}) as Partial<SamplingState>;
  const numbers = [thread, intervalUs, chunkMs, pauseUs, overhead, samples, blindMs];
  const isKnown = (state === 'on' || state === 'off' || state === 'failed') && (chunks === 'overlap' || chunks === 'stop-start');
  if (!isKnown || !numbers.every((value) => typeof value === 'number')) throw new WireError('a state of sampling that cannot be read');
  const known = { thread, state, intervalUs, chunkMs, pauseUs, overhead, samples, blindMs, chunks } as SamplingState;
  return typeof message === 'string' ? { ...known, message: cut(message, MAX_ARGUMENT_LETTERS) } : known;
}

/** Throws WireError. */
function takeProgress(given: unknown): TakeProgress {
  const { take, state, done, bytes, message } = (given ?? {}) as Partial<TakeProgress>;
  const isKnown = state === 'running' || state === 'done' || state === 'failed';
  if (!isKnown || ![take, done, bytes].every((value) => typeof value === 'number')) throw new WireError('a progress that cannot be read');
  return { take, state, done, bytes, message: cut(message ?? '', MAX_ARGUMENT_LETTERS) } as TakeProgress;
}

/** Throws WireError. */
export function parseHello(body: Uint8Array): TargetHello {
  const hello = parse(body) as Partial<TargetHello> | null;
  const words = (value: unknown): boolean => Array.isArray(value) && value.every((word) => typeof word === 'string');
  const good =
    typeof hello === 'object' &&
    hello !== null &&
    Number.isInteger(hello.wire) &&
    Number.isInteger(hello.pid) &&
    (hello.pid as number) > 0 &&
    Number.isInteger(hello.ppid) &&
    typeof hello.execPath === 'string' &&
    typeof hello.nodeVersion === 'string' &&
    words(hello.argv);
  if (!good) throw new WireError('a first frame that does not say who it is');
  return hello as TargetHello;
}

/** What a connection asks of the collector when it has said who it is. */
export interface Admission {
  /** Undefined: wrong secret or version, and the socket is closed. */
  admit(hello: TargetHello, connection: TargetConnection): TracedProcess | undefined;
  /** Its socket has ended. `problem`: it was closed from here, because of what it sent. */
  left(connection: TargetConnection, problem: string | undefined): void;
}

/** One socket of a target, from its first byte to its end. Whatever it sends, only the socket is closed. */
export class TargetConnection {
  readonly #socket: Socket;
  readonly #admission: Admission;
  readonly #parser: FrameParser;
  #process: TracedProcess | undefined;
  #left = false;

  constructor(socket: Socket, admission: Admission) {
    this.#socket = socket;
    this.#admission = admission;
    this.#parser = new FrameParser({
      frame: (type, thread, body) => this.#frame(type, thread, body),
      data: (thread, piece) => {
        if (!this.#process) throw new WireError('data before the first frame');
        this.#process.data(thread, piece);
      },
    });
    const tooLate = setTimeout(() => this.#process ?? socket.destroy(), HELLO_MS);
    tooLate.unref();
    socket.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    // Reset: the target was killed. What it had sent has been read.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(tooLate);
      this.#leave(undefined);
    });
  }

  get process(): TracedProcess | undefined {
    return this.#process;
  }

  hold(held: boolean): void {
    if (held) this.#socket.pause();
    else this.#socket.resume();
  }

  /** `start` and `stop` frames that were sent. */
  gates = 0;

  control(control: TargetControl): void {
    if (control.command === 'start' || control.command === 'stop') this.gates++;
    const body = Buffer.from(JSON.stringify(control));
    this.#socket.write(Buffer.concat([encodeFrameHeader(body.length, FrameType.CONTROL, 0), body]));
  }

  /** The target goes on, and is not recorded any more. It is told that this is meant: otherwise it would say on stderr that the studio is gone. */
  close(): void {
    const body = Buffer.from(JSON.stringify({ command: 'stop' } satisfies TargetControl));
    this.#socket.end(Buffer.concat([encodeFrameHeader(body.length, FrameType.CONTROL, 0), body]), () => this.#socket.destroy());
  }

  #receive(chunk: Uint8Array): void {
    if (this.#left) return;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      // A mistake of ours in one frame must not end the recording of all the others either: it is told in the window.
      this.#leave(error instanceof WireError ? error.message : `what failed here (${String(error)})`);
      this.#socket.destroy();
    }
  }

  #frame(type: number, thread: number, body: Uint8Array): void {
    if (this.#process) {
      this.#process.frame(type, thread, body);
      return;
    }
    if (type !== FrameType.HELLO) throw new WireError('a first frame that is no greeting');
    this.#process = this.#admission.admit(parseHello(body), this);
    if (!this.#process) throw new WireError('a wrong secret or version');
  }

  #leave(problem: string | undefined): void {
    if (this.#left) return;
    this.#left = true;
    this.#admission.left(this, problem);
  }
}
