import type { LaunchRecord } from '../../core/protocol/recording-format.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { useTraceQuery } from './use-trace-query.ts';

/** What was run, as the recording itself tells: of a file that was opened there is no session that would. */
export const useLaunchRecord = (trace: TraceId): LaunchRecord | undefined => useTraceQuery(trace, 'trace.launch', {}, 50).value ?? undefined;
