/** Statistics of slices by name, as a report carries them: sorted by any column, filtered by text. */
import { useMemo, useState } from 'react';
import type { ReportStatistics } from '../../../core/protocol/report-page.ts';
import { TextField } from '../../widgets/index.ts';
import './report.css';
import { words } from './words.ts';

type Column = Exclude<keyof ReportStatistics, 'name'>;
const COLUMNS: readonly (readonly [Column, string])[] = [
  ['totalNs', 'Total'],
  ['selfNs', 'Self'],
  ['count', 'Count'],
  ['meanNs', 'Mean'],
  ['minNs', 'Min'],
  ['p50Ns', 'P50'],
  ['p90Ns', 'P90'],
  ['p99Ns', 'P99'],
  ['maxNs', 'Max'],
];
/** More rows than anyone reads, and as many as a page draws at once. */
const MOST_ROWS = 1000;

export function StatisticsTable({ rows }: { readonly rows: readonly ReportStatistics[] }) {
  const [by, setBy] = useState<Column>('totalNs');
  const [text, setText] = useState('');
  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    return rows.filter(({ name }) => name.toLowerCase().includes(wanted)).sort((a, b) => b[by] - a[by]);
  }, [rows, by, text]);
  if (rows.length === 0) return <p className="report-empty t3">{words.none}</p>;
  return (
    <main className="report-statistics" aria-label={words.statistics}>
      <div className="report-filter">
        <TextField aria-label={words.filterNames} value={text} onChange={setText} placeholder={words.filterNames} />
        <span className="label t3">{words.counted(shown.length, rows.length, MOST_ROWS)}</span>
      </div>
      <div className="report-scroll">
        <table>
          <thead>
            <tr>
              {COLUMNS.map(([column, label]) => (
                <th key={column} scope="col" aria-sort={by === column ? 'descending' : 'none'}>
                  <button type="button" onClick={() => setBy(column)}>
                    {label}
                  </button>
                </th>
              ))}
              <th scope="col" className="report-name">
                {words.name}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, MOST_ROWS).map((row) => (
              <tr key={row.name}>
                {COLUMNS.map(([column]) => (
                  <td key={column}>{column === 'count' ? row.count.toLocaleString('en-US') : duration(row[column])}</td>
                ))}
                <td className="report-name mono">{row.name}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </main>
  );
}

function duration(ns: number): string {
  for (const [size, unit] of [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ] as const) {
    if (ns >= size) return `${(ns / size).toPrecision(4)} ${unit}`;
  }
  return `${Math.round(ns)} ns`;
}
