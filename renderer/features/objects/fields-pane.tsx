// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed by pixels; a <tr> would bring a table's layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
/** Every field of an object, how often it changed, and when: a strip of its life with a mark for each change. */
import { ArrowDown, Rows3, Search } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useId, useState } from 'react';
import { clipText, formatCount, formatMoment } from '../../drawing/format.ts';
import { selectField, showObjectSide } from '../../state/object-steps.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { goToMoment, useView } from '../../state/view-store.ts';
import type { FieldOrder, ObjectId, TraceId } from '../../trace/trace-worker-api.ts';
import { BigList } from '../../widgets/big-list.tsx';
import { EmptyState, Icon, TextField } from '../../widgets/index.ts';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { heatPaths } from './field-line.ts';
import './field-panes.css';
import { BEHIND, words } from './words.ts';

const ROW_HEIGHT = 22;
const PAGE = 50;
const COLUMNS = 120;
const HEAT_HEIGHT = 12;
const EVERY_MS = 300;
const ORDERS: readonly FieldOrder[] = ['name', 'newest', 'changes'];

interface FieldsPaneProps {
  readonly trace: TraceId;
  readonly object: ObjectId;
  /** Of the snapshot that is shown. */
  readonly timeNs: number;
}

export function FieldsPane({ trace, object, timeNs }: FieldsPaneProps) {
  const id = useId();
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
  const active = found < 0 ? undefined : answeredFrom + found;
  const most = Math.max(1, ...(page?.rows ?? []).map((row) => row.columns.reduce((high, each) => Math.max(high, each), 0)));
  const spanNs = page ? Math.max(1, page.lastNs - page.firstNs) : 1;
  const shownAt = page ? Math.min(1, Math.max(0, (timeNs - page.firstNs) / spanNs)) * COLUMNS : 0;

  const choose = (index: number) => {
    const row = rowAt(Math.max(0, Math.min(total - 1, index)));
    if (row) selectField(trace, [row.name]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === 'ArrowDown') choose(active === undefined ? seen.first : active + 1);
    else if (event.key === 'ArrowUp') choose(active === undefined ? seen.first : active - 1);
    else if (event.key === 'Enter' && active !== undefined) showObjectSide(trace, 'history');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** A click into the strip of a row goes to that moment: to the end of its pixel, since what is drawn in it has happened. */
  const onStrip = (event: MouseEvent) => {
    if (!page) return;
    const box = event.currentTarget.getBoundingClientRect();
    goToMoment(trace, page.firstNs + Math.min(1, Math.max(0, (event.clientX + 1 - box.left) / box.width)) * spanNs);
  };

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
      <div className="fields-row fields-titles" role="group" aria-label="Order">
        {ORDERS.map((each) => {
          const title = words.fields.orders[each];
          return (
            <button
              key={each}
              type="button"
              className={`fields-title fields-${each}`}
              aria-pressed={order === each}
              aria-label={words.fields.sortBy(title, order === each)}
              onClick={() => setOrder(each)}
            >
              {title}
              {order === each && <Icon of={ArrowDown} size="xs" />}
            </button>
          );
        })}
      </div>
      {page && total === 0 && page.done >= 1 ? (
        <EmptyState icon={Rows3} title={filter.trim() === '' ? words.fields.empty.title : words.fields.none.title}>
          {filter.trim() === '' ? words.fields.empty.text : words.fields.none.text}
        </EmptyState>
      ) : (
        <BigList
          label={words.fields.region}
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
            if (!row) return <div key={index} className="fields-row" role="row" aria-rowindex={index + 1} id={`${id}-${index}`} />;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for its active row.
              <div
                key={index}
                id={`${id}-${index}`}
                role="row"
                tabIndex={-1}
                aria-rowindex={index + 1}
                aria-selected={index === active}
                className={`fields-row ${index === active ? 'fields-active' : ''}`}
                onClick={() => choose(index)}
                onDoubleClick={() => showObjectSide(trace, 'history')}
              >
                <span role="gridcell" className="fields-name mono" title={clipText(row.name)}>
                  <bdi>{clipText(row.name, 120)}</bdi>
                </span>
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: Shift with the arrows goes from change to change. */}
                <span
                  role="gridcell"
                  className="fields-newest"
                  aria-label={`${words.fields.orders.newest} ${row.newestNs < 0 ? words.fields.never : formatMoment(row.newestNs)}`}
                  onClick={onStrip}
                >
                  <Heat columns={row.columns} most={most} shownAt={shownAt} />
                </span>
                <span role="gridcell" className="fields-changes num" aria-label={words.changes(row.changes)}>
                  {formatCount(row.changes)}
                </span>
              </div>
            );
          }}
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
