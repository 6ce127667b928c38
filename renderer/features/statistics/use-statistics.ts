/** What the table shows: the rows in sight with their percentiles, and where names are from. */
import { useEffect, useState } from 'react';
import { useTraceValue } from '../../state/trace-store.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import type { GroupBy, NameInfo, Scope, Spread, TablePage, TableRow, TraceId } from '../../trace/trace-worker-api.ts';
import type { Order } from './columns.ts';

const EVERY_MS = 500;
/** While it is still being added up: who has picked a range waits for it. */
const UNDONE_EVERY_MS = 50;
/** As many as one answer tells the percentiles of. */
const MOST_SPREADS = 200;

interface Statistics {
  /** Undefined: not answered yet. */
  readonly page: TablePage | undefined;
  /** The grouping that `page` is of: its keys mean nothing in another one. */
  readonly by: GroupBy;
  readonly from: number;
  readonly rowAt: (index: number) => TableRow | undefined;
  readonly spreads: ReadonlyMap<number, Spread>;
  /** Of rows by name. */
  readonly names: ReadonlyMap<number, NameInfo>;
  readonly problem: string | undefined;
}

export interface StatisticsQuestion extends Order {
  readonly scope: Scope;
  readonly by: GroupBy;
  readonly text: string;
  readonly from: number;
  readonly count: number;
}

export function useStatistics(trace: TraceId, { text, ...question }: StatisticsQuestion): Statistics {
  const [isDone, setIsDone] = useState(true);
  const table = useTraceQuery(trace, 'analysis.table', { ...question, ...(text !== '' && { text }) }, isDone ? EVERY_MS : UNDONE_EVERY_MS);
  const page = table.value;
  // A trace that is still read, or grows, is never done for long: its figures are to be read, not to flicker.
  const isWhole = useTraceValue(trace, (summary) => summary?.phase === 'complete');
  useEffect(() => setIsDone(!isWhole || page === undefined || page.done >= 1), [isWhole, page]);
  const answered = table.argument;
  const keys = page?.rows.slice(0, MOST_SPREADS).map((row) => row.key) ?? [];
  // In an order of their own: rows that change places are no new question.
  keys.sort((a, b) => a - b);
  const hasRows = answered !== undefined && keys.length > 0;
  const spread = useTraceQuery(trace, 'analysis.spread', hasRows ? { scope: answered.scope, by: answered.by, keys } : undefined, EVERY_MS);
  const infos = useTraceQuery(trace, 'names.get', hasRows && answered.by === 'name' ? { names: keys } : undefined).value ?? [];
  const by = answered?.by ?? question.by;
  const from = answered?.from ?? 0;
  return {
    page,
    by,
    from,
    rowAt: (index) => page?.rows[index - from],
    spreads: new Map(spread.argument?.by === by ? spread.value?.map((each) => [each.key, each]) : []),
    names: new Map(infos.map((info) => [info.id, info])),
    problem: table.problem,
  };
}
