import type { FlowArrows } from '../timeline-types.ts';
import type { Explorer, PlacedSlice } from './explorer.ts';
import { NO_POINT } from './flows.ts';
import type { Timeline } from './timeline.ts';
import { rowsAbove, type Track } from './track.ts';

const MAX_ARROWS = 5000;

/** Arrows with an end in a range of time on one of the tracks. Their ends are looked up in the slices, which may have to be read. */
export async function arrowsOf(
  timeline: Timeline,
  explorer: Explorer,
  query: { readonly tracks: readonly number[]; readonly fromNs: number; readonly toNs: number; readonly limit: number },
): Promise<FlowArrows> {
  const { flows } = timeline;
  const limit = Math.min(MAX_ARROWS, Math.max(0, Math.floor(query.limit) || 0));
  const pairs = new Map<string, readonly [number, number]>();
  let isCut = false;
  for (const id of new Set(query.tracks)) {
    const stream = timeline.tracks[id]?.stream;
    if (stream === undefined) continue;
    for (const point of flows.between(stream, query.fromNs, query.toNs, limit + 1)) {
      const before = flows.before[point] as number;
      const found = flows.after(point).map((next): readonly [number, number] => [point, next]);
      if (before !== NO_POINT) found.push([before, point]);
      for (const pair of found) {
        if (pairs.size >= limit) isCut = true;
        else pairs.set(pair.join(' '), pair);
      }
    }
  }
  const arrows: { readonly from: End; readonly to: End; readonly name: number }[] = [];
  for (const [from, to] of pairs.values()) {
    const [start, end] = [await endOf(timeline, explorer, from), await endOf(timeline, explorer, to)];
    if (start && end) arrows.push({ from: start, to: end, name: flows.name[from] as number });
  }
  return {
    count: arrows.length,
    fromTrack: Uint32Array.from(arrows, ({ from }) => from.track),
    fromRow: Uint32Array.from(arrows, ({ from }) => from.row),
    fromNs: Float64Array.from(arrows, ({ from }) => from.timeNs),
    fromRef: Float64Array.from(arrows, ({ from }) => from.ref),
    toTrack: Uint32Array.from(arrows, ({ to }) => to.track),
    toRow: Uint32Array.from(arrows, ({ to }) => to.row),
    toNs: Float64Array.from(arrows, ({ to }) => to.timeNs),
    toRef: Float64Array.from(arrows, ({ to }) => to.ref),
    name: Uint32Array.from(arrows, ({ name }) => name),
    isCut,
    isCoarse: false,
  };
}

interface End {
  readonly track: number;
  readonly row: number;
  readonly timeNs: number;
  readonly ref: number;
}

/** Where an arrow leaves or arrives; without a slice at the thread's first row. */
async function endOf(timeline: Timeline, explorer: Explorer, point: number): Promise<End | undefined> {
  const { flows } = timeline;
  const bound = await explorer.boundTo(point);
  const timeNs = flows.time[point] as number;
  if (bound) return { track: bound.track.id, row: rowOf(bound), timeNs: Math.max(timeNs, bound.slice.startNs), ref: bound.slice.ref };
  const stream = flows.stream[point] as number;
  const track: Track | undefined = timeline.trackOf('calls', stream) ?? timeline.trackOf('slices', stream) ?? timeline.trackOf('instants', stream);
  return track && { track: track.id, row: 0, timeNs, ref: 0 };
}

const rowOf = ({ track, slice }: PlacedSlice): number => rowsAbove(track, slice.band) + slice.row;
