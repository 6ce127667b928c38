/** Calls, or async operations, one by one in order of time, of the selected range or of all of the trace. */
import { Rows3, Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { clipText, formatDuration, formatMoment } from '../../drawing/format.ts';
import { selectSlice } from '../../state/selection.ts';
import { useNames } from '../../state/use-names.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { useView } from '../../state/view-store.ts';
import { ItemFlag, type ProcessInfo, type SliceRow, type TraceId, type TrackInfo } from '../../trace/trace-worker-api.ts';
import { EmptyState, FilterField } from '../../widgets/index.ts';
import { type ListColumn, RowList } from '../../widgets/row-list.tsx';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { whereOf } from './threads.ts';
import { words } from './words.ts';

const ROW_HEIGHT = 24;
const PAGE = 50;
const EVERY_MS = 500;

export type ListOf = keyof typeof words.lists;

interface SliceListProps {
  readonly trace: TraceId;
  readonly of: Exclude<ListOf, 'events'>;
  readonly stream: number | undefined;
  readonly processes: readonly ProcessInfo[] | undefined;
  readonly choices: ReactNode;
}

export function SliceList({ trace, of, stream, processes, choices }: SliceListProps) {
  const { kind } = useTraceSource(trace);
  const [text, setText] = useState('');
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 40, offset: 0 });
  const range = useView(trace, (view) => view.range);
  const picked = useView(trace, (view) => (view.selection?.kind === 'slice' ? view.selection.slice.ref : 0));
  const all = useTraceQuery(trace, 'tracks.list', {}, 1000).value;
  const tracks = all?.filter((track) => isListed(track, of, stream, processes)).map((track) => track.id) ?? [];
  // Quotes cannot be told to the search: what stands around them is looked for.
  const search = text.replaceAll('"', ' ').trim();
  const scope = {
    tracks,
    ...(range && { fromNs: range.fromNs, toNs: range.toNs }),
    ...(search !== '' && { search: `"${search}"` }),
  };
  const answer = useTraceQuery(
    trace,
    'slices.page',
    tracks.length > 0 ? { scope, sort: 'time', descending: false, ...pageAround(seen, PAGE) } : undefined,
    EVERY_MS,
  );
  const page = answer.value;
  const from = answer.argument?.from ?? 0;
  const total = page?.listed ?? 0;
  const rowAt = (index: number): SliceRow | undefined => page?.rows[index - from];
  const names = useNames(trace, page?.rows.map((row) => row.name) ?? []);
  const at = page?.rows.findIndex((row) => row.ref === picked) ?? -1;
  const choose = (index: number, how: 'reveal' | 'zoom' = 'reveal') => {
    const row = rowAt(index);
    if (row) selectSlice(trace, row, how);
  };
  const columns: readonly ListColumn<SliceRow>[] = [
    { id: 'time', title: words.columns.time, width: 92, className: 'num t2', cell: (row) => formatMoment(row.startNs) },
    {
      id: 'duration',
      title: words.columns.duration,
      width: 72,
      className: 'num',
      cell: (row) => ((row.flags & ItemFlag.OPEN) !== 0 ? words.pending : formatDuration(row.durationNs)),
    },
    { id: 'self', title: words.columns.self, width: 72, over: 420, className: 'num t2', cell: (row) => formatDuration(row.selfNs) },
    {
      id: 'name',
      title: words.columns.name,
      grow: { share: 4, from: 140 },
      className: 'mono',
      cell: (row) => <bdi>{clipText(names.get(row.name)?.text ?? '', 200)}</bdi>,
    },
    {
      id: 'where',
      title: words.columns.where,
      grow: { share: 1, from: 70 },
      over: 640,
      className: 't3',
      cell: (row) =>
        placeOf(
          all?.find((track) => track.id === row.track),
          processes,
        ),
    },
  ];

  return (
    <>
      <div className="events-head">
        {choices}
        <FilterField className="events-filter" label={words.filters[of]} placeholder={words.filter} value={text} onChange={setText} />
        <span className="events-space" />
        <span className="events-total" role="status">
          {page && words.counted[of](page.total, page.done)}
          {page && page.listed < page.total && words.listed(page.listed)}
        </span>
      </div>
      {total === 0 ? (
        <div className="events-empty">
          {all === undefined || kind === 'loading' || (page && page.done < 1) ? null : tracks.length > 0 && (search !== '' || range || stream !== undefined) ? (
            <EmptyState icon={Search} title={words.noMatch.title}>
              {words.noMatch.text}
            </EmptyState>
          ) : (
            <EmptyState icon={Rows3} title={noneTitle(words.none[of].title, kind)}>
              {kind === 'failed' ? undefined : words.none[of].text}
            </EmptyState>
          )}
        </div>
      ) : (
        <RowList
          label={words.tables[of]}
          columns={columns}
          titles={{}}
          total={total}
          rowHeight={ROW_HEIGHT}
          rowAt={rowAt}
          onWindow={setSeen}
          active={at < 0 ? undefined : from + at}
          onActive={choose}
          onOpen={(index) => choose(index, 'zoom')}
        />
      )}
    </>
  );
}

/** Async operations lie on a track of their process: a thread's are not told apart there. */
function isListed(track: TrackInfo, of: 'calls' | 'async', stream: number | undefined, processes: readonly ProcessInfo[] | undefined): boolean {
  if (of === 'calls') return (track.kind === 'calls' || track.kind === 'slices') && (stream === undefined || track.stream === stream);
  if (track.kind !== 'async') return false;
  return (
    stream === undefined || processes?.some(({ process, threads }) => process === track.process && threads.some((each) => each.stream === stream)) === true
  );
}

function placeOf(track: TrackInfo | undefined, processes: readonly ProcessInfo[] | undefined): string {
  if (!track) return '';
  const process = processes?.find((each) => each.process === track.process);
  const thread = process?.threads.find((each) => each.stream === track.stream);
  if (thread) return whereOf({ process: track.process, thread: thread.thread }, processes);
  return process && processes && processes.length > 1 ? clipText(`${process.name} ${process.pid}`, 60) : clipText(track.name, 60);
}
