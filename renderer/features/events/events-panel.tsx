import { ArrowDownToLine, Rows3, Search } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { clipText, formatCount, formatDuration, formatMoment } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useTraceValue } from '../../state/trace-store.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { goToMoment, selectObject } from '../../state/view-store.ts';
import type { EventKind, EventRow, ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, CodeExample, EmptyState, FilterField, Segments, Select } from '../../widgets/index.ts';
import { type ListColumn, RowList } from '../../widgets/row-list.tsx';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { kindLabel, kindsThere, wantedKinds } from './event-kinds.ts';
import './events.css';
import { type ListOf, SliceList } from './slice-list.tsx';
import { threadChoices, whereOf } from './threads.ts';
import { words } from './words.ts';

const ROW_HEIGHT = 24;
const PAGE = 50;
const FOLLOW_EVERY_MS = 100;

/** All events in the order of time. Only the rows in sight are asked for. */
export function EventsPanel({ trace }: { readonly trace: TraceId }) {
  const [of, setOf] = useState<ListOf>('events');
  const [stream, setStream] = useState<number>();
  const processes = useTraceQuery(trace, 'processes.list', {}, 1000).value;
  const threads = threadChoices(processes);
  const choices = (
    <>
      <Segments<ListOf> label={words.listOf} value={of} options={LISTS.map((value) => ({ value, label: words.lists[value] }))} onChange={setOf} />
      {threads.length > 1 && (
        <span className="events-thread">
          <Select
            label={words.thread}
            size="s"
            value={stream === undefined ? ALL : String(stream)}
            options={[{ value: ALL, label: words.allThreads }, ...threads.map((each) => ({ value: String(each.stream), label: each.label }))]}
            onChange={(value) => setStream(value === ALL ? undefined : Number(value))}
          />
        </span>
      )}
    </>
  );
  return (
    <section className="events" aria-label={words.panel}>
      {of === 'events' ? (
        <RecordList trace={trace} stream={stream} processes={processes} choices={choices} />
      ) : (
        <SliceList key={of} trace={trace} of={of} stream={stream} processes={processes} choices={choices} />
      )}
    </section>
  );
}

const LISTS: readonly ListOf[] = ['events', 'calls', 'async'];
const ALL = 'all';

interface RecordListProps {
  readonly trace: TraceId;
  readonly stream: number | undefined;
  readonly processes: readonly ProcessInfo[] | undefined;
  readonly choices: ReactNode;
}

