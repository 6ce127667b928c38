/** Calls within the brush, longest first: from a bar of the histogram to the slices that it counts. */
import { useState } from 'react';
import { clipText, formatDuration, formatMoment } from '../../drawing/format.ts';
import { selectSlice } from '../../state/selection.ts';
import type { Place } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useView } from '../../state/view-store.ts';
import type { NameId, SliceRow, TraceId } from '../../trace/trace-worker-api.ts';
import { type ListColumn, RowList } from '../../widgets/row-list.tsx';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { type Brush, useCalls } from './use-durations.ts';
import { words } from './words.ts';

const ROW_HEIGHT = 22;
const PAGE = 40;

interface CallsProps {
  readonly trace: TraceId;
  readonly place: Place;
  readonly name: NameId;
  readonly label: string;
  readonly brush: Brush | undefined;
}

export function CallsTable({ trace, place, name, label, brush }: CallsProps) {
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 20, offset: 0 });
  const { from: wanted, count } = pageAround(seen, PAGE);
  const { page, from } = useCalls(trace, place, name, brush, wanted, count);
  const tracks = useTraceQuery(trace, 'tracks.list', {}, 1000).value;
  const picked = useView(trace, (view) => (view.selection?.kind === 'slice' ? view.selection.slice.ref : 0));
  const at = page?.rows.findIndex((row) => row.ref === picked) ?? -1;
  const rowAt = (index: number) => page?.rows[index - from];
  const choose = (index: number, how: 'reveal' | 'zoom' = 'reveal') => {
    const row = rowAt(index);
    if (row) selectSlice(trace, row, how);
  };
  const columns: readonly ListColumn<SliceRow>[] = [
    { id: 'start', title: words.columns.start, width: 96, cell: (row) => formatMoment(row.startNs) },
    { id: 'duration', title: words.columns.duration, width: 70, className: 'num', cell: (row) => formatDuration(row.durationNs) },
    { id: 'self', title: words.columns.self, width: 70, className: 'num t2', cell: (row) => formatDuration(row.selfNs) },
    {
      id: 'track',
      title: words.columns.track,
      grow: { share: 1, from: 40 },
      className: 't2 durations-track',
      cell: (row) => <bdi>{clipText(tracks?.find((track) => track.id === row.track)?.name ?? '', 60)}</bdi>,
    },
  ];
  return (
    <div className="durations-calls">
      <RowList
        label={label}
        columns={columns}
        titles={{}}
        total={page?.listed ?? 0}
        rowHeight={ROW_HEIGHT}
        rowAt={rowAt}
        onWindow={setSeen}
        active={at < 0 ? undefined : from + at}
        onActive={choose}
        onOpen={(index) => choose(index, 'zoom')}
      />
    </div>
  );
}
