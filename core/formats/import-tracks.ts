/** Processes and threads of a trace that is read, and what names mean in the stream of each thread. */
import type { RecordingInfo } from '../protocol/recording-format.ts';
import type { Ended } from './ended-slices.ts';
import type { EventNames } from './event-names.ts';
import { MAX_THREADS } from './import-losses.ts';
import type { RecordingBuilder } from './record-writer.ts';
import { swapMainThread } from './thread-id.ts';

/** A stream's own numbers of names are in a table up to here, and in a map beyond: names are many, streams may be too. */
const TABLE_NAMES = 16_384;
/** Names of processes and threads that are no numbers get numbers of their own, beyond those of any system. */
const FIRST_NAMED_ID = 2 ** 40;
const MAX_LABELS = 100;

export interface OpenSlice {
  readonly high: number;
  readonly low: number;
  readonly name: number;
  readonly category: number;
  readonly args: Uint8Array | undefined;
  /** Byte of the text where it begins. */
  readonly where: number;
}

/** One that has ended, by its end. */
export interface EndedSlice extends Omit<OpenSlice, 'where'>, Ended {}

export interface ImportedProcess {
  readonly index: number;
  readonly pid: number;
  name: string;
  nodeVersion: string;
  sortIndex: number | undefined;
  labels: readonly string[];
  readonly threads: Map<number, ImportedThread>;
}

/** Counters of a thread: from the name along the series, so that a definition is found without making a key. */
export interface CounterNode {
  definition: number;
  readonly next: Map<number, CounterNode>;
}

export interface ImportedThread {
  readonly stream: number;
  readonly process: ImportedProcess;
  readonly tid: number;
  name: string;
  sortIndex: number | undefined;
  table: Int32Array;
  readonly more: Map<number, number>;
  readonly counters: Map<number, CounterNode>;
  readonly open: OpenSlice[];
  /** Those that began with the slice around them: of two that end together, too, the outer one has to come first. */
  readonly ended: EndedSlice[];
  /** Begun beyond MAX_OPEN_SLICES: their ends are passed over too. */
  tooDeep: number;
}

export class ImportTracks {
  readonly #builder: RecordingBuilder;
  readonly #names: EventNames;
  readonly #processes = new Map<number, ImportedProcess>();
  readonly #namedIds = new Map<string, number>();
  #threads = 0;

  constructor(builder: RecordingBuilder, names: EventNames) {
    this.#builder = builder;
    this.#names = names;
  }

  /** Undefined: there are too many. */
  threadOf(pid: number, tid: number): ImportedThread | undefined {
    const process = this.#processes.get(pid) ?? this.process(pid);
    return process.threads.get(tid) ?? this.thread(process, tid);
  }

  *threads(): Generator<ImportedThread, void, undefined> {
    for (const process of this.#processes.values()) yield* process.threads.values();
  }

  process(pid: number, name = `Process ${pid}`): ImportedProcess {
    let process = this.#processes.get(pid);
    if (process === undefined) {
      // Bounded by what the threads are bounded by: beyond, events of new processes belong to none.
      const index = this.#threads >= MAX_THREADS ? -1 : this.#builder.process({ pid, name });
      process = { index, pid, name, nodeVersion: '', sortIndex: undefined, labels: [], threads: new Map() };
      if (index >= 0) this.#processes.set(pid, process);
    }
    return process;
  }

  thread(process: ImportedProcess, tid: number, name = `Thread ${tid}`): ImportedThread | undefined {
    let thread = process.threads.get(tid);
    if (thread === undefined) {
      if (this.#threads >= MAX_THREADS || process.index < 0) return undefined;
      this.#threads++;
      const stream = this.#builder.thread(process.index, swapMainThread(process.pid, tid), name);
      const tables = { table: new Int32Array(64), more: new Map(), counters: new Map() };
      thread = { stream, process, tid, name, sortIndex: undefined, ...tables, open: [], ended: [], tooDeep: 0 };
      process.threads.set(tid, thread);
    }
    return thread;
  }

  /** A stream beside that of the thread, for what is not to mix with its slices. Undefined: there are too many. */
  besides(thread: ImportedThread, name: string): ImportedThread | undefined {
    if (this.#threads >= MAX_THREADS) return undefined;
    this.#threads++;
    const stream = this.#builder.thread(thread.process.index, swapMainThread(thread.process.pid, thread.tid), name);
    return { ...thread, stream, name, table: new Int32Array(64), more: new Map(), counters: new Map(), open: [], ended: [] };
  }

  renameProcess(process: ImportedProcess, change: Partial<Pick<ImportedProcess, 'name' | 'nodeVersion' | 'sortIndex' | 'labels'>>): void {
    const before = JSON.stringify(processLine(process));
    Object.assign(process, change);
    process.labels = process.labels.slice(0, MAX_LABELS);
    const line = processLine(process);
    if (process.index >= 0 && JSON.stringify(line) !== before) this.#builder.info(line);
  }

  renameThread(thread: ImportedThread, change: Partial<Pick<ImportedThread, 'name' | 'sortIndex'>>): void {
    const before = JSON.stringify(threadLine(thread));
    Object.assign(thread, change);
    const line = threadLine(thread);
    if (JSON.stringify(line) !== before) this.#builder.info(line);
  }

  /** Number of a pid or tid that is written as a text. */
  idOf(text: string): number {
    const name = text.slice(0, 4096);
    const number = name.trim() === '' ? Number.NaN : Number(name);
    if (Number.isFinite(number)) return number;
    let named = this.#namedIds.get(name);
    if (named === undefined) {
      named = FIRST_NAMED_ID + this.#namedIds.size;
      if (this.#namedIds.size < MAX_THREADS * 2) this.#namedIds.set(name, named);
    }
    return named;
  }

  /** The stream's own definition of a name. Hot. */
  local(thread: ImportedThread, name: number): number {
    if (name < thread.table.length) {
      const known = thread.table[name] as number;
      if (known !== 0) return known;
    } else {
      const known = thread.more.get(name);
      if (known !== undefined) return known;
    }
    return this.#define(thread, name);
  }

  #define(thread: ImportedThread, name: number): number {
    const id = this.#builder.stringBytes(thread.stream, this.#names.bytesOf(name));
    if (name >= thread.table.length && name < TABLE_NAMES) {
      const grown = new Int32Array(Math.min(TABLE_NAMES, Math.max(thread.table.length * 2, name + 1)));
      grown.set(thread.table);
      // What the map held so far moves to the table.
      for (const [other, otherId] of thread.more) {
        if (other >= grown.length) continue;
        grown[other] = otherId;
        thread.more.delete(other);
      }
      thread.table = grown;
    }
    if (name < thread.table.length) thread.table[name] = id;
    else thread.more.set(name, id);
    return id;
  }
}

function processLine({ index, pid, name, nodeVersion, sortIndex, labels }: ImportedProcess): RecordingInfo {
  const more = { ...(sortIndex !== undefined && { sortIndex }), ...(labels.length > 0 && { labels }) };
  return { kind: 'process', process: index, pid, ppid: 0, name, argv: [], nodeVersion, ...more, timeNs: 0 };
}

function threadLine({ stream, process, tid, name, sortIndex }: ImportedThread): RecordingInfo {
  const more = sortIndex === undefined ? {} : { sortIndex };
  return { kind: 'thread', stream, process: process.index, thread: swapMainThread(process.pid, tid), name, ...more, timeNs: 0 };
}
