/** Lines of the console and calls of `console` on the timeline: the one that is picked picks the other. */
import { useCallback, useEffect, useRef } from 'react';
import { useClients } from '../../state/clients.tsx';
import { selectSlice } from '../../state/selection.ts';
import { useView } from '../../state/view-store.ts';
import { type ConsoleLine, ItemFlag, type TraceId } from '../../trace/trace-worker-api.ts';

/** What is given back picks the call of a line. `onLine`: a call was picked elsewhere, and this is what it printed. */
export function useCallLink(trace: TraceId, onLine: (line: ConsoleLine) => void): (line: ConsoleLine) => void {
  const { traces } = useClients();
  const moment = useView(trace, (view) =>
    view.selection?.kind === 'slice' && (view.selection.slice.flags & ItemFlag.INSTANT) !== 0 ? view.selection.slice.ref : undefined,
  );
  /** Picked from here: its first line is no news. */
  const own = useRef<number>(undefined);
  const wanted = useRef<number>(undefined);
  const tell = useRef(onLine);
  tell.current = onLine;

  useEffect(() => {
    if (moment === undefined || moment === own.current) return;
    own.current = undefined;
    let isOver = false;
    traces.request('console.lineOf', { trace, ref: moment }).then(
      (line) => line && !isOver && tell.current(line),
      () => {}, // The trace was closed.
    );
    return () => {
      isOver = true;
    };
  }, [traces, trace, moment]);

  return useCallback(
    ({ index, source, offset, timeNs, text }) => {
      wanted.current = index;
      if (source !== 'stdout' && source !== 'stderr') return;
      traces.request('console.call', { trace, line: { source, offset, timeNs, text } }).then(
        (call) => {
          if (!call || wanted.current !== index) return;
          own.current = call.ref;
          selectSlice(trace, call, 'reveal');
        },
        () => {}, // The line is picked all the same; its call is not to be had.
      );
    },
    [traces, trace],
  );
}
