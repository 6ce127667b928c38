import { ArrowDownToLine, ListFilter, SquareTerminal } from 'lucide-react';
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useState } from 'react';
import { formatCount, formatMomentShort } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useSession } from '../../state/session-store.ts';
import { subscribeTraces } from '../../state/trace-store.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { type TraceSource, useTraceSource } from '../../state/use-trace-source.ts';
import { goToMoment } from '../../state/view-store.ts';
import type { ConsoleLine, TraceId } from '../../trace/trace-worker-api.ts';
import { BigList } from '../../widgets/big-list.tsx';
import { Button, EmptyState, FilterField } from '../../widgets/index.ts';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { ansiSpans } from './ansi.ts';
import { ConsoleEnd } from './console-end.tsx';
import { LineSearch, type SearchState } from './line-search.ts';
import { StdinForm } from './stdin-form.tsx';
import { useCallLink } from './use-call-link.ts';
import './console.css';
import { words } from './words.ts';

const ROW_HEIGHT = 22;
const PAGE = 50;

/** What the script printed, and what it is told. Only the lines in sight are asked for. */
export function ConsolePanel({ trace }: { readonly trace: TraceId }) {
  const session = useSession(trace)?.id;
  const [follow, setFollow] = useState(true);
  const [filter, setFilter] = useState('');
  const [range, setRange] = useState<RowWindow>({ first: 0, count: 40, offset: 0 });
  const [selected, setSelected] = useState<ConsoleLine>();
  /** Number of the line that was to be brought into sight. */
  const [revealed, setRevealed] = useState<number>();
  const search = useSearch(trace, filter.trim());
  const { kind } = useTraceSource(trace);

  // While following, the newest lines are asked for by "the last", so that they are there with the count that names them.
  const asked = follow && !search ? { from: -1, count: range.count + 2 * PAGE } : pageAround(range, PAGE);
  const page = useTraceQuery(trace, 'console.page', search ? undefined : asked, 60).value;
  const lines = useMemo(() => new Map(page?.lines.map((line) => [line.index, line]) ?? []), [page]);
  const first = page?.first ?? 0;
  const total = search ? search.matches.length : (page?.total ?? 0) - first;
  const lineAt = (row: number): ConsoleLine | undefined => (search ? search.matches[row] : lines.get(first + row));

  const pickCall = useCallLink(trace, (line) => {
    setSelected(line);
    // What a filter leaves out stays out: the line is shown below the list.
    setRevealed(line.index);
    setFollow(false);
  });
  const select = useCallback(
    (line: ConsoleLine) => {
      setSelected(line);
      goToMoment(trace, line.timeNs);
      pickCall(line);
    },
    [trace, pickCall],
  );
  const reveal = useCallback(
    (line: ConsoleLine) => {
      setFilter('');
      setRevealed(line.index);
      select(line);
    },
    [select],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && selected) setSelected(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onWindow = useCallback((window: RowWindow) => setRange(window), []);

  return (
    <section className="console" aria-label={words.console}>
      {total === 0 ? (
        <NoLines trace={trace} answered={page !== undefined || search !== undefined} filtered={search !== undefined} />
      ) : (
        <BigList
          label={words.consoleOutput}
          role="log"
          total={total}
          rowHeight={ROW_HEIGHT}
          follow={follow}
          onFollow={setFollow}
          onWindow={onWindow}
          onKeyDown={onKeyDown}
          active={search || revealed === undefined ? undefined : revealed - first}
          row={(row) => <Line key={row} line={lineAt(row)} selected={selected !== undefined && lineAt(row)?.index === selected.index} onSelect={select} />}
        />
      )}
      {selected && <Whole line={selected} onClose={() => setSelected(undefined)} />}
      <ConsoleEnd trace={trace} onShowLine={reveal} />
      <div className="console-foot">
        <FilterField
          className="console-filter"
          label={words.filterConsole}
          placeholder={words.filterLines}
          icon={ListFilter}
          value={filter}
          onChange={setFilter}
        />
        {session !== undefined && <StdinForm session={session} />}
        <span className="console-space" />
        {search ? (
          <span className="console-found" role="status">
            {foundWords(search)}
          </span>
        ) : kind === 'imported' || kind === 'failed' ? null : (
          <span className="console-note" title={words.noTerminalText}>
            {words.noTerminal}
          </span>
        )}
        <Button
          kind="quiet"
          size="s"
          icon={ArrowDownToLine}
          aria-pressed={follow}
          iconClass={follow ? 'console-following' : ''}
          title={words.followHint}
          onClick={() => setFollow(!follow)}
        >
          {words.follow}
        </Button>
      </div>
    </section>
  );
}

function foundWords({ matches, looked, total, cut }: SearchState): string {
  const found = `${cut ? 'newest ' : ''}${formatCount(matches.length)} of ${formatCount(total)} lines`;
  return looked < total ? `${found}, searched ${Math.floor((looked / total) * 100)} %` : found;
}

/** Undefined while nothing is filtered. */
function useSearch(trace: TraceId, text: string): SearchState | undefined {
  const { traces } = useClients();
  const [state, setState] = useState<SearchState>();
  useEffect(() => {
    setState(undefined);
    if (text === '') return;
    const search = new LineSearch(traces, trace, text, setState);
    void search.look();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = subscribeTraces(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void search.look();
      }, 200);
    });
    return () => {
      search.end();
      off();
      clearTimeout(timer);
    };
  }, [traces, trace, text]);
  return state;
}

