/** Tracks of a Perfetto trace, and the streams of the recording that they become. */
import type { Ended } from './ended-slices.ts';
import { MAX_THREADS } from './import-losses.ts';
import { Counter, ProcessDescriptor, ThreadDescriptor, Track } from './perfetto-fields.ts';
import { ProtoFields } from './proto-bytes.ts';
import type { RecordingBuilder } from './record-writer.ts';
import { swapMainThread } from './thread-id.ts';

/** Beyond the thread ids of any system: of tracks that are no threads. */
const FIRST_TRACK_TID = 2 ** 32;
const MAX_TRACKS = 1_000_000;

export interface OpenEvent {
  readonly high: number;
  readonly low: number;
  readonly name: string;
  readonly category: string;
  readonly args: Uint8Array | undefined;
}

/** One that has ended, by its end. */
export interface EndedEvent extends OpenEvent, Ended {}

/** Where the records of a track go. */
export interface Target {
  readonly stream: number;
  /** Definition of the name of a track beside the thread's calls; 0: the calls themselves. */
  readonly track: number;
}

export interface PerfettoTrack {
  readonly uuid: bigint;
  name: string;
  parent: bigint | undefined;
  process: { pid: number; name: string; labels: string[]; sortIndex: number | undefined } | undefined;
  thread: { pid: number; tid: number; name: string; sortIndex: number | undefined } | undefined;
  counter: { multiplier: number; isIncremental: boolean; value: number; definition: number } | undefined;
  target: Target | undefined;
  readonly open: OpenEvent[];
  /** Ends that came before their begin. */
  /** Those that wait for one around them: see `writeEnded`. */
  readonly ended: EndedEvent[];
  readonly early: { readonly high: number; readonly low: number; readonly args: Uint8Array | undefined }[];
}

interface ProcessEntry {
  readonly index: number;
  name: string;
  readonly pid: number;
}

export class PerfettoTracks {
  /** Events of tracks beyond what is kept. */
  tooMany = 0;
  readonly #builder: RecordingBuilder;
  readonly #byUuid = new Map<bigint, PerfettoTrack>();
  readonly #processes = new Map<number, ProcessEntry>();
  readonly #threads = new Map<string, { readonly stream: number; name: string }>();
  /** By pid: counters of a process lie in one stream. */
  readonly #counterStreams = new Map<number, number>();
  #streams = 0;
  #lanes = 0;
  #last: PerfettoTrack | undefined;

  constructor(builder: RecordingBuilder) {
    this.#builder = builder;
  }

  /** Undefined: there are too many. Hot. */
  track(uuid: bigint): PerfettoTrack | undefined {
    if (this.#last?.uuid === uuid) return this.#last;
    let track = this.#byUuid.get(uuid);
    if (track === undefined) {
      if (this.#byUuid.size >= MAX_TRACKS) {
        this.tooMany++;
        return undefined;
      }
      const empty = { name: '', parent: undefined, process: undefined, thread: undefined, counter: undefined, target: undefined };
      track = { uuid, ...empty, open: [], ended: [], early: [] };
      this.#byUuid.set(uuid, track);
    }
    this.#last = track;
    return track;
  }

  all(): Iterable<PerfettoTrack> {
    return this.#byUuid.values();
  }

  /** A TrackDescriptor. */
  describe(bytes: Uint8Array, start: number, end: number): void {
    const fields = new ProtoFields().reset(bytes, start, end);
    const told: Partial<PerfettoTrack> = {};
    let uuid = 0n;
    let name = '';
    while (fields.next()) {
      switch (fields.field) {
        case Track.UUID:
          uuid = fields.bits;
          break;
        case Track.PARENT_UUID:
          told.parent = fields.bits;
          break;
        case Track.NAME:
        case Track.STATIC_NAME:
        case Track.ATRACE_NAME:
          name = fields.text.slice(0, 4096);
          break;
        case Track.PROCESS:
          told.process = readProcess(bytes, fields.start, fields.end);
          break;
        case Track.THREAD:
          told.thread = readThread(bytes, fields.start, fields.end);
          break;
        case Track.COUNTER:
          told.counter = readCounter(bytes, fields.start, fields.end);
          break;
        default:
      }
    }
    const track = this.track(uuid);
    if (track === undefined) return;
    if (told.counter !== undefined && track.counter !== undefined) told.counter = { ...told.counter, ...keptOf(track.counter) };
    Object.assign(track, told);
    if (name !== '') track.name = name;
    this.#tell(track);
  }

  /** Names may be told after the first events. */
  #tell({ process, thread, name }: PerfettoTrack): void {
    if (process !== undefined) this.#processOf(process.pid, process.name || name, process.labels, process.sortIndex);
    if (thread !== undefined) this.threadStream(thread.pid, thread.tid, thread.name || name, thread.sortIndex);
  }

