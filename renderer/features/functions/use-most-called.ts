/** The functions that are called most, with their places: what the table of all calls says, and who its names are. */
import { useNames } from '../../state/use-names.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';

/** More rows than anyone reads: the filter finds the others. */
const MOST_ROWS = 200;
const EVERY_MS = 500;

export interface FunctionRow {
  readonly key: number;
  readonly name: string;
  /** Empty: not known. */
  readonly file: string;
  readonly line: number;
  readonly count: number;
  readonly totalNs: number;
  readonly selfNs: number;
}

interface MostCalled {
  /** Undefined: not answered yet. */
  readonly rows: readonly FunctionRow[] | undefined;
  /** Functions that match. */
  readonly total: number;
  /** How far the counting is, 0 … 1. */
  readonly done: number;
  readonly hasCalls: boolean;
}

export function useMostCalled(trace: TraceId, sort: 'count' | 'total' | 'self', text: string): MostCalled {
  const tracks = useTraceQuery(trace, 'tracks.list', {}, EVERY_MS).value;
  const calls = tracks?.filter(({ kind, isSampled }) => kind === 'calls' && !isSampled).map(({ id }) => id) ?? [];
  const hasCalls = calls.length > 0;
  const query = { scope: { tracks: calls }, by: 'name', sort, descending: true, ...(text !== '' && { text }), from: 0, count: MOST_ROWS } as const;
  const page = useTraceQuery(trace, 'analysis.table', hasCalls ? query : undefined, EVERY_MS).value;
  const names = useNames(trace, page?.rows.map(({ key }) => key) ?? []);
  const rows = page?.rows.map(({ key, label, count, totalNs, selfNs }): FunctionRow => {
    const about = names.get(key);
    return { key, name: about?.text ?? label, file: about?.file ?? '', line: about?.line ?? 0, count, totalNs, selfNs };
  });
  return { rows, total: page?.total ?? 0, done: page?.done ?? 0, hasCalls };
}
