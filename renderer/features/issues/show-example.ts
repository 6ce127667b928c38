/** From an issue to its place in the timeline. */
import { revealTrack, selectSlice } from '../../state/selection.ts';
import { goToMoment } from '../../state/view-store.ts';
import type { IssueInfo, SliceDetails, SliceRow, TraceClient, TraceId } from '../../trace/trace-worker-api.ts';

/** The cross-hair goes to the moment; the slice is picked if there is one, else the track. */
export async function showExample(traces: TraceClient, trace: TraceId, { timeNs, track, ref }: NonNullable<IssueInfo['example']>): Promise<void> {
  const slice = ref === undefined ? null : await traces.request('slices.get', { trace, ref });
  if (slice) selectSlice(trace, rowOf(slice), 'reveal');
  else if (track !== undefined) revealTrack(trace, track);
  goToMoment(trace, timeNs);
}

const rowOf = ({ ref, track, row, name, startNs, durationNs, selfNs, flags }: SliceDetails): SliceRow => ({
  ref,
  track,
  row,
  name,
  startNs,
  durationNs,
  selfNs,
  flags,
});
