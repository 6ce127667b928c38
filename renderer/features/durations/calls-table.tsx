// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed by pixels; a <tr> would bring a table's layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
/** Calls within the brush, longest first: from a bar of the histogram to the slices that it counts. */
import { type KeyboardEvent, useId, useState } from 'react';
import { clipText, formatDuration, formatMoment } from '../../drawing/format.ts';
import { selectSlice } from '../../state/selection.ts';
import type { Place } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useView } from '../../state/view-store.ts';
import type { NameId, TraceId } from '../../trace/trace-worker-api.ts';
import { BigList } from '../../widgets/big-list.tsx';
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
  const id = useId();
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 20, offset: 0 });
  const { from: wanted, count } = pageAround(seen, PAGE);
  const { page, from } = useCalls(trace, place, name, brush, wanted, count);
  const tracks = useTraceQuery(trace, 'tracks.list', {}, 1000).value;
  const picked = useView(trace, (view) => (view.selection?.kind === 'slice' ? view.selection.slice.ref : 0));
  const total = page?.listed ?? 0;
  const at = page?.rows.findIndex((row) => row.ref === picked) ?? -1;
  const active = at < 0 ? undefined : from + at;
  const rowAt = (index: number) => page?.rows[index - from];
  const choose = (index: number, how: 'reveal' | 'zoom' = 'reveal') => {
    const row = rowAt(Math.max(0, Math.min(total - 1, index)));
    if (row) selectSlice(trace, row, how);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown') choose(active === undefined ? seen.first : active + 1);
    else if (event.key === 'ArrowUp') choose(active === undefined ? seen.first : active - 1);
    else if (event.key === 'Enter' && active !== undefined) choose(active, 'zoom');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="durations-calls">
      <div className="durations-row durations-titles" aria-hidden="true">
        <span>{words.columns.start}</span>
        <span className="num">{words.columns.duration}</span>
        <span className="num">{words.columns.self}</span>
        <span className="ellipsis">{words.columns.track}</span>
      </div>
      <BigList
        label={label}
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
              className={`durations-row ${index === active ? 'durations-active' : ''}`}
              onClick={() => choose(index)}
            >
              <span role="gridcell">{row && formatMoment(row.startNs)}</span>
              <span role="gridcell" className="num">
                {row && formatDuration(row.durationNs)}
              </span>
              <span role="gridcell" className="num t2">
                {row && formatDuration(row.selfNs)}
              </span>
              <span role="gridcell" className="t2 ellipsis">
                <bdi>{row && clipText(tracks?.find((track) => track.id === row.track)?.name ?? '', 60)}</bdi>
              </span>
            </div>
          );
        }}
      />
    </div>
  );
}
