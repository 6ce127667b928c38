/**
 * A trace that was opened may have no counters and no console: the places of both would be empty, and its calls not told of. Their
 * neighbours come to the front instead, once a trace, where the user has not chosen others.
 */
import { useEffect } from 'react';
import { showPanel, useIsPanelShown } from '../state/panel-store.ts';
import { useSession } from '../state/session-store.ts';
import { useTraceValue } from '../state/trace-store.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';

const seen = new Set<TraceId>();

export function useTellingPanels(trace: TraceId): void {
  const wasRun = useSession(trace) !== undefined;
  const isWhole = useTraceValue(trace, (summary) => summary?.phase === 'complete' && summary.timelineSlices > 0);
  const hasCounters = useTraceValue(trace, (summary) => (summary?.counterSamples ?? 0) > 0);
  const hasConsole = useTraceValue(trace, (summary) => (summary?.consoleChunks ?? 0) > 0);
  const graphs = useIsPanelShown('graphs');
  const console = useIsPanelShown('console');
  useEffect(() => {
    if (wasRun || !isWhole || !(graphs || console) || seen.has(trace)) return;
    seen.add(trace);
    const telling = [...(graphs && !hasCounters ? ['flame'] : []), ...(console && !hasConsole ? ['statistics'] : [])];
    if (telling.length > 0) showPanel(...telling);
  }, [trace, wasRun, isWhole, hasCounters, hasConsole, graphs, console]);
}
