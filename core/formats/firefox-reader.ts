/**
 * Reads profiles of the Firefox Profiler (its processed format: what profiler.firefox.com saves) as a stream of bytes. Tables are columns in memory, as
 * they may stand in any order. Samples become calls, markers instants and async slices with their data, counters counters.
 */
import { counted } from '../base/counted.ts';
import { ProblemError } from '../base/result.ts';
import { AsyncScope, InstantScope, RecordKind } from '../protocol/records.ts';
import { wrapMarkers } from './event-values.ts';
import { JsonCopier } from './json-bytes.ts';
import { damagedProfile, type JsonPlace, listPlace, numberPlace, objectPlace, readJson, textPlace } from './json-places.ts';
import { NumberList } from './number-list.ts';
import { ProfileRecording, type ReadOptions } from './profile-recording.ts';
import { MAX_SAMPLED_DEPTH, type SampledCalls } from './sampled-calls.ts';

const PORTION = 100_000;
const MAX_THREADS = 4096;
/** Data of markers that is kept until they are written. */
const MAX_MARKER_BYTES = 512 * 1024 * 1024;
const NS_PER_MS = 1e6;
/** Phases of markers. */
const [INSTANT, INTERVAL, BEGIN, END] = [0, 1, 2, 3];

/** Columns by their name; null is NaN. */
type Table = Map<string, NumberList>;

interface FirefoxThread {
  name: string;
  processName: string;
  pid: string;
  tid: string;
  readonly samples: Table;
  readonly stackTable: Table;
  readonly frameTable: Table;
  readonly funcTable: Table;
  readonly markers: Table;
  /** By marker, JSON of its data. */
  readonly data: (Uint8Array | undefined)[];
  readonly strings: string[];
}

interface FirefoxCounter {
  name: string;
  pid: string;
  readonly time: NumberList;
  readonly timeDeltas: NumberList;
  readonly count: NumberList;
}

interface FirefoxProfile {
  startTime: number;
  interval: number;
  product: string;
  isProcessed: boolean;
  readonly threads: FirefoxThread[];
  readonly counters: FirefoxCounter[];
  /** Newer profiles have one table for all threads. */
  readonly shared: FirefoxThread;
  readonly sources: number[];
  dataBytes: number;
  leftOutData: number;
  leftOutThreads: number;
}

const newThread = (): FirefoxThread => ({
  name: '',
  processName: '',
  pid: '0',
  tid: '0',
  samples: new Map(),
  stackTable: new Map(),
  frameTable: new Map(),
  funcTable: new Map(),
  markers: new Map(),
  data: [],
  strings: [],
});

export async function* readFirefoxProfile(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const profile: FirefoxProfile = {
    startTime: 0,
    interval: 1,
    product: '',
    isProcessed: false,
    threads: [],
    counters: [],
    shared: newThread(),
    sources: [],
    dataBytes: 0,
    leftOutData: 0,
    leftOutThreads: 0,
  };
  const end = await readJson(source, profilePlace(profile));
  if (!profile.isProcessed && profile.threads.length > 0) throw rawProfile();
  if (profile.threads.length === 0) throw damagedProfile('Firefox profile', end);
  const epochNs = BigInt(Math.round(Math.max(0, profile.startTime))) * 1_000_000n;
  const recording = new ProfileRecording(options, 0n, epochNs);
  yield* new FirefoxWriter(profile, recording).write();
  if (end.kind !== 'whole') {
    recording.lost(end.kind, 1, `The profile is ${end.kind === 'cut' ? 'cut' : 'damaged'} at byte ${end.at}: it was read up to there.`, `byte ${end.at}`);
  }
  recording.lost(
    'large-marker',
    profile.leftOutData,
    counted('The data of # {marker|markers} are larger than what is kept, and were left out.', profile.leftOutData),
  );
  recording.lost(
    'many-threads',
    profile.leftOutThreads,
    counted(`# {thread|threads} beyond the first ${MAX_THREADS} {was|were} left out.`, profile.leftOutThreads),
  );
  yield* recording.finish('Firefox profile', profile.product === '' ? {} : { product: profile.product });
}

