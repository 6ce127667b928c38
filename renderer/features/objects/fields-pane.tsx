/** Every field of an object, how often it changed, and when: a strip of its life with a mark for each change. */
import { Rows3, Search } from 'lucide-react';
import { type MouseEvent, useState } from 'react';
import { clipText, formatCount, formatMoment } from '../../drawing/format.ts';
import { selectField, showObjectSide } from '../../state/object-steps.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { goToMoment, useView } from '../../state/view-store.ts';
import type { FieldChanges, FieldOrder, ObjectId, TraceId } from '../../trace/trace-worker-api.ts';
import { EmptyState, TextField } from '../../widgets/index.ts';
import { type ColumnSort, type ListColumn, RowList } from '../../widgets/row-list.tsx';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { heatPaths } from './field-line.ts';
import './field-panes.css';
import { BEHIND, words } from './words.ts';

const ROW_HEIGHT = 22;
const PAGE = 50;
const COLUMNS = 120;
const HEAT_HEIGHT = 12;
const EVERY_MS = 300;

interface FieldsPaneProps {
  readonly trace: TraceId;
  readonly object: ObjectId;
  /** Of the snapshot that is shown. */
  readonly timeNs: number;
}

export function FieldsPane({ trace, object, timeNs }: FieldsPaneProps) {
  const field = useView(trace, (view) => view.field);
  const [filter, setFilter] = useState('');
  const [order, setOrder] = useState<FieldOrder>('changes');
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 40, offset: 0 });
  const { from, count } = pageAround(seen, PAGE);
  const { value: page, argument, problem } = useTraceQuery(trace, 'objects.fields', { object, filter, order, from, count, columns: COLUMNS }, EVERY_MS);
  const answeredFrom = argument?.from ?? 0;
  const rowAt = (index: number) => page?.rows[index - answeredFrom];
  const total = page?.total ?? 0;
  const found = page?.rows.findIndex((row) => row.name === field?.[0]) ?? -1;
  const most = Math.max(1, ...(page?.rows ?? []).map((row) => row.columns.reduce((high, each) => Math.max(high, each), 0)));
  const spanNs = page ? Math.max(1, page.lastNs - page.firstNs) : 1;
  const shownAt = page ? Math.min(1, Math.max(0, (timeNs - page.firstNs) / spanNs)) * COLUMNS : 0;

  const choose = (index: number) => {
    const row = rowAt(index);
    if (row) selectField(trace, [row.name]);
  };
  /** A click into the strip of a row goes to that moment: to the end of its pixel, since what is drawn in it has happened. */
  const onStrip = (event: MouseEvent) => {
    if (!page) return;
    const box = event.currentTarget.getBoundingClientRect();
    goToMoment(trace, page.firstNs + Math.min(1, Math.max(0, (event.clientX + 1 - box.left) / box.width)) * spanNs);
  };

  const sortBy = (each: FieldOrder): ColumnSort => ({
    isSorted: order === each,
    descending: true,
    label: words.fields.sortBy(words.fields.orders[each], order === each),
    onSort: () => setOrder(each),
  });
  const columns: readonly ListColumn<FieldChanges>[] = [
    {
      id: 'name',
      title: words.fields.orders.name,
      sort: sortBy('name'),
      grow: { share: 2, from: 60 },
      className: 'fields-name mono',
      cell: (row) => <bdi>{clipText(row.name, 120)}</bdi>,
      tip: (row) => clipText(row.name),
    },
    {
      id: 'newest',
      title: words.fields.orders.newest,
      sort: sortBy('newest'),
      grow: { share: 3, from: 80 },
      className: 'fields-newest',
      cell: (row) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: Shift with the arrows goes from change to change.
        // biome-ignore lint/a11y/noStaticElementInteractions: as above.
        <div className="fields-strip" onClick={onStrip}>
          <Heat columns={row.columns} most={most} shownAt={shownAt} />
        </div>
      ),
      voice: (row) => `${words.fields.orders.newest} ${row.newestNs < 0 ? words.fields.never : formatMoment(row.newestNs)}`,
    },
    {
      id: 'changes',
      title: words.fields.orders.changes,
      sort: sortBy('changes'),
      width: 58,
      className: 'num',
      cell: (row) => formatCount(row.changes),
      voice: (row) => words.changes(row.changes),
    },
  ];

  if (problem !== undefined) {
    return (
      <EmptyState icon={Rows3} tone="error" title={words.notStepped}>
        {problem}
      </EmptyState>
    );
  }
  return (
    <section className="fields-pane" aria-label={words.fields.region}>
      <div className="value-tools">
        <TextField size="s" icon={Search} aria-label={words.fields.filter} placeholder={words.fields.filter} value={filter} onChange={setFilter} />
        <span className="fields-count t3" role="status">
          {page && (page.full ? words.full : page.done < BEHIND ? words.looked(page.done) : words.fields.counted(total))}
        </span>
      </div>
      {page && total === 0 && page.done >= 1 ? (
        <EmptyState icon={Rows3} title={filter.trim() === '' ? words.fields.empty.title : words.fields.none.title}>
          {filter.trim() === '' ? words.fields.empty.text : words.fields.none.text}
        </EmptyState>
      ) : (
        <RowList
          label={words.fields.region}
          columns={columns}
          titles={{ label: words.fields.order }}
          total={total}
          rowHeight={ROW_HEIGHT}
          rowAt={rowAt}
          onWindow={setSeen}
          active={found < 0 ? undefined : answeredFrom + found}
          onActive={choose}
          onOpen={() => showObjectSide(trace, 'history')}
          rowProps={() => ({ onDoubleClick: () => showObjectSide(trace, 'history') })}
        />
      )}
    </section>
  );
}

function Heat({ columns, most, shownAt }: { readonly columns: Uint32Array; readonly most: number; readonly shownAt: number }) {
  const [few, some, many] = heatPaths(columns, most, HEAT_HEIGHT);
  return (
    <svg className="fields-heat" viewBox={`0 0 ${COLUMNS} ${HEAT_HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={few} className="heat-few" />
      <path d={some} className="heat-some" />
      <path d={many} className="heat-many" />
      <line x1={shownAt} x2={shownAt} y1={0} y2={HEAT_HEIGHT} className="snapshot-shown" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
