import { ChartLine, CircleAlert } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../drawing/format.ts';
import { useTraceValue } from '../../state/trace-store.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import type { ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { CodeExample, EmptyState } from '../../widgets/index.ts';
import { CounterBoard } from './counter-board.ts';
import { CounterPanel } from './counter-panel.tsx';
import { panelLayout, panelSpan } from './panel-layout.ts';
import { processName, useCounterStructure, useProcessOf } from './use-counters.ts';
import './counters.css';

/** All counters of a trace as graphs on one range of time. */
export function CounterPanels({ trace }: { readonly trace: TraceId }) {
  const counters = useCounterStructure(trace);
  const processOf = useProcessOf(trace);
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
                process={nameOf(processOf(info.process))}
              />
            ))}
          </div>
        )
      )}
    </section>
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
      <EmptyState icon={CircleAlert} tone="error" title="This trace cannot be shown">
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
      {eventWords(events, over)} {over ? 'Add this to your script, and run it again:' : 'Add this to your script:'}
    </EmptyState>
  );
}

function eventWords(events: number, over: boolean): string {
  if (events === 0) return over ? 'It holds no event.' : 'This run has sent no event so far.';
  const counted = `${formatCount(events)} ${events === 1 ? 'event' : 'events'}`;
  return over ? `It holds ${counted} and no counter.` : `This run has sent ${counted} and no counter.`;
}
