/** The table as CSV: all its rows, times in nanoseconds. */
import { csvRow } from '../../../core/base/csv.ts';
import type { GroupBy, Scope, Spread, TablePage, TableQuery, TableRow, TraceClient, TraceId } from '../../trace/trace-worker-api.ts';

/** As many as an answer holds. */
const MOST_ROWS = 5000;
/** As many percentiles as an answer holds. */
const KEYS_AT_ONCE = 200;
/** Percentiles of a trace of gigabytes take long: cells that are not known by then stay empty. */
const PATIENCE_MS = 3000;
const ASK_AGAIN_MS = 100;

export function csvOf(by: GroupBy, rows: readonly TableRow[], spreads: ReadonlyMap<number, Spread>): string {
  const lines = rows.map((row) => {
    const spread = spreads.get(row.key);
    const { label, count, totalNs, selfNs, meanNs, minNs, maxNs } = row;
    const numbers = [count, totalNs, selfNs, meanNs, minNs, maxNs].map(Math.round);
    return csvRow(label, ...numbers, ...(spread ? [Math.round(spread.p50Ns), Math.round(spread.p99Ns)] : ['', '']));
  });
  return csvRow(by, 'count', 'total_ns', 'self_ns', 'mean_ns', 'min_ns', 'max_ns', 'p50_ns', 'p99_ns') + lines.join('');
}

/** What is on the clipboard afterwards, and how much of the table that is. */
export interface CsvCopy {
  readonly text: string;
  readonly rows: number;
  /** Rows of the table. */
  readonly total: number;
  /** All that the range holds was looked at. */
  readonly isWhole: boolean;
}

export async function readCsv(traces: TraceClient, trace: TraceId, query: Omit<TableQuery, 'from' | 'count'>): Promise<CsvCopy> {
  const until = performance.now() + PATIENCE_MS;
  const page = await untilDone(until, () => traces.request('analysis.table', { trace, ...query, from: 0, count: MOST_ROWS }));
  const spreads = await readSpreads(traces, trace, query.scope, query.by, page, until);
  return { text: csvOf(query.by, page.rows, spreads), rows: page.rows.length, total: page.total, isWhole: page.done >= 1 };
}

async function readSpreads(
  traces: TraceClient,
  trace: TraceId,
  scope: Scope,
  by: GroupBy,
  page: TablePage,
  until: number,
): Promise<ReadonlyMap<number, Spread>> {
  const spreads = new Map<number, Spread>();
  for (let from = 0; from < page.rows.length && performance.now() < until; from += KEYS_AT_ONCE) {
    const keys = page.rows.slice(from, from + KEYS_AT_ONCE).map((row) => row.key);
    const answer = await untilDone(until, async () => {
      const found = await traces.request('analysis.spread', { trace, scope, by, keys });
      return { found, done: Math.min(1, ...found.map((spread) => spread.done)) };
    });
    for (const spread of answer.found) if (spread.done >= 1) spreads.set(spread.key, spread);
  }
  return spreads;
}

/** Asks again until all was looked at, or patience ends: then what is known by then. */
async function untilDone<A extends { readonly done: number }>(until: number, ask: () => Promise<A>): Promise<A> {
  let answer = await ask();
  while (answer.done < 1 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    answer = await ask();
  }
  return answer;
}
