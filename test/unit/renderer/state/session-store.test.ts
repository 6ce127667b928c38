import { beforeEach, expect, it, vi } from 'vitest';
import type { SessionInfo } from '../../../../core/protocol/session-types.ts';
import { connectSessions, isRunning, noteSession, resetSessions, sessionState } from '../../../../renderer/state/session-store.ts';
import { FakeStudio } from '../../../helpers/fake-studio.ts';

const session: SessionInfo = {
  id: 's1',
  recording: 'r1',
  title: 'a.js',
  command: ['node', 'a.js'],
  cwd: '/',
  state: 'running',
  startedAtMs: 1,
  processes: 1,
  events: 0,
  bytes: 0,
  dropped: 0,
};

beforeEach(resetSessions);

it('knows the runs that were there before the window, and follows them', async () => {
  const studio = new FakeStudio({ 'session.list': () => [session] });
  const end = connectSessions(studio);
  await vi.waitFor(() => expect(isRunning(sessionState().s1)).toBe(true));
  studio.push('session.changed', { ...session, state: 'ended', end: { kind: 'exited', code: 0 } });
  expect(isRunning(sessionState().s1)).toBe(false);
  end();
  studio.push('session.changed', session);
  expect(sessionState().s1?.state).toBe('ended');
});

it('takes no run for one that is not running', () => {
  expect(isRunning(undefined)).toBe(false);
  expect(isRunning({ ...session, state: 'stopping' })).toBe(true);
});

it('does not bring a run back to life when the answer to its start comes after its end', () => {
  noteSession({ ...session, state: 'ended', end: { kind: 'exited', code: 9 } });
  noteSession(session);
  expect(sessionState().s1).toMatchObject({ state: 'ended', end: { code: 9 } });
});

it('takes counts alone over after a moment, and anything else at once', () => {
  vi.useFakeTimers();
  try {
    noteSession(session);
    noteSession({ ...session, events: 10 });
    noteSession({ ...session, events: 20, bytes: 5 });
    expect(sessionState().s1?.events).toBe(0);
    vi.runAllTimers();
    expect(sessionState().s1).toMatchObject({ events: 20, bytes: 5 });
    noteSession({ ...session, events: 30 });
    noteSession({ ...session, events: 40, state: 'stopping' });
    expect(sessionState().s1).toMatchObject({ events: 40, state: 'stopping' });
    vi.runAllTimers();
    expect(sessionState().s1?.events).toBe(40);
  } finally {
    vi.useRealTimers();
  }
});
