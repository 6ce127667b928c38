// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed by pixels; a <tr> would bring a table's layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
import { ArrowDownToLine, Rows3, Search } from 'lucide-react';
import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useId, useMemo, useState } from 'react';
import { clipText, formatCount, formatDuration, formatMoment } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useTraceValue } from '../../state/trace-store.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { goToMoment, selectObject } from '../../state/view-store.ts';
import type { EventKind, EventRow, ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { BigList } from '../../widgets/big-list.tsx';
import { Button, CodeExample, EmptyState, FilterField, Segments, Select } from '../../widgets/index.ts';
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
  const id = useId();
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
  const chooseRow = useCallback(
    (index: number, event: EventRow) => {
      setActive(index);
      setFollow(false);
      choose(event);
    },
    [choose],
  );
  const activate = (index: number) => {
    const next = Math.max(0, Math.min(total - 1, index));
    setActive(next);
    setFollow(false);
    const event = rows.get(next);
    if (event) choose(event);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = active ?? range.first;
    if (event.key === 'ArrowDown') activate(active === undefined ? here : here + 1);
    else if (event.key === 'ArrowUp') activate(here - 1);
    else if (event.key === 'Enter') activate(here);
    else if (event.key === 'End') {
      setActive(undefined);
      setFollow(true);
    } else if (event.key === 'Escape') setActive(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const toggle = (kind: EventKind) =>
    setOff((before) => {
      const next = new Set(before);
      if (!next.delete(kind)) next.add(kind);
      return next;
    });
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
        <>
          <div className="events-row events-titles" aria-hidden="true">
            <span className="events-time">{words.timeTitle}</span>
            <span className="events-kind">{words.kindTitle}</span>
            <span className="events-name">{words.nameTitle}</span>
            <span className="events-where">{words.whereTitle}</span>
            <span className="events-detail">{words.detailTitle}</span>
          </div>
          <BigList
            label={words.table}
            role="grid"
            total={shown}
            rowHeight={ROW_HEIGHT}
            follow={follow}
            onFollow={setFollow}
            onWindow={setRange}
            active={active}
            activeId={active === undefined ? undefined : `${id}-${active}`}
            onKeyDown={onKeyDown}
            row={(index) => (
              <Row
                key={index}
                id={`${id}-${index}`}
                index={index}
                event={rows.get(index)}
                where={whereOf(rows.get(index), processes)}
                active={index === active}
                onChoose={chooseRow}
              />
            )}
          />
        </>
      )}
    </>
  );
}

interface RowProps {
  readonly id: string;
  readonly index: number;
  readonly event: EventRow | undefined;
  readonly where: string;
  readonly active: boolean;
  readonly onChoose: (index: number, event: EventRow) => void;
}

/** Events arrive as new objects with each answer; what they tell does not change. */
const Row = memo(function Row({ id, index, event, where, active, onChoose }: RowProps) {
  if (!event) return <div className="events-row" role="row" aria-rowindex={index + 1} id={id} />;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for its active row.
    <div
      className={`events-row ${active ? 'events-active' : ''}`}
      role="row"
      tabIndex={-1}
      id={id}
      aria-rowindex={index + 1}
      aria-selected={active}
      onClick={() => onChoose(index, event)}
    >
      <span className="events-time" role="gridcell">
        {formatMoment(event.timeNs)}
      </span>
      <span className={`events-kind events-mark-${event.kind}`} role="gridcell">
        <i aria-hidden="true" />
        {kindLabel(event.kind)}
      </span>
      <span className="events-name" role="gridcell" title={clipText(event.name)}>
        {clipText(event.name, 200)}
        {event.durationNs !== undefined && <span className="events-duration"> {formatDuration(event.durationNs)}</span>}
      </span>
      <span className="events-where" role="gridcell">
        {where}
      </span>
      <span className="events-detail" role="gridcell" title={event.detail === '' ? undefined : event.detail}>
        {event.detail}
      </span>
    </div>
  );
}, sameRow);

function sameRow(before: RowProps, now: RowProps): boolean {
  if (before.id !== now.id || before.active !== now.active || before.where !== now.where || before.onChoose !== now.onChoose) return false;
  const [a, b] = [before.event, now.event];
  return a === b || (a?.timeNs === b?.timeNs && a?.kind === b?.kind && a?.name === b?.name && a?.detail === b?.detail && a?.durationNs === b?.durationNs);
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