/** What the script logged: counters, objects, moments, durations; and what was lost. */
function RecordList({ trace, stream, processes, choices }: RecordListProps) {
  const { traces } = useClients();
  const [off, setOff] = useState<ReadonlySet<EventKind>>(new Set());
  const [text, setText] = useState('');
  const [follow, setFollow] = useState(true);
  const [range, setRange] = useState<RowWindow>({ first: 0, count: 40, offset: 0 });
  const [active, setActive] = useState<number>();
  const kindsThereNow = useTraceValue(trace, kindsThere);
  const wanted = text.trim();
  const kinds = wantedKinds(off);
  const [known, setKnown] = useState(0);
  // The newest are asked for by the count that was heard last. In a flood that is a tenth of a second ago, and stays so.
  const tail = { from: Math.max(0, known - range.count - PAGE), count: range.count + 2 * PAGE };
  const { from, count } = follow ? tail : pageAround(range, PAGE);
  const answer = useTraceQuery(
    trace,
    'events.page',
    { filter: { ...(kinds && { kinds }), ...(wanted && { text: wanted }), ...(stream !== undefined && { streams: [stream] }) }, from, count },
    FOLLOW_EVERY_MS,
    follow ? FOLLOW_EVERY_MS : undefined,
  );
  const page = answer.value;
  const answeredFrom = answer.argument?.from ?? 0;
  const rows = useMemo(() => new Map(answer.value?.rows.map((row, k) => [answeredFrom + k, row]) ?? []), [answer.value, answeredFrom]);
  const total = page?.total ?? 0;
  const shown = follow && page ? Math.min(total, answeredFrom + page.rows.length) : total;
  useEffect(() => setKnown(total), [total]);

  const choose = useCallback(
    (event: EventRow) => {
      goToMoment(trace, event.timeNs);
      const { object } = event;
      if (object === undefined) return;
      if (event.kind === 'object-created') {
        selectObject(trace, object, 0);
        return;
      }
      traces.request('objects.snapshot', { trace, object, atNs: event.timeNs }).then(
        (snapshot) => selectObject(trace, object, snapshot?.index ?? 'live'),
        // It could not be read: the inspector says why when it tries itself.
        () => selectObject(trace, object),
      );
    },
    [trace, traces],
  );
  const activate = (index: number) => {
    const next = Math.max(0, Math.min(total - 1, index));
    setActive(next);
    setFollow(false);
    const event = rows.get(next);
    if (event) choose(event);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== 'End' && event.key !== 'Escape')) return;
    setActive(undefined);
    if (event.key === 'End') setFollow(true);
    event.preventDefault();
    event.stopPropagation();
  };
  const toggle = (kind: EventKind) =>
    setOff((before) => {
      const next = new Set(before);
      if (!next.delete(kind)) next.add(kind);
      return next;
    });
  const columns = useMemo(() => columnsOf(processes), [processes]);
  const filtered = kinds !== undefined || wanted !== '' || stream !== undefined;

  return (
    <>
      <div className="events-head">
        {choices}
        <FilterField className="events-filter" label={words.filterEvents} placeholder={words.filter} value={text} onChange={setText} />
        <fieldset className="events-kinds" aria-label={words.kinds}>
          {kindsThereNow.map((kind) => (
            <button key={kind} type="button" className={`events-chip events-mark-${kind}`} aria-pressed={!off.has(kind)} onClick={() => toggle(kind)}>
              <i aria-hidden="true" />
              {kindLabel(kind)}
            </button>
          ))}
        </fieldset>
        <div className="events-tools">
          <span className="events-total" role="status" title={words.withoutCalls}>
            {formatCount(total)} {total === 1 ? words.event : words.events}
            {page && !page.complete && words.stillLooking}
          </span>
          <Button
            kind="quiet"
            size="s"
            icon={ArrowDownToLine}
            aria-pressed={follow}
            iconClass={follow ? 'events-following' : ''}
            title={words.followHint}
            onClick={() => setFollow(!follow)}
          >
            {words.follow}
          </Button>
        </div>
      </div>
      {total === 0 ? (
        <NoEvents trace={trace} answered={page !== undefined} filtered={filtered} />
      ) : (
        <RowList
          label={words.table}
          columns={columns}
          titles={{}}
          total={shown}
          rowHeight={ROW_HEIGHT}
          rowAt={(index) => rows.get(index)}
          follow={follow}
          onFollow={setFollow}
          onWindow={setRange}
          active={active}
          onActive={activate}
          onOpen={activate}
          onKey={onKey}
        />
      )}
    </>
  );
}

function columnsOf(processes: readonly ProcessInfo[] | undefined): readonly ListColumn<EventRow>[] {
  return [
    { id: 'time', title: words.timeTitle, width: 92, className: 'num t2', cell: (row) => formatMoment(row.timeNs) },
    {
      id: 'kind',
      title: words.kindTitle,
      width: 74,
      className: 't2',
      cell: (row) => (
        <span className={`events-kind events-mark-${row.kind}`}>
          <i aria-hidden="true" />
          {kindLabel(row.kind)}
        </span>
      ),
    },
    {
      id: 'name',
      title: words.nameTitle,
      grow: { share: 2, from: 120 },
      className: 'events-name',
      tip: (row) => clipText(row.name),
      cell: (row) => (
        <>
          {clipText(row.name, 200)}
          {row.durationNs !== undefined && <span className="t3"> {formatDuration(row.durationNs)}</span>}
        </>
      ),
    },
    { id: 'where', title: words.whereTitle, grow: { share: 1, from: 70 }, over: 640, className: 'events-where t3', cell: (row) => whereOf(row, processes) },
    {
      id: 'detail',
      title: words.detailTitle,
      grow: { share: 5, from: 160 },
      className: 'events-detail mono t2',
      tip: (row) => row.detail || undefined,
      cell: (row) => row.detail,
    },
  ];
}

function NoEvents({ trace, answered, filtered }: { readonly trace: TraceId; readonly answered: boolean; readonly filtered: boolean }) {
  const { kind, commonJs } = useTraceSource(trace);
  if (!answered || kind === 'loading') return <div className="events-empty" />;
  return (
    <div className="events-empty">
      {filtered ? (
        <EmptyState icon={Search} title={words.noMatchTitle}>
          {words.noMatchText}
        </EmptyState>
      ) : kind === 'failed' || kind === 'imported' ? (
        <EmptyState icon={Rows3} title={noneTitle('events', kind)}>
          {kind === 'failed' ? words.unreadable : undefined}
        </EmptyState>
      ) : (
        <EmptyState
          icon={Rows3}
          title={noneTitle('events', kind)}
          code={<CodeExample key={`${commonJs}`} names={['getTracer']} lines={["getTracer()?.logInstant('cart paid');"]} commonJs={commonJs} />}
        >
          {words.noneText}
        </EmptyState>
      )}
    </div>
  );
}