  /** A process as it is told without a track. */
  describeProcess(bytes: Uint8Array, start: number, end: number): void {
    const { pid, name, labels, sortIndex } = readProcess(bytes, start, end);
    this.#processOf(pid, name, labels, sortIndex);
  }

  #processOf(pid: number, name = '', labels: readonly string[] = [], sortIndex?: number): ProcessEntry {
    let entry = this.#processes.get(pid);
    if (entry === undefined) {
      entry = { index: this.#builder.process({ pid, name: name || `Process ${pid}` }), name, pid };
      this.#processes.set(pid, entry);
    }
    if ((name !== '' && entry.name !== name) || labels.length > 0 || sortIndex !== undefined) {
      entry.name = name || entry.name;
      const more = { ...(labels.length > 0 && { labels }), ...(sortIndex !== undefined && { sortIndex }) };
      const shown = entry.name || `Process ${pid}`;
      this.#builder.info({ kind: 'process', process: entry.index, pid, ppid: 0, name: shown, argv: [], nodeVersion: '', ...more, timeNs: 0 });
    }
    return entry;
  }

  /** Stream of a thread; 0: there are too many. */
  threadStream(pid: number, tid: number, name = '', sortIndex?: number): number {
    const key = `${pid}/${tid}`;
    let entry = this.#threads.get(key);
    const process = this.#processOf(pid);
    const thread = swapMainThread(pid, tid);
    if (entry === undefined) {
      const stream = this.#newStream(process, thread, name || `Thread ${tid}`);
      if (stream === 0) return 0;
      entry = { stream, name };
      this.#threads.set(key, entry);
    }
    if ((name !== '' && entry.name !== name) || sortIndex !== undefined) {
      entry.name = name || entry.name;
      const more = sortIndex === undefined ? {} : { sortIndex };
      const shown = entry.name || `Thread ${tid}`;
      this.#builder.info({ kind: 'thread', stream: entry.stream, process: process.index, thread, name: shown, ...more, timeNs: 0 });
    }
    return entry.stream;
  }

  #newStream(process: ProcessEntry, thread: number, name: string): number {
    if (this.#streams >= MAX_THREADS) return 0;
    this.#streams++;
    return this.#builder.thread(process.index, thread, name.slice(0, 4096));
  }

  /** Undefined: it would be one thread too many. */
  target(track: PerfettoTrack): Target | undefined {
    track.target ??= this.#resolve(track);
    if (track.target === undefined) this.tooMany++;
    return track.target;
  }

