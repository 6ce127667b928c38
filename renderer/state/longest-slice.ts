/** From a row of figures to the timeline: the longest slice of a group. */
import type { GroupBy, Scope, SliceRow, TraceClient, TraceId } from '../trace/trace-worker-api.ts';

const ASK_AGAIN_MS = 100;
/** Of a trace of gigabytes: then the longest that was seen by then. */
const MOST_TRIES = 50;

/** Undefined: there is none, or it is not wanted any more. */
export async function longestSlice(
  traces: TraceClient,
  trace: TraceId,
  group: { readonly by: GroupBy; readonly key: number },
  scope: Scope,
  isWanted: () => boolean,
): Promise<SliceRow | undefined> {
  for (let tries = 1; ; tries++) {
    const page = await traces.request('slices.page', { trace, scope, group, sort: 'duration', descending: true, from: 0, count: 1 });
    if (!isWanted()) return undefined;
    if (page.done >= 1 || tries >= MOST_TRIES) return page.rows[0];
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}
