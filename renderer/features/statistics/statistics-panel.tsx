/** Totals of a range of time: which names, files, categories or threads took it. Only the rows in sight are asked for. */
import { Copy, Search, Sigma } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useClients } from '../../state/clients.tsx';
import { longestSlice } from '../../state/longest-slice.ts';
import { highlightName, selectSlice } from '../../state/selection.ts';
import { statisticsWereFound, useStatisticsRequest } from '../../state/statistics-request.ts';
import { useTraceValue } from '../../state/trace-store.ts';
import { type Place, usePlace } from '../../state/use-place.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import type { GroupBy, TableRow, TraceId } from '../../trace/trace-worker-api.ts';
import { copyText, EmptyState, FilterField, IconButton, Segments, Spinner, toastProblem } from '../../widgets/index.ts';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { placeText } from '../place-words.ts';
import { FIRST_ORDER, nextOrder } from './columns.ts';
import { CounterFigures } from './counter-figures.tsx';
import { readCsv } from './csv.ts';
import './statistics.css';
import { StatisticsTable } from './statistics-table.tsx';
import { useStatistics } from './use-statistics.ts';
import { words } from './words.ts';

const PAGE = 40;

export function StatisticsPanel({ trace }: { readonly trace: TraceId }) {
  const { traces } = useClients();
  const [view, setView] = useState<GroupBy | 'counters'>('name');
  const by = view === 'counters' ? 'name' : view;
  const [order, setOrder] = useState(FIRST_ORDER);
  const [filter, setFilter] = useState('');
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 30, offset: 0 });
  const asked = useStatisticsRequest(trace);
  useEffect(() => {
    if (!asked) return;
    setView('name');
    setFilter(asked.text);
    statisticsWereFound();
  }, [asked]);
  const place = usePlace(trace);
  const text = filter.trim();
  const question = { scope: place.scope, by, ...order };
  const found = useStatistics(trace, { ...question, text, ...pageAround(seen, PAGE) });
  const { page, problem } = found;
  const { active, pick } = usePick(trace, by, place);

  const copy = () => {
    readCsv(traces, trace, { ...question, ...(text !== '' && { text }) }).then(
      ({ text: csv, rows, total, isWhole }) => copyText(csv, words.copied(rows, total, isWhole)),
      (error: unknown) => toastProblem(error, words.notCopied),
    );
  };

  return (
    <section className="list-panel" aria-label={words.panel}>
      <div className="list-head">
        <Segments<GroupBy | 'counters'>
          label={words.groupBy}
          value={view}
          options={[
            ...(Object.keys(words.groups) as GroupBy[]).map((value) => ({ value, label: words.groups[value] })),
            { value: 'counters', label: words.counterGroup },
          ]}
          onChange={setView}
        />
        <div className="list-tools">
          <FilterField className="list-filter" label={words.filterRows} placeholder={words.filter} value={filter} onChange={setFilter} />
          <span className="list-space" />
          {view !== 'counters' && <IconButton icon={Copy} size="s" label={words.copy} disabled={!page || page.total === 0} onClick={copy} />}
        </div>
      </div>
      <p className="list-place">
        <span className={place.kind === 'selected' ? 'accent' : 't2'}>{placeText(place)}</span>
        <span className="t3" role="status">
          {view !== 'counters' && page && words.counted(found.by, page.total, page.done)}
        </span>
      </p>
      {view === 'counters' ? (
        <CounterFigures trace={trace} place={place} text={text} />
      ) : page && page.total > 0 ? (
        <StatisticsTable
          found={{ ...found, page }}
          order={order}
          active={active}
          onOrder={(sort) => setOrder((now) => nextOrder(now, sort))}
          onWindow={setSeen}
          onPick={pick}
          trace={trace}
        />
      ) : (
        <div className="list-empty">
          <NoRows trace={trace} problem={problem} answered={page !== undefined && page.done >= 1} by={by} filtered={text !== ''} />
        </div>
      )}
    </section>
  );
}

/** The row that was picked: all slices of its name are underlined in the timeline, and the longest of the range is selected. */
function usePick(trace: TraceId, by: GroupBy, { kind, scope }: Place) {
  const { traces } = useClients();
  const [active, setActive] = useState<number>();
  const wanted = useRef<number>(undefined);
  const latest = useRef({ kind, scope });
  latest.current = { kind, scope };
  const letGo = useCallback(() => {
    wanted.current = undefined;
    highlightName(trace, undefined);
  }, [trace]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: keys of another grouping mean other rows.
  useEffect(() => {
    setActive(undefined);
    return letGo;
  }, [letGo, by]);

  const pick = ({ key }: TableRow, how: 'mark' | 'select') => {
    setActive(key);
    wanted.current = key;
    if (by === 'name') highlightName(trace, key);
    if (how === 'mark') return;
    const { kind: where, scope: range } = latest.current;
    longestSlice(traces, trace, { by, key }, range, () => wanted.current === key).then(
      // What is in view stays there: the table is about it.
      (slice) => slice && selectSlice(trace, slice, where === 'selected' ? 'reveal' : 'row'),
      (error: unknown) => toastProblem(error, words.notFound),
    );
  };
  return { active, pick };
}

interface NoRowsProps {
  readonly trace: TraceId;
  readonly problem: string | undefined;
  readonly answered: boolean;
  readonly by: GroupBy;
  readonly filtered: boolean;
}

function NoRows({ trace, problem, answered, by, filtered }: NoRowsProps): ReactNode {
  const { kind } = useTraceSource(trace);
  const isEmpty = useTraceValue(trace, (summary) => (summary?.timelineSlices ?? 0) === 0);
  if (problem !== undefined) {
    return (
      <EmptyState icon={Sigma} title={words.failed} tone="error">
        {problem}
      </EmptyState>
    );
  }
  if (!answered || kind === 'loading') return <Spinner size="xl" />;
  if (isEmpty) {
    return (
      <EmptyState icon={Sigma} title={noneTitle(words.none.title, kind)}>
        {kind === 'failed' ? undefined : words.none.text}
      </EmptyState>
    );
  }
  return filtered ? (
    <EmptyState icon={Search} title={words.noMatch.title}>
      {words.noMatch.text(by)}
    </EmptyState>
  ) : (
    <EmptyState icon={Sigma} title={words.noneHere.title}>
      {words.noneHere.text}
    </EmptyState>
  );
}