  #resolve(track: PerfettoTrack): Target | undefined {
    if (track.thread !== undefined) {
      const stream = this.threadStream(track.thread.pid, track.thread.tid, track.thread.name || track.name);
      return stream === 0 ? undefined : { stream, track: 0 };
    }
    const { thread, pid } = this.#owner(track);
    const name = track.name || (track.process !== undefined ? 'process' : track.uuid === 0n ? 'trace' : `track ${track.uuid}`);
    if (thread !== undefined) {
      const stream = this.threadStream(thread.pid, thread.tid, thread.name);
      if (stream === 0) return undefined;
      return { stream, track: track.counter === undefined ? this.#builder.string(stream, name) : 0 };
    }
    if (track.counter !== undefined) {
      let counters = this.#counterStreams.get(pid);
      counters ??= this.#newStream(this.#processOf(pid), FIRST_TRACK_TID + this.#lanes++, 'counters');
      this.#counterStreams.set(pid, counters);
      return counters === 0 ? undefined : { stream: counters, track: 0 };
    }
    // Beside the threads: a stream of its own, since what lies on it need not nest in anything else.
    const stream = this.#newStream(this.#processOf(pid), FIRST_TRACK_TID + this.#lanes++, name);
    return stream === 0 ? undefined : { stream, track: 0 };
  }

  /** The thread or process that a track is part of. */
  #owner(track: PerfettoTrack): { readonly thread?: NonNullable<PerfettoTrack['thread']>; readonly pid: number } {
    let at: PerfettoTrack | undefined = track;
    // Tracks that are each other's parents are damage: no tree is this deep.
    for (let steps = 0; at !== undefined && steps < 100; steps++) {
      if (at.thread !== undefined) return { thread: at.thread, pid: at.thread.pid };
      if (at.process !== undefined) return { pid: at.process.pid };
      at = at.parent === undefined ? undefined : this.#byUuid.get(at.parent);
    }
    return { pid: 0 };
  }
}

const keptOf = ({ value, definition }: NonNullable<PerfettoTrack['counter']>) => ({ value, definition });

function readProcess(bytes: Uint8Array, start: number, end: number): NonNullable<PerfettoTrack['process']> {
  const fields = new ProtoFields().reset(bytes, start, end);
  const process: NonNullable<PerfettoTrack['process']> = { pid: 0, name: '', labels: [], sortIndex: undefined };
  let command = '';
  while (fields.next()) {
    if (fields.field === ProcessDescriptor.PID) process.pid = fields.low;
    else if (fields.field === ProcessDescriptor.NAME) process.name = fields.text.slice(0, 4096);
    else if (fields.field === ProcessDescriptor.CMDLINE && command.length < 4096) command += `${command === '' ? '' : ' '}${fields.text}`;
    else if (fields.field === ProcessDescriptor.LABELS && process.labels.length < 100) process.labels.push(fields.text.slice(0, 200));
    else if (fields.field === ProcessDescriptor.SORT_INDEX) process.sortIndex = fields.signed;
  }
  process.name ||= command.slice(0, 4096);
  return process;
}

function readThread(bytes: Uint8Array, start: number, end: number): NonNullable<PerfettoTrack['thread']> {
  const fields = new ProtoFields().reset(bytes, start, end);
  const thread: NonNullable<PerfettoTrack['thread']> = { pid: 0, tid: 0, name: '', sortIndex: undefined };
  while (fields.next()) {
    if (fields.field === ThreadDescriptor.PID) thread.pid = fields.low;
    else if (fields.field === ThreadDescriptor.TID) thread.tid = fields.number;
    else if (fields.field === ThreadDescriptor.NAME) thread.name = fields.text.slice(0, 4096);
    else if (fields.field === ThreadDescriptor.SORT_INDEX) thread.sortIndex = fields.signed;
  }
  return thread;
}

function readCounter(bytes: Uint8Array, start: number, end: number): NonNullable<PerfettoTrack['counter']> {
  const fields = new ProtoFields().reset(bytes, start, end);
  const counter = { multiplier: 1, isIncremental: false, value: 0, definition: 0 };
  while (fields.next()) {
    if (fields.field === Counter.UNIT_MULTIPLIER) counter.multiplier = fields.signed || 1;
    else if (fields.field === Counter.IS_INCREMENTAL) counter.isIncremental = fields.bool;
  }
  return counter;
}
