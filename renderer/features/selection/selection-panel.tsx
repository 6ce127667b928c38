/** What is picked in the timeline, in words: a slice with all that was recorded of it, or a track. */
import { TextSelect } from 'lucide-react';
import { formatCount, formatMoment } from '../../drawing/format.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useView } from '../../state/view-store.ts';
import type { SliceRow, TraceId, TrackId } from '../../trace/trace-worker-api.ts';
import { EmptyState } from '../../widgets/index.ts';
import './selection.css';
import { clipText } from '../../drawing/format.ts';
import { SliceView } from './slice-view.tsx';
import { TraceFacts } from './trace-facts.tsx';
import { words } from './words.ts';

/** While it is open, a slice grows; its numbers need not run. */
const EVERY_MS = 250;

export function SelectionPanel({ trace }: { readonly trace: TraceId }) {
  const selection = useView(trace, (view) => view.selection);
  return (
    <section className="selection" aria-label={words.panel}>
      {selection?.kind === 'slice' ? (
        <SelectedSlice key={selection.slice.ref} trace={trace} slice={selection.slice} />
      ) : selection?.kind === 'track' ? (
        <SelectedTrack trace={trace} track={selection.track} />
      ) : (
        <div className="selection-body">
          <h3 className="selection-name">{words.noneTitle}</h3>
          <p className="t3">{words.noneWhy}</p>
          <TraceFacts trace={trace} />
        </div>
      )}
    </section>
  );
}

function SelectedSlice({ trace, slice }: { readonly trace: TraceId; readonly slice: SliceRow }) {
  const { value, argument, problem } = useTraceQuery(trace, 'slices.get', { ref: slice.ref }, EVERY_MS);
  if (problem !== undefined && value === undefined)
    return (
      <EmptyState icon={TextSelect} title={words.goneTitle}>
        {problem}
      </EmptyState>
    );
  if (argument?.ref !== slice.ref) return null;
  if (!value) {
    return (
      <EmptyState icon={TextSelect} title={words.goneTitle}>
        {words.goneWhy}
      </EmptyState>
    );
  }
  return <SliceView trace={trace} slice={value} />;
}

function SelectedTrack({ trace, track }: { readonly trace: TraceId; readonly track: TrackId }) {
  const info = useTraceQuery(trace, 'tracks.list', {}, EVERY_MS).value?.find((each) => each.id === track);
  if (!info) return null;
  return (
    <div className="selection-body">
      <header className="selection-head">
        <h3 className="selection-name">
          <bdi>{clipText(info.beside === '' ? info.name : `${info.name} · ${info.beside}`, 200)}</bdi>
        </h3>
      </header>
      <p className="t3">{words.trackKinds[info.kind]}</p>
      <dl className="selection-facts">
        <dt>{words.items}</dt>
        <dd>{formatCount(info.items)}</dd>
        <dt>{words.rows}</dt>
        <dd>{formatCount(info.rows)}</dd>
        {info.items > 0 && (
          <>
            <dt>{words.first}</dt>
            <dd>{formatMoment(info.firstNs)}</dd>
            <dt>{words.last}</dt>
            <dd>{formatMoment(info.lastNs)}</dd>
          </>
        )}
      </dl>
      {info.isSampled && <p className="t3">{words.sampled}</p>}
    </div>
  );
}
