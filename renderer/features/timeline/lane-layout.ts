/** Where lanes lie, in pixels from the top of their region: pinned ones above, the others below. Pure: made anew when tracks or choices change. */
import { RowKind } from '../../drawing/timeline/items.ts';
import type { TrackView } from '../../state/track-view.ts';
import type { TrackId, TrackInfo } from '../../trace/trace-worker-api.ts';
import { isGroup, type Lane, type LaneGroup } from './lanes.ts';

/** Rows of one track within a lane. */
export interface LanePart {
  readonly track: TrackInfo;
  readonly kind: number;
  /** Of the first row, from the lane's top. */
  readonly top: number;
  readonly rowPx: number;
  readonly rows: number;
}

export interface PlacedLane {
  readonly lane: Lane;
  readonly top: number;
  readonly height: number;
  readonly isFolded: boolean;
  readonly canFold: boolean;
  readonly parts: readonly LanePart[];
  /** Of a thread: from where on what befell it is tinted. */
  readonly bodyTop: number;
}

export interface PlacedGroup {
  readonly group: LaneGroup;
  readonly top: number;
  readonly height: number;
  readonly isFolded: boolean;
  /** Lanes inside, whether they are shown or not. */
  readonly count: number;
}

export type Placed = PlacedLane | PlacedGroup;
export const isPlacedLane = (placed: Placed): placed is PlacedLane => 'lane' in placed;

export interface Region {
  readonly placed: readonly Placed[];
  readonly height: number;
  /** The lane that shows a track, also where it is folded. */
  readonly byTrack: ReadonlyMap<TrackId, PlacedLane>;
}

export interface TimelineLayout {
  readonly pinned: Region;
  readonly main: Region;
  /** Lanes that the user has hidden. */
  readonly hidden: number;
  /** Lanes of which the filter knows nothing. */
  readonly filtered: number;
}

export interface LayoutOptions {
  readonly rowPx: number;
  readonly filter: string;
}

const STRIP_PX = 4;
const LOOP_STRIP_PX = 15;
const GC_STRIP_PX = 10;
const BELOW_PX = 5;
const FOLDED_PX = 22;
const GROUP_PX = 20;
const COUNTER_PX = 46;
const LINE_PX = 24;
const HEAD_LEAST_PX = 40;
/** A group of so many begins folded. */
const FOLD_FROM = 60;

export function layOut(groups: readonly LaneGroup[], view: TrackView, options: LayoutOptions): TimelineLayout {
  const pinnedKeys = new Set(view.pinned);
  const hiddenKeys = new Set(view.hidden);
  const needle = options.filter.trim().toLowerCase();
  const order = new Map(view.order.map((key, index) => [key, index] as const));
  const pinnedLanes = new Map<string, Lane>();
  const placed: Placed[] = [];
  let top = 0;
  let hidden = 0;
  let filtered = 0;

  const visit = (items: readonly (Lane | LaneGroup)[], shown: boolean): void => {
    for (const item of inOrder(items, order)) {
      if (isGroup(item)) visitGroup(item, shown);
      else visitLane(item, shown);
    }
  };
  const visitGroup = (group: LaneGroup, shown: boolean): void => {
    const count = countLanes(group);
    const isFolded = needle === '' && (view.folded[group.key] ?? (group.kind !== 'process' && count >= FOLD_FROM));
    const at = placed.length;
    if (shown) {
      placed.push({ group, top, height: GROUP_PX, isFolded, count });
      top += GROUP_PX;
    }
    visit(group.items, shown && !isFolded);
    // Nothing of it is shown because all of it is pinned, hidden or filtered: its head says nothing either.
    if (shown && !isFolded && placed.length === at + 1) {
      placed.pop();
      top -= GROUP_PX;
    }
  };
  const visitLane = (lane: Lane, shown: boolean): void => {
    if (hiddenKeys.has(lane.key)) {
      hidden += 1;
      return;
    }
    if (pinnedKeys.has(lane.key)) {
      pinnedLanes.set(lane.key, lane);
      return;
    }
    if (needle !== '' && !lane.title.toLowerCase().includes(needle)) {
      filtered += 1;
      return;
    }
    if (!shown) return;
    const next = placeLane(lane, top, view, options.rowPx);
    placed.push(next);
    top += next.height;
  };

  // One process alone needs no head of its own unless it is folded away.
  visit(groups.length === 1 && groups[0] && view.folded[groups[0].key] !== true ? inOrder(groups[0].items, order) : groups, true);

  const pinned: Placed[] = [];
  let pinnedTop = 0;
  for (const key of view.pinned) {
    const lane = pinnedLanes.get(key);
    if (!lane) continue;
    const next = placeLane(lane, pinnedTop, view, options.rowPx);
    pinned.push(next);
    pinnedTop += next.height;
  }
  return { pinned: regionOf(pinned, pinnedTop), main: regionOf(placed, top), hidden, filtered };
}

function regionOf(placed: readonly Placed[], height: number): Region {
  const byTrack = new Map<TrackId, PlacedLane>();
  for (const one of placed) {
    if (!isPlacedLane(one)) continue;
    const { track, logged, collections, blocked } = one.lane;
    for (const each of [track, logged, collections, blocked]) if (each) byTrack.set(each.id, one);
  }
  return { placed, height, byTrack };
}

