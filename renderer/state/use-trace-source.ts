/** Where a trace comes from and whether more may come: what the words of an empty place depend on. */
import type { TraceId } from '../trace/trace-worker-api.ts';
import { useSession } from './session-store.ts';
import { useTraceValue } from './trace-store.ts';
import { useLaunchRecord } from './use-launch-record.ts';

export interface TraceSource {
  /** `ended`: a run that is over. `imported`: a trace that tells of no run. */
  readonly kind: 'loading' | 'failed' | 'running' | 'ended' | 'imported';
  /** Its script loads modules with `require`, by its name. */
  readonly commonJs: boolean;
}

export function useTraceSource(trace: TraceId): TraceSource {
  const phase = useTraceValue(trace, (summary) => summary?.phase);
  const session = useSession(trace);
  const record = useLaunchRecord(trace);
  const commonJs = /\.c[jt]s$/i.test(record?.script ?? '');
  const kind = phase === 'complete' ? (session || record ? 'ended' : 'imported') : phase === 'live' ? 'running' : (phase ?? 'loading');
  return { kind, commonJs };
}

/** "No objects yet": while they may come; "No objects in this trace" when they will not. */
export function noneTitle(what: string, kind: TraceSource['kind']): string {
  if (kind === 'failed') return `No ${what}`;
  if (kind === 'running' || kind === 'loading') return `No ${what} yet`;
  return kind === 'ended' ? `No ${what} in this recording` : `No ${what} in this trace`;
}
