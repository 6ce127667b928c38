import { ChevronDown, Circle, CircleDot, FileCode2, History, Play, RotateCw, SlidersHorizontal, Square, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import type { LaunchRecord } from '../../../core/protocol/recording-format.ts';
import type { SessionInfo } from '../../../core/protocol/session-types.ts';
import { formatCount } from '../../drawing/format.ts';
import { useSession } from '../../state/session-store.ts';
import { useOpenTrace } from '../../state/trace-store.ts';
import { useCalmSummary } from '../../state/use-calm-summary.ts';
import { useLaunchRecord } from '../../state/use-launch-record.ts';
import { useRates } from '../../state/use-rates.ts';
import { baseName, formatBytes, formatElapsed } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Button, Dot, Icon, IconButton, Kbd, Tooltip } from '../../widgets/index.ts';
import { DETACH_WORDS, gateWords, isRecording, keptWords, STOP_WORDS, standing } from './session-words.ts';
import { Sparkline } from './sparkline.tsx';
import './toolbar.css';
import { words } from './words.ts';

export interface ToolbarProps {
  readonly trace: TraceId;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onRestart: () => void;
  readonly onRecord: () => void;
  readonly onSaveLast: () => void;
  readonly onConfigure: () => void;
  /** The view's own controls, at the right. */
  readonly children?: ReactNode;
}

export function Toolbar({ trace, onRun, onStop, onRestart, onRecord, onSaveLast, onConfigure, children }: ToolbarProps) {
  const session = useSession(trace);
  const running = session !== undefined && session.state !== 'ended';
  const record = useLaunchRecord(trace);
  const configured = session?.title ?? (record && recordTitle(record));
  const nodeVersion = session?.nodeVersion ?? record?.nodeVersion;
  return (
    <section aria-label={words.runControls}>
      <div className="toolbar" role="toolbar" aria-label={words.run}>
        {running ? (
          <>
            <Tooltip text={session.attached ? DETACH_WORDS : STOP_WORDS}>
              <Button
                icon={session.attached ? Unplug : Square}
                iconFilled={!session.attached}
                {...(!session.attached && { iconClass: 'stop-mark' })}
                onClick={onStop}
                disabled={session.state === 'stopping'}
              >
                {stopLabel(session)}
                <span className="wide-only" aria-hidden="true">
                  <Kbd>Shift+F5</Kbd>
                </span>
              </Button>
            </Tooltip>
            {!session.attached && <IconButton icon={RotateCw} kind="default" label={words.restart} keys="Ctrl+Shift+F5" onClick={onRestart} />}
            <RecordButton session={session} onRecord={onRecord} />
            {session.kept && <SaveLastButton kept={keptWords(session.kept)} onSaveLast={onSaveLast} />}
          </>
        ) : (
          <Button kind="primary" icon={Play} iconFilled onClick={onRun}>
            {session ? words.runAgain : words.runOther}
            <span className="toolbar-key" aria-hidden="true">
              F5
            </span>
          </Button>
        )}
        <span className="toolbar-line" />
        <Button className="toolbar-config" onClick={onConfigure}>
          <Icon of={configured === undefined ? SlidersHorizontal : FileCode2} />
          <span className="visually-hidden">{words.runConfiguration} </span>
          <span className="mono toolbar-config-name ellipsis">{configured ?? words.notChosen}</span>
          {nodeVersion !== undefined && (
            <span className="label t2 wide-only" aria-hidden="true">
              {words.node(nodeVersion.replace(/^v/, ''))}
            </span>
          )}
          <Icon of={ChevronDown} size="xs" />
        </Button>
        <Readings trace={trace} />
        <span className="grow" />
        {children}
      </div>
    </section>
  );
}

function stopLabel({ attached, state }: SessionInfo): string {
  if (attached) return state === 'stopping' ? 'Leaving' : 'Detach';
  return state === 'stopping' ? 'Stopping' : 'Stop';
}

/** A switch whose name stays: what it shows is whether it is on. */
function RecordButton({ session, onRecord }: { readonly session: SessionInfo; readonly onRecord: () => void }) {
  const on = isRecording(session);
  return (
    <Tooltip text={on ? words.stopRecording : words.recordFromNowOn(gateWords(session))} keys="Ctrl+E">
      <Button
        className={on ? 'record record-on' : 'record'}
        icon={on ? CircleDot : Circle}
        aria-label={words.recording}
        aria-pressed={on}
        onClick={onRecord}
        disabled={session.state === 'stopping'}
      >
        <span className="record-word">{on ? words.recording : words.record}</span>
      </Button>
    </Tooltip>
  );
}

function SaveLastButton({ kept, onSaveLast }: { readonly kept: string; readonly onSaveLast: () => void }) {
  return (
    <Tooltip text={words.onlyKept(kept)} keys="L">
      <Button icon={History} aria-label={words.saveLast(kept)} onClick={onSaveLast}>
        <span className="medium-only">{words.saveLast(kept)}</span>
      </Button>
    </Tooltip>
  );
}

/** As the run was called: its script, or the command. */
const recordTitle = ({ script, command: [program = '', ...words] }: LaunchRecord): string =>
  script === undefined ? [baseName(program), ...words].join(' ') : baseName(script);

/** Only these numbers re-render while events come in. */
function Readings({ trace }: { readonly trace: TraceId }) {
  const summary = useCalmSummary(trace);
  const session = useSession(trace);
  const open = useOpenTrace(trace);
  const now = standing(session, summary);
  const rates = useRates(trace, now.live);
  const dropped = Math.max(summary?.dropped ?? 0, session?.dropped ?? 0);
  const bytes = Math.max(summary?.totalBytes ?? 0, summary?.loadedBytes ?? 0);
  const rate = formatBytes(rates.bytesPerSecond).split(' ');
  return (
    <dl className="readings" aria-label={words.readings}>
      <div className={`reading reading-clock ${now.tone === 'live' ? 'reading-live' : ''}`}>
        <dt>
          {now.live && <Dot tone={now.tone} />}
          {now.live ? (now.word === 'Running' ? 'Live' : now.word) : now.word}
        </dt>
        <dd>{formatElapsed(summary?.endNs ?? 0)}</dd>
      </div>
      {now.live && (
        <div className="reading reading-rate reading-spark">
          <dt>{words.eventsPerSecond}</dt>
          <dd>
            {formatCount(Math.round(rates.eventsPerSecond))}
            <Sparkline values={rates.history} points={28} />
          </dd>
        </div>
      )}
      {now.live && (
        <div className="reading wide-only reading-rate">
          <dt>{words.dataRate}</dt>
          <dd>
            {rate[0]}
            <small>{rate[1]}/s</small>
          </dd>
        </div>
      )}
      <div className="reading reading-rate reading-events">
        <dt>{words.events}</dt>
        <dd>{formatCount(summary?.events ?? 0)}</dd>
      </div>
      {!now.live && (
        <div className="reading medium-only">
          <dt>{words.size}</dt>
          <dd>{formatBytes(bytes)}</dd>
        </div>
      )}
      {!session && open && open.path !== '' && (
        <div className="reading wide-only">
          <dt>{words.file}</dt>
          <dd title={open.path}>{baseName(open.path)}</dd>
        </div>
      )}
      <div className={`reading ${dropped > 0 ? 'reading-bad' : ''}`}>
        <dt>{words.dropped}</dt>
        <dd>{formatCount(dropped)}</dd>
      </div>
    </dl>
  );
}
