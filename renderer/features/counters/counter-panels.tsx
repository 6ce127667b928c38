import { ChartLine, CircleAlert } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../drawing/format.ts';
import { graphsOf } from '../../state/graph-arrangement.ts';
import { makeGraph, resetGraphs, stepGraph, useGraphArrangement } from '../../state/graph-store.ts';
import { useTraceValue } from '../../state/trace-store.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { useView } from '../../state/view-store.ts';
import type { ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, CodeExample, EmptyState } from '../../widgets/index.ts';
import { CounterBoard } from './counter-board.ts';
import { GraphPanel } from './graph-panel.tsx';
import { panelLayout, panelSpan } from './panel-layout.ts';
import { useDragUnderWay, useSeriesDrop } from './series-drag.ts';
import { processName, useCounterStructure, useGraphPlace, useProcessOf } from './use-counters.ts';
import { useRowsInSight } from './use-rows-in-sight.ts';
import { words } from './words.ts';
import './counters.css';

/** Rows of graphs rendered besides those in sight: so many that up to some dozens of graphs are all there. */
const ROWS_AROUND = 6;

/** The graphs of a trace, on one range of time. */
export function CounterPanels({ trace }: { readonly trace: TraceId }) {
  const counters = useCounterStructure(trace);
  useGraphPlace(trace);
  const arrangement = useGraphArrangement(trace);
  const processOf = useProcessOf(trace);
  const board = useMemo(() => new CounterBoard(trace), [trace]);
  const place = useRef<HTMLElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => entry && setSize({ width: entry.contentRect.width, height: entry.contentRect.height }));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const byKey = useMemo(() => new Map((counters ?? []).map((info) => [info.key, info])), [counters]);
  const placeOf = useMemo(() => new Map((counters ?? []).map((info, index) => [info.key, index])), [counters]);
  const graphs = useMemo(() => (counters ? graphsOf(arrangement, counters) : []), [arrangement, counters]);
  const count = graphs.length;
  const { columns, rowHeight } = panelLayout(count, size.width, size.height);
  const rows = Math.ceil(count / columns);
  const rowPx = rowHeight ?? Math.max(LEAST_ROW_PX, size.height / Math.max(1, rows));
  // With the hairline between two rows.
  const { first, end } = useRowsInSight(grid, rows, rowPx + 1, ROWS_AROUND);
  useRevealed(trace, graphs, columns, rowPx + 1, place);
  const dragging = useDragUnderWay();
  const [told, setTold] = useState('');
  const onMove = useCallback(
    (graph: string, name: string, by: number) => {
      const place = stepGraph(trace, counters ?? [], graph, by);
      setTold(place === undefined ? words.notMoved(name, by < 0) : words.moved(name, place + 1, count));
    },
    [trace, counters, count],
  );

  return (
    <section className="counter-panels" aria-label={words.graphs} ref={place}>
      {counters === undefined || counters.length === 0 ? (
        <NoCounters trace={trace} answered={counters !== undefined} />
      ) : count === 0 ? (
        <EmptyState icon={ChartLine} title={words.allClosed} actions={<Button onClick={() => resetGraphs(trace)}>{words.reset}</Button>}>
          {words.allClosedText}
        </EmptyState>
      ) : (
        size.width > 0 && (
          <div
            className="counter-grid"
            ref={grid}
            style={{
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              ...(rowHeight === undefined
                ? { gridAutoRows: `minmax(${LEAST_ROW_PX}px, 1fr)` }
                : { gridAutoRows: `${rowHeight}px`, paddingTop: first * (rowPx + 1), height: rows * (rowPx + 1) - 1 }),
            }}
          >
            {graphs.slice(rowHeight === undefined ? 0 : first * columns, rowHeight === undefined ? count : end * columns).map((spec, k) => {
              const index = (rowHeight === undefined ? 0 : first * columns) + k;
              const info = spec.counter === undefined ? undefined : byKey.get(spec.counter);
              return (
                <GraphPanel
                  key={spec.id}
                  trace={trace}
                  board={board}
                  spec={spec}
                  counters={counters}
                  byKey={byKey}
                  place={(spec.counter === undefined ? undefined : placeOf.get(spec.counter)) ?? 0}
                  span={panelSpan(index, count, columns)}
                  isColumn={columns === 1}
                  onMove={onMove}
                  process={nameOf(info && processOf(info.process))}
                />
              );
            })}
          </div>
        )
      )}
      {dragging && <NewGraphPlace trace={trace} />}
      <p className="visually-hidden" role="status">
        {told}
      </p>
    </section>
  );
}

const LEAST_ROW_PX = 180;

/** Scrolls to the graph that was asked for: it may be far out of sight, and not rendered. The panel itself does the rest. */
function useRevealed(
  trace: TraceId,
  graphs: readonly { readonly id: string }[],
  columns: number,
  rowPx: number,
  place: React.RefObject<HTMLElement | null>,
): void {
  const reveal = useView(trace, (view) => view.reveal);
  const done = useRef(reveal?.turn);
  useEffect(() => {
    if (!reveal || reveal.turn === done.current) return;
    const index = graphs.findIndex((graph) => graph.id === reveal.key);
    const element = place.current;
    if (index < 0 || !element) return;
    done.current = reveal.turn;
    const top = Math.floor(index / columns) * rowPx;
    if (top < element.scrollTop || top + rowPx > element.scrollTop + element.clientHeight) element.scrollTop = top;
  }, [reveal, graphs, columns, rowPx, place]);
}

function NewGraphPlace({ trace }: { readonly trace: TraceId }) {
  const drop = useSeriesDrop((series) => makeGraph(trace, series));
  return (
    <div className={`counter-new ${drop.isOver ? 'counter-new-over' : ''}`} {...drop.handlers}>
      {words.dropForNew}
    </div>
  );
}

const nameOf = (process: ProcessInfo | undefined): string | undefined => process && processName(process);

const COUNTER_LINES = ["const queue = new VizCounter(getTracer(), 'queue');", 'queue.waiting = 3;'];

function NoCounters({ trace, answered }: { readonly trace: TraceId; readonly answered: boolean }) {
  // To the second: the words need not run with every event.
  const { kind, commonJs } = useTraceSource(trace);
  const { message, remedy, events } = useTraceValue(trace, (summary) => ({
    message: summary?.problem?.message,
    remedy: summary?.problem?.remedy,
    events: summary?.events ?? 0,
  }));
  if (kind === 'failed') {
    return (
      <EmptyState icon={CircleAlert} tone="error" title={words.notShown}>
        {message} {remedy}
      </EmptyState>
    );
  }
  if (!answered || kind === 'loading') return null;
  const over = kind !== 'running';
  if (kind === 'imported') {
    return (
      <EmptyState icon={ChartLine} title={noneTitle('counters', kind)}>
        {eventWords(events, over)}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={ChartLine}
      title={noneTitle('counters', kind)}
      code={<CodeExample key={`${commonJs}`} names={['getTracer', 'VizCounter']} lines={COUNTER_LINES} commonJs={commonJs} />}
    >
      {eventWords(events, over)} {over ? words.addAndRunAgain : words.addThis}
    </EmptyState>
  );
}

function eventWords(events: number, over: boolean): string {
  if (events === 0) return over ? 'It holds no event.' : 'This run has sent no event so far.';
  const counted = `${formatCount(events)} ${events === 1 ? 'event' : 'events'}`;
  return over ? `It holds ${counted} and no counter.` : `This run has sent ${counted} and no counter.`;
}
