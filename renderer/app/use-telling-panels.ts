/**
 * A trace that was opened may have no counters and no console: the places of both would be empty, and its calls not told of. Their
 * neighbours come to the front instead, once a trace, where the user has not chosen others. Not while a script runs: the panels are those of its trace, too, and its
 * console is wanted when the user goes back to it.
 */
import { useEffect } from 'react';
import { showPanel, useIsPanelShown } from '../state/panel-store.ts';
import { useAnyRuns, useSession } from '../state/session-store.ts';
import { useTraceValue } from '../state/trace-store.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';

const seen = new Set<TraceId>();

export function useTellingPanels(trace: TraceId): void {
  const wasRun = useSession(trace) !== undefined;
  const isWhole = useTraceValue(trace, (summary) => summary?.phase === 'complete' && summary.timelineSlices > 0);
  const hasCounters = useTraceValue(trace, (summary) => (summary?.counterSamples ?? 0) > 0);
  const hasConsole = useTraceValue(trace, (summary) => (summary?.consoleChunks ?? 0) > 0);
  const runs = useAnyRuns();
  const graphs = useIsPanelShown('graphs');
  const console = useIsPanelShown('console');
  useEffect(() => {
    if (wasRun || !isWhole || !(graphs || console) || seen.has(trace)) return;
    seen.add(trace);
    if (runs) return;
    const telling = [...(graphs && !hasCounters ? ['flame'] : []), ...(console && !hasConsole ? ['statistics'] : [])];
    if (telling.length > 0) showPanel(...telling);
  }, [trace, wasRun, isWhole, hasCounters, hasConsole, graphs, console, runs]);
}
