import { ChevronDown, LocateFixed, Pause, Play } from 'lucide-react';
import { keysOf } from '../features/settings/index.ts';
import { isRunning, useSession } from '../state/session-store.ts';
import { useTraceValue } from '../state/trace-store.ts';
import { followView, pauseView, useView } from '../state/view-store.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { Button, Icon, Menu, Tooltip } from '../widgets/index.ts';
import { words } from './words.ts';

const SPANS: readonly { readonly label: string; readonly span: number | 'all' }[] = [
  { label: 'last 5 s', span: 5e9 },
  { label: 'last 10 s', span: 10e9 },
  { label: 'last 30 s', span: 30e9 },
  { label: 'last minute', span: 60e9 },
  { label: 'last 5 min', span: 300e9 },
  { label: 'everything', span: 'all' },
];

/** What the graphs show of time. Pausing stops only the view; capture goes on. */
export function TimeControls({ trace }: { readonly trace: TraceId }) {
  const { time, followSpanNs } = useView(trace, (view) => view);
  const session = useSession(trace);
  const live = useTraceValue(trace, (summary) => summary?.phase === 'live') || isRunning(session);
  const following = time.mode === 'follow';
  const span = following ? time.spanNs : followSpanNs;
  const label = SPANS.find((each) => each.span === span)?.label ?? (span === 'all' ? 'everything' : 'this zoom');
  return (
    <>
      {live && (
        <Tooltip text={following ? words.viewPaused : words.showNewest} keys={keysOf('pause')}>
          <Button icon={following ? Pause : Play} iconFilled onClick={() => (following ? pauseView(trace) : followView(trace))}>
            {following ? words.pauseView : words.resumeView}
          </Button>
        </Tooltip>
      )}
      <Menu
        align="end"
        trigger={
          <Button>
            <span className="visually-hidden">{words.timeRange} </span>
            <Icon of={LocateFixed} className={following ? 'accent' : 't3'} />
            <span>{live ? (following ? `Follow: ${label}` : 'Paused') : following ? words.show(label) : words.zoomed}</span>
            <Icon of={ChevronDown} size="xs" />
          </Button>
        }
        entries={SPANS.map((each) => ({
          label: each.span === 'all' ? 'Everything' : `${each.label.charAt(0).toUpperCase()}${each.label.slice(1)}`,
          onSelect: () => followView(trace, each.span),
        }))}
      />
    </>
  );
}
