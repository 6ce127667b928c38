/** Runs by id, as the host tells them. */
import { create } from 'zustand';
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

/** The answer to a start may arrive after the news that the script has ended already: an end is final. */
export function noteSession(session: SessionInfo): void {
  store.setState((state) => {
    const known = state.sessions[session.id];
    if (known?.state === 'ended' && session.state !== 'ended') return state;
    return { sessions: { ...state.sessions, [session.id]: session } };
  });
}

export const sessionState = () => store.getState().sessions;
export const isRunning = (session: SessionInfo | undefined): boolean => session !== undefined && session.state !== 'ended';

export const useSessions = (): Readonly<Record<SessionId, SessionInfo>> => store((state) => state.sessions);
export const useSessionById = (id: SessionId | undefined): SessionInfo | undefined => store((state) => (id === undefined ? undefined : state.sessions[id]));

/** The run that writes, or wrote, this trace. Undefined for a saved or imported one. */
export function useSession(trace: TraceId | undefined): SessionInfo | undefined {
  return useSessionById(useOpenTrace(trace)?.session);
}

/** For tests: forget everything. */
export function resetSessions(): void {
  store.setState({ sessions: {} });
}
