import { useEffect, useRef, useState } from 'react';
import { lineValueAt } from '../../drawing/column-lines.ts';
import { clipText, formatMomentShort } from '../../drawing/format.ts';
import type { CounterLines } from '../../trace/trace-worker-api.ts';
import type { GraphLine } from './resolve-graph.ts';
import { valueInUnit } from './units.ts';
import { words } from './words.ts';

const ROWS = 20;
const EVERY_MS = 500;
const STATS = ['now', 'mean', 'min', 'max'] as const;

interface CounterTableProps {
  readonly name: string;
  readonly lines: readonly GraphLine[];
  readonly unit: string;
  readonly shown: () => CounterLines | undefined;
  /** Told of each answer; while nothing comes, nothing runs. */
  readonly listeners: Set<() => void>;
}

/** The graph in words: newest, mean, least and greatest of the range, and what the lines show as numbers at even steps, newest first. */
export function CounterTable({ name, lines, unit, shown: shownNow, listeners }: CounterTableProps) {
  const [shown, setShown] = useState<CounterLines | undefined>(shownNow);
  const now = useRef(shownNow);
  now.current = shownNow;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setShown(now.current());
      }, EVERY_MS);
    };
    listeners.add(listener);
    listener();
    return () => {
      listeners.delete(listener);
      clearTimeout(timer);
    };
  }, [listeners]);
  const moments = shown ? momentsOf(shown) : [];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard.
    <section className="counter-table-scroll" tabIndex={0} aria-label={words.valuesOf(clipText(name))}>
      <table className="counter-table">
        <thead>
          <tr>
            <th scope="col">{words.table.time}</th>
            {lines.map((line) => (
              <th scope="col" key={line.key} title={clipText(line.name)}>
                {clipText(line.name, 60)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {STATS.map((stat) => (
            <tr key={stat} className="counter-stat">
              <th scope="row">{words.table[stat]}</th>
              {lines.map((line, s) => (
                <td key={line.key}>{valueInUnit(shown?.stats[s]?.[stat], unit)}</td>
              ))}
            </tr>
          ))}
          {moments.map((seconds) => (
            <tr key={seconds}>
              <th scope="row">{formatMomentShort(seconds * 1e9)}</th>
              {lines.map((line, s) => (
                <td key={line.key}>{valueInUnit(shown && orNull(lineValueAt(shown, s, seconds * 1e9)), unit)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function momentsOf(lines: CounterLines): number[] {
  const from = lines.fromNs / 1e9;
  const step = (lines.toNs - lines.fromNs) / 1e9 / (ROWS - 1);
  return Array.from({ length: ROWS }, (_, k) => from + (ROWS - 1 - k) * step);
}
