import { ChartLine, CircleAlert } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../drawing/format.ts';
import { useTraceValue } from '../../state/trace-store.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { EmptyState } from '../../widgets/index.ts';
import { CounterBoard } from './counter-board.ts';
import { CounterPanel } from './counter-panel.tsx';
import { panelLayout, panelSpan } from './panel-layout.ts';
import { useCounterStructure } from './use-counters.ts';
import './counters.css';

/** All counters of a trace as graphs on one range of time. */
export function CounterPanels({ trace }: { readonly trace: TraceId }) {
  const counters = useCounterStructure(trace);
  const processes = useTraceQuery(trace, 'processes.list', {}, 1000).value;
  const board = useMemo(() => new CounterBoard(trace), [trace]);
  const place = useRef<HTMLElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => entry && setSize({ width: entry.contentRect.width, height: entry.contentRect.height }));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const count = counters?.length ?? 0;
  const { columns, rowHeight } = panelLayout(count, size.width, size.height);
  const processName = (index: number) => {
    if (!processes || processes.length < 2) return undefined;
    const process = processes.find((each) => each.process === index);
    return process ? `${process.name} ${process.pid}` : undefined;
  };

  return (
    <section className="counter-panels" aria-label="Counters" ref={place}>
      {count === 0 ? (
        <NoCounters trace={trace} answered={counters !== undefined} />
      ) : (
        size.width > 0 && (
          <div
            className="counter-grid"
            style={{
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              gridAutoRows: rowHeight === undefined ? 'minmax(180px, 1fr)' : `${rowHeight}px`,
            }}
          >
            {counters?.map((info, index) => (
              <CounterPanel
                key={info.key}
                trace={trace}
                board={board}
                info={info}
                index={index}
                span={panelSpan(index, count, columns)}
                process={processName(info.process)}
              />
            ))}
          </div>
        )
      )}
    </section>
  );
}

const COUNTER_LINE = "new VizCounter(getTracer(), 'queue').waiting = queue.length";

function NoCounters({ trace, answered }: { readonly trace: TraceId; readonly answered: boolean }) {
  // To the second: the words need not run with every event.
  const { phase, message, remedy, events } = useTraceValue(trace, (summary) => ({
    phase: summary?.phase ?? 'loading',
    message: summary?.problem?.message,
    remedy: summary?.problem?.remedy,
    events: summary?.events ?? 0,
  }));
  if (phase === 'failed') {
    return (
      <EmptyState icon={CircleAlert} tone="error" title="This trace cannot be shown">
        {message} {remedy}
      </EmptyState>
    );
  }
  if (!answered || phase === 'loading') return null;
  const over = phase === 'complete';
  return (
    <EmptyState icon={ChartLine} title={over ? 'No counters in this trace' : 'No counters yet'} code={COUNTER_LINE}>
      {eventWords(events, over)} Add one line to your script:
    </EmptyState>
  );
}

function eventWords(events: number, over: boolean): string {
  if (events === 0) return over ? 'It holds no event.' : 'This run has sent no event so far.';
  const counted = `${formatCount(events)} ${events === 1 ? 'event' : 'events'}`;
  return over ? `It holds ${counted} and no counter.` : `This run has sent ${counted} and no counter.`;
}
