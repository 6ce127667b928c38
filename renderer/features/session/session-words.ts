/** How a run stands, in words, a tone for its dot, and whether it went wrong. */
import type { Problem } from '../../../core/base/result.ts';
import type { SessionEnd } from '../../../core/protocol/recording-format.ts';
import { type SessionInfo, type SessionKept, STOP_GRACE_MS } from '../../../core/protocol/session-types.ts';
import type { TraceSummary } from '../../trace/trace-worker-api.ts';

export interface Standing {
  readonly word: string;
  readonly tone: 'live' | 'warn' | 'error' | 'ring';
  /** For a badge in a list; undefined where nothing is worth one. */
  readonly badge?: string;
  readonly live: boolean;
}

const GRACE = `${STOP_GRACE_MS / 1000} s`;
export const STOP_WORDS = `Asks the script to end. After ${GRACE} it is ended by force.`;
export const DETACH_WORDS = 'Leaves the program as it was before. It goes on.';
export const STOPPING_WORDS = `asked to end, by force after ${GRACE}`;

export const isRecording = (session: SessionInfo): boolean => session.gate?.on !== false;

/** "the last 30 s", "the newest 256 MB". */
export const keptWords = ({ seconds, megabytes }: SessionKept): string => (seconds > 0 ? `the last ${seconds} s` : `the newest ${megabytes} MB`);

/** Why nothing is recorded now. */
export function gateWords({ gate }: SessionInfo): string {
  switch (gate?.by) {
    case 'launch':
      return 'Recording has not begun';
    case 'script':
      return 'Recording is off, by the script';
    case 'limit':
      return `Recording ended: ${gate.why ?? 'a limit was reached.'}`;
    default:
      return 'Recording is off';
  }
}

export function endWords(end: SessionEnd): string {
  switch (end.kind) {
    case 'exited':
      return `Exited ${end.code}`;
    case 'signalled':
      return `Ended by ${end.signal}`;
    case 'stopped':
      return end.forced ? 'Stopped by force' : 'Stopped';
    case 'detached':
      return end.processEnded ? 'Ended' : 'Detached';
    case 'failed-to-start':
      return 'Did not start';
    case 'recorder-lost':
      return 'Ended with its recorder';
  }
}

/** For a badge in a list; undefined where nothing went wrong. */
function wrongBadge(end: SessionEnd): string | undefined {
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? undefined : `exit ${end.code}`;
    case 'signalled':
      return end.signal;
    case 'failed-to-start':
      return 'not started';
    case 'recorder-lost':
      return 'recorder lost';
    case 'stopped':
      return undefined;
  }
}

function ended(end: SessionEnd): Standing {
  const badge = wrongBadge(end);
  if (badge === undefined) return { word: endWords(end), tone: 'ring', live: false };
  return { word: endWords(end), tone: 'error', badge, live: false };
}

/** What stands over the graphs: of several notices the one that says why there is no more. */
export function mainNotice(session: SessionInfo | undefined, notices: readonly Problem[]): Problem | undefined {
  if (session?.recordingProblem !== undefined) return { code: 'recording-stopped', message: session.recordingProblem };
  return notices.find((notice) => notice.code === 'loss-disk') ?? notices[0];
}

export function standing(session: SessionInfo | undefined, summary: TraceSummary | undefined): Standing {
  switch (session?.state) {
    case 'starting':
      return { word: 'Starting', tone: 'live', badge: 'live', live: true };
    case 'running':
      if (session.recordingProblem !== undefined) return { word: 'Running, not recorded', tone: 'warn', badge: 'not recorded', live: true };
      return { word: 'Running', tone: 'live', badge: 'live', live: true };
    case 'stopping':
      return { word: 'Stopping', tone: 'warn', badge: 'stopping', live: true };
    case 'ended':
      return session.end ? ended(session.end) : { word: 'Ended', tone: 'ring', live: false };
    default:
      if (summary?.phase === 'failed') return { word: 'Not readable', tone: 'error', badge: 'failed', live: false };
      if (summary?.phase === 'loading') return { word: 'Loading', tone: 'ring', live: false };
      if (summary?.phase === 'live') return { word: 'Growing', tone: 'live', badge: 'live', live: true };
      if (summary?.end) return ended(summary.end);
      return { word: 'Saved', tone: 'ring', live: false };
  }
}
