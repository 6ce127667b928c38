import { FileX2, FunctionSquare, Search, Volume2, VolumeX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type MuteRule, ruleFor } from '../../../core/protocol/function-rules.ts';
import type { FunctionRule } from '../../../core/protocol/target-wire.ts';
import { clipText, formatCount, formatDuration } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { isRunning, noteSession, useSession } from '../../state/session-store.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import type { ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Badge, EmptyState, FilterField, IconButton, Segments, Select, toastProblem } from '../../widgets/index.ts';
import './functions.css';
import { type FunctionRow, useMostCalled } from './use-most-called.ts';
import { placeWords, ruleWords, words } from './words.ts';

type View = keyof typeof words.views;
type Sort = keyof typeof words.sorts;

/** Which functions are called most, with a switch for each: a muted one is not recorded any more. And what is not recorded at all. */
export function FunctionsPanel({ trace }: { readonly trace: TraceId }) {
  const { studio } = useClients();
  const session = useSession(trace);
  const [view, setView] = useState<View>('functions');
  const processes = useTraceQuery(trace, 'processes.list', {}, 500).value ?? [];
  const rules = session?.mutes ?? [];
  const muted = rules.filter((rule) => rule.muted);
  const leftAlone = processes.flatMap((process) => (process.leftAlone ?? []).map((one) => ({ process, ...one })));
  const mute =
    session && isRunning(session)
      ? (rule: FunctionRule, on: boolean) => {
          studio.request('session.mute', { session: session.id, functions: [rule], muted: on }).then(noteSession, (error: unknown) => {
            toastProblem(error, words.notMuted);
          });
        }
      : undefined;
  const counts: Readonly<Record<View, number>> = { functions: 0, muted: muted.length, 'left-alone': leftAlone.length };
  const choice = (
    <Segments<View>
      label={words.whatIsListed}
      value={view}
      options={(Object.keys(words.views) as View[]).map((value) => ({
        value,
        label: counts[value] > 0 ? `${words.views[value]} ${counts[value]}` : words.views[value],
      }))}
      onChange={setView}
    />
  );
  return (
    <section className="functions" aria-label={words.functions}>
      {view === 'functions' && <MostCalled trace={trace} rules={rules} mute={mute} choice={choice} />}
      {view === 'muted' && (
        <>
          <div className="functions-head">{choice}</div>
          <MutedList rules={muted} mute={mute} />
        </>
      )}
      {view === 'left-alone' && (
        <>
          <div className="functions-head">{choice}</div>
          <LeftAloneList rows={leftAlone} several={processes.length > 1} />
        </>
      )}
    </section>
  );
}

/** Absent: the run is over, or the trace is of no run of this studio. */
type Mute = ((rule: FunctionRule, on: boolean) => void) | undefined;

interface MostCalledProps {
  readonly trace: TraceId;
  readonly rules: readonly MuteRule[];
  readonly mute: Mute;
  readonly choice: ReactNode;
}

