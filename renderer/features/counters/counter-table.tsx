import { useEffect, useState } from 'react';
import { clipText, formatMomentShort, formatValue } from '../../drawing/format.ts';
import { valueAt } from '../../drawing/grid-lookup.ts';
import type { CounterGrid, CounterInfo } from '../../trace/trace-worker-api.ts';

const ROWS = 20;
const EVERY_MS = 500;

interface CounterTableProps {
  readonly info: CounterInfo;
  readonly grid: () => CounterGrid | undefined;
}

/** The graph in words: what the lines show, as numbers at even steps, newest first, and the mean of the range. */
export function CounterTable({ info, grid }: CounterTableProps) {
  const [shown, setShown] = useState<CounterGrid | undefined>(grid);
  useEffect(() => {
    const timer = setInterval(() => setShown(grid()), EVERY_MS);
    return () => clearInterval(timer);
  }, [grid]);
  const moments = shown ? momentsOf(shown) : [];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard.
    <section className="counter-table-scroll" tabIndex={0} aria-label={`Values of ${clipText(info.name)}`}>
      <table className="counter-table">
        <thead>
          <tr>
            <th scope="col">Time, s</th>
            {info.series.map((series) => (
              <th scope="col" key={series.id} title={clipText(series.name)}>
                {clipText(series.name, 60)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className="counter-mean">
            <th scope="row">Mean</th>
            {info.series.map((series, k) => (
              <td key={series.id}>{formatValue(shown?.stats[k]?.mean, 2)}</td>
            ))}
          </tr>
          {moments.map((seconds) => (
            <tr key={seconds}>
              <th scope="row">{formatMomentShort(seconds * 1e9)}</th>
              {info.series.map((series, k) => (
                <td key={series.id}>{formatValue(shown && valueAt(shown.x, shown.y[k] ?? [], seconds))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function momentsOf(grid: CounterGrid): number[] {
  const from = grid.fromNs / 1e9;
  const step = (grid.toNs - grid.fromNs) / 1e9 / (ROWS - 1);
  return Array.from({ length: ROWS }, (_, k) => from + (ROWS - 1 - k) * step);
}
