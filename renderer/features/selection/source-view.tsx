/** The place of a call in its source, with the lines around it, and the way into an editor. */
import { SquarePen } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { SourceExcerpt } from '../../../core/protocol/studio-api.ts';
import { clipText } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useLibrary } from '../../state/library-store.ts';
import { openInEditor } from '../../state/source-place.ts';
import { traceState, useOpenTrace } from '../../state/trace-store.ts';
import type { NameInfo, TraceId } from '../../trace/trace-worker-api.ts';
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

type Answer = { readonly excerpt: SourceExcerpt; readonly problem?: undefined } | { readonly excerpt?: undefined; readonly problem: string };

export function SourceView({ trace, about }: { readonly trace: TraceId; readonly about: NameInfo }) {
  const { studio } = useClients();
  const recording = useOpenTrace(trace)?.recording;
  const opensEditor = useLibrary((library) => library.info?.opensEditor === true);
  const [around, setAround] = useState({ before: BEFORE, after: AFTER });
  const [answer, setAnswer] = useState<Answer>();
  const { file, line, column } = about;
  useEffect(() => {
    if (recording === undefined) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      studio.request('source.read', { recording, file, line, column, ...around }).then(
        (excerpt) => isWanted && setAnswer({ excerpt }),
        (error: unknown) => isWanted && setAnswer({ problem: messageOf(error) }),
      );
    }, REST_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [studio, recording, file, line, column, around]);

  // What was dropped into the page is not known to the host, which alone can read files.
  if (recording === undefined || !answer) return null;
  const { excerpt } = answer;
  if (!excerpt) {
    return (
      <section className="selection-part" aria-label={words.source}>
        <h4>{words.source}</h4>
        <p className="t3">{answer.problem}</p>
      </section>
    );
  }
  const isWhole = excerpt.first === 1 && excerpt.lines.length === excerpt.total;
  const openIt = () => {
    openInEditor(studio, recording, about).catch((error: unknown) => toastProblem(error, words.notOpened));
  };
  return (
    <section className="selection-part" aria-label={words.source}>
      <div className="selection-part-head">
        <h4>{words.source}</h4>
        {excerpt.isMapped && (
          <bdi className="t3 ellipsis mono" title={clipText(excerpt.path)}>
            {excerpt.path.slice(-60)}:{excerpt.line}
          </bdi>
        )}
        <span className="grow" />
        {opensEditor && (
          <Button size="s" kind="quiet" icon={SquarePen} onClick={openIt}>
            {words.openInEditor}
          </Button>
        )}
      </div>
      {wasChanged(trace, excerpt) && <p className="source-changed">{words.changed}</p>}
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

function CodeLines({ excerpt }: { readonly excerpt: SourceExcerpt }) {
  const [coloured, setColoured] = useState<{ readonly of: SourceExcerpt; readonly lines: readonly (readonly CodePiece[])[] }>();
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

const messageOf = (error: unknown): string => {
  const { message, remedy } = error as { readonly message?: string; readonly remedy?: string };
  return [message, remedy].filter((part) => part !== undefined).join(' ');
};
