/** Answers of the trace worker that follow the trace: asked again when its revision moved, never faster than `everyMs`. */
import { useEffect, useRef, useState } from 'react';
import type { TraceId, TraceRequests } from '../trace/trace-worker-api.ts';
import { useClients } from './clients.tsx';
import { subscribeTraces, traceState } from './trace-store.ts';

type Method = Exclude<keyof TraceRequests, 'data.connect' | 'trace.open' | 'trace.close'>;

export interface TraceAnswer<T> {
  /** The newest answer to the present question; of an older one until the first arrives. */
  readonly value: T | undefined;
  readonly problem: string | undefined;
}

/**
 * `argument` undefined asks nothing. A changed argument is asked at once; at most one question is under way, and an answer
 * to a question that is no longer wanted is dropped.
 */
export function useTraceQuery<K extends Method>(
  trace: TraceId,
  method: K,
  argument: Omit<Parameters<TraceRequests[K]>[0], 'trace'> | undefined,
  everyMs = 100,
): TraceAnswer<ReturnType<TraceRequests[K]>> {
  const { traces } = useClients();
  const [answer, setAnswer] = useState<TraceAnswer<ReturnType<TraceRequests[K]>>>({ value: undefined, problem: undefined });
  const question = argument === undefined ? undefined : JSON.stringify(argument);
  const latest = useRef(argument);
  latest.current = argument;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `question` stands for `argument`, which is a new object at each rendering.
  useEffect(() => {
    if (question === undefined) {
      setAnswer({ value: undefined, problem: undefined });
      return;
    }
    let ended = false;
    let busy = false;
    let asked = -1;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastAt = 0;
    const revision = () => {
      const summary = traceState().summaries[trace];
      return summary ? summary.revision + (summary.phase === 'complete' ? 0.5 : 0) : 0;
    };
    const ask = () => {
      timer = undefined;
      if (ended || busy) return;
      busy = true;
      asked = revision();
      lastAt = performance.now();
      const full = { ...(latest.current as object), trace } as Parameters<TraceRequests[K]>[0];
      traces
        .request(method, full)
        .then(
          (value) => !ended && setAnswer({ value, problem: undefined }),
          (error: unknown) => !ended && setAnswer((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) })),
        )
        .finally(() => {
          busy = false;
          consider();
        });
    };
    const consider = () => {
      if (ended || busy || timer !== undefined || revision() === asked) return;
      timer = setTimeout(ask, Math.max(0, lastAt + everyMs - performance.now()));
    };
    ask();
    const off = subscribeTraces(consider);
    return () => {
      ended = true;
      off();
      clearTimeout(timer);
    };
  }, [traces, trace, method, question, everyMs]);

  return answer;
}
