/** The counters of a trace, as a list that stays the same object until a counter or series appears. */
import { useRef } from 'react';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import type { CounterInfo, ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';

const LIST_EVERY_MS = 250;

/** Values in it are up to a quarter of a second old. Undefined until the first answer. */
export const useCounterInfos = (trace: TraceId): readonly CounterInfo[] | undefined => useTraceQuery(trace, 'counters.list', {}, LIST_EVERY_MS).value;

/** The same list with equal structure kept: panels are not rendered anew for values, which they draw by themselves. */
export function useCounterStructure(trace: TraceId): readonly CounterInfo[] | undefined {
  const infos = useCounterInfos(trace);
  const kept = useRef<readonly CounterInfo[] | undefined>(undefined);
  kept.current = keepStructure(kept.current, infos);
  return kept.current;
}

/** The process of a counter where there are several, to tell their counters apart. */
export function useProcessOf(trace: TraceId): (process: number) => ProcessInfo | undefined {
  const processes = useTraceQuery(trace, 'processes.list', {}, 1000).value;
  return (index) => (processes && processes.length > 1 ? processes.find((each) => each.process === index) : undefined);
}

/** "server.ts 4312" */
export const processName = ({ name, pid }: ProcessInfo): string => `${name} ${pid}`;

export function keepStructure(before: readonly CounterInfo[] | undefined, now: readonly CounterInfo[] | undefined): readonly CounterInfo[] | undefined {
  if (!before || !now) return now;
  const next = now.map((info, k) => {
    const old = before[k];
    return old && sameStructure(old, info) ? old : info;
  });
  return next.length === before.length && next.every((info, k) => info === before[k]) ? before : next;
}

function sameStructure(a: CounterInfo, b: CounterInfo): boolean {
  if (a.key !== b.key || a.name !== b.name || a.process !== b.process || a.series.length !== b.series.length) return false;
  return a.series.every((series, k) => series.id === b.series[k]?.id && series.name === b.series[k]?.name);
}
