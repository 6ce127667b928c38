/** All series of the trace, to put into a graph and to take out of it, by keyboard too. */
import { Check, Search } from 'lucide-react';
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import { type SeriesName, seriesKey } from '../../state/graph-arrangement.ts';
import { type GraphSpec, putIntoGraph, takeFromGraph } from '../../state/graph-store.ts';
import type { CounterInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, Dialog, Icon, TextField } from '../../widgets/index.ts';
import { useRowsInSight } from './use-rows-in-sight.ts';
import { words } from './words.ts';

const ROW_PX = 26;
const AROUND = 12;

interface SeriesDialogProps {
  readonly trace: TraceId;
  readonly spec: GraphSpec;
  readonly name: string;
  readonly counters: readonly CounterInfo[];
  readonly onClose: () => void;
}

interface Row {
  readonly series: SeriesName;
  readonly counter: string;
  readonly text: string;
}

export function SeriesDialog({ trace, spec, name, counters, onClose }: SeriesDialogProps) {
  const text = words.seriesDialog;
  const [filter, setFilter] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const all = useMemo(() => rowsOf(counters), [counters]);
  const rows = useMemo(() => {
    const parts = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return parts.length === 0 ? all : all.filter((row) => parts.every((part) => row.text.includes(part)));
  }, [all, filter]);
  const added = useMemo(() => new Set(spec.added.map(seriesKey)), [spec.added]);
  const { first, end } = useRowsInSight(list, rows.length, ROW_PX, AROUND);
  const place = Math.min(active, Math.max(0, rows.length - 1));
  const own = counters.find((info) => info.key === spec.counter);
  const isOwn = (row: Row) => row.series.counter === spec.counter;

  const toggle = (row: Row | undefined) => {
    if (!row || isOwn(row)) return;
    if (added.has(seriesKey(row.series))) takeFromGraph(trace, spec.id, row.series);
    else putIntoGraph(trace, spec.id, [row.series]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length };
    const by = steps[event.key];
    if (by !== undefined) {
      const next = Math.min(rows.length - 1, Math.max(0, place + by));
      setActive(next);
      const scroller = list.current?.parentElement;
      if (scroller) {
        const top = next * ROW_PX;
        if (top < scroller.scrollTop) scroller.scrollTop = top;
        else if (top + ROW_PX > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + ROW_PX - scroller.clientHeight;
      }
    } else if (event.key === ' ' || event.key === 'Enter') toggle(rows[place]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={text.title(clipText(name, 60))}
      width={460}
      height={520}
      footLeft={<span role="status">{text.count(spec.added.length + (own?.series.length ?? 0))}</span>}
      foot={
        <Button size="l" kind="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <div className="series-dialog">
        <TextField aria-label={text.filter} placeholder={words.filter} icon={Search} value={filter} onChange={setFilter} />
        {rows.length === 0 ? (
          <p className="t3">{text.none}</p>
        ) : (
          <div
            className="series-list"
            role="listbox"
            aria-label={text.list}
            aria-multiselectable="true"
            aria-activedescendant={place >= first && place < end ? `${id}-${place}` : undefined}
            tabIndex={0}
            onKeyDown={onKeyDown}
          >
            <div ref={list} role="presentation" style={{ height: rows.length * ROW_PX, position: 'relative' }}>
              {rows.slice(first, end).map((row, k) => {
                const index = first + k;
                const isIn = isOwn(row) || added.has(seriesKey(row.series));
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys.
                  <div
                    key={seriesKey(row.series)}
                    id={`${id}-${index}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={isIn}
                    aria-disabled={isOwn(row) || undefined}
                    aria-posinset={index + 1}
                    aria-setsize={rows.length}
                    className={`series-row ${index === place ? 'series-row-active' : ''}`}
                    style={{ top: index * ROW_PX, height: ROW_PX }}
                    title={isOwn(row) ? text.own : `${clipText(row.counter)}\n${clipText(row.series.series)}`}
                    onClick={() => {
                      setActive(index);
                      toggle(row);
                    }}
                  >
                    <span className="series-tick">{isIn && <Icon of={Check} />}</span>
                    <span className="series-counter">{clipText(row.counter, 120)}</span>
                    <span className="series-name">{clipText(row.series.series, 120)}</span>
                  </div>
                );
              })}
            </div>
          </div>
        )}
      </div>
    </Dialog>
  );
}

const rowsOf = (counters: readonly CounterInfo[]): readonly Row[] =>
  counters.flatMap((info) =>
    info.series.map((series) => ({
      series: { counter: info.key, series: series.name },
      counter: info.name,
      text: `${info.name.slice(0, 1000)} ${series.name.slice(0, 1000)}`.toLowerCase(),
    })),
  );
