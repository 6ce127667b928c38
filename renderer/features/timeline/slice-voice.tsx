/** Says what is picked, for who does not see the canvas. */
import { clipText, formatDuration, formatMoment } from '../../drawing/format.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useView } from '../../state/view-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { words } from './words.ts';

export function SliceVoice({ trace }: { readonly trace: TraceId }) {
  const slice = useView(trace, (view) => (view.selection?.kind === 'slice' ? view.selection.slice : undefined));
  const info = useTraceQuery(trace, 'names.get', slice && { names: [slice.name] }).value?.[0];
  return (
    <div className="visually-hidden" role="status">
      {slice && info?.id === slice.name && words.at(clipText(info.text, 200), formatDuration(slice.durationNs), formatMoment(slice.startNs))}
    </div>
  );
}
