/** The place of a call in its source, with the lines around it as they were recorded or are on the disk, and the way into an editor. */
import { SquarePen } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { SourceExcerpt, StudioClient, StudioRequests } from '../../../core/protocol/studio-api.ts';
import { clipText } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useLibrary } from '../../state/library-store.ts';
import { openInEditor } from '../../state/source-place.ts';
import { traceState, useOpenTrace } from '../../state/trace-store.ts';
import type { NameInfo, RecordedExcerpt, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, toastProblem } from '../../widgets/index.ts';
import type { CodePiece } from './colour-lines.ts';
import './source-view.css';
import { words } from './words.ts';

/** Lines that are shown first, and how many more at a time. */
const BEFORE = 3;
const AFTER = 7;
const MORE = 25;
const MOST = 500;
/** Who steps from slice to slice wants the last one. */
const REST_MS = 120;

type Disk = { readonly excerpt: SourceExcerpt; readonly problem?: undefined } | { readonly excerpt?: undefined; readonly problem: HostProblem };
interface HostProblem {
  readonly code?: string;
  readonly message?: string;
  readonly remedy?: string;
}
/** What the recording carries goes before what the disk has now. `disk` undefined: not known yet, or there is no host that could read it. */
interface Answer {
  readonly recorded: RecordedExcerpt | null;
  readonly disk: Disk | undefined;
}
/** What is drawn of a file. */
type Shown = Pick<SourceExcerpt, 'path' | 'line' | 'first' | 'lines' | 'total'>;

export function SourceView({ trace, about }: { readonly trace: TraceId; readonly about: NameInfo }) {
  const { studio, traces } = useClients();
  const recording = useOpenTrace(trace)?.recording;
  const opensEditor = useLibrary((library) => library.info?.opensEditor === true);
  const [around, setAround] = useState({ before: BEFORE, after: AFTER });
  const [answer, setAnswer] = useState<Answer>();
  const { file, line, column } = about;
  useEffect(() => {
    let isWanted = true;
    const answered = (next: Answer): void => {
      if (isWanted) setAnswer(next);
    };
    const ask = async (): Promise<void> => {
      // What was dropped into the page is not known to the host, which alone can read files.
      const disk = recording === undefined ? undefined : readFromDisk(studio, { recording, file, line, column, ...around });
      // A text that is damaged is as good as none: the disk may have it.
      const recorded = await traces.request('sources.excerpt', { trace, file, line, ...around }).catch(() => null);
      if (recorded && recorded.lines.length > 0) answered({ recorded, disk: undefined });
      answered({ recorded, disk: await disk });
    };
    const timer = setTimeout(() => void ask(), REST_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [studio, traces, trace, recording, file, line, column, around]);

  if (!answer) return null;
  const { recorded, disk } = answer;
  const isRecorded = recorded !== null && recorded.lines.length > 0;
  const excerpt: Shown | undefined = isRecorded ? { path: file, line, ...recorded } : disk?.excerpt;
  if (!excerpt) {
    const why = [recorded?.leftOut !== undefined ? words.leftOut(recorded.leftOut) : '', disk ? messageOf(disk.problem) : ''].filter((part) => part !== '');
    if (why.length === 0) return null;
    return (
      <section className="selection-part" aria-label={words.source}>
        <h4>{words.source}</h4>
        <p className="t3">{why.join(' ')}</p>
      </section>
    );
  }
  const isWhole = excerpt.first === 1 && excerpt.lines.length === excerpt.total;
  const isMapped = !isRecorded && disk?.excerpt?.isMapped === true;
  const change = isRecorded ? diskChange(recorded, disk) : disk?.excerpt && wasChanged(trace, disk.excerpt) ? words.changed : undefined;
  const openIt = () => {
    if (recording === undefined) return;
    openInEditor(studio, recording, about).catch((error: unknown) => toastProblem(error, words.notOpened));
  };
  return (
    <section className="selection-part" aria-label={words.source}>
      <div className="selection-part-head">
        <h4>{words.source}</h4>
        {isRecorded && <span className="t3">{words.fromRecording}</span>}
        {isMapped && (
          <bdi className="t3 ellipsis mono" title={clipText(excerpt.path)}>
            {excerpt.path.slice(-60)}:{excerpt.line}
          </bdi>
        )}
        <span className="grow" />
        {opensEditor && disk?.excerpt && (
          <Button size="s" kind="quiet" icon={SquarePen} onClick={openIt}>
            {words.openInEditor}
          </Button>
        )}
      </div>
      {change !== undefined && <p className="source-changed">{change}</p>}
      <CodeLines excerpt={excerpt} />
      {!isWhole && around.before < MOST && (
        <button
          type="button"
          className="outline-more"
          onClick={() => setAround({ before: Math.min(MOST, around.before + MORE), after: Math.min(MOST, around.after + MORE) })}
        >
          {words.moreLines}
        </button>
      )}
    </section>
  );
}

const readFromDisk = (studio: StudioClient, wanted: Parameters<StudioRequests['source.read']>[0]): Promise<Disk> =>
  studio.request('source.read', wanted).then(
    (excerpt) => ({ excerpt }),
    (problem: unknown) => ({ problem: problem as HostProblem }),
  );

/** How the file on the disk differs from what was recorded, in words; undefined: it does not, or nobody can tell. */
function diskChange({ sum }: RecordedExcerpt, disk: Disk | undefined): string | undefined {
  if (disk?.problem) return disk.problem.code === 'source-changed' ? words.changedSince : undefined;
  return disk && disk.excerpt.sum !== sum ? words.changedSince : undefined;
}

function CodeLines({ excerpt }: { readonly excerpt: Shown }) {
  const [coloured, setColoured] = useState<{ readonly of: Shown; readonly lines: readonly (readonly CodePiece[])[] }>();
  useEffect(() => {
    let isWanted = true;
    import('./colour-lines.ts').then(
      ({ colourLines }) => isWanted && setColoured({ of: excerpt, lines: colourLines(excerpt.lines, excerpt.path) }),
      () => {
        // Without colours it is read as well.
      },
    );
    return () => {
      isWanted = false;
    };
  }, [excerpt]);
  const pieces = coloured?.of === excerpt ? coloured.lines : undefined;
  const digits = String(excerpt.first + excerpt.lines.length).length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <pre className="source-lines" tabIndex={0}>
      {excerpt.lines.map((text, index) => {
        const number = excerpt.first + index;
        return (
          <code
            key={number}
            className={number === excerpt.line ? 'source-line source-here' : 'source-line'}
            {...(number === excerpt.line && { 'aria-current': 'true' })}
          >
            <span className="source-number">{String(number).padStart(digits)}</span>
            {pieces?.[index]?.map((piece, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line have no name and keep their order.
              <span key={at} className={piece.kind && `code-${piece.kind}`}>
                {piece.text}
              </span>
            )) ?? text}
            {'\n'}
          </code>
        );
      })}
    </pre>
  );
}

/** Written after the run was over: a place may be another line. */
function wasChanged(trace: TraceId, { modifiedMs }: SourceExcerpt): boolean {
  const summary = traceState().summaries[trace];
  return summary !== undefined && summary.startEpochMs > 0 && modifiedMs > summary.startEpochMs;
}

const messageOf = ({ message, remedy }: HostProblem = {}): string => [message, remedy].filter((part) => part !== undefined).join(' ');
