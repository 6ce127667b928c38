/** What is in a trace, counted while it goes by, and what is amiss with it. */
import { counted } from '../base/counted.ts';
import type { BlockHeader, RecordingInfo } from '../protocol/recording-format.ts';
import type { RecordingItem } from '../protocol/recording-reader.ts';
import { AsyncFlag } from '../protocol/records.ts';
import { TYPESCRIPT_WAYS, type TypeScriptWay } from '../protocol/target-wire.ts';
import { walk } from './recording-walker.ts';
import { SliceCollector } from './slice-collector.ts';
import type { NestedSlices } from './slice-columns.ts';
import { SourceTotals } from './source-totals.ts';

export interface TraceIssue {
  /** Stable word. */
  readonly kind: string;
  readonly count: number;
  /** One case of it, in words. */
  readonly example: string;
}

export interface TraceCounts {
  /** All of them as they were recorded: a call is two, its begin and its end. */
  readonly events: number;
  /** Complete ones, begun and ended ones, calls, and runs of async functions. */
  readonly slices: number;
  readonly instants: number;
  /** Each series of each sample. */
  readonly counterSamples: number;
  readonly objectSnapshots: number;
  /** Begun ones, and async functions and generators that waited. */
  readonly asyncSlices: number;
  /** Points of arrows. */
  readonly flowEvents: number;
  readonly processes: number;
  readonly threads: number;
  /** Of the first event, on the clock of the trace. Beyond what a double holds. */
  readonly startNs: bigint;
  readonly durationNs: number;
  /** When the first event was, in milliseconds since 1970; undefined: the trace does not tell. */
  readonly startedAtMs?: number;
  readonly issues: readonly TraceIssue[];
  /** What TypeScript was made to JavaScript by; empty where there was none. */
  readonly typescript: readonly TypeScriptWay[];
  /** Texts of files that it holds, and how large they are in UTF-8. */
  readonly sources: { readonly files: number; readonly bytes: number };
}

class Counter extends SliceCollector {
  events = 0;
  instants = 0;
  samples = 0;
  snapshots = 0;
  asyncSlices = 0;
  flows = 0;
  firstNs = Number.POSITIVE_INFINITY;
  endNs = Number.NEGATIVE_INFINITY;
  readonly issuesTold: TraceIssue[] = [];
  readonly ways = new Set<unknown>();
  readonly sources = new SourceTotals();
  readonly #isLive: boolean;

  constructor(isLive: boolean) {
    super({ callsApart: true });
    this.#isLive = isLive;
  }

  override beginBlock(header: BlockHeader): void {
    super.beginBlock(header);
    this.events += header.count;
  }

