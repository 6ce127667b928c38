/**
 * Reads a V8 CPU profile (`.cpuprofile`: `node --cpu-prof`, DevTools, VS Code) as a stream of bytes. Its tables are columns in memory: they may stand in
 * any order. Samples become calls; line ticks and deoptimisation reasons are left out.
 */
import { counted } from '../base/counted.ts';
import { damagedProfile, type JsonEnd, type JsonPlace, listPlace, numberPlace, objectPlace, readJson, textPlace } from './json-places.ts';
import { NumberList } from './number-list.ts';
import { ProfileRecording, type ReadOptions } from './profile-recording.ts';
import { MAX_SAMPLED_DEPTH, type SampledCalls, type SampledFrame } from './sampled-calls.ts';

/** Samples between two hand-overs of what is ready. */
const PORTION = 100_000;

interface NodeColumns {
  readonly indexes: Map<number, number>;
  readonly frames: SampledFrame[];
  readonly parents: NumberList;
  readonly hits: NumberList;
  /** Parent index and child id, two numbers each: children are told before they come. */
  readonly children: NumberList;
}

interface CpuProfile {
  readonly nodes: NodeColumns;
  readonly samples: NumberList;
  readonly deltas: NumberList;
  readonly timestamps: NumberList;
  startTime: number;
  endTime: number;
}

export async function* readCpuProfile(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const profile: CpuProfile = {
    nodes: { indexes: new Map(), frames: [], parents: new NumberList(), hits: new NumberList(), children: new NumberList() },
    samples: new NumberList(),
    deltas: new NumberList(),
    timestamps: new NumberList(),
    startTime: Number.NaN,
    endTime: Number.NaN,
  };
  const end = await readJson(source, placeOf(profile));
  if (profile.nodes.frames.length === 0) throw damagedProfile('CPU profile', end);
  yield* recordingOf(profile, end, options);
}

function placeOf(profile: CpuProfile): JsonPlace {
  return objectPlace({
    nodes: listPlace(nodePlace(profile.nodes)),
    samples: listPlace(numberPlace((sample) => profile.samples.push(sample))),
    timeDeltas: listPlace(numberPlace((delta) => profile.deltas.push(delta))),
    timestamps: listPlace(numberPlace((timestamp) => profile.timestamps.push(timestamp))),
    startTime: numberPlace((time) => {
      profile.startTime = time;
    }),
    endTime: numberPlace((time) => {
      profile.endTime = time;
    }),
  });
}

/** Lines and columns of V8 count from 0, -1: not known. */
export function framePlace(use: (frame: SampledFrame) => void): JsonPlace {
  let frame = { name: '', file: '', line: 0, column: 0 };
  return objectPlace(
    {
      functionName: textPlace((name) => {
        frame.name = name;
      }),
      url: textPlace((file) => {
        frame.file = file;
      }),
      lineNumber: numberPlace((line) => {
        frame.line = Math.max(0, Math.floor(line) + 1) || 0;
      }),
      columnNumber: numberPlace((column) => {
        frame.column = Math.max(0, Math.floor(column) + 1) || 0;
      }),
    },
    {
      begin: () => {
        frame = { name: '', file: '', line: 0, column: 0 };
      },
      end: () => use(frame),
    },
  );
}

const NO_FRAME: SampledFrame = { name: '(unknown)', file: '', line: 0, column: 0 };

function nodePlace(nodes: NodeColumns): JsonPlace {
  let index = -1;
  return objectPlace(
    {
      id: numberPlace((id) => nodes.indexes.set(id, index)),
      callFrame: framePlace((frame) => {
        nodes.frames[index] = frame;
      }),
      hitCount: numberPlace((hits) => nodes.hits.set(index, hits)),
      // Some tools tell the parent, V8 the children.
      parent: numberPlace((parent) => {
        nodes.children.push(-parent - 1);
        nodes.children.push(index);
      }),
      children: listPlace(
        numberPlace((child) => {
          nodes.children.push(index);
          nodes.children.push(child);
        }),
      ),
    },
    {
      begin: () => {
        index = nodes.frames.push(NO_FRAME) - 1;
        nodes.parents.push(-1);
        nodes.hits.push(0);
      },
    },
  );
}

function linkParents({ indexes, parents, children }: NodeColumns): void {
  for (let i = 0; i < children.length; i += 2) {
    const first = children.at(i);
    if (first >= 0) {
      const child = indexes.get(children.at(i + 1));
      if (child !== undefined) parents.set(child, first);
    } else parents.set(children.at(i + 1), indexes.get(-first - 1) ?? -1);
  }
}

