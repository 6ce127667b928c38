import type { Band } from './band.ts';
import type { NodeLoader } from './node-loader.ts';
import type { Slices, TreeNode } from './slice-tree.ts';
import { type Stretch, segmentsOf, tailsOf, type Unit } from './units.ts';

/** What is added up over the slices of a stretch, segment by segment in any order. */
export interface Accumulator {
  /** `isFirst`: no segment of the band lies before it in the stretch. */
  add(unit: Unit, slices: Slices, stretch: Stretch, isFirst: boolean): void | Promise<void>;
  /** What is added from here on may be taken back: the tail goes on growing. */
  checkpoint(): void;
  rollback(): void;
}

/** Questions whose answers are kept. */
const MAX_JOBS = 12;
/** Slices in memory that are looked at before the first answer. */
const SLICES_AT_ONCE = 400_000;
/** Segments between two words of progress. */
const TELL_EVERY = 8;

interface Job {
  readonly key: string;
  readonly make: () => Accumulator;
  stretch: Stretch;
  accumulator: Accumulator;
  todo: Unit[];
  /** Of each band: how often it was put together anew, and segments taken so far. */
  readonly known: Map<Band, { generation: number; segments: number }>;
  total: number;
  hasTails: boolean;
}

/** Works through segments in the background, for the question asked last first; a segment that is not in memory is read. */
export class ScanJobs {
  readonly #loader: NodeLoader;
  readonly #pause: () => Promise<void>;
  readonly #onProgress: () => void;
  readonly #jobs = new Map<string, Job>();
  #working: Promise<void> | undefined;

  constructor(options: { readonly loader: NodeLoader; readonly pause: () => Promise<void>; readonly onProgress: () => void }) {
    this.#loader = options.loader;
    this.#pause = options.pause;
    this.#onProgress = options.onProgress;
  }

  /** What has been added up so far, the tails too, and which part of the segments that is. `make` is called once for a key. */
  async ask<A extends Accumulator>(key: string, stretch: Stretch, make: () => A): Promise<{ readonly result: A; readonly done: number }> {
    let job = this.#jobs.get(key);
    if (job) this.#jobs.delete(key);
    if (!job || this.#isStale(job, stretch)) {
      job = { key, make, stretch, accumulator: make(), todo: [], known: new Map(), total: 0, hasTails: false };
    }
    this.#jobs.set(key, job);
    for (const oldest of this.#jobs.keys()) {
      if (this.#jobs.size <= MAX_JOBS) break;
      this.#jobs.delete(oldest);
    }
    job.stretch = stretch;
    this.#takeNew(job);
    await this.#addAtOnce(job);
    if (job.todo.length > 0) {
      this.#working ??= this.#work().finally(() => {
        this.#working = undefined;
      });
    }
    await this.#addTails(job);
    return { result: job.accumulator as A, done: job.total === 0 ? 1 : 1 - job.todo.length / job.total };
  }

  #isStale(job: Job, stretch: Stretch): boolean {
    for (const track of stretch.tracks) {
      for (const band of track.bands) {
        const known = job.known.get(band);
        if (known && known.generation !== band.generation) return true;
      }
    }
    return false;
  }

  /** Segments that came since the question was asked last. */
  #takeNew(job: Job): void {
    const fresh: Unit[] = [];
    for (const unit of segmentsOf(job.stretch)) {
      const { band, node } = unit;
      let known = job.known.get(band);
      if (!known) {
        known = { generation: band.generation, segments: 0 };
        job.known.set(band, known);
      }
      const number = (node as TreeNode).segment;
      if (number < known.segments) continue;
      fresh.push(unit);
    }
    for (const [band, known] of job.known) known.segments = band.settled;
    job.total += fresh.length;
    job.todo.push(...spread(fresh));
  }

  async #addAtOnce(job: Job): Promise<void> {
    let budget = SLICES_AT_ONCE;
    const rest: Unit[] = [];
    this.#withoutTails(job);
    for (const unit of job.todo) {
      const slices = unit.node?.slices;
      if (!slices || budget <= 0) {
        rest.push(unit);
        continue;
      }
      budget -= slices.table.count;
      await job.accumulator.add(unit, slices, job.stretch, isFirst(unit, job.stretch));
    }
    job.todo = rest;
  }

  #withoutTails(job: Job): void {
    if (job.hasTails) job.accumulator.rollback();
    job.hasTails = false;
  }

  async #addTails(job: Job): Promise<void> {
    const tails = tailsOf(job.stretch);
    if (tails.length === 0) return;
    this.#withoutTails(job);
    job.accumulator.checkpoint();
    job.hasTails = true;
    for (const { slices, ...unit } of tails) await job.accumulator.add(unit, slices, job.stretch, isFirst(unit, job.stretch));
  }

  async #work(): Promise<void> {
    let since = 0;
    for (;;) {
      const job = [...this.#jobs.values()].reverse().find((one) => one.todo.length > 0);
      if (!job) break;
      const unit = job.todo[0] as Unit;
      const slices = await this.#loader.slices(unit.node as TreeNode, unit.band);
      // It may have been answered, or replaced, meanwhile.
      if (job.todo[0] !== unit) continue;
      job.todo.shift();
      this.#withoutTails(job);
      if (slices) await job.accumulator.add(unit, slices, job.stretch, isFirst(unit, job.stretch));
      if (job.todo.length === 0 || ++since >= TELL_EVERY) {
        since = 0;
        this.#onProgress();
      }
      await this.#pause();
    }
  }

  /** Resolves when every question that is kept is answered in full. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }
}

const isFirst = (unit: Unit, stretch: Stretch): boolean =>
  unit.fromNs <= stretch.fromNs || (unit.node ? unit.node.segment === 0 : unit.band.tree.segments.length === 0);

/** Units in an order in which those done so far are spread over all of them: their sum then looks like the whole early. */
function spread(units: readonly Unit[]): Unit[] {
  const bits = Math.ceil(Math.log2(Math.max(1, units.length)));
  const order: Unit[] = [];
  for (let i = 0; i < 2 ** bits; i++) {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) if ((i & (1 << bit)) !== 0) reversed |= 1 << (bits - 1 - bit);
    const unit = units[reversed];
    if (unit) order.push(unit);
  }
  return order;
}
