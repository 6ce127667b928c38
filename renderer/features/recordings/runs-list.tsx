import { Plus, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { formatDuration } from '../../drawing/format.ts';
import { useSessions } from '../../state/session-store.ts';
import { type OpenTrace, useActiveTraceId, useOpenTraces } from '../../state/trace-store.ts';
import { useCalmValue } from '../../state/use-calm-summary.ts';
import { timeOfDay } from '../../state/words.ts';
import type { TraceId, TraceSummary } from '../../trace/trace-worker-api.ts';
import { Badge, Dot, IconButton } from '../../widgets/index.ts';
import './runs-list.css';
import { words } from './words.ts';

interface Marks {
  readonly tone: 'live' | 'warn' | 'error' | 'ring';
  readonly badge?: string;
  readonly live: boolean;
  readonly word: string;
}

interface RunsListProps {
  readonly marksOf: (trace: TraceId, session: string | undefined) => Marks;
  readonly onOpen: (trace: TraceId) => void;
  readonly onClose: (trace: TraceId) => void;
  readonly onNew: () => void;
  /** Runs that go on without being open in this window. */
  readonly elsewhere: readonly { readonly id: string; readonly title: string }[];
  readonly onShowElsewhere: (session: string) => void;
}

/** Everything that this window has open; a click switches at once. */
export function RunsList({ marksOf, onOpen, onClose, onNew, elsewhere, onShowElsewhere }: RunsListProps) {
  const open = useOpenTraces();
  const active = useActiveTraceId();
  // Subscribed so that a row's state follows its session.
  const sessions = useSessions();
  /** Runs of one script differ by when they began. */
  const when = (each: OpenTrace) => {
    const began = each.session === undefined ? undefined : sessions[each.session]?.startedAtMs;
    return began === undefined || !open.some((other) => other !== each && other.title === each.title) ? undefined : timeOfDay(began);
  };
  return (
    <section className="side-section" aria-label={words.runs}>
      <div className="side-head">
        <h2>{words.runs}</h2>
        <IconButton icon={Plus} size="s" label={words.newRun} onClick={onNew} />
      </div>
      <ul className="runs">
        {open.map((each) => (
          <RunRow key={each.trace} open={each} selected={each.trace === active} when={when(each)} marksOf={marksOf} onOpen={onOpen} onClose={onClose} />
        ))}
        {elsewhere.map((session) => (
          <li key={session.id} className="run-row">
            <button type="button" className="run-open" onClick={() => onShowElsewhere(session.id)} title={words.elsewhere}>
              <Dot tone="live" />
              <span className="ellipsis t2">{session.title}</span>
              <span className="run-value" aria-hidden="true">
                {words.show}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface RunRowProps {
  readonly open: OpenTrace;
  readonly selected: boolean;
  readonly when: string | undefined;
  readonly marksOf: RunsListProps['marksOf'];
  readonly onOpen: (trace: TraceId) => void;
  readonly onClose: (trace: TraceId) => void;
}

/** Of what grows no more than a tenth of a second, so that finer changes do not re-render the row; of what is whole three digits. */
function lengthOf(summary: TraceSummary | undefined): string {
  const { startNs = 0, endNs = 0, phase } = summary ?? {};
  const ns = Math.max(0, endNs - startNs);
  if (phase === 'complete') return formatDuration(ns);
  const tenths = Math.floor(ns / 1e8);
  return tenths < 600 ? `${(tenths / 10).toFixed(1)} s` : formatDuration(tenths * 1e8);
}

function RunRow({ open, selected, when, marksOf, onOpen, onClose }: RunRowProps) {
  const length = useCalmValue(open.trace, (summary) => lengthOf(summary));
  // The state of a file without a session is its phase.
  useCalmValue(open.trace, (summary) => summary?.phase);
  const marks = marksOf(open.trace, open.session);
  const row = useRef<HTMLLIElement>(null);
  // The list may be longer than its place: what was opened last is in sight.
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    <li className="run-row" data-selected={selected || undefined} ref={row}>
      <button
        type="button"
        className="run-open"
        aria-current={selected || undefined}
        title={[open.title, marks.word, open.unsaved && !marks.live && 'not saved', open.path].filter(Boolean).join(', ')}
        onClick={() => onOpen(open.trace)}
      >
        <Dot tone={marks.tone} />
        <span className="run-name ellipsis">{open.title}</span>
        {/* The dot says that it is live; the place belongs to the name. */}
        {marks.badge !== undefined && marks.tone !== 'live' && <Badge tone={marks.tone === 'error' ? 'error' : 'neutral'}>{marks.badge}</Badge>}
        {open.unsaved && !marks.live && <i className="run-unsaved" title={words.notSaved} />}
        <span className="run-value" aria-hidden="true">
          {when ?? length}
        </span>
      </button>
      <IconButton icon={X} size="s" className="run-close" label={words.close(open.title)} onClick={() => onClose(open.trace)} />
    </li>
  );
}
