/** From a function to the timeline: its longest call in the range is selected. */
import { useCallback, useRef } from 'react';
import { useClients } from '../../state/clients.tsx';
import { longestSlice } from '../../state/longest-slice.ts';
import { selectSlice } from '../../state/selection.ts';
import type { Place } from '../../state/use-place.ts';
import type { NameId, TraceId } from '../../trace/trace-worker-api.ts';
import { toastProblem } from '../../widgets/index.ts';
import { words } from './words.ts';

export function useLongest(trace: TraceId, { kind, scope }: Place): (name: NameId) => void {
  const { traces } = useClients();
  const wanted = useRef<NameId>(undefined);
  const latest = useRef({ kind, scope });
  latest.current = { kind, scope };
  return useCallback(
    (name) => {
      wanted.current = name;
      const { kind: where, scope: range } = latest.current;
      longestSlice(traces, trace, { by: 'name', key: name }, range, () => wanted.current === name).then(
        // What is in view stays there: the figures are about it.
        (slice) => slice && selectSlice(trace, slice, where === 'selected' ? 'reveal' : 'row'),
        (error: unknown) => toastProblem(error, words.notFound),
      );
    },
    [traces, trace],
  );
}
