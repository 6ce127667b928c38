/** What formats of profiles share: they hold calls and nothing else, so that the slices of a recording are put in order, and the rest is counted. */
import { counted } from '../base/counted.ts';
import type { BlockHeader, RecordingInfo } from '../protocol/recording-format.ts';
import { walk } from './recording-walker.ts';
import { SliceCollector, type SliceTrack } from './slice-collector.ts';
import type { NestedSlices } from './slice-columns.ts';
import { SourceTotals } from './source-totals.ts';
import type { ExportOptions } from './trace-export.ts';

/** The slices of a thread, or of a track beside its calls. */
export interface CallTrack {
  readonly of: SliceTrack;
  readonly slices: NestedSlices;
  /** As people know it: process, thread, track. */
  readonly name: string;
}

/** All slices of a recording, with counts of what else there was. */
export class CollectedCalls extends SliceCollector {
  readonly #left = new Map<string, number>();
  readonly #sources = new SourceTotals();

  constructor() {
    super({ byPlace: true });
  }

  #leave(what: string, count = 1): void {
    this.#left.set(what, (this.#left.get(what) ?? 0) + count);
  }

  override line(line: RecordingInfo): void {
    if (line.kind === 'loss') this.note(line.message);
  }
  override console(header: BlockHeader): void {
    this.#leave('{chunk|chunks} of console output', header.count);
  }
  override slice(endNs: number, durationNs: number, name: number, category: number, at: number, bytes: number, record: number, track: number): void {
    if (bytes > 0) this.#leave('{slice with args|slices with args}');
    super.slice(endNs, durationNs, name, category, at, bytes, record, track);
  }
  override callArguments(): void {
    this.#leave('{arguments of a call|arguments of calls}');
  }
  override callResult(): void {
    this.#leave('{result of a call|results of calls}');
  }
  override source(payload: Uint8Array): void {
    this.#sources.add(payload);
  }
  override counter(): void {
    this.#leave('{sample|samples} of counters');
  }
  override instant(): void {
    this.#leave('{instant|instants}');
  }
  override objectSnapshot(): void {
    this.#leave('{snapshot|snapshots} of objects');
  }
  override asyncBegin(): void {
    this.#leave('async {slice|slices}');
  }
  override activationBegan(): void {
    this.#leave('async {function|functions} with waits (their runs are here)');
  }
  override flow(): void {
    this.#leave('{point|points} of arrows');
  }

  /** In words: what the format has no place for. */
  leftOut(): string[] {
    const notes = this.userNotes.list().length;
    if (notes > 0) this.#left.set('{note|notes}', notes);
    if (this.#sources.files > 0) this.#left.set('source {text|texts}', this.#sources.files);
    return [...this.#left].map(([what, count]) => counted(`# ${what} {was|were} left out: the format has no place for {it|them}.`, count));
  }

  nameOf({ stream, track }: SliceTrack): string {
    const process = this.processes.get(stream.process);
    const thread = track === '' ? stream.name : `${stream.name} · ${track}`;
    return this.processes.size > 1 ? `${process?.name ?? ''} (${process?.pid ?? 0}) · ${thread}` : thread;
  }
}

/** All tracks that have slices, those with most of them first where `mostFirst`. */
export async function collectCalls(
  recording: AsyncIterable<Uint8Array>,
  { live = false }: ExportOptions,
): Promise<{ readonly calls: CollectedCalls; readonly tracks: readonly CallTrack[] }> {
  const calls = new CollectedCalls();
  for await (const _ of walk(recording, calls, live)) {
    // All of it goes there.
  }
  calls.finishCalls();
  const tracks = calls.tracks.map((of) => ({ of, slices: of.columns.nest(), name: calls.nameOf(of) }));
  return { calls, tracks };
}

/** What happens on a lane, in the order of time: `open` and `close` come in pairs that nest. */
export interface LaneSteps {
  open(timeNs: number, row: number): void;
  close(timeNs: number, row: number): void;
}

/** The slices of one lane of a track as they open and close. A slice that ends a nanosecond behind what encloses it ends with it. */
export function* steps(slices: NestedSlices, lane: number, to: LaneSteps): Generator<void, void, undefined> {
  const open: number[] = [];
  const ends: number[] = [];
  const close = (latestNs = Number.POSITIVE_INFINITY): void => to.close(Math.min(ends.pop() as number, latestNs), open.pop() as number);
  for (let row = 0; row < slices.count; row++) {
    if (slices.lanes[row] !== lane) continue;
    const parent = slices.parents[row] as number;
    const start = slices.starts[row] as number;
    while (open.length > 0 && open.at(-1) !== parent) close(start);
    const end = start + (slices.durations[row] as number);
    to.open(start, row);
    open.push(row);
    ends.push(Math.min(end, ends.at(-1) ?? end));
    if (row % 100_000 === 99_999) yield;
  }
  while (open.length > 0) close();
}

export const laneCount = ({ lanes, overlapping }: NestedSlices): number => (overlapping === 0 ? 1 : 1 + lanes.reduce((most, lane) => Math.max(most, lane), 0));