/** Those that were moved lie in the order that they were given, at the places that they have among them; the others keep theirs. */
function inOrder<T extends { readonly key: string }>(items: readonly T[], order: ReadonlyMap<string, number>): readonly T[] {
  if (order.size === 0) return items;
  const moved = items.filter((item) => order.has(item.key)).sort((a, b) => (order.get(a.key) as number) - (order.get(b.key) as number));
  if (moved.length < 2) return items;
  let next = 0;
  return items.map((item) => (order.has(item.key) ? (moved[next++] as T) : item));
}

function countLanes(group: LaneGroup): number {
  let count = 0;
  for (const item of group.items) count += isGroup(item) ? countLanes(item) : 1;
  return count;
}

function placeLane(lane: Lane, top: number, view: TrackView, rowPx: number): PlacedLane {
  const canFold = lane.kind === 'thread' || lane.kind === 'slices' || lane.kind === 'async';
  const isFolded = canFold && (view.folded[lane.key] ?? false);
  const base = { lane, top, canFold, isFolded };
  switch (lane.kind) {
    case 'counter':
      return { ...base, height: COUNTER_PX, parts: [], bodyTop: 0 };
    case 'object':
      return { ...base, height: LINE_PX, parts: [part(lane.track, RowKind.OBJECT, 0, LINE_PX, 1)], bodyTop: 0 };
    case 'instants':
      return { ...base, height: LINE_PX, parts: [part(lane.track, RowKind.INSTANTS, 0, LINE_PX, Math.max(1, lane.track.rows))], bodyTop: 0 };
    case 'async':
      if (isFolded) return { ...base, height: FOLDED_PX, parts: [part(lane.track, RowKind.FOLDED, 2, rowPx, 1)], bodyTop: 0 };
      return {
        ...base,
        height: Math.max(HEAD_LEAST_PX, lane.track.rows * rowPx + 8),
        parts: [part(lane.track, RowKind.LANE, 4, rowPx, lane.track.rows)],
        bodyTop: 0,
      };
    default:
      return placeThread(base, rowPx);
  }
}

function placeThread(base: Pick<PlacedLane, 'lane' | 'top' | 'canFold' | 'isFolded'>, rowPx: number): PlacedLane {
  const { lane, isFolded } = base;
  if (isFolded) return { ...base, height: FOLDED_PX, parts: [part(lane.track, RowKind.FOLDED, 2, rowPx, 1)], bodyTop: 0 };
  const parts: LanePart[] = [];
  let y = 0;
  const { blocked, collections, logged } = lane;
  if (blocked && blocked !== lane.track) {
    parts.push(part(blocked, RowKind.LOOP, 0, LOOP_STRIP_PX, 1));
    y = LOOP_STRIP_PX;
  }
  if (collections && collections !== lane.track) {
    parts.push(part(collections, RowKind.GC, y + 1, GC_STRIP_PX, 1));
    y += GC_STRIP_PX + 1;
  }
  y = Math.max(STRIP_PX, y);
  const bodyTop = y;
  parts.push(
    part(lane.track, lane.track === blocked ? RowKind.LOOP : lane.track === collections ? RowKind.GC : RowKind.SLICES, y, rowPx, Math.max(1, lane.track.rows)),
  );
  y += Math.max(1, lane.track.rows) * rowPx;
  if (logged) {
    parts.push(part(logged, RowKind.SLICES, y + 3, rowPx, Math.max(1, logged.rows)));
    y += Math.max(1, logged.rows) * rowPx + 3;
  }
  return { ...base, height: Math.max(HEAD_LEAST_PX, y + BELOW_PX), parts, bodyTop };
}

const part = (track: TrackInfo, kind: number, top: number, rowPx: number, rows: number): LanePart => ({ track, kind, top, rowPx, rows });

/** First of `placed` whose lower side lies below `y`. */
export function firstBelow(placed: readonly Placed[], y: number): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = placed[middle] as Placed;
    if (one.top + one.height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What lies at a height of a region; undefined: nothing does. */
export function placedAt(region: Region, y: number): Placed | undefined {
  const placed = region.placed[firstBelow(region.placed, y)];
  return placed && placed.top <= y ? placed : undefined;
}

/** Track and row at a height of a lane; undefined: between them. */
export function rowAt(placed: PlacedLane, y: number): { readonly part: LanePart; readonly row: number } | undefined {
  const inside = y - placed.top;
  for (const part of placed.parts) {
    const row = Math.floor((inside - part.top) / part.rowPx);
    if (row >= 0 && row < part.rows) return { part, row };
  }
  return undefined;
}

/** Where a row of a track lies in a region; undefined: it is not in it. A folded lane stands for all of its rows. */
export function placeOfRow(
  region: Region,
  track: TrackId,
  row: number,
): { readonly placed: PlacedLane; readonly y: number; readonly rowPx: number } | undefined {
  const placed = region.byTrack.get(track);
  if (!placed) return undefined;
  const part = placed.parts.find((each) => each.track.id === track);
  if (!part) return { placed, y: placed.top, rowPx: placed.height };
  return { placed, y: placed.top + part.top + Math.min(row, part.rows - 1) * part.rowPx, rowPx: part.rowPx };
}