const rawProfile = (): ProblemError =>
  new ProblemError({
    code: 'not-a-trace',
    message: 'This is a profile as Firefox itself writes it, which is not read.',
    remedy: 'Open it in profiler.firefox.com and save it there: that is the format which is read here.',
  });

/** A table: columns of numbers. What is null there is NaN. */
function tablePlace(table: Table, more: Readonly<Record<string, JsonPlace>> = {}): JsonPlace {
  const known = new Map(Object.entries(more));
  return {
    begin: () => table.clear(),
    member: (key) => {
      const own = known.get(key);
      if (own !== undefined) return own;
      if (!COLUMNS.has(key)) return undefined;
      const column = new NumberList();
      table.set(key, column);
      return listPlace({ number: (value) => column.push(value), literal: (value) => column.push(value === true ? 1 : value === false ? 0 : Number.NaN) });
    },
  };
}

const COLUMNS = new Set(
  'stack time timeDeltas weight frame prefix func line column name fileName source lineNumber columnNumber startTime endTime phase category isJS filename'.split(
    ' ',
  ),
);

function threadMembers(thread: FirefoxThread, profile: FirefoxProfile): Readonly<Record<string, JsonPlace>> {
  const copier = new JsonCopier();
  const data = listPlace({
    literal: () => thread.data.push(undefined),
    raw: (bytes, start, end) => {
      if (profile.dataBytes + (end - start) > MAX_MARKER_BYTES || !copier.copy(bytes, start, end)) {
        profile.leftOutData++;
        thread.data.push(undefined);
        return;
      }
      if (copier.hasMarkerKey) wrapMarkers(copier, 0);
      profile.dataBytes += copier.length;
      thread.data.push(copier.bytes.slice(0, copier.length));
    },
    // One that is too long is stepped over.
    begin: () => {
      profile.leftOutData++;
      thread.data.push(undefined);
    },
  });
  const strings = listPlace(textPlace((text) => thread.strings.push(text)));
  return {
    samples: tablePlace(thread.samples),
    stackTable: tablePlace(thread.stackTable),
    frameTable: tablePlace(thread.frameTable),
    funcTable: tablePlace(thread.funcTable),
    markers: tablePlace(thread.markers, { data }),
    stringArray: strings,
    stringTable: strings,
  };
}

function threadPlace(profile: FirefoxProfile): JsonPlace {
  let thread = newThread();
  let members = new Map<string, JsonPlace>();
  const text = (key: 'name' | 'processName' | 'pid' | 'tid'): JsonPlace => ({
    text: (value) => {
      thread[key] = value;
    },
    number: (value) => {
      thread[key] = String(value);
    },
  });
  const [name, processName, pid, tid] = [text('name'), text('processName'), text('pid'), text('tid')];
  return {
    begin: () => {
      thread = newThread();
      members = new Map(Object.entries({ ...threadMembers(thread, profile), name, processName, pid, tid }));
    },
    member: (key) => members.get(key),
    end: () => {
      if (profile.threads.length < MAX_THREADS) profile.threads.push(thread);
      else profile.leftOutThreads++;
    },
  };
}

function counterPlace(profile: FirefoxProfile): JsonPlace {
  let counter: FirefoxCounter = { name: '', pid: '0', time: new NumberList(), timeDeltas: new NumberList(), count: new NumberList() };
  const samples = objectPlace({
    time: listPlace(numberPlace((value) => counter.time.push(value))),
    timeDeltas: listPlace(numberPlace((value) => counter.timeDeltas.push(value))),
    count: listPlace(numberPlace((value) => counter.count.push(value))),
  });
  return objectPlace(
    {
      name: textPlace((text) => {
        counter.name = text;
      }),
      pid: {
        text: (text) => {
          counter.pid = text;
        },
        number: (value) => {
          counter.pid = String(value);
        },
      },
      samples,
      sampleGroups: listPlace(objectPlace({ samples })),
    },
    {
      begin: () => {
        counter = { name: '', pid: '0', time: new NumberList(), timeDeltas: new NumberList(), count: new NumberList() };
      },
      end: () => {
        if (profile.counters.length < MAX_THREADS) profile.counters.push(counter);
      },
    },
  );
}

