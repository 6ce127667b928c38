// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed by pixels; a <tr> would bring a table's layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
/** The timeline's twin: the slices in view as a table, in order of time. Only the rows in sight are asked for. */
import { ChartGantt } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { clipText, formatDuration, formatMoment } from '../../drawing/format.ts';
import { selectSlice } from '../../state/selection.ts';
import { useCalmRange } from '../../state/use-calm-range.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useView } from '../../state/view-store.ts';
import type { NameInfo, SliceRow, TraceId } from '../../trace/trace-worker-api.ts';
import { BigList } from '../../widgets/big-list.tsx';
import { EmptyState } from '../../widgets/index.ts';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import './timeline.css';
import { words } from './words.ts';

const ROW_HEIGHT = 24;
const PAGE = 50;
const EVERY_MS = 500;

export function SlicesTable({ trace }: { readonly trace: TraceId }) {
  const id = useId();
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
  const names = useNamesOf(trace, page?.rows ?? []);
  const tracks = useTraceQuery(trace, 'tracks.list', {}, 1000).value;
  const total = page?.listed ?? 0;
  const found = page?.rows.findIndex((row) => row.ref === picked) ?? -1;
  const active = found < 0 ? undefined : answeredFrom + found;

  const choose = (index: number) => {
    const row = rowAt(Math.max(0, Math.min(total - 1, index)));
    if (row) selectSlice(trace, row, 'reveal');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown') choose(active === undefined ? seen.first : active + 1);
    else if (event.key === 'ArrowUp') choose(active === undefined ? seen.first : active - 1);
    else if (event.key === 'Enter' && active !== undefined) {
      const row = rowAt(active);
      if (row) selectSlice(trace, row, 'zoom');
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

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
        <>
          <div className="slices-row slices-titles" aria-hidden="true">
            <span>{words.columns.time}</span>
            <span>{words.columns.name}</span>
            <span>{words.columns.track}</span>
            <span className="num">{words.columns.duration}</span>
            <span className="num">{words.columns.self}</span>
          </div>
          <BigList
            label={words.tableLabel}
            role="grid"
            total={total}
            rowHeight={ROW_HEIGHT}
            follow={false}
            onFollow={() => {}}
            onWindow={setSeen}
            active={active}
            activeId={active === undefined ? undefined : `${id}-${active}`}
            onKeyDown={onKeyDown}
            row={(index) => {
              const row = rowAt(index);
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for its active row.
                <div
                  key={index}
                  id={`${id}-${index}`}
                  role="row"
                  tabIndex={-1}
                  aria-rowindex={index + 1}
                  aria-selected={index === active}
                  className={`slices-row ${index === active ? 'slices-active' : ''}`}
                  onClick={() => choose(index)}
                >
                  <span role="gridcell">{row && formatMoment(row.startNs)}</span>
                  <span role="gridcell" className="mono ellipsis">
                    <bdi>{row && clipText(names.get(row.name)?.text ?? '', 200)}</bdi>
                  </span>
                  <span role="gridcell" className="t2 ellipsis">
                    <bdi>{row && clipText(tracks?.find((track) => track.id === row.track)?.name ?? '', 60)}</bdi>
                  </span>
                  <span role="gridcell" className="num">
                    {row && formatDuration(row.durationNs)}
                  </span>
                  <span role="gridcell" className="num t2">
                    {row && formatDuration(row.selfNs)}
                  </span>
                </div>
              );
            }}
          />
        </>
      )}
    </section>
  );
}

function useNamesOf(trace: TraceId, rows: readonly SliceRow[]): ReadonlyMap<number, NameInfo> {
  const ids = [...new Set(rows.map((row) => row.name))].sort((a, b) => a - b);
  const infos = useTraceQuery(trace, 'names.get', ids.length > 0 ? { names: ids } : undefined).value ?? [];
  return new Map(infos.map((info) => [info.id, info]));
}
