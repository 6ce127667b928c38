import { shapeOf, type ValueShape } from './value-shape.ts';

/**
 * What has to be done to a recorded value A to get B. `same`: nothing. `replaced`: B stands in its place. `inside`: both are of one kind,
 * and `entries` say for each entry of B, in its order, where it comes from.
 */
export type ValueDiff =
  | { readonly kind: 'same' }
  | { readonly kind: 'replaced'; readonly by: unknown }
  | {
      readonly kind: 'inside';
      /** Of B. */
      readonly shape: ValueShape;
      readonly entries: readonly EntryDiff[];
      /** Places in A of entries that B does not have, ascending. */
      readonly removed: readonly number[];
    };

export interface EntryDiff {
  /** In B. */
  readonly key: string;
  /** Place in A; undefined: it is new, and `diff` replaces nothing. */
  readonly old: number | undefined;
  /** It stands elsewhere among the entries that both have: of lists only. */
  readonly moved: boolean;
  readonly diff: ValueDiff;
}

/** Values that nest deeper are compared as a whole. */
export const MAX_DEPTH = 512;

const SAME: ValueDiff = { kind: 'same' };

/**
 * Compares two recorded values (as JSON.parse gives them). Fields are told apart by their keys, entries of lists by what they hold: those that
 * are equal, or objects that name themselves equally (`id`, `key`, `name`), are the same entry wherever they stand; of what is left, entries
 * that take each other's place have changed.
 */
export function diffValues(a: unknown, b: unknown, depth = 0): ValueDiff {
  if (sameJson(a, b)) return SAME;
  const old = shapeOf(a);
  const shape = shapeOf(b);
  const alike = old.type === shape.type && old.className === shape.className;
  if (!alike || !old.children || !shape.children) {
    const isSameLeaf = alike && !old.children && !shape.children && (old.whole ?? old.text) === (shape.whole ?? shape.text) && old.cut === shape.cut;
    return isSameLeaf ? SAME : { kind: 'replaced', by: b };
  }
  if (depth >= MAX_DEPTH) return { kind: 'replaced', by: b };
  const { from, moved, different } = shape.type === 'array' || shape.type === 'set' ? alignLists(old.children, shape.children, shape.type) : byKey(old, shape);
  const oldChildren = old.children;
  const kept = new Set<number>();
  const entries = shape.children.map(([key, value], at): EntryDiff => {
    const place = from[at] as number;
    if (place < 0) return { key, old: undefined, moved: false, diff: { kind: 'replaced', by: value } };
    kept.add(place);
    const isSame = different !== undefined && (at < different.from || at >= different.to);
    return { key, old: place, moved: moved?.has(at) ?? false, diff: isSame ? SAME : diffValues(oldChildren[place]?.[1], value, depth + 1) };
  });
  const removed: number[] = [];
  for (let place = 0; place < oldChildren.length; place++) if (!kept.has(place)) removed.push(place);
  return { kind: 'inside', shape, entries, removed };
}

export interface ChangeCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly moved: number;
}

/** Marks of a difference: what is inside an added or removed entry is not counted again. */
export function countChanges(diff: ValueDiff): ChangeCounts {
  const counts = { added: 0, removed: 0, changed: 0, moved: 0 };
  const visit = (each: ValueDiff) => {
    if (each.kind === 'replaced') counts.changed++;
    if (each.kind !== 'inside') return;
    counts.removed += each.removed.length;
    for (const entry of each.entries) {
      if (entry.old === undefined) counts.added++;
      else visit(entry.diff);
      if (entry.moved) counts.moved++;
    }
  };
  visit(diff);
  return counts;
}

interface Alignment {
  /** By place in B: the place in A, or -1. */
  readonly from: Int32Array;
  /** Places in B. */
  readonly moved?: ReadonlySet<number>;
  /** Places in B outside of which both lists are equal. */
  readonly different?: { readonly from: number; readonly to: number };
}

type Entries = readonly (readonly [key: string, value: unknown])[];

/** Of entries with the same key (keys of a map may read alike) the first of each belong together, then the second. */
function byKey(old: ValueShape, shape: ValueShape): Alignment {
  const places = new Map<string, number[]>();
  for (const [place, [key]] of (old.children ?? []).entries()) {
    const others = places.get(key);
    if (others) others.push(place);
    else places.set(key, [place]);
  }
  return { from: Int32Array.from(shape.children ?? [], ([key]) => places.get(key)?.shift() ?? -1) };
}