function profilePlace(profile: FirefoxProfile): JsonPlace {
  const sources: JsonPlace = objectPlace({
    filename: listPlace({ number: (value) => profile.sources.push(value), literal: () => profile.sources.push(Number.NaN) }),
  });
  return objectPlace({
    meta: objectPlace({
      startTime: numberPlace((time) => {
        profile.startTime = time;
      }),
      interval: numberPlace((interval) => {
        profile.interval = interval;
      }),
      product: textPlace((product) => {
        profile.product = product.slice(0, 200);
      }),
      preprocessedProfileVersion: numberPlace(() => {
        profile.isProcessed = true;
      }),
    }),
    threads: listPlace(threadPlace(profile)),
    counters: listPlace(counterPlace(profile)),
    shared: objectPlace({ ...threadMembers(profile.shared, profile), sources }),
  });
}

const at = (table: Table, column: string, row: number): number => table.get(column)?.at(row) ?? Number.NaN;
const rowsOf = (table: Table, column: string): number => table.get(column)?.length ?? 0;

class FirefoxWriter {
  readonly #profile: FirefoxProfile;
  readonly #recording: ProfileRecording;
  readonly #processes = new Map<string, number>();
  readonly #streams = new Map<string, number>();
  #async = 0;

  constructor(profile: FirefoxProfile, recording: ProfileRecording) {
    this.#profile = profile;
    this.#recording = recording;
  }

