import { describe, expect, it } from 'vitest';
import type { SessionEnd } from '../../../../../core/protocol/recording-format.ts';
import type { SessionInfo } from '../../../../../core/protocol/session-types.ts';
import { gateWords, isRecording, keptWords, mainNotice, standing } from '../../../../../renderer/features/session/session-words.ts';
import { emptySummary } from '../../../../../renderer/state/trace-store.ts';

const session = (change: Partial<SessionInfo>): SessionInfo => ({
  id: 's',
  recording: 'r',
  title: 'a.js',
  command: [],
  cwd: '/',
  state: 'running',
  startedAtMs: 0,
  processes: 0,
  events: 0,
  bytes: 0,
  dropped: 0,
  ...change,
});

describe('standing', () => {
  it.each<[SessionEnd, string, string, string | undefined]>([
    [{ kind: 'exited', code: 0 }, 'Exited 0', 'ring', undefined],
    [{ kind: 'exited', code: 3 }, 'Exited 3', 'error', 'exit 3'],
    [{ kind: 'signalled', signal: 'SIGSEGV' }, 'Ended by SIGSEGV', 'error', 'SIGSEGV'],
    [{ kind: 'stopped', signal: 'SIGTERM', forced: false }, 'Stopped', 'ring', undefined],
    [{ kind: 'stopped', signal: 'SIGKILL', forced: true }, 'Stopped by force', 'ring', undefined],
    [{ kind: 'failed-to-start', message: 'x' }, 'Did not start', 'error', 'not started'],
    [{ kind: 'recorder-lost' }, 'Ended with its recorder', 'error', 'recorder lost'],
  ])('of an ended run: %o', (end, word, tone, badge) => {
    const now = standing(session({ state: 'ended', end }), undefined);
    expect([now.word, now.tone, now.badge, now.live]).toEqual([word, tone, badge, false]);
    // The same from the file, when nobody knows the session any more.
    expect(standing(undefined, { ...emptySummary('t'), phase: 'complete', end }).word).toBe(word);
  });

  it('is live until the session has ended', () => {
    for (const state of ['starting', 'running', 'stopping'] as const) expect(standing(session({ state }), undefined).live).toBe(true);
  });

  it('says that a run goes on which is not recorded any more', () => {
    expect(standing(session({ recordingProblem: 'Recording stopped.' }), undefined)).toMatchObject({ word: 'Running, not recorded', tone: 'warn', live: true });
    expect(standing(session({ state: 'ended', end: { kind: 'exited', code: 0 }, recordingProblem: 'x' }), undefined).word).toBe('Exited 0');
  });

  it('tells a file that cannot be read', () => {
    expect(standing(undefined, { ...emptySummary('t'), phase: 'failed' })).toMatchObject({ tone: 'error', live: false });
  });
});

describe('recording', () => {
  it('is on until something switched it off, and who that was is said', () => {
    expect(isRecording(session({}))).toBe(true);
    expect(isRecording(session({ gate: { on: true, by: 'script' } }))).toBe(true);
    const off = (['launch', 'window', 'script'] as const).map((by) => gateWords(session({ gate: { on: false, by } })));
    expect(off).toEqual(['Recording has not begun', 'Recording is off', 'Recording is off, by the script']);
    expect(isRecording(session({ gate: { on: false, by: 'window' } }))).toBe(false);
    expect(gateWords(session({ gate: { on: false, by: 'limit', why: 'it has gone on for 5 s.' } }))).toBe('Recording ended: it has gone on for 5 s.');
  });
  it('of the newest only is named by its time, or its size', () => {
    expect(keptWords({ fromNs: 0, bytes: 0, seconds: 30, megabytes: 256 })).toBe('the last 30 s');
    expect(keptWords({ fromNs: 0, bytes: 0, seconds: 0, megabytes: 256 })).toBe('the newest 256 MB');
  });
});

describe('what stands over the graphs', () => {
  const cut = { code: 'cut', message: 'The file ends in the middle.' };
  const disk = { code: 'loss-disk', message: 'Recording stopped: there is no room left.' };
  it('is why the recording stopped, while it runs, after its end, and of a file that is opened again', () => {
    expect(mainNotice(session({ recordingProblem: 'Recording stopped. The script goes on.' }), [cut])?.message).toBe('Recording stopped. The script goes on.');
    expect(mainNotice(undefined, [cut, disk])).toBe(disk);
    expect(mainNotice(undefined, [cut])).toBe(cut);
    expect(mainNotice(session({}), [])).toBeUndefined();
  });
});
