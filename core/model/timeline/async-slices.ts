import { AsyncScope, RecordKind } from '../../protocol/records.ts';
import { SliceFlag } from '../../protocol/summary/slice-table.ts';
import type { NameId, SliceRef } from '../timeline-types.ts';
import { EarlyEnds } from './early-ends.ts';
import type { LaneBand } from './lane-band.ts';

/** Async slices whose numbers, parents and runs are remembered; of more there is only what the lanes show. */
const MAX_KNOWN = 300_000;
const MAX_RUNS = 4_000_000;
const NONE = 0xffffffff;

interface OpenSlice {
  readonly band: LaneBand;
  readonly ticket: number;
}

/** An activation of an async function or generator that has not ended. It becomes an async slice when it waits for the first time. */
interface Activation {
  readonly startNs: number;
  readonly name: NameId;
  readonly ref: SliceRef;
  readonly process: number;
  runFromNs: number;
  isRunning: boolean;
  ticket: number;
}

/** What is known of an async slice beside its place in a lane. */
export interface AsyncFacts {
  readonly number: number;
  readonly scope: number;
  /** Stream or process that the number belongs to. */
  readonly owner: number;
  readonly parent: SliceRef | undefined;
  readonly children: readonly SliceRef[];
}

/** Numbers of one stream, process or recording. */
interface Numbers {
  readonly open: Map<number, OpenSlice>;
  readonly refs: Map<number, SliceRef>;
  /** Ends without a beginning: their times. */
  readonly unmatched: EarlyEnds<number>;
}

/** Begins and ends of what takes time beside the calls, into lanes; async functions by their runs. */
export class AsyncSlices {
  readonly #bandOf: (process: number) => LaneBand;
  readonly #numbers = new Map<string, Numbers>();
  readonly #activations = new Map<number, Map<number, Activation>>();
  readonly #parents = new Map<SliceRef, SliceRef>();
  readonly #children = new Map<SliceRef, SliceRef[]>();
  readonly #about = new Map<SliceRef, { readonly number: number; readonly scope: number; readonly owner: number }>();
  readonly #runs = new Runs();

  constructor(bandOf: (process: number) => LaneBand) {
    this.#bandOf = bandOf;
  }