  *write(): Generator<Uint8Array, void, undefined> {
    for (const [index, thread] of this.#profile.threads.entries()) {
      const process = this.#process(thread.pid, thread.processName);
      const tid = Number.parseInt(thread.tid, 10);
      const number = Number.isSafeInteger(tid) && tid >= 0 ? tid : index;
      const stream = this.#recording.builder.thread(process, number, thread.name.slice(0, 4096) || `Thread ${thread.tid}`);
      if (!this.#streams.has(thread.pid)) this.#streams.set(thread.pid, stream);
      if (rowsOf(thread.samples, 'stack') > 0) {
        yield* this.#samples(thread, this.#recording.calls(process, number, `${thread.name} (sampled)`));
      }
      yield* this.#markers(thread, stream);
    }
    for (const counter of this.#profile.counters) yield* this.#counter(counter);
  }

  #process(pid: string, name: string): number {
    let process = this.#processes.get(pid);
    if (process === undefined) {
      const number = Number.parseInt(pid, 10);
      process = this.#recording.builder.process({
        pid: Number.isSafeInteger(number) && number >= 0 ? number : this.#processes.size,
        name: name || `Process ${pid}`,
      });
      this.#processes.set(pid, process);
    }
    return process;
  }

  #table(thread: FirefoxThread, name: 'stackTable' | 'frameTable' | 'funcTable'): Table {
    return thread[name].size > 0 ? thread[name] : this.#profile.shared[name];
  }

  #string(thread: FirefoxThread, index: number): string {
    if (Number.isNaN(index)) return '';
    const strings = thread.strings.length > 0 ? thread.strings : this.#profile.shared.strings;
    return strings[index] ?? `(text ${index})`;
  }

  *#samples(thread: FirefoxThread, calls: SampledCalls): Generator<Uint8Array, void, undefined> {
    const { samples } = thread;
    const [stacks, frames] = [this.#table(thread, 'stackTable'), this.#table(thread, 'frameTable')];
    const functions = new Map<number, number>();
    const path = new Uint32Array(MAX_SAMPLED_DEPTH);
    const times = timesOf(samples);
    for (let sample = 0; sample < rowsOf(samples, 'stack'); sample++) {
      let depth = 0;
      let steps = 0;
      for (let stack = at(samples, 'stack', sample); stack >= 0 && steps < path.length; stack = at(stacks, 'prefix', stack)) {
        const frame = at(stacks, 'frame', stack);
        const id = functions.get(frame) ?? this.#function(thread, calls, frames, frame);
        functions.set(frame, id);
        if (id !== 0) path[depth++] = id;
        steps++;
      }
      path.subarray(0, depth).reverse();
      this.#recording.at((times[sample] as number) * NS_PER_MS);
      calls.sample(this.#recording.high, this.#recording.low, path, depth);
      if (sample % PORTION === PORTION - 1) yield* this.#recording.take();
    }
    // The last one lasts as long as one sample stands for.
    this.#recording.at(((times.at(-1) ?? 0) + Math.max(0, this.#profile.interval)) * NS_PER_MS);
    calls.end(this.#recording.high, this.#recording.low);
  }

  #function(thread: FirefoxThread, calls: SampledCalls, frames: Table, frame: number): number {
    const functions = this.#table(thread, 'funcTable');
    const row = at(frames, 'func', frame);
    const source = at(functions, 'source', row);
    const file = Number.isNaN(source) ? at(functions, 'fileName', row) : (this.#profile.sources[source] ?? Number.NaN);
    const own = (column: string): number => Math.max(0, at(functions, column, row)) || 0;
    return calls.function({
      name: this.#string(thread, at(functions, 'name', row)),
      file: this.#string(thread, file),
      line: own('lineNumber'),
      column: own('columnNumber'),
    });
  }

  *#markers(thread: FirefoxThread, stream: number): Generator<Uint8Array, void, undefined> {
    const { markers, data } = thread;
    const { builder } = this.#recording;
    const count = rowsOf(markers, 'name');
    const begun = new Map<string, number[]>();
    for (let row = 0; row < count; row++) {
      const name = this.#string(thread, at(markers, 'name', row));
      const id = builder.string(stream, name);
      const phase = markers.has('phase') ? at(markers, 'phase', row) : Number.isNaN(at(markers, 'endTime', row)) ? INSTANT : INTERVAL;
      const start = at(markers, 'startTime', row) * NS_PER_MS;
      const end = at(markers, 'endTime', row) * NS_PER_MS;
      const args = data[row];
      this.#recording.at(Number.isNaN(start) ? end : start);
      const { high, low } = this.#recording;
      if (phase === INTERVAL || phase === BEGIN) {
        const number = ++this.#async;
        builder.asyncBegin(stream, high, low, number, AsyncScope.RECORDING, id, 0, 0, 0, args);
        if (phase === BEGIN) begun.set(name, [...(begun.get(name) ?? []).slice(-1000), number]);
        else {
          this.#recording.at(end);
          builder.asyncMore(stream, this.#recording.high, this.#recording.low, RecordKind.ASYNC_END, number, AsyncScope.RECORDING, 0);
        }
      } else if (phase === END) {
        this.#recording.at(end);
        const number = begun.get(name)?.pop() ?? ++this.#async;
        builder.asyncMore(stream, this.#recording.high, this.#recording.low, RecordKind.ASYNC_END, number, AsyncScope.RECORDING, id, args);
      } else builder.instant(stream, high, low, id, 0, InstantScope.THREAD, args);
      if (row % PORTION === PORTION - 1) yield* this.#recording.take();
    }
  }

  *#counter({ name, pid, time, timeDeltas, count }: FirefoxCounter): Generator<Uint8Array, void, undefined> {
    const { builder } = this.#recording;
    const stream = this.#streams.get(pid) ?? this.#streams.values().next().value;
    if (stream === undefined) return;
    const definition = builder.counterDefinition(stream, builder.string(stream, name || 'counter'), [builder.string(stream, 'count')]);
    const value = new Float64Array(1);
    let ms = 0;
    for (let row = 0; row < count.length; row++) {
      ms = time.length > 0 ? time.at(row) : ms + (timeDeltas.at(row) || 0);
      // Each sample tells by how much the value changed.
      value[0] = (value[0] as number) + (count.at(row) || 0);
      this.#recording.at(ms * NS_PER_MS);
      builder.counter(stream, this.#recording.high, this.#recording.low, definition, value, 1);
      if (row % PORTION === PORTION - 1) yield* this.#recording.take();
    }
  }
}

/** Milliseconds, of each sample. */
function timesOf(samples: Table): Float64Array {
  const times = new Float64Array(rowsOf(samples, 'stack'));
  let ms = 0;
  for (let row = 0; row < times.length; row++) {
    ms = samples.has('time') ? at(samples, 'time', row) : ms + (at(samples, 'timeDeltas', row) || 0);
    times[row] = ms;
  }
  return times;
}
