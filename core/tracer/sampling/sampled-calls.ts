import type { CallFrame, CpuProfile, ProfileNode } from './cpu-profile.ts';

/** Runs in the sampled thread by a name of our own: neither it nor what it calls is the program's. */
export const SWAP_FUNCTION = 'traceStudioSwap';

const EMPTY: readonly number[] = [];

/** Where calls go. Times are microseconds of the monotonic clock, and never go back. */
export interface CallSink {
  enter(timeUs: number, id: number): void;
  exit(timeUs: number, id: number): void;
}

/** What a node of a profile stands for: the program's stack there, outermost first, or what the engine says in place of one. */
interface Seen {
  readonly kind: 'stack' | 'idle' | 'program' | 'gc' | 'own';
  readonly stack: readonly number[];
  /** Functions of the program in it: not the engine's, and not those of Node's own modules. */
  readonly depth: number;
}

/**
 * Makes calls of samples. Where two samples in a row have the same functions from the outermost one on, these calls go on; the others end, and
 * begin, at the time of the second one. So a call between two samples is not seen, and two calls of one function in a row are one.
 */
export class SampledCalls {
  readonly #sink: CallSink;
  readonly #idOf: (frame: CallFrame) => number;
  readonly #maxDepth: number;
  #open: number[] = [];
  /** Of the last sample: profiles overlap, and what is in both counts once. */
  #lastUs = Number.NEGATIVE_INFINITY;
  samples = 0;

  /** `idOf` gives a function's number; 0 leaves the frame out. `maxDepth`: so many calls of the program's, one in the other, at most. */
  constructor(sink: CallSink, idOf: (frame: CallFrame) => number, maxDepth = Number.POSITIVE_INFINITY) {
    this.#sink = sink;
    this.#maxDepth = maxDepth;
    this.#idOf = idOf;
  }

  get lastUs(): number {
    return this.#lastUs;
  }

  add(profile: CpuProfile, offsetUs = 0): void {
    const { samples = [], timeDeltas = [] } = profile;
    const seenOf = this.#reader(profile.nodes);
    let time = profile.startTime + offsetUs;
    for (let i = 0; i < samples.length; i++) {
      time += timeDeltas[i] ?? 0;
      if (time <= this.#lastUs) continue;
      this.#lastUs = time;
      this.samples++;
      this.#sample(time, seenOf(samples[i] as number), seenOf(samples[i + 1] ?? 0));
    }
  }

  /** From `fromUs` to `toUs` nobody looked: a call of `id` stands there, in place of calls that nobody saw. */
  blind(fromUs: number, toUs: number, id: number): void {
    this.#become(Math.max(fromUs, this.#lastUs), [id]);
    this.#become(toUs, []);
    this.#lastUs = Math.max(this.#lastUs, toUs);
  }

  /** Ends all calls. */
  end(timeUs: number): void {
    this.#become(Math.max(timeUs, this.#lastUs), []);
  }

  #sample(time: number, seen: Seen | undefined, next: Seen | undefined): void {
    if (!seen || seen.kind === 'own') return;
    // The engine tells no stack while it collects: what ran goes on behind it.
    if (seen.kind === 'gc') this.#become(time, [...this.#withoutGc(seen), ...seen.stack]);
    // A glance outside of JavaScript in the midst of one call: for a function of the engine's that has no frame of its own.
    else if (seen.kind === 'program' && next?.kind === 'stack' && next.stack[0] !== undefined && next.stack[0] === this.#open[0]) return;
    else this.#become(time, seen.stack);
  }

  #withoutGc({ stack }: Seen): number[] {
    return this.#open.at(-1) === stack[0] ? this.#open.slice(0, -1) : this.#open;
  }

  #become(time: number, stack: readonly number[]): void {
    const open = this.#open;
    let same = 0;
    while (same < open.length && same < stack.length && open[same] === stack[same]) same++;
    for (let i = open.length - 1; i >= same; i--) this.#sink.exit(time, open[i] as number);
    for (let i = same; i < stack.length; i++) this.#sink.enter(time, stack[i] as number);
    this.#open = [...stack];
  }

  #reader(nodes: readonly ProfileNode[]): (id: number) => Seen | undefined {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const parents = new Map(nodes.flatMap(({ id, children = EMPTY }) => children.map((child) => [child, id] as const)));
    const known = new Map<number, Seen>();
    const read = (id: number, depth: number): Seen | undefined => {
      const found = known.get(id);
      if (found) return found;
      const node = byId.get(id);
      if (!node || depth > nodes.length) return undefined;
      const parentId = parents.get(id);
      const parent = parentId === undefined ? undefined : read(parentId, depth + 1);
      const seen = this.#seen(node.callFrame, parent);
      known.set(id, seen);
      return seen;
    };
    return (id) => read(id, 0);
  }

  #seen(frame: CallFrame, parent: Seen | undefined): Seen {
    if (!parent) return { kind: 'stack', stack: EMPTY, depth: 0 }; // (root)
    if (parent.kind === 'own' || isOurs(frame)) return { kind: 'own', stack: EMPTY, depth: 0 };
    const id = this.#idOf(frame);
    const isLeftOut = id === 0 || parent.depth >= this.#maxDepth;
    const stack = isLeftOut ? parent.stack : [...parent.stack, id];
    const depth = parent.depth + (isLeftOut || frame.scriptId === '0' || frame.url.startsWith('node:') ? 0 : 1);
    const kind = frame.scriptId === '0' && parent.stack.length === 0 ? (PSEUDO.get(frame.functionName) ?? 'stack') : 'stack';
    return { kind, stack, depth };
  }
}

/** Natives that it calls: the engine may leave out the frame between such a one and the program's. */
const OWN_NATIVES: ReadonlySet<string> = new Set(['profile', 'profileEnd', 'url']);
const isOurs = ({ functionName, scriptId }: CallFrame): boolean => functionName === SWAP_FUNCTION || (scriptId === '0' && OWN_NATIVES.has(functionName));

const PSEUDO: ReadonlyMap<string, Seen['kind']> = new Map([
  ['(idle)', 'idle'],
  ['(program)', 'program'],
  ['(garbage collector)', 'gc'],
]);
