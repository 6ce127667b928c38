import type { BlockHeader } from '../protocol/recording-format.ts';
import { RecordingWalker, type WalkedStream, walk } from './recording-walker.ts';
import type { SampledFrame } from './sampled-calls.ts';
import { MAX_SLICES, SliceColumns, tooManySlices } from './slice-columns.ts';

/** The slices of a thread, or of one of the tracks beside its calls. */
export interface SliceTrack {
  readonly stream: WalkedStream;
  /** '': the thread's own. */
  readonly track: string;
  readonly columns: SliceColumns;
}

export interface SliceChoice {
  /** Since the start of the recording: slices that reach into this range. */
  readonly fromNs?: number;
  readonly toNs?: number;
  /** Functions of one name are told apart by their place. */
  readonly byPlace?: boolean;
  /** Calls nest among calls, and what was logged beside them by itself, as on the timeline: a request that was logged goes on while calls come and go. */
  readonly callsApart?: boolean;
}

/** Key of the calls where they are kept apart. */
const CALLS = -1;

/** Takes the slices and calls of a recording into columns. Also those that nothing ended: up to the end of the trace. */
export class SliceCollector extends RecordingWalker {
  readonly tracks: SliceTrack[] = [];
  readonly names: string[] = [];
  /** By name: where its functions are; slices that are no calls have no place. */
  readonly frames: SampledFrame[] = [];
  /** Calls that nothing ended. */
  left = 0;
  exampleOfLeft: string | undefined;
  count = 0;
  readonly #choice: SliceChoice;
  readonly #numbers = new Map<string, number>();
  readonly #byStream = new Map<
    WalkedStream,
    { readonly texts: Map<number, number>; readonly functions: Map<number, number>; readonly tracks: Map<number, SliceTrack> }
  >();
  #of = this.#known(this.stream);

  constructor(choice: SliceChoice = {}) {
    super();
    this.#choice = choice;
  }

  #known(stream: WalkedStream) {
    let known = this.#byStream.get(stream);
    if (known === undefined) {
      known = { texts: new Map(), functions: new Map(), tracks: new Map() };
      this.#byStream.set(stream, known);
    }
    return known;
  }

  override beginBlock(_header: BlockHeader): void {
    this.#of = this.#known(this.stream);
  }

  override slice(
    endNs: number,
    durationNs: number,
    name: number,
    _category: number,
    _argsAt: number,
    _argsBytes: number,
    _record: number,
    track: number,
  ): void {
    let number = this.#of.texts.get(name);
    if (number === undefined) {
      number = this.#number(this.stream.definitions.text(name));
      this.#of.texts.set(name, number);
    }
    this.#add(track, endNs - durationNs, durationNs, number);
  }

  override callEnded(startNs: number, endNs: number, functionId: number): void {
    let number = this.#of.functions.get(functionId);
    if (number === undefined) {
      const { definitions } = this.stream;
      const { file = '', line = 0, column = 0 } = (this.#choice.byPlace && definitions.functions.get(functionId)) || {};
      number = this.#number(definitions.functionName(functionId), file, line, column);
      this.#of.functions.set(functionId, number);
    }
    this.#add(0, startNs, Math.max(0, endNs - startNs), number, true);
  }

  override callLeft(startNs: number, endNs: number, functionId: number): void {
    this.#of = this.#known(this.stream);
    this.left++;
    this.exampleOfLeft ??= this.stream.definitions.functionName(functionId);
    this.callEnded(startNs, endNs, functionId);
  }

  #number(name: string, file = '', line = 0, column = 0): number {
    const key = file === '' ? name : `${name}\n${line}:${column}:${file}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.frames.push({ name, file, line, column });
      this.#numbers.set(key, number);
    }
    return number;
  }

  #add(track: number, startNs: number, durationNs: number, name: number, isCall = false): void {
    const { fromNs, toNs } = this.#choice;
    if ((fromNs !== undefined && startNs + durationNs < fromNs) || (toNs !== undefined && startNs > toNs)) return;
    if (++this.count > MAX_SLICES) throw tooManySlices();
    const key = isCall && this.#choice.callsApart ? CALLS : track;
    let into = this.#of.tracks.get(key);
    if (into === undefined) {
      into = { stream: this.stream, track: this.stream.definitions.text(track), columns: new SliceColumns() };
      this.#of.tracks.set(key, into);
      this.tracks.push(into);
    }
    into.columns.add(startNs, durationNs, name, isCall);
  }
}

export async function collectSlices(recording: AsyncIterable<Uint8Array>, choice: SliceChoice = {}): Promise<SliceCollector> {
  const collector = new SliceCollector(choice);
  for await (const _ of walk(recording, collector)) {
    // All of it goes to the collector.
  }
  collector.finishCalls();
  return collector;
}
