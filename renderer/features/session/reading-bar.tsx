/** How far the reading of a large file is, and a way to end it. */
import { useSession } from '../../state/session-store.ts';
import { stopReading } from '../../state/trace-store.ts';
import { useCalmSummary } from '../../state/use-calm-summary.ts';
import { formatBytes, formatRemaining } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Button, Progress } from '../../widgets/index.ts';
import './reading-bar.css';
import { words } from './words.ts';

/** A smaller one is there before anybody has read a sentence about it. */
const SHOWN_FROM_BYTES = 4e6;

export function ReadingBar({ trace }: { readonly trace: TraceId }) {
  const summary = useCalmSummary(trace);
  const session = useSession(trace);
  if (summary?.phase !== 'loading' || summary.totalBytes === undefined || summary.totalBytes < SHOWN_FROM_BYTES) return null;
  const { loadedBytes, totalBytes, remainingMs, timelineSlices, events } = summary;
  // What is being recorded goes on: there is no end of reading to be had.
  const mayStop = session === undefined || session.state === 'ended';
  const canBeUsed = events > 0 || timelineSlices > 0;
  return (
    <section className="reading-bar" aria-label={words.readingFile}>
      <Progress label={words.reading} share={loadedBytes / totalBytes} />
      <span className="reading-far">
        {words.readFar(formatBytes(loadedBytes), formatBytes(totalBytes))}
        {remainingMs !== undefined && words.timeLeft(formatRemaining(remainingMs))}
      </span>
      <span className="reading-hint t3 ellipsis">{canBeUsed && words.usableAlready}</span>
      {mayStop && (
        <Button size="s" onClick={() => stopReading(trace)}>
          {words.stopReading}
        </Button>
      )}
    </section>
  );
}
