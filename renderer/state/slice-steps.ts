/** From slice to slice: in a row, up and down the stack, along arrows, from hit to hit of a search. What is found is picked and comes into sight. */
import type { SliceRow, TraceClient, TraceId } from '../trace/trace-worker-api.ts';
import { selectSlice } from './selection.ts';
import { traceState } from './trace-store.ts';
import { rangeInSight, viewState } from './view-store.ts';

export type SliceStep = 'next' | 'previous' | 'next-same-name' | 'previous-same-name' | 'parent' | 'child' | 'link-in' | 'link-out';

const selected = (trace: TraceId): SliceRow | undefined => {
  const { selection } = viewState(trace);
  return selection?.kind === 'slice' ? selection.slice : undefined;
};

/** The step that is under way in each trace: keys that are pressed faster than the worker answers are taken one after the other. */
const underWay = new Map<TraceId, Promise<unknown>>();

/** Picks what lies a step from the picked slice. Without one: the first in sight. False: there is nothing there. */
export function stepSlice(traces: TraceClient, trace: TraceId, step: SliceStep): Promise<boolean> {
  const before = underWay.get(trace) ?? Promise.resolve();
  const mine = before.then(
    () => takeStep(traces, trace, step),
    () => takeStep(traces, trace, step),
  );
  underWay.set(trace, mine);
  const over = () => {
    if (underWay.get(trace) === mine) underWay.delete(trace);
  };
  mine.then(over, over);
  return mine;
}

async function takeStep(traces: TraceClient, trace: TraceId, step: SliceStep): Promise<boolean> {
  const from = selected(trace);
  const found = from ? await neighbour(traces, trace, from, step) : await firstInSight(traces, trace);
  // Another one was picked meanwhile: that one holds.
  if (!found || selected(trace)?.ref !== from?.ref) return false;
  selectSlice(trace, found, 'reveal');
  return true;
}

async function neighbour(traces: TraceClient, trace: TraceId, { ref }: SliceRow, step: SliceStep): Promise<SliceRow | undefined> {
  switch (step) {
    case 'parent':
      return (await traces.request('slices.get', { trace, ref }))?.ancestors.at(-1);
    case 'child':
      return (await traces.request('slices.get', { trace, ref }))?.children[0];
    case 'link-in':
    case 'link-out': {
      const direction = step === 'link-in' ? 'in' : 'out';
      const links = (await traces.request('slices.get', { trace, ref }))?.links ?? [];
      return links.find((link) => link.direction === direction && link.other)?.other;
    }
    default:
      return (await traces.request('slices.neighbour', { trace, ref, step })) ?? undefined;
  }
}

/** The slice that begins first in sight. */
export async function firstInSight(traces: TraceClient, trace: TraceId): Promise<SliceRow | undefined> {
  const { fromNs, toNs } = rangeInSight(trace);
  // A slice without length at the very start does not reach into the range that begins there.
  const page = await traces.request('slices.page', { trace, scope: { fromNs: fromNs - 1, toNs }, sort: 'time', descending: false, from: 0, count: 1 });
  return page.rows[0];
}

/** Picks the next match of the highlighted search, or the one before. After the last comes the first again. */
export async function stepSearch(traces: TraceClient, trace: TraceId, backwards: boolean): Promise<boolean> {
  const { highlight: query } = viewState(trace);
  if (query === '') return false;
  const from = selected(trace);
  const ask = (after: { readonly ref: number } | { readonly timeNs: number }) => traces.request('search.step', { trace, query, scope: {}, after, backwards });
  const seen = rangeInSight(trace);
  const end = traceState().summaries[trace]?.endNs ?? 0;
  const found =
    (await ask(from ? { ref: from.ref } : { timeNs: backwards ? seen.toNs : seen.fromNs - 1 })) ?? (await ask({ timeNs: backwards ? end + 1 : -1 }));
  if (!found || viewState(trace).highlight !== query) return false;
  selectSlice(trace, found, 'reveal');
  return true;
}