const SOURCE_WORDS: Readonly<Record<ConsoleLine['source'], string>> = { stdout: '', stderr: 'stderr', stdin: 'input', studio: 'studio' };

interface LineProps {
  readonly line: ConsoleLine | undefined;
  readonly selected: boolean;
  readonly onSelect: (line: ConsoleLine) => void;
}

/** Lines arrive as new objects with each answer; their words do not change. */
const Line = memo(function Line({ line, selected, onSelect }: LineProps) {
  if (!line) return <div className="console-line console-waiting" />;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click only marks the moment; the words can be read without it.
    // biome-ignore lint/a11y/noStaticElementInteractions: as above.
    <div className={`console-line console-${line.source} ${selected ? 'console-selected' : ''}`} onClick={() => onSelect(line)}>
      <span className="console-time">{formatMomentShort(line.timeNs)}</span>
      <span className="console-source">{SOURCE_WORDS[line.source]}</span>
      <Text line={line} />
    </div>
  );
}, sameLine);

function sameLine(before: LineProps, now: LineProps): boolean {
  if (before.selected !== now.selected || before.onSelect !== now.onSelect) return false;
  const [a, b] = [before.line, now.line];
  return a?.index === b?.index && a?.text === b?.text && a?.style === b?.style && a?.cut === b?.cut;
}

function Text({ line }: { readonly line: ConsoleLine }) {
  return (
    <span className="console-text">
      {ansiSpans(line.text, line.style).map((span, k) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place.
          key={k}
          className={span.className}
          {...((span.color !== undefined || span.background !== undefined) && { style: { color: span.color, background: span.background } })}
        >
          {span.text}
        </span>
      ))}
      {line.cut && <span className="console-cut"> {words.cutHere}</span>}
    </span>
  );
}

/** The chosen line in full: long lines are cut by the panel's side. */
function Whole({ line, onClose }: { readonly line: ConsoleLine; readonly onClose: () => void }) {
  return (
    <div className="console-whole">
      <Text line={line} />
      <Button kind="quiet" size="s" onClick={onClose}>
        {words.close}
      </Button>
    </div>
  );
}

const UNRECORDED = { title: 'No output was recorded', why: 'The recording stopped before the script ended.' };
const SILENCE: Readonly<Record<Exclude<TraceSource['kind'], 'loading'>, { readonly title: string; readonly why: string }>> = {
  running: { title: 'Nothing printed yet', why: 'What the script writes to stdout and stderr appears here.' },
  ended: { title: 'The script printed nothing', why: 'What a script writes to stdout and stderr appears here.' },
  imported: { title: 'No output in this trace', why: 'Traces of other formats hold none.' },
  failed: { title: 'No output', why: 'The file could not be read.' },
};

function NoLines({ trace, answered, filtered }: { readonly trace: TraceId; readonly answered: boolean; readonly filtered: boolean }) {
  const { kind } = useTraceSource(trace);
  const stopped = useSession(trace)?.recordingProblem !== undefined;
  if (!answered || kind === 'loading') return <div className="console-empty" />;
  const silence = kind === 'ended' && stopped ? UNRECORDED : SILENCE[kind];
  return (
    <div className="console-empty">
      {filtered ? (
        <EmptyState icon={ListFilter} title={words.noMatch}>
          {words.noMatchText}
        </EmptyState>
      ) : (
        <EmptyState icon={SquareTerminal} title={silence.title}>
          {silence.why}
        </EmptyState>
      )}
    </div>
  );
}
