/** The timeline's twin: the slices in view as a table, in order of time. Only the rows in sight are asked for. */
import { ChartGantt } from 'lucide-react';
import { useState } from 'react';
import { clipText, formatDuration, formatMoment } from '../../drawing/format.ts';
import { selectSlice } from '../../state/selection.ts';
import { useCalmRange } from '../../state/use-calm-range.ts';
import { useNames } from '../../state/use-names.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useView } from '../../state/view-store.ts';
import type { SliceRow, TraceId } from '../../trace/trace-worker-api.ts';
import { EmptyState } from '../../widgets/index.ts';
import { type ListColumn, RowList } from '../../widgets/row-list.tsx';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import './timeline.css';
import { words } from './words.ts';

const ROW_HEIGHT = 24;
const PAGE = 50;
const EVERY_MS = 500;

export function SlicesTable({ trace }: { readonly trace: TraceId }) {
  const range = useCalmRange(trace);
  const picked = useView(trace, (view) => (view.selection?.kind === 'slice' ? view.selection.slice.ref : 0));
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 40, offset: 0 });
  const { from, count } = pageAround(seen, PAGE);
  const answer = useTraceQuery(
    trace,
    'slices.page',
    { scope: { fromNs: range.fromNs - 1, toNs: range.toNs }, sort: 'time', descending: false, from, count },
    EVERY_MS,
  );
  const page = answer.value;
  const answeredFrom = answer.argument?.from ?? 0;
  const rowAt = (index: number): SliceRow | undefined => page?.rows[index - answeredFrom];
  const names = useNames(trace, page?.rows.map((row) => row.name) ?? []);
  const tracks = useTraceQuery(trace, 'tracks.list', {}, 1000).value;
  const total = page?.listed ?? 0;
  const found = page?.rows.findIndex((row) => row.ref === picked) ?? -1;
  const choose = (index: number, how: 'reveal' | 'zoom' = 'reveal') => {
    const row = rowAt(index);
    if (row) selectSlice(trace, row, how);
  };
  const columns: readonly ListColumn<SliceRow>[] = [
    { id: 'time', title: words.columns.time, width: 88, cell: (row) => formatMoment(row.startNs) },
    {
      id: 'name',
      title: words.columns.name,
      grow: { share: 4, from: 80 },
      className: 'mono',
      cell: (row) => <bdi>{clipText(names.get(row.name)?.text ?? '', 200)}</bdi>,
    },
    {
      id: 'track',
      title: words.columns.track,
      width: 90,
      over: 520,
      className: 't2',
      cell: (row) => <bdi>{clipText(tracks?.find((track) => track.id === row.track)?.name ?? '', 60)}</bdi>,
    },
    { id: 'duration', title: words.columns.duration, width: 64, className: 'num', cell: (row) => formatDuration(row.durationNs) },
    { id: 'self', title: words.columns.self, width: 64, over: 520, className: 'num t2', cell: (row) => formatDuration(row.selfNs) },
  ];

  return (
    <section className="slices" aria-label={words.table}>
      <p className="slices-count t3" role="status">
        {page && words.inView(page.total, page.done >= 1)}
      </p>
      {total === 0 ? (
        page && (
          <EmptyState icon={ChartGantt} title={words.noneInView}>
            {words.noneInViewWhy}
          </EmptyState>
        )
      ) : (
        <RowList
          label={words.tableLabel}
          columns={columns}
          titles={{}}
          total={total}
          rowHeight={ROW_HEIGHT}
          rowAt={rowAt}
          onWindow={setSeen}
          active={found < 0 ? undefined : answeredFrom + found}
          onActive={choose}
          onOpen={(index) => choose(index, 'zoom')}
        />
      )}
    </section>
  );
}
