/** The last line of the console: how the script ended, and what it said of it. */
import { CircleCheck, CircleX, OctagonX } from 'lucide-react';
import type { SessionEnd } from '../../../core/protocol/recording-format.ts';
import { clipText } from '../../drawing/format.ts';
import { useSession } from '../../state/session-store.ts';
import { useTraceValue } from '../../state/trace-store.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { goToMoment, useView } from '../../state/view-store.ts';
import type { ConsoleLine, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, Icon } from '../../widgets/index.ts';
import { plainText } from './ansi.ts';
import { endWords } from './end-words.ts';
import { errorLine } from './error-line.ts';
import { words } from './words.ts';

/** Lines before the end in which an error is looked for: a stack of the usual depth, and what was printed behind it. */
const LAST_LINES = 300;

interface ConsoleEndProps {
  readonly trace: TraceId;
  readonly onShowLine: (line: ConsoleLine) => void;
}

export function ConsoleEnd({ trace, onShowLine }: ConsoleEndProps) {
  const { end, afterNs } = useEnd(trace);
  const endNs = useTraceValue(trace, (summary) => (summary?.phase === 'complete' ? summary.endNs : 0));
  const pinned = useView(trace, (view) => view.cursorNs);
  const failed = end?.kind === 'exited' && end.code !== 0;
  const last = useTraceQuery(trace, 'console.page', failed ? { from: -1, count: LAST_LINES } : undefined, 500).value;
  if (!end) return null;
  const error = failed && last ? errorLine(last.lines) : undefined;
  const { title, why, bad } = endWords(end, afterNs, error && plainText(error.text));
  const glyph = end.kind === 'failed-to-start' ? CircleX : bad ? OctagonX : CircleCheck;
  return (
    <div className={`console-end ${bad ? 'console-end-bad' : ''}`} role="status">
      <Icon of={glyph} size="m" />
      <b>{title}</b>
      {why !== undefined && <span title={clipText(why)}>{clipText(why)}</span>}
      <span className="console-space" />
      {error && (
        <Button size="s" onClick={() => onShowLine(error)}>
          {words.showTheError}
        </Button>
      )}
      {endNs > 0 && pinned !== endNs && (
        <Button size="s" onClick={() => goToMoment(trace, endNs)}>
          {words.showTheEnd}
        </Button>
      )}
    </div>
  );
}

/** How the script ended and after which time. A recording that stopped before that does not know it; its session does. */
function useEnd(trace: TraceId): { readonly end: SessionEnd | undefined; readonly afterNs: number } {
  const session = useSession(trace);
  const recorded = useTraceValue(trace, (summary) => ({ end: summary?.end, afterNs: summary?.end ? summary.endNs : 0 }));
  if (session?.recordingProblem === undefined || session.endedAtMs === undefined) return recorded;
  return { end: session.end, afterNs: (session.endedAtMs - session.startedAtMs) * 1e6 };
}