function MostCalled({ trace, rules, mute, choice }: MostCalledProps) {
  const [text, setText] = useState('');
  const [sort, setSort] = useState<Sort>('count');
  const { kind } = useTraceSource(trace);
  const { rows, total, done, hasCalls } = useMostCalled(trace, sort, text.trim());
  return (
    <>
      <div className="functions-head">
        {choice}
        <FilterField className="functions-filter" label={words.filterFunctions} placeholder={words.filterByName} value={text} onChange={setText} />
        <span className="functions-sort">
          <Select
            label={words.order}
            size="s"
            value={sort}
            options={(Object.keys(words.sorts) as Sort[]).map((value) => ({ value, label: words.sorts[value] }))}
            onChange={(value) => setSort(value as Sort)}
          />
        </span>
        <span className="functions-space" />
        <span className="functions-total" role="status">
          {rows && words.counted(total, done)}
        </span>
      </div>
      {!hasCalls || rows?.length === 0 ? (
        <div className="functions-empty">
          {kind === 'loading' ? null : hasCalls ? (
            <EmptyState icon={Search} title={words.noMatch.title}>
              {words.noMatch.text}
            </EmptyState>
          ) : (
            <EmptyState icon={FunctionSquare} title={noneTitle(words.noCalls.title, kind)}>
              {words.noCalls.text}
            </EmptyState>
          )}
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard.
        <section className="functions-scroll" tabIndex={0} aria-label={words.mostCalled}>
          <table aria-label={words.table}>
            <thead>
              <tr>
                <th scope="col">{words.function}</th>
                <th scope="col" className="functions-place">
                  {words.place}
                </th>
                <th scope="col" className="functions-number">
                  {words.calls}
                </th>
                <th scope="col" className="functions-number">
                  {words.time}
                </th>
                <th scope="col" className="functions-number functions-own">
                  {words.itsOwn}
                </th>
                {mute && (
                  <th scope="col">
                    <span className="visually-hidden">{words.muteTitle}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rows?.map((row) => (
                <FunctionLine key={row.key} row={row} rule={ruleFor(rules, row)} mute={mute} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function FunctionLine({ row, rule, mute }: { readonly row: FunctionRow; readonly rule: MuteRule | undefined; readonly mute: Mute }) {
  const { file, name, line } = row;
  const isMuted = rule?.muted === true;
  const shown = clipText(name, 200);
  return (
    <tr className={isMuted ? 'functions-muted' : undefined}>
      <th scope="row" className="mono" title={`${clipText(name)}\n${clipText(placeWords(file, line), 200)}`}>
        {/* In front, so that a long name does not take it out of sight. */}
        {isMuted && (
          <>
            <Badge>{words.muted}</Badge>{' '}
          </>
        )}
        {shown}
      </th>
      <td className="functions-place t2" title={file === '' ? undefined : `${clipText(file)}:${line}`}>
        {clipText(placeWords(file, line), 80)}
      </td>
      <td className="functions-number">{formatCount(row.count)}</td>
      <td className="functions-number">{formatDuration(row.totalNs)}</td>
      <td className="functions-number functions-own">{formatDuration(row.selfNs)}</td>
      {mute && (
        <td className="functions-buttons">
          {file !== '' && (
            <>
              <IconButton
                icon={isMuted ? Volume2 : VolumeX}
                size="s"
                label={isMuted ? words.record(shown) : words.mute(shown)}
                onClick={() => mute({ file, name, line }, !isMuted)}
              />
              {!isMuted && <IconButton icon={FileX2} size="s" label={words.muteFile(file)} onClick={() => mute({ file }, true)} />}
            </>
          )}
        </td>
      )}
    </tr>
  );
}

function MutedList({ rules, mute }: { readonly rules: readonly MuteRule[]; readonly mute: Mute }) {
  if (rules.length === 0) {
    return (
      <div className="functions-empty">
        <EmptyState icon={VolumeX} title={words.nothingMuted.title}>
          {words.nothingMuted.text}
        </EmptyState>
      </div>
    );
  }
  return (
    <ul className="functions-list" aria-label={words.mutedList}>
      {rules.map((rule) => (
        <li key={JSON.stringify(rule)}>
          <span className="mono" title={clipText(rule.file)}>
            {clipText(ruleWords(rule), 200)}
          </span>
          {mute && (
            <IconButton
              icon={Volume2}
              size="s"
              label={words.record(clipText(ruleWords(rule), 200))}
              onClick={() => {
                const { muted, ...what } = rule;
                mute(what, !muted);
              }}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

interface LeftAloneListProps {
  readonly rows: readonly { readonly process: ProcessInfo; readonly file: string; readonly reason: string }[];
  readonly several: boolean;
}

/** In the order in which they were met. */
function LeftAloneList({ rows, several }: LeftAloneListProps) {
  if (rows.length === 0) {
    return (
      <div className="functions-empty">
        <EmptyState icon={FunctionSquare} title={words.nothingLeftAlone.title}>
          {words.nothingLeftAlone.text}
        </EmptyState>
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard.
    <section className="functions-scroll" tabIndex={0} aria-label={words.leftAlone}>
      <table aria-label={words.leftAloneTable}>
        <thead>
          <tr>
            <th scope="col">{words.file}</th>
            {several && <th scope="col">{words.process}</th>}
            <th scope="col">{words.why}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ process, file, reason }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end, and a file may be in it twice.
            <tr key={index}>
              <th scope="row" className="mono">
                {clipText(file, 400)}
              </th>
              {several && (
                <td className="t2">
                  {clipText(process.name, 40)} {process.pid}
                </td>
              )}
              <td>{clipText(reason, 400)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