function alignLists(old: Entries, now: Entries, type: 'array' | 'set'): Alignment {
  const from = new Int32Array(now.length).fill(-1);
  // Lists within lists, each of one: to look at what is in them at each level would take the square of the time.
  if (old.length === 1 && now.length === 1 && type === 'array') return { from: Int32Array.of(0) };
  const least = Math.min(old.length, now.length);
  let front = 0;
  while (front < least && sameJson(old[front]?.[1], now[front]?.[1])) from[front] = front++;
  let back = 0;
  while (back < least - front && sameJson(old[old.length - 1 - back]?.[1], now[now.length - 1 - back]?.[1])) {
    back++;
    from[now.length - back] = old.length - back;
  }
  const middle: Middle = { old, now, from, front, oldEnd: old.length - back, nowEnd: now.length - back };
  matchBy(middle, exactName, false);
  const different = { from: front, to: middle.nowEnd };
  if (type === 'set') return { from, different };
  matchBy(middle, ownName, true);
  const kept = longestRising(from, front, middle.nowEnd);
  const moved = new Set<number>();
  for (let at = front; at < middle.nowEnd; at++) if ((from[at] as number) >= 0 && !kept.has(at)) moved.add(at);
  pairRest(middle, moved);
  return { from, moved, different };
}

/** What lies between the entries that both lists begin with and those that both end with. */
interface Middle {
  readonly old: Entries;
  readonly now: Entries;
  readonly from: Int32Array;
  readonly front: number;
  readonly oldEnd: number;
  readonly nowEnd: number;
}

/** Pairs entries of one name, each with one. `unique`: only names that each of both lists has once. */
function matchBy({ old, now, from, front, oldEnd, nowEnd }: Middle, nameOf: (value: unknown) => string | undefined, unique: boolean): void {
  const taken = new Set<number>(from);
  const olds = new Map<string, number[]>();
  for (let place = front; place < oldEnd; place++) {
    const name = taken.has(place) ? undefined : nameOf(old[place]?.[1]);
    if (name === undefined) continue;
    const others = olds.get(name);
    if (others) others.push(place);
    else olds.set(name, [place]);
  }
  if (olds.size === 0) return;
  const nows = new Map<string, number[]>();
  for (let at = front; at < nowEnd; at++) {
    const name = (from[at] as number) >= 0 ? undefined : nameOf(now[at]?.[1]);
    if (name === undefined || !olds.has(name)) continue;
    const others = nows.get(name);
    if (others) others.push(at);
    else nows.set(name, [at]);
  }
  for (const [name, places] of nows) {
    const candidates = olds.get(name) as number[];
    if (unique && (places.length > 1 || candidates.length > 1)) continue;
    for (const [k, at] of places.entries()) from[at] = candidates[k] ?? -1;
  }
}

/** Entries that are left between two that stayed are taken for one another in their order. */
function pairRest({ old, from, front, oldEnd, nowEnd }: Middle, moved: ReadonlySet<number>): void {
  const taken = new Set<number>(from);
  let place = front;
  let gap: number[] = [];
  const fill = (end: number) => {
    for (const at of gap) {
      while (place < end && taken.has(place)) place++;
      if (place >= end) break;
      from[at] = place++;
    }
    gap = [];
    place = Math.max(place, end);
  };
  for (let at = front; at < nowEnd; at++) {
    const here = from[at] as number;
    if (here < 0) gap.push(at);
    else if (!moved.has(at)) {
      fill(here);
      place = here + 1;
    }
  }
  fill(Math.min(oldEnd, old.length));
}

/** Places of a longest run of pairs whose places in A rise: these stayed where they are. */
function longestRising(from: Int32Array, start: number, end: number): Set<number> {
  /** By length: the place in B that ends the rising run with the least place in A. */
  const ends: number[] = [];
  const before = new Map<number, number>();
  for (let at = start; at < end; at++) {
    const value = from[at] as number;
    if (value < 0) continue;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if ((from[ends[mid] as number] as number) < value) low = mid + 1;
      else high = mid;
    }
    if (low > 0) before.set(at, ends[low - 1] as number);
    ends[low] = at;
  }
  const kept = new Set<number>();
  for (let at = ends[ends.length - 1]; at !== undefined; at = before.get(at)) kept.add(at);
  return kept;
}

function exactName(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the stack reaches.
    return undefined;
  }
}

const NAMING = ['id', '_id', 'key', 'name'] as const;

/** What an object calls itself, with its class. */
function ownName(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const isInstance = record.$ts === 'instance' && typeof record.value === 'object' && record.value !== null;
  const fields = isInstance ? (record.value as Readonly<Record<string, unknown>>) : record;
  for (const name of NAMING) {
    const own = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof own === 'string' || typeof own === 'number') return JSON.stringify([isInstance ? record.class : '', name, own]);
  }
  return undefined;
}

/** Without the stack: a hostile value may nest deeper than that reaches. */
function sameJson(a: unknown, b: unknown): boolean {
  const rest: unknown[] = [a, b];
  while (rest.length > 0) {
    const right = rest.pop();
    const left = rest.pop();
    if (left === right) continue;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
    if (Array.isArray(left)) {
      if (!Array.isArray(right) || left.length !== right.length) return false;
      for (let k = 0; k < left.length; k++) rest.push(left[k], right[k]);
      continue;
    }
    if (Array.isArray(right)) return false;
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(right, key)) return false;
      rest.push((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]);
    }
  }
  return true;
}
