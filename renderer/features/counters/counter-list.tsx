import { Search } from 'lucide-react';
import { useState } from 'react';
import { clipText, formatValue } from '../../drawing/format.ts';
import { seriesStyle } from '../../drawing/palette.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { revealCounter } from '../../state/view-store.ts';
import type { CounterInfo, ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { TextField } from '../../widgets/index.ts';
import { splitUnit } from './counter-name.ts';
import { useNewestCell } from './newest-values.ts';
import { processName, useCounterInfos, useProcessOf } from './use-counters.ts';
import './counters.css';

const FILTER_FROM = 12;

/** Names and newest values, for the sidebar. Choosing one brings its panel into sight. */
export function CounterList({ trace }: { readonly trace: TraceId }) {
  const infos = useCounterInfos(trace) ?? [];
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const { kind } = useTraceSource(trace);
  const processOf = useProcessOf(trace);
  // Two processes may have a counter of one name each.
  const several = new Set(infos.filter((info, k) => infos.some((other, j) => j !== k && other.name === info.name)).map((info) => info.name));
  if (infos.length === 0) return <p className="counter-list-none">{noneTitle('counters', kind)}</p>;
  return (
    <>
      {infos.length >= FILTER_FROM && (
        <div className="counter-list-filter">
          <TextField aria-label="Filter counters" placeholder="Filter" icon={Search} size="s" value={filter} onChange={setFilter} />
        </div>
      )}
      <ul className="counter-list" aria-label="Counters">
        {infos.map((info, index) =>
          wanted === '' || info.name.toLowerCase().includes(wanted) ? (
            <CounterRow key={info.key} trace={trace} info={info} index={index} process={several.has(info.name) ? processOf(info.process) : undefined} />
          ) : null,
        )}
      </ul>
    </>
  );
}

interface CounterRowProps {
  readonly trace: TraceId;
  readonly info: CounterInfo;
  readonly index: number;
  readonly process: ProcessInfo | undefined;
}

function CounterRow({ trace, info, index, process }: CounterRowProps) {
  const { title, unit } = splitUnit(info.name);
  const first = info.series[0];
  const cell = useNewestCell(trace, info.key, formatValue(first?.samples ? first.last : undefined));
  return (
    <li>
      <button
        type="button"
        className="counter-row"
        title={process ? `${clipText(info.name)}\n${processName(process)}` : clipText(info.name)}
        onClick={() => revealCounter(trace, info.key)}
      >
        <i className={`counter-swatch series-color-${seriesStyle(index, 0, 1).color}`} aria-hidden="true" />
        <span className="counter-row-name">{clipText(title, 200)}</span>
        {process && <span className="counter-row-process">{process.pid}</span>}
        <span className="counter-row-value">
          <span ref={cell} />
          {unit && ` ${unit}`}
        </span>
      </button>
    </li>
  );
}
