/** The menu of the plot: of the slice, the range, the track or the moment that a right click, or the key for it, is about. */
import { Box } from 'lucide-react';
import { useClients } from '../../state/clients.tsx';
import { useLibrary } from '../../state/library-store.ts';
import { openInEditor } from '../../state/source-place.ts';
import { useOpenTrace } from '../../state/trace-store.ts';
import { showObject, viewState } from '../../state/view-store.ts';
import type { NameInfo, SliceRow, TraceClient, TraceId } from '../../trace/trace-worker-api.ts';
import { type MenuEntry, type MenuPoint, PointMenu, toastProblem } from '../../widgets/index.ts';
import type { PlacedLane } from './lane-layout.ts';
import type { LaneGroup } from './lanes.ts';
import { counterEntries, momentEntries, rangeEntries, sliceEntries } from './plot-menu.ts';
import { laneEntries } from './track-menu.ts';
import { words } from './words.ts';

export interface PlotMenuOf {
  readonly at: MenuPoint;
  readonly ns: number;
  readonly slice?: { readonly row: SliceRow; readonly name: NameInfo } | undefined;
  readonly lane?: { readonly placed: PlacedLane; readonly isPinned: boolean } | undefined;
}

interface PlotMenuProps {
  readonly trace: TraceId;
  readonly of: PlotMenuOf;
  readonly groups: readonly LaneGroup[];
  readonly onClose: () => void;
}

export function PlotMenu({ trace, of: { at, ns, slice, lane }, groups, onClose }: PlotMenuProps) {
  const { studio } = useClients();
  const recording = useOpenTrace(trace)?.recording;
  const opensEditor = useLibrary((library) => library.info?.opensEditor === true);
  const { range } = viewState(trace);
  const onEditor =
    slice && opensEditor && recording !== undefined
      ? () => {
          openInEditor(studio, recording, slice.name).catch((error: unknown) => toastProblem(error, words.notOpened));
        }
      : undefined;
  const object = lane?.placed.lane.object;
  const ofTrack = lane ? laneEntries(lane.placed, groups, lane.isPinned) : [];
  // Beside what can be done with a slice the first of them are enough: the head of the track has all.
  const some = slice
    ? ofTrack.slice(
        0,
        ofTrack.findIndex(({ kind }) => kind === 'line'),
      )
    : ofTrack;
  const parts: readonly (readonly MenuEntry[])[] = [
    slice ? sliceEntries(trace, slice.row, slice.name, onEditor) : [],
    !slice && range && ns >= range.fromNs && ns <= range.toNs ? rangeEntries(trace, range) : [],
    !slice ? momentEntries(trace, ns) : [],
    object ? [{ label: words.menu.showObject, icon: Box, onSelect: () => showObject(trace, object.id) }] : [],
    lane ? [{ kind: 'title', label: words.menu.track(lane.placed.lane.title.slice(0, 60)) }, ...counterEntries(trace, lane.placed.lane), ...some] : [],
  ];
  const entries = parts.filter((part) => part.length > 0).flatMap((part, index): readonly MenuEntry[] => (index === 0 ? part : [{ kind: 'line' }, ...part]));
  return <PointMenu label={words.menu.label} entries={entries} at={at} onClose={onClose} />;
}

/** A slice with its name. Undefined: it is not there any more. */
export async function namedSlice(traces: TraceClient, trace: TraceId, row: SliceRow | null): Promise<PlotMenuOf['slice']> {
  if (!row) return undefined;
  const [name] = await traces.request('names.get', { trace, names: [row.name] });
  return name && { row, name };
}