  #of(scope: number, stream: number, process: number): { readonly owner: number; readonly numbers: Numbers } {
    const owner = scope === AsyncScope.STREAM ? stream : scope === AsyncScope.PROCESS ? process : 0;
    const key = `${scope} ${owner}`;
    let numbers = this.#numbers.get(key);
    if (!numbers) {
      numbers = { open: new Map(), refs: new Map(), unmatched: new EarlyEnds() };
      this.#numbers.set(key, numbers);
    }
    return { owner, numbers };
  }

  begin(stream: number, process: number, timeNs: number, number: number, scope: number, name: NameId, parent: number, ref: SliceRef): void {
    const { owner, numbers } = this.#of(scope, stream, process);
    // A number that is used again before it was ended: what it named goes on for ever.
    const band = this.#bandOf(process);
    const ticket = band.begin(timeNs, name, ref, 0);
    const early = scope === AsyncScope.STREAM || numbers.unmatched.count === 0 ? [] : numbers.unmatched.take(number, timeNs, 1);
    if (early[0] === undefined) numbers.open.set(number, { band, ticket });
    else band.end(ticket, early[0]);
    if (this.#about.size >= MAX_KNOWN) return;
    numbers.refs.set(number, ref);
    this.#about.set(ref, { number, scope, owner });
    const parentRef = parent === 0 ? undefined : numbers.refs.get(parent);
    if (parentRef === undefined) return;
    this.#parents.set(ref, parentRef);
    const children = this.#children.get(parentRef);
    if (children) children.push(ref);
    else this.#children.set(parentRef, [ref]);
  }

  end(stream: number, process: number, timeNs: number, number: number, scope: number): void {
    const { numbers } = this.#of(scope, stream, process);
    const open = numbers.open.get(number);
    if (!open) {
      numbers.unmatched.add(number, timeNs, timeNs);
      return;
    }
    numbers.open.delete(number);
    open.band.end(open.ticket, timeNs);
  }

  /** Ends without a beginning. */
  get unmatched(): number {
    let count = 0;
    for (const { unmatched } of this.#numbers.values()) count += unmatched.count;
    return count;
  }

  /** NaN: there is none. */
  get firstUnmatchedNs(): number {
    let first = Number.NaN;
    for (const { unmatched } of this.#numbers.values()) if (!(first <= unmatched.firstNs)) first = unmatched.firstNs;
    return first;
  }

  /** `kind`: CALL_BEGIN, CALL_SUSPEND, CALL_RESUME or CALL_END. */
  run(stream: number, process: number, timeNs: number, name: NameId, call: number, kind: number, ref: SliceRef): void {
    let activations = this.#activations.get(stream);
    if (!activations) {
      activations = new Map();
      this.#activations.set(stream, activations);
    }
    let activation = activations.get(call);
    if (kind === RecordKind.CALL_BEGIN || !activation) {
      // Without its beginning (cut off, or lost) it is known from here on.
      if (kind === RecordKind.CALL_END) return;
      activation = { startNs: timeNs, name, ref, process, runFromNs: timeNs, isRunning: kind !== RecordKind.CALL_SUSPEND, ticket: 0 };
      activations.set(call, activation);
      if (kind === RecordKind.CALL_BEGIN) return;
    }
    if (kind === RecordKind.CALL_RESUME) {
      activation.isRunning = true;
      activation.runFromNs = timeNs;
      return;
    }
    if (kind === RecordKind.CALL_SUSPEND && activation.ticket === 0) {
      activation.ticket = this.#bandOf(process).begin(activation.startNs, activation.name, activation.ref, SliceFlag.RUN);
    }
    if (activation.ticket > 0 && activation.isRunning) this.#runs.add(activation.ref, activation.runFromNs, timeNs);
    activation.isRunning = false;
    if (kind === RecordKind.CALL_SUSPEND) return;
    activations.delete(call);
    if (activation.ticket > 0) this.#bandOf(process).end(activation.ticket, timeNs);
  }

  /** Undefined: it is none, or there were too many. */
  factsOf(ref: SliceRef): AsyncFacts | undefined {
    const about = this.#about.get(ref);
    return about && { ...about, parent: this.#parents.get(ref), children: this.#children.get(ref) ?? [] };
  }

  /** When an async function ran on its thread: from and to, in turns. */
  runsOf(ref: SliceRef): readonly number[] {
    return this.#runs.of(ref);
  }

  eachRun(ref: SliceRef, each: (fromNs: number, toNs: number) => void): void {
    this.#runs.each(ref, each);
  }
}

/** Runs by what they belong to: chains in columns, since there may be millions. */
class Runs {
  readonly #last = new Map<SliceRef, number>();
  #from = new Float64Array(1024);
  #to = new Float64Array(1024);
  /** The run before of the same slice. */
  #before = new Uint32Array(1024);
  #count = 0;

  add(ref: SliceRef, fromNs: number, toNs: number): void {
    if (this.#count >= MAX_RUNS) return;
    if (this.#count === this.#from.length) this.#grow();
    const run = this.#count++;
    this.#from[run] = fromNs;
    this.#to[run] = toNs;
    this.#before[run] = this.#last.get(ref) ?? NONE;
    this.#last.set(ref, run);
  }

  #grow(): void {
    const size = this.#from.length * 2;
    const from = new Float64Array(size);
    from.set(this.#from);
    this.#from = from;
    const to = new Float64Array(size);
    to.set(this.#to);
    this.#to = to;
    const before = new Uint32Array(size);
    before.set(this.#before);
    this.#before = before;
  }

  of(ref: SliceRef): number[] {
    const runs: number[] = [];
    this.each(ref, (from, to) => runs.push(to, from));
    return runs.reverse();
  }

  /** From the newest. */
  each(ref: SliceRef, each: (fromNs: number, toNs: number) => void): void {
    for (let run = this.#last.get(ref) ?? NONE; run !== NONE; run = this.#before[run] as number) each(this.#from[run] as number, this.#to[run] as number);
  }
}