function* recordingOf(profile: CpuProfile, end: JsonEnd, options: ReadOptions): Generator<Uint8Array, void, undefined> {
  const { nodes } = profile;
  linkParents(nodes);
  const startMicros = Number.isFinite(profile.startTime) ? profile.startTime : 0;
  const recording = new ProfileRecording(options, BigInt(Math.round(Math.max(0, startMicros) * 1000)));
  const process = recording.builder.process({ pid: 1, name: options.title || 'CPU profile' });
  const calls = recording.calls(process, 0, 'CPU profile (sampled)');
  const paths = new Paths(nodes, calls);
  if (profile.samples.length > 0) yield* fromSamples(profile, startMicros, recording, calls, paths);
  else yield* fromHits(profile, startMicros, recording, calls, paths);
  if (end.kind !== 'whole') {
    recording.lost(end.kind, 1, `The profile is ${end.kind === 'cut' ? 'cut' : 'damaged'} at byte ${end.at}: it was read up to there.`, `byte ${end.at}`);
  }
  recording.lost('unknown-node', paths.unknown, counted('# {sample is of a node|samples are of nodes} that the profile does not have.', paths.unknown));
  yield* recording.finish('V8 CPU profile');
}

/** Function ids along the path of a node, from the outermost. */
class Paths {
  readonly stack = new Uint32Array(MAX_SAMPLED_DEPTH);
  unknown = 0;
  readonly #nodes: NodeColumns;
  readonly #functions: Int32Array;

  constructor(nodes: NodeColumns, calls: SampledCalls) {
    this.#nodes = nodes;
    // The root is no function.
    this.#functions = Int32Array.from(nodes.frames, (frame, index) => (frame.name === '(root)' && nodes.parents.at(index) < 0 ? 0 : calls.function(frame)));
  }

  /** Returns how many. */
  of(index: number | undefined): number {
    if (index === undefined) {
      this.unknown++;
      return 0;
    }
    let depth = 0;
    let steps = 0;
    // A path that leads in a circle ends after as many steps as a stack may have.
    for (let node = index; node >= 0 && steps < this.stack.length; node = this.#nodes.parents.at(node)) {
      const id = this.#functions[node] as number;
      if (id !== 0) this.stack[depth++] = id;
      steps++;
    }
    this.stack.subarray(0, depth).reverse();
    return depth;
  }
}

function* fromSamples(
  { samples, deltas, timestamps, nodes, endTime }: CpuProfile,
  startMicros: number,
  recording: ProfileRecording,
  calls: SampledCalls,
  paths: Paths,
): Generator<Uint8Array, void, undefined> {
  const times = timesOf(samples.length, deltas, timestamps, startMicros, endTime);
  const order = inOrder(times);
  for (let i = 0; i < samples.length; i++) {
    const sample = order === undefined ? i : (order[i] as number);
    recording.at((times[sample] as number) * 1000);
    calls.sample(recording.high, recording.low, paths.stack, paths.of(nodes.indexes.get(samples.at(sample))));
    if (i % PORTION === PORTION - 1) yield* recording.take();
  }
  const lastMicros = Number.isFinite(endTime) ? Math.max(endTime - startMicros, recording.lastNs / 1000) : recording.lastNs / 1000;
  recording.at(lastMicros * 1000);
  calls.end(recording.high, recording.low);
}

/** Microseconds since the start, of each sample. */
function timesOf(count: number, deltas: NumberList, timestamps: NumberList, startMicros: number, endTime: number): Float64Array {
  const times = new Float64Array(count);
  let micros = 0;
  for (let i = 0; i < count; i++) {
    if (deltas.length > 0) micros += deltas.at(i) || 0;
    else if (timestamps.length > 0) micros = (timestamps.at(i) || startMicros) - startMicros;
    else micros = Number.isFinite(endTime) && endTime > startMicros ? ((endTime - startMicros) * i) / count : i * 1000;
    times[i] = micros;
  }
  return times;
}

/** V8 hands over a sample now and then behind a later one. */
function inOrder(times: Float64Array): Float64Array | undefined {
  for (let i = 1; i < times.length; i++) {
    if ((times[i] as number) >= (times[i - 1] as number)) continue;
    return Float64Array.from(times.keys()).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  }
  return undefined;
}

/** A profile without samples tells only how often each node was seen: one node after the other, for that part of the time. */
function* fromHits(
  { nodes, endTime }: CpuProfile,
  startMicros: number,
  recording: ProfileRecording,
  calls: SampledCalls,
  paths: Paths,
): Generator<Uint8Array, void, undefined> {
  let hits = 0;
  for (let index = 0; index < nodes.hits.length; index++) hits += Math.max(0, nodes.hits.at(index));
  const total = Number.isFinite(endTime) && endTime > startMicros ? endTime - startMicros : hits * 1000;
  let seen = 0;
  for (let index = 0; index < nodes.hits.length; index++) {
    const own = Math.max(0, nodes.hits.at(index));
    if (own === 0) continue;
    recording.at(((total * seen) / hits) * 1000);
    calls.sample(recording.high, recording.low, paths.stack, paths.of(index));
    seen += own;
    if (index % PORTION === PORTION - 1) yield* recording.take();
  }
  recording.at(hits === 0 ? 0 : total * 1000);
  calls.end(recording.high, recording.low);
}