  #seen(startNs: number, endNs: number): void {
    if (startNs < this.firstNs) this.firstNs = startNs;
    if (endNs > this.endNs) this.endNs = endNs;
  }

  override line(line: RecordingInfo): void {
    if (line.kind === 'loss') this.issue(line.issue ?? `loss-${line.what}`, line.count, line.example ?? line.message);
    else if (line.kind === 'tracer-error') this.issue('tracer-error', 1, line.message);
    else if (line.kind === 'capture' && Array.isArray(line.typescript)) for (const way of line.typescript) this.ways.add(way);
  }

  override source(payload: Uint8Array): void {
    this.sources.add(payload);
  }

  override damaged({ kind, problem }: Extract<RecordingItem, { readonly kind: 'cut' | 'damage' }>): void {
    if (!(kind === 'cut' && this.#isLive)) this.issue(kind === 'cut' ? 'cut' : 'damaged', 1, problem.message);
  }

  issue(kind: string, count: number, example: string): void {
    this.issuesTold.push({ kind, count, example });
  }

  override slice(endNs: number, durationNs: number, name: number, category: number, at: number, bytes: number, record: number, track: number): void {
    this.#seen(endNs - durationNs, endNs);
    super.slice(endNs, durationNs, name, category, at, bytes, record, track);
  }
  override call(timeNs: number, functionId: number, exit: boolean): void {
    this.#seen(timeNs, timeNs);
    super.call(timeNs, functionId, exit);
  }
  override run(timeNs: number, functionId: number, call: number, kind: number): void {
    this.#seen(timeNs, timeNs);
    super.run(timeNs, functionId, call, kind);
  }
  override activationBegan(): void {
    this.asyncSlices++;
  }
  override instant(timeNs: number): void {
    this.#seen(timeNs, timeNs);
    this.instants++;
  }
  override counter(timeNs: number, _counter: number, _values: Float64Array, _first: number, count: number): void {
    this.#seen(timeNs, timeNs);
    this.samples += count;
  }
  override objectCreated(timeNs: number): void {
    this.#seen(timeNs, timeNs);
  }
  override objectDeleted(timeNs: number): void {
    this.#seen(timeNs, timeNs);
  }
  override objectSnapshot(timeNs: number): void {
    this.#seen(timeNs, timeNs);
    this.snapshots++;
  }
  override asyncBegin(timeNs: number, _number: number, _scope: number, _name: number, _category: number, _parent: number, flags: number): void {
    this.#seen(timeNs, timeNs);
    this.asyncSlices++;
    // The beginning of an arrow, too: in other formats that is an event of its own.
    if ((flags & AsyncFlag.FLOW) !== 0) this.flows++;
  }
  override asyncInstant(timeNs: number): void {
    this.#seen(timeNs, timeNs);
  }
  override asyncEnd(timeNs: number): void {
    this.#seen(timeNs, timeNs);
  }
  override flow(timeNs: number): void {
    this.#seen(timeNs, timeNs);
    this.flows++;
  }
}

/** `live`: the recording is still written. */
export async function countsOf(recording: AsyncIterable<Uint8Array>, live = false): Promise<TraceCounts> {
  const counter = new Counter(live);
  for await (const _ of walk(recording, counter, live)) {
    // All of it goes to the counter.
  }
  counter.finishCalls();
  const issues = [...counter.issuesTold];
  const add = (kind: string, count: number, example: string): void => {
    if (count > 0) issues.push({ kind, count, example });
  };
  add('begin-without-end', counter.left, `the call of ${counter.exampleOfLeft} did not end`);
  add('dropped', counter.dropped, counted('# {event was|events were} lost while recording', counter.dropped));
  add(
    'unreadable-record',
    counter.unreadable,
    counted('# {record or definition is|records or definitions are} not as {it|they} should be', counter.unreadable),
  );
  const slices = counter.count;
  let overlapping = 0;
  let example = '';
  for (const track of counter.tracks) {
    const table = track.columns.nest();
    overlapping += table.overlapping;
    if (example === '' && table.overlapping > 0) example = overlapInWords(table, counter.names);
  }
  add('overlapping-slices', overlapping, example);
  const threads = new Set([...counter.streams.values()].map((stream) => `${stream.process}/${stream.thread}`));
  const isEmpty = counter.firstNs === Number.POSITIVE_INFINITY;
  const startNs = BigInt(counter.head?.startMonotonicNs ?? 0) + BigInt(isEmpty ? 0 : Math.round(counter.firstNs));
  const epochNs = BigInt(counter.head?.startEpochNs ?? 0);
  return {
    events: counter.events,
    slices,
    instants: counter.instants,
    counterSamples: counter.samples,
    objectSnapshots: counter.snapshots,
    asyncSlices: counter.asyncSlices,
    flowEvents: counter.flows,
    processes: counter.processes.size,
    threads: threads.size,
    startNs,
    durationNs: isEmpty ? 0 : counter.endNs - counter.firstNs,
    ...(epochNs > 0n && { startedAtMs: Number(epochNs / 1_000_000n) + (isEmpty ? 0 : counter.firstNs / 1e6) }),
    issues: joinedIssues(issues),
    typescript: TYPESCRIPT_WAYS.filter((way) => counter.ways.has(way)),
    sources: { files: counter.sources.files, bytes: counter.sources.bytes },
  };
}

function overlapInWords({ firstOverlapping, names: numbers, starts, durations }: NestedSlices, names: readonly string[]): string {
  const start = starts[firstOverlapping] as number;
  const name = names[numbers[firstOverlapping] as number];
  return `“${name}” from ${start} to ${start + (durations[firstOverlapping] as number)} ns after the start begins in another slice and ends behind it`;
}

/** One entry a kind. */
function joinedIssues(issues: readonly TraceIssue[]): TraceIssue[] {
  const joined = new Map<string, TraceIssue>();
  for (const issue of issues) {
    const before = joined.get(issue.kind);
    joined.set(issue.kind, before === undefined ? issue : { ...before, count: before.count + issue.count });
  }
  return [...joined.values()];
}
