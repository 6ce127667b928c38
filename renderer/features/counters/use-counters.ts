/** The counters of a trace, as a list that stays the same object until a counter or series appears. */
import { useEffect, useMemo, useRef } from 'react';
import { placeGraphs } from '../../state/graph-store.ts';
import { useOpenTrace } from '../../state/trace-store.ts';
import { useLaunchRecord } from '../../state/use-launch-record.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useTraceSource } from '../../state/use-trace-source.ts';
import type { CounterInfo, ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';

const LIST_EVERY_MS = 250;
/** A program that makes counters without end: its list of thousands is not asked for as often. */
const MANY = 2000;
const MANY_EVERY_MS = 1500;

/** All counters, as a list that stays the same object until a counter or series appears. Undefined until the first answer. */
export function useCounterStructure(trace: TraceId): readonly CounterInfo[] | undefined {
  const kept = useRef<readonly CounterInfo[] | undefined>(undefined);
  const everyMs = (kept.current?.length ?? 0) > MANY ? MANY_EVERY_MS : LIST_EVERY_MS;
  const infos = useTraceQuery(trace, 'counters.list', {}, everyMs).value;
  return useMemo(() => {
    kept.current = keepStructure(kept.current, infos);
    return kept.current;
  }, [infos]);
}

/** Arranges the graphs as they were the last time, once it is known what was run. */
export function useGraphPlace(trace: TraceId): void {
  const record = useLaunchRecord(trace);
  const open = useOpenTrace(trace);
  const { kind } = useTraceSource(trace);
  const imported = kind === 'imported' ? open?.path || open?.title : undefined;
  const place = record ? (record.script ?? record.command.join(' ')) : imported;
  useEffect(() => {
    if (place !== undefined && place !== '') placeGraphs(trace, place);
  }, [trace, place]);
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
