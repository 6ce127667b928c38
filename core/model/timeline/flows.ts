import { AsyncScope, FlowPhase } from '../../protocol/records.ts';
import type { NameId } from '../timeline-types.ts';
import { EarlyEnds } from './early-ends.ts';

/** Points that are kept; of more it is told how many. */
const MAX_POINTS = 4_000_000;
export const NO_POINT = 0xffffffff;

/** Of one stream, process or recording: the newest point of each number; steps and ends without a start. */
interface Owner {
  readonly newest: Map<number, number>;
  readonly unbound: EarlyEnds<number>;
}

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
  readonly #owners = new Map<string, Owner>();
  readonly #ofStream = new Map<number, number[]>();

  add(stream: number, process: number, timeNs: number, number: number, scope: number, name: NameId, phase: number): void {
    if (this.count >= MAX_POINTS) {
      this.leftOut++;
      return;
    }
    if (this.count === this.time.length) this.#grow();
    const point = this.count++;
    const owner = this.#ownerOf(scope, stream, process);
    const before = phase === FlowPhase.START ? NO_POINT : (owner.newest.get(number) ?? NO_POINT);
    const isEnd = phase === FlowPhase.END || phase === FlowPhase.END_ENCLOSING;
    this.time[point] = timeNs;
    this.stream[point] = stream;
    this.name[point] = name;
    this.phase[point] = phase;
    this.before[point] = NO_POINT;
    this.next[point] = NO_POINT;
    this.sibling[point] = NO_POINT;
    if (before !== NO_POINT) this.#bind(before, point);
    else if (phase !== FlowPhase.START) owner.unbound.add(number, timeNs, point);
    else if (scope !== AsyncScope.STREAM && owner.unbound.count > 0) for (const early of owner.unbound.take(number, timeNs)) this.#bind(point, early);
    // A start may have several ends (one task that many wait for): it stays until its number starts again.
    if (!isEnd) owner.newest.set(number, point);
    const list = this.#ofStream.get(stream);
    if (list) list.push(point);
    else this.#ofStream.set(stream, [point]);
  }

  #bind(before: number, point: number): void {
    this.before[point] = before;
    this.sibling[point] = this.next[before] as number;
    this.next[before] = point;
  }

  #ownerOf(scope: number, stream: number, process: number): Owner {
    const key = `${scope} ${scope === AsyncScope.STREAM ? stream : scope === AsyncScope.PROCESS ? process : 0}`;
    let owner = this.#owners.get(key);
    if (!owner) {
      owner = { newest: new Map(), unbound: new EarlyEnds() };
      this.#owners.set(key, owner);
    }
    return owner;
  }

  /** Steps and ends without a start. */
  get unbound(): number {
    let count = 0;
    for (const { unbound } of this.#owners.values()) count += unbound.count;
    return count;
  }

  /** NaN: there is none. */
  get firstUnboundNs(): number {
    let first = Number.NaN;
    for (const { unbound } of this.#owners.values()) if (!(first <= unbound.firstNs)) first = unbound.firstNs;
    return first;
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
