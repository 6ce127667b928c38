import { stepChange } from '../../state/object-steps.ts';
import { viewState } from '../../state/view-store.ts';
import type { TraceClient, TraceId } from '../../trace/trace-worker-api.ts';
import { toast, toastProblem } from '../../widgets/index.ts';
import { pathText } from './value-rows.ts';
import { words } from './words.ts';

/** To the next or the last change of what is chosen; says so where there is none. */
export function stepToChange(traces: TraceClient, trace: TraceId, backwards: boolean): void {
  const { field } = viewState(trace);
  stepChange(traces, trace, backwards).then(
    ({ kind }) => kind === 'none' && field && toast({ tone: 'info', title: words.noChange(pathText(field), backwards), key: 'object-change' }),
    (error: unknown) => toastProblem(error, words.notStepped),
  );
}
