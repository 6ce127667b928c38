/** The values of what is chosen, newest first; of numbers a graph above them. */
import { History, Table2 } from 'lucide-react';
import { useState } from 'react';
import { csvRow } from '../../../core/base/csv.ts';
import { clipText, formatCount, formatMoment } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { selectSnapshot } from '../../state/view-store.ts';
import type { FieldGraph, FieldPath, HistoryRow, ObjectId, TraceClient, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, copyText, EmptyState, toastProblem } from '../../widgets/index.ts';
import { type ListColumn, RowList } from '../../widgets/row-list.tsx';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { Count } from './count.tsx';
import './field-panes.css';
import { FieldPlot } from './field-plot.tsx';
import { pathText } from './value-rows.ts';
import { BEHIND, words } from './words.ts';

const ROW_HEIGHT = 22;
const PAGE = 50;
const EVERY_MS = 300;
const MOST_CSV_ROWS = 10_000;
const CSV_ROWS_AT_ONCE = 1000;

interface HistoryPaneProps {
  readonly trace: TraceId;
  readonly object: ObjectId;
  readonly field: FieldPath;
  readonly graph: FieldGraph | undefined;
  /** The snapshot that is shown. */
  readonly index: number;
  readonly timeNs: number;
}

export function HistoryPane({ trace, object, field, graph, index, timeNs }: HistoryPaneProps) {
  const { traces } = useClients();
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 40, offset: 0 });
  const { from, count } = pageAround(seen, PAGE);
  const { value: page, argument, problem } = useTraceQuery(trace, 'objects.history', { object, path: field, from, count, newestFirst: true }, EVERY_MS);
  const answeredFrom = argument?.from ?? 0;
  const rowAt = (row: number): HistoryRow | undefined => page?.rows[row - answeredFrom];
  const total = page?.total ?? 0;
  // The value that the shown snapshot has came with the newest change at or before it.
  const found = page?.rows.findIndex((row) => row.snapshot <= index) ?? -1;
  const path = pathText(field);

  const choose = (row: number) => {
    const wanted = rowAt(row);
    if (wanted) selectSnapshot(trace, wanted.snapshot);
  };
  const copy = () => {
    readCsv(traces, trace, object, field).then(
      ({ text, rows, of }) => copyText(text, words.history.copied(rows, of)),
      (error: unknown) => toastProblem(error, words.history.notCopied),
    );
  };

  if (problem !== undefined) {
    return (
      <EmptyState icon={History} tone="error" title={words.notStepped}>
        {problem}
      </EmptyState>
    );
  }
  if (page && total === 0 && page.done >= 1) {
    return (
      <EmptyState icon={History} title={words.history.empty.title}>
        {words.history.empty.text}
      </EmptyState>
    );
  }
  return (
    <section className="history-pane" aria-label={words.history.region(path)}>
      {graph && graph.numbers > 0 && <FieldPlot trace={trace} name={path} graph={graph} timeNs={timeNs} />}
      <div className="value-tools history-head">
        <span className="history-count t3" role="status">
          {page &&
            (graph?.full ? words.full : `${formatCount(total)} ${total === 1 ? 'value' : 'values'}${page.done < BEHIND ? `, ${words.looked(page.done)}` : ''}`)}
        </span>
        <Button kind="quiet" size="s" icon={Table2} disabled={total === 0} onClick={copy}>
          {words.history.copy}
        </Button>
      </div>
      <RowList
        label={words.history.region(path)}
        columns={COLUMNS}
        total={total}
        rowHeight={ROW_HEIGHT}
        rowAt={rowAt}
        onWindow={setSeen}
        active={found < 0 ? undefined : answeredFrom + found}
        onActive={choose}
      />
    </section>
  );
}

const COLUMNS: readonly ListColumn<HistoryRow>[] = [
  {
    id: 'snapshot',
    title: '',
    width: 48,
    className: 'num label',
    cell: (row) => formatCount(row.snapshot + 1),
    voice: (row) => words.history.snapshot(row.snapshot),
  },
  { id: 'time', title: '', width: 76, className: 'num label t2', cell: (row) => formatMoment(row.timeNs) },
  {
    id: 'value',
    title: '',
    grow: { share: 1, from: 0 },
    className: 'history-value mono',
    cell: (row) => <HistoryValue row={row} />,
    tip: (row) => clipText(titleOf(row)),
  },
];

const COUNTED = ['added', 'removed', 'changed', 'moved'] as const;

const titleOf = ({ before, text }: HistoryRow): string => (before === undefined ? text : `${before} → ${text}`);

function HistoryValue({ row }: { readonly row: HistoryRow }) {
  if (row.change === 'removed') {
    return (
      <>
        <span className="t3">{words.history.removed} </span>
        <del>{row.before}</del>
      </>
    );
  }
  if (row.counts) {
    const { counts } = row;
    return (
      <>
        {COUNTED.map((what) => (counts[what] > 0 ? <Count key={what} what={what} count={counts[what]} /> : null))}
        <span className="value-new">{row.text}</span>
      </>
    );
  }
  return (
    <>
      {row.before !== undefined && (
        <>
          <del>{row.before}</del>
          <span className="value-arrow"> → </span>
        </>
      )}
      <span className="value-new">{row.text}</span>
    </>
  );
}

/** All rows, the oldest first, as far as a clipboard takes them. */
async function readCsv(traces: TraceClient, trace: TraceId, object: ObjectId, path: FieldPath) {
  const lines = [csvRow('snapshot', 'time_ns', 'change', 'value')];
  let total = 0;
  for (let from = 0; from < MOST_CSV_ROWS; from += CSV_ROWS_AT_ONCE) {
    const page = await traces.request('objects.history', { trace, object, path, from, count: CSV_ROWS_AT_ONCE, newestFirst: false });
    total = page?.total ?? 0;
    for (const row of page?.rows ?? []) lines.push(csvRow(row.snapshot + 1, row.timeNs, row.change, row.text));
    if (from + CSV_ROWS_AT_ONCE >= total) break;
  }
  return { text: lines.join(''), rows: lines.length - 1, of: total };
}
