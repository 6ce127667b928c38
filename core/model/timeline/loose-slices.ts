import { orderOf } from './loose-order.ts';

/** Numbers of a slice that has no place among the others yet: start, end, name, what tells it from all others. */
export const LOOSE = 4;
const FIRST_SLICES = 64;
/** What lies in a chunk is put in order while it is in the processor's cache. */
const CHUNK_SLICES = 16_384;
/** Beyond this part of all, sorting what is late by itself is no bargain. */
const MAX_LATE = 1 / 4;

/**
 * Slices that wait to be put in order, in chunks: an array that doubles would be copied, and take twice its memory. They come nearly in order, as a rule: what a
 * tracer writes when it ends comes behind all that it encloses. So each chunk is sorted by itself, what begins before the end of the chunks in front of it is late, and both are merged.
 */
export class LooseSlices {
  readonly #chunks: Float64Array<ArrayBuffer>[] = [];
  #last = new Float64Array(0);
  #at = 0;

  get count(): number {
    return Math.max(0, this.#chunks.length - 1) * CHUNK_SLICES + this.#at / LOOSE;
  }

  add(startNs: number, endNs: number, name: number, ref: number): void {
    const at = this.#at === this.#last.length ? this.#grow() : this.#at;
    const last = this.#last;
    last[at] = startNs;
    last[at + 1] = endNs;
    last[at + 2] = name;
    last[at + 3] = ref;
    this.#at = at + LOOSE;
  }

  /** LOOSE numbers each. */
  addAll(loose: Float64Array | readonly number[]): void {
    for (let at = 0; at < loose.length; at += LOOSE) this.add(loose[at] as number, loose[at + 1] as number, loose[at + 2] as number, loose[at + 3] as number);
  }

  #grow(): number {
    const before = this.#last;
    if (before.length > 0 && before.length < CHUNK_SLICES * LOOSE) {
      this.#last = new Float64Array(Math.min(CHUNK_SLICES * LOOSE, before.length * 4));
      this.#last.set(before);
      this.#chunks[this.#chunks.length - 1] = this.#last;
      return this.#at;
    }
    this.#last = new Float64Array((before.length === 0 ? FIRST_SLICES : CHUNK_SLICES) * LOOSE);
    this.#chunks.push(this.#last);
    return 0;
  }

  /** Filled parts of the chunks. */
  parts(): readonly Float64Array<ArrayBuffer>[] {
    return this.#chunks.map((chunk, i) => (i === this.#chunks.length - 1 ? chunk.subarray(0, this.#at) : chunk));
  }

  /** Those that begin at or after a time, and the others. */
  split(fromNs: number): { readonly near: LooseSlices; readonly far: LooseSlices } {
    const near = new LooseSlices();
    const far = new LooseSlices();
    for (const part of this.parts()) {
      for (let at = 0; at < part.length; at += LOOSE) {
        const start = part[at] as number;
        (start >= fromNs ? near : far).add(start, part[at + 1] as number, part[at + 2] as number, part[at + 3] as number);
      }
    }
    return { near, far };
  }

  /** Infinite: there is none. */
  earliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const part of this.parts()) for (let at = 0; at < part.length; at += LOOSE) if ((part[at] as number) < earliest) earliest = part[at] as number;
    return earliest;
  }

  /** By start; of those that begin together the longest first, and of equal ones the first to come. */
  inOrder(): LooseCursor {
    const parts = this.parts();
    const late = new LooseSlices();
    const runs: Run[] = [];
    const most = this.count * MAX_LATE;
    let latestNs = Number.NEGATIVE_INFINITY;
    for (const numbers of parts) {
      const before = late.count;
      let latest = latestNs;
      for (let at = 0; at < numbers.length; at += LOOSE) {
        const start = numbers[at] as number;
        if (start > latest) latest = start;
        else if (start <= latestNs) late.add(start, numbers[at + 1] as number, numbers[at + 2] as number, numbers[at + 3] as number);
      }
      if (late.count > most) return new LooseCursor([{ numbers: joined(parts), from: 0 }], []);
      runs.push({ numbers, from: late.count - before });
      latestNs = latest;
    }
    return new LooseCursor(runs, late.count === 0 ? [] : [{ numbers: joined(late.parts()), from: 0 }]);
  }
}

/** Slices to be sorted. In order, the first `from` of them are told by another run. */
interface Run {
  readonly numbers: Float64Array;
  readonly from: number;
}

/** Runs that follow each other: each is sorted when it is its turn, and given up behind it. */
class Runs {
  numbers: Float64Array = new Float64Array(0);
  /** Of the current slice in `numbers`; -1: there is none any more. */
  at = -1;
  readonly #runs: Run[];
  #order: Uint32Array = new Uint32Array(0);
  #next = 0;

  constructor(runs: readonly Run[]) {
    this.#runs = [...runs].reverse();
    this.advance();
  }

  advance(): void {
    while (this.#next === this.#order.length) {
      const run = this.#runs.pop();
      if (!run) {
        this.at = -1;
        return;
      }
      this.numbers = run.numbers;
      this.#order = orderOf(run.numbers, run.numbers.length / LOOSE);
      this.#next = run.from;
    }
    this.at = (this.#order[this.#next++] as number) * LOOSE;
  }
}

/** One slice after the other, from the first on. Of equal ones those of `runs` came first. */
export class LooseCursor {
  /** The current slice begins at `at` of these. */
  numbers!: Float64Array;
  /** -1: there is none any more. */
  at!: number;
  readonly #runs: Runs;
  readonly #late: Runs;
  #isLate = false;

  constructor(runs: readonly Run[], late: readonly Run[]) {
    this.#runs = new Runs(runs);
    this.#late = new Runs(late);
    this.#choose();
  }

  advance(): void {
    (this.#isLate ? this.#late : this.#runs).advance();
    this.#choose();
  }

  #choose(): void {
    const runs = this.#runs;
    const late = this.#late;
    this.#isLate = late.at >= 0 && (runs.at < 0 || isBefore(late, runs));
    const { numbers, at } = this.#isLate ? late : runs;
    this.numbers = numbers;
    this.at = at;
  }
}

/** Of equal ones: it is not. */
function isBefore(a: Runs, b: Runs): boolean {
  const starts = (a.numbers[a.at] as number) - (b.numbers[b.at] as number);
  return starts < 0 || (starts === 0 && (a.numbers[a.at + 1] as number) > (b.numbers[b.at + 1] as number));
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
