import { AsyncScope, FlowPhase } from '../../protocol/records.ts';
import type { NameId } from '../timeline-types.ts';

/** Points that are kept; of more it is told how many. */
const MAX_POINTS = 4_000_000;
export const NO_POINT = 0xffffffff;

/** Points of arrows, in the order in which they came, each linked with the one before and behind it on its arrow. */
export class Flows {
  time = new Float64Array(1024);
  stream = new Uint32Array(1024);
  name = new Uint32Array(1024);
  phase = new Uint8Array(1024);
  before = new Uint32Array(1024);
  /** The newest point that follows; the others of the same are its siblings. */
  next = new Uint32Array(1024);
  sibling = new Uint32Array(1024);
  count = 0;
  leftOut = 0;
  /** Steps and ends without a start. */
  unbound = 0;
  firstUnboundNs = Number.NaN;
  /** By whose number it is: the newest point. */
  readonly #newest = new Map<string, Map<number, number>>();
  readonly #ofStream = new Map<number, number[]>();

  add(stream: number, process: number, timeNs: number, number: number, scope: number, name: NameId, phase: number): void {
    if (this.count >= MAX_POINTS) {
      this.leftOut++;
      return;
    }
    if (this.count === this.time.length) this.#grow();
    const point = this.count++;
    const newest = this.#newestOf(scope, stream, process);
    const before = phase === FlowPhase.START ? NO_POINT : (newest.get(number) ?? NO_POINT);
    const isEnd = phase === FlowPhase.END || phase === FlowPhase.END_ENCLOSING;
    this.time[point] = timeNs;
    this.stream[point] = stream;
    this.name[point] = name;
    this.phase[point] = phase;
    this.before[point] = before;
    this.next[point] = NO_POINT;
    this.sibling[point] = before === NO_POINT ? NO_POINT : (this.next[before] as number);
    if (before !== NO_POINT) this.next[before] = point;
    else if (phase !== FlowPhase.START && this.unbound++ === 0) this.firstUnboundNs = timeNs;
    // A start may have several ends (one task that many wait for): it stays until its number starts again.
    if (!isEnd) newest.set(number, point);
    const list = this.#ofStream.get(stream);
    if (list) list.push(point);
    else this.#ofStream.set(stream, [point]);
  }

  #newestOf(scope: number, stream: number, process: number): Map<number, number> {
    const owner = scope === AsyncScope.STREAM ? stream : scope === AsyncScope.PROCESS ? process : 0;
    const key = `${scope} ${owner}`;
    let newest = this.#newest.get(key);
    if (!newest) {
      newest = new Map();
      this.#newest.set(key, newest);
    }
    return newest;
  }

  #grow(): void {
    const size = this.time.length * 2;
    const grown = <A extends Float64Array | Uint32Array | Uint8Array>(from: A, to: A): A => {
      to.set(from as never);
      return to;
    };
    this.time = grown(this.time, new Float64Array(size));
    this.stream = grown(this.stream, new Uint32Array(size));
    this.name = grown(this.name, new Uint32Array(size));
    this.phase = grown(this.phase, new Uint8Array(size));
    this.before = grown(this.before, new Uint32Array(size));
    this.next = grown(this.next, new Uint32Array(size));
    this.sibling = grown(this.sibling, new Uint32Array(size));
  }

  /** Points that follow one. */
  after(point: number): number[] {
    const found: number[] = [];
    for (let at = this.next[point] as number; at !== NO_POINT; at = this.sibling[at] as number) found.push(at);
    return found;
  }

  #firstFrom(list: readonly number[], timeNs: number): number {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.time[list[middle] as number] as number) < timeNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Points of a stream from one time to another, in order. Threads write in order of time, all but a few. */
  between(stream: number, fromNs: number, toNs: number, limit = Number.POSITIVE_INFINITY): number[] {
    const list = this.#ofStream.get(stream) ?? [];
    const found: number[] = [];
    for (let i = this.#firstFrom(list, fromNs); i < list.length && (this.time[list[i] as number] as number) <= toNs && found.length < limit; i++) {
      found.push(list[i] as number);
    }
    return found;
  }

  /** The newest points of a stream at or before a time, newest first. */
  upTo(stream: number, timeNs: number, limit: number): number[] {
    const list = this.#ofStream.get(stream) ?? [];
    let end = this.#firstFrom(list, timeNs);
    while (end < list.length && this.time[list[end] as number] === timeNs) end++;
    return list.slice(Math.max(0, end - limit), end).reverse();
  }
}
