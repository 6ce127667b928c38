import { Circle, Database, History, TriangleAlert } from 'lucide-react';
import type { SessionInfo } from '../../../core/protocol/session-types.ts';
import { TYPESCRIPT_WAYS, type TypeScriptWay } from '../../../core/protocol/target-wire.ts';
import { typeScriptInWords } from '../../../core/protocol/typescript-words.ts';
import { formatCount } from '../../drawing/format.ts';
import { useSession } from '../../state/session-store.ts';
import { useCalmSummary } from '../../state/use-calm-summary.ts';
import { useLaunchRecord } from '../../state/use-launch-record.ts';
import { useRates } from '../../state/use-rates.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { formatBytes, formatElapsed, plural } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Dot, Icon, Progress, Tooltip } from '../../widgets/index.ts';
import { MemoryMenu } from './memory-menu.tsx';
import { gateWords, isRecording, keptWords, STOPPING_WORDS, standing } from './session-words.ts';
import { samplingWords } from './take-actions.ts';
import './status-bar.css';
import { words } from './words.ts';

const PROCESSES_EVERY_MS = 1000;

/** How full the fullest ring is: at the end of it the script waits, or events are dropped. */
function BufferGauge({ share }: { readonly share: number }) {
  const percent = Math.round(share * 100);
  return (
    <Tooltip text={words.bufferText}>
      <span className={`status-item medium-only ${share >= 0.9 ? 'status-notice' : ''}`}>
        {words.buffer}
        <span className="status-gauge">
          <Progress share={share} label={words.bufferFill} />
        </span>
        <span className="status-percent">{percent} %</span>
      </span>
    </Tooltip>
  );
}

/** How many processes are heard, or why there are none. */
function Processes({ session, isLive }: { readonly session: SessionInfo; readonly isLive: boolean }) {
  const { processes, untraced } = session;
  if (untraced === undefined) {
    return <span className="status-item narrow-off">{processes === 0 && isLive ? words.notConnected : plural(processes, 'process', 'processes')}</span>;
  }
  return (
    <Tooltip text={untraced}>
      <button type="button" className="status-item status-button status-notice">
        <Icon of={TriangleAlert} size="xs" />
        {words.untraced}
      </button>
    </Tooltip>
  );
}

/** Of the run while it goes on; of a recording that was opened as its processes have told. */
function useTypeScriptWays(trace: TraceId, session: SessionInfo | undefined): readonly TypeScriptWay[] {
  const processes = useTraceQuery(trace, 'processes.list', {}, PROCESSES_EVERY_MS).value ?? [];
  return session?.typescript ?? TYPESCRIPT_WAYS.filter((way) => processes.some(({ capture }) => capture?.typescript?.includes(way)));
}

export function StatusBar({ trace }: { readonly trace: TraceId }) {
  const summary = useCalmSummary(trace);
  const session = useSession(trace);
  const record = useLaunchRecord(trace);
  const command = session?.command ?? record?.command;
  const nodeVersion = session?.nodeVersion ?? record?.nodeVersion;
  const typescript = typeScriptInWords(useTypeScriptWays(trace, session));
  const now = standing(session, summary);
  const rates = useRates(trace, now.live);
  const dropped = Math.max(summary?.dropped ?? 0, session?.dropped ?? 0);
  const bytes = Math.max(summary?.loadedBytes ?? 0, session?.bytes ?? 0);
  const notices = summary?.notices ?? [];
  const sampling = session && samplingWords(session);
  const stallMs = Math.round((summary?.stallNs ?? 0) / 1e6);
  return (
    <section className="status" aria-label={words.statusBar}>
      <span className="status-item t1" role="status">
        <Dot tone={now.tone} />
        {now.word}
        {session?.state === 'stopping' && !session.attached && <span className="t2">{STOPPING_WORDS}</span>}
      </span>
      <span className="status-item t1" title={words.elapsed}>
        {formatElapsed(summary?.endNs ?? 0)}
      </span>
      {nodeVersion !== undefined && <span className="status-item narrow-off">{words.node(nodeVersion)}</span>}
      {typescript !== undefined && (
        <span className="status-item status-sentence medium-only" title={typescript}>
          <span className="ellipsis">{typescript}</span>
        </span>
      )}
      {session?.pid !== undefined && <span className="status-item narrow-off">{words.pid(session.pid)}</span>}
      {session && <Processes session={session} isLive={now.live} />}
      {sampling !== undefined && <span className="status-item medium-only">{sampling}</span>}
      {command && (
        <span className="status-command mono medium-only" title={record && words.commandIn(command.join(' '), record.cwd)}>
          {command.join(' ')}
        </span>
      )}
      <span className="grow" />
      {session?.recordingProblem !== undefined && (
        <span className="status-item status-notice status-sentence" title={session.recordingProblem}>
          <Icon of={TriangleAlert} size="xs" />
          <span className="ellipsis">{session.recordingProblem}</span>
        </span>
      )}
      {notices.length > 0 && (
        <Tooltip text={notices.map((notice) => [notice.message, notice.remedy].filter(Boolean).join(' ')).join(' ')}>
          <button type="button" className="status-item status-button status-notice">
            <Icon of={TriangleAlert} size="xs" />
            {plural(notices.length, 'notice')}
          </button>
        </Tooltip>
      )}
      {stallMs > 0 && <span className="status-item medium-only">{words.waited(formatCount(stallMs))}</span>}
      {session && now.live && !isRecording(session) && (
        <span className="status-item status-notice">
          <Icon of={Circle} size="xs" />
          {gateWords(session)}
        </span>
      )}
      {session?.load && <BufferGauge share={session.load.bufferShare} />}
      {session?.kept ? (
        <Tooltip text={words.keepsText}>
          <span className="status-item">
            <Icon of={History} size="xs" />
            {words.keeps(keptWords(session.kept), formatBytes(session.kept.bytes))}
          </span>
        </Tooltip>
      ) : (
        <span className="status-item">
          <Icon of={Database} size="xs" />
          {formatBytes(bytes)}
        </span>
      )}
      <MemoryMenu trace={trace} />
      <span className="status-item">{plural(summary?.events ?? 0, 'event')}</span>
      {now.live && <span className="status-item status-rate">{formatCount(Math.round(rates.eventsPerSecond))} / s</span>}
      <span className={`status-item ${dropped > 0 ? 'status-notice' : ''}`}>{words.droppedCount(formatCount(dropped))}</span>
    </section>
  );
}
