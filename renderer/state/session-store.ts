/** Runs by id, as the host tells them. */
import { create } from 'zustand';
import type { SamplingState } from '../../core/protocol/sampling.ts';
import type { SessionId, SessionInfo } from '../../core/protocol/session-types.ts';
import type { StudioClient } from '../../core/protocol/studio-api.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { useOpenTrace } from './trace-store.ts';

interface SessionState {
  readonly sessions: Readonly<Record<SessionId, SessionInfo>>;
}

const store = create<SessionState>(() => ({ sessions: {} }));

export function connectSessions(studio: StudioClient): () => void {
  const off = studio.on('session.changed', noteSession);
  studio.request('session.list', null).then(
    (list) => list.forEach(noteSession),
    () => {}, // The connection went; the list is asked for again when it is back.
  );
  return off;
}

/** Counts alone come ten times a second, and half the window hangs on a session: they are taken over this often. */
const COUNTS_MS = 500;
const counted = new Map<SessionId, SessionInfo>();
let countsTimer: ReturnType<typeof setTimeout> | undefined;

export function noteSession(session: SessionInfo): void {
  const known = store.getState().sessions[session.id];
  if (known && onlyCountsDiffer(known, session)) {
    counted.set(session.id, session);
    countsTimer ??= setTimeout(takeCounts, COUNTS_MS);
    return;
  }
  counted.delete(session.id);
  take([session]);
}

function takeCounts(): void {
  countsTimer = undefined;
  const waiting = [...counted.values()];
  counted.clear();
  take(waiting);
}

/** The answer to a start may arrive after the news that the script has ended already: an end is final. */
function take(list: readonly SessionInfo[]): void {
  store.setState((state) => {
    const sessions = { ...state.sessions };
    for (const session of list) {
      if (sessions[session.id]?.state !== 'ended' || session.state === 'ended') sessions[session.id] = session;
    }
    return { sessions };
  });
}

const COUNTS: ReadonlySet<string> = new Set<keyof SessionInfo | keyof SamplingState>([
  'events',
  'bytes',
  'dropped',
  'load',
  'kept',
  'samples',
  'pauseUs',
  'overhead',
  'blindMs',
]);

function onlyCountsDiffer(before: SessionInfo, now: SessionInfo): boolean {
  const told = (session: SessionInfo) => JSON.stringify(session, (key, value: unknown) => (COUNTS.has(key) ? undefined : value));
  return told(before) === told(now);
}

export const sessionState = () => store.getState().sessions;
export const isRunning = (session: SessionInfo | undefined): boolean => session !== undefined && session.state !== 'ended';

/** Whether a script runs, in any of the windows. */
export const useAnyRuns = (): boolean => store((state) => Object.values(state.sessions).some(isRunning));
export const useSessions = (): Readonly<Record<SessionId, SessionInfo>> => store((state) => state.sessions);
export const useSessionById = (id: SessionId | undefined): SessionInfo | undefined => store((state) => (id === undefined ? undefined : state.sessions[id]));

/** The run that writes, or wrote, this trace. Undefined for a saved or imported one. */
export function useSession(trace: TraceId | undefined): SessionInfo | undefined {
  return useSessionById(useOpenTrace(trace)?.session);
}

/** For tests: forget everything. */
export function resetSessions(): void {
  clearTimeout(countsTimer);
  countsTimer = undefined;
  counted.clear();
  store.setState({ sessions: {} });
}
