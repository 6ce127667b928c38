/** Arrows between slices, with their ends in pixels. Those of the selection, and all others in sight where they are wanted. */
import type { Arrow } from '../../drawing/timeline/flow-arrows.ts';
import type { FlowArrows, SliceDetails, SliceRow, TrackId } from '../../trace/trace-worker-api.ts';

export interface ArrowPlaces {
  readonly xOf: (ns: number) => number;
  /** Middle of a row; undefined: its lane is not shown. */
  readonly yOf: (track: TrackId, row: number) => number | undefined;
}

/** `slice` is picked, `selected` is what is known of it so far. `flows`: all others; undefined: they are not wanted. */
export function arrowsOf(
  slice: SliceRow | undefined,
  selected: SliceDetails | undefined,
  flows: FlowArrows | undefined,
  { xOf, yOf }: ArrowPlaces,
): readonly Arrow[] {
  const arrows: Arrow[] = [];
  const add = (fromTrack: TrackId, fromRow: number, fromNs: number, toTrack: TrackId, toRow: number, toNs: number, isSelected: boolean) => {
    const y1 = yOf(fromTrack, fromRow);
    const y2 = yOf(toTrack, toRow);
    if (y1 === undefined || y2 === undefined) return;
    arrows.push({ x1: xOf(fromNs), y1, x2: xOf(toNs), y2, isSelected });
  };
  for (let k = 0; k < (flows?.count ?? 0) && flows; k++) {
    const isSelected = slice !== undefined && (flows.fromRef[k] === slice.ref || flows.toRef[k] === slice.ref);
    if (isSelected && selected) continue;
    add(
      flows.fromTrack[k] as number,
      flows.fromRow[k] as number,
      flows.fromNs[k] as number,
      flows.toTrack[k] as number,
      flows.toRow[k] as number,
      flows.toNs[k] as number,
      isSelected,
    );
  }
  if (!slice || selected?.ref !== slice.ref) return arrows;
  for (const link of selected.links) {
    if (!link.other) continue;
    const otherNs = link.otherNs ?? link.other.startNs;
    if (link.direction === 'out') add(slice.track, slice.row, link.timeNs, link.other.track, link.other.row, otherNs, true);
    else add(link.other.track, link.other.row, otherNs, slice.track, slice.row, link.timeNs, true);
  }
  return arrows;
}
