/** What lies under the pointer, out of what is drawn: no question to the worker, so it is there at once. */
import { ItemFlag, type TimelineView } from '../../trace/trace-worker-api.ts';
import { isPlacedLane, type LanePart, type Placed, type PlacedLane, placedAt, rowAt } from './lane-layout.ts';
import type { AskedRow, RegionPlace } from './timeline-picture.ts';

export interface HitItem {
  /** Index in the view. */
  readonly item: number;
  readonly view: TimelineView;
}

export interface Hit {
  readonly place: RegionPlace;
  readonly placed: Placed;
  readonly lane: PlacedLane | undefined;
  readonly part: LanePart | undefined;
  readonly row: number;
  readonly item: HitItem | undefined;
  /** Upper side of the row on the canvas, and its height. */
  readonly y: number;
  readonly height: number;
}

/** Pixels beside a thin slice, or a moment, that still mean it. */
const REACH_PX = 3;

/** `x`, `y` on the canvas; `ns` the time there. Undefined: the ruler, or below all lanes. */
export function hitAt(
  places: readonly RegionPlace[],
  view: TimelineView | undefined,
  asked: readonly AskedRow[],
  y: number,
  ns: number,
  pixelNs: number,
): Hit | undefined {
  const place = places.find((each) => y >= each.top && y < each.bottom);
  if (!place) return undefined;
  const inside = y - place.top + place.scrollTop;
  const placed = placedAt(place.region, inside);
  if (!placed) return undefined;
  const top = place.top - place.scrollTop + placed.top;
  const lane = isPlacedLane(placed) ? placed : undefined;
  const found = lane && rowAt(lane, inside);
  if (!lane || !found) return { place, placed, lane, part: undefined, row: 0, item: undefined, y: top, height: placed.height };
  const { part, row } = found;
  const hit = { place, placed, lane, part, row, y: top + part.top + row * part.rowPx, height: part.rowPx };
  const index = view ? asked.findIndex((each) => each.laneKey === lane.lane.key && each.part.track.id === part.track.id && each.row === row) : -1;
  const item = view && index >= 0 ? itemAt(view, index, ns, pixelNs) : undefined;
  return { ...hit, item: item === undefined || !view ? undefined : { item, view } };
}

/** The item of a row at a time; of several the one that begins last, so the innermost. A moment or a thin slice has some reach. */
export function itemAt(view: TimelineView, row: number, ns: number, pixelNs: number): number | undefined {
  const answerPixelNs = (view.toNs - view.fromNs) / view.columns;
  const x = (ns - view.fromNs) / answerPixelNs;
  const reach = (REACH_PX * pixelNs) / answerPixelNs;
  let best: number | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let k = firstOfRow(view, row); k < view.count && view.row[k] === row; k++) {
    const from = view.x0[k] as number;
    const to = view.x1[k] as number;
    if (from - reach > x) break;
    const isMoment = ((view.flags[k] as number) & ItemFlag.INSTANT) !== 0;
    const distance = x < from ? from - x : x > to ? x - to : 0;
    if (distance > reach) continue;
    // Of two that are equally near the later one; a moment that lies on a slice before the slice.
    if (distance < bestDistance || (distance === bestDistance && (isMoment || best === undefined || from >= (view.x0[best] as number)))) {
      best = k;
      bestDistance = distance;
    }
  }
  return best;
}

/** Items are by row: the first of one. */
export function firstOfRow(view: TimelineView, row: number): number {
  let low = 0;
  let high = view.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((view.row[middle] as number) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
