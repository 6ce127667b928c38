import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LaunchConfig } from '../../../../core/protocol/session-types.ts';
import type { LaunchInspection } from '../../../../core/protocol/studio-api.ts';
import {
  BLANK_CONFIG,
  changeDraft,
  configForScript,
  connectLaunch,
  describeTarget,
  forgottenValues,
  inspected,
  launchState,
  setDraft,
  startOnce,
} from '../../../../renderer/state/launch-store.ts';
import { FakeStudio } from '../../../helpers/fake-studio.ts';

const script = (path: string): LaunchConfig => ({ ...BLANK_CONFIG, target: { kind: 'script', path } });
const inspectionOf = (config: LaunchConfig): LaunchInspection => ({ command: ['node', describeTarget(config)], cwd: '/', problems: [] });

describe('the form', () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    vi.useFakeTimers();
    kept.clear();
    vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('asks the host once when several keys are typed', async () => {
    const studio = new FakeStudio({ 'launch.inspect': inspectionOf });
    connectLaunch(studio);
    await vi.runAllTimersAsync();
    studio.asked.length = 0;
    for (const path of ['/a', '/a.', '/a.j', '/a.js']) setDraft(script(path));
    expect(launchState().inspecting).toBe(true);
    await vi.runAllTimersAsync();
    expect(studio.asked).toEqual([{ method: 'launch.inspect', argument: script('/a.js') }]);
    expect(launchState()).toMatchObject({ inspecting: false, inspection: { command: ['node', 'a.js'] } });
  });

  it('drops an answer that came after a newer question', async () => {
    const answers: ((inspection: LaunchInspection) => void)[] = [];
    connectLaunch(new FakeStudio({ 'launch.inspect': () => new Promise<LaunchInspection>((resolve) => answers.push(resolve)) }));
    await vi.runAllTimersAsync();
    setDraft(script('/old.js'));
    await vi.advanceTimersByTimeAsync(200);
    setDraft(script('/new.js'));
    await vi.advanceTimersByTimeAsync(200);
    answers[2]?.(inspectionOf(script('/new.js')));
    answers[1]?.(inspectionOf(script('/old.js')));
    await vi.runAllTimersAsync();
    expect(launchState().inspection?.command).toEqual(['node', 'new.js']);
  });

  it('answers for what was typed last, without waiting for the next pause', async () => {
    connectLaunch(new FakeStudio({ 'launch.inspect': inspectionOf }));
    await vi.runAllTimersAsync();
    setDraft(script('/fresh.js'));
    const answer = inspected();
    await vi.advanceTimersByTimeAsync(1);
    await expect(answer).resolves.toMatchObject({ command: ['node', 'fresh.js'] });
    await expect(inspected()).resolves.toMatchObject({ command: ['node', 'fresh.js'] });
  });

  it('keeps its contents over a reload, but no values of variables', () => {
    connectLaunch(new FakeStudio({ 'launch.inspect': inspectionOf }));
    setDraft(script('/a.js'));
    changeDraft({ arguments: '--port 1', environment: [{ name: 'TOKEN', value: 'hunter2' }] });
    const text = [...kept.values()].join();
    expect(JSON.parse(text)).toMatchObject({ target: { path: '/a.js' }, arguments: '--port 1', environment: [{ name: 'TOKEN', value: '' }] });
    expect(text).not.toContain('hunter2');
    expect(launchState().draft.environment[0]?.value).toBe('hunter2');
  });
});

describe('configForScript', () => {
  const recent = [{ config: { ...script('/a.js'), arguments: '--fast' }, usedAtMs: 1 }];
  it('brings back what the script ran with', () => {
    expect(configForScript('/a.js', recent).arguments).toBe('--fast');
  });
  it('gives another script nothing of it', () => {
    expect(configForScript('/b.js', recent)).toEqual(script('/b.js'));
    expect(configForScript('/b.js', undefined)).toEqual(script('/b.js'));
  });
});

describe('values of environment variables that are gone', () => {
  const config = (value: string): LaunchConfig => ({ ...script('/x.js'), environment: [{ name: 'TOKEN', value }] });
  it('are told of a script that ran before the studio was started again', () => {
    const recent = [{ config: config(''), usedAtMs: 1, forgotten: ['TOKEN'] }];
    expect(forgottenValues(config(''), recent)).toEqual(['TOKEN']);
    expect(forgottenValues(config('typed again'), recent)).toEqual([]);
    expect(forgottenValues({ ...config(''), ...script('/other.js') }, recent)).toEqual([]);
  });
  it('and none of one whose value was empty', () => {
    expect(forgottenValues(config(''), [{ config: config(''), usedAtMs: 1 }])).toEqual([]);
  });
});

describe('starting a run', () => {
  it('happens once, however often it is asked for meanwhile', async () => {
    const begun: number[] = [];
    let ready = () => {};
    const gate = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const ask = (n: number) =>
      startOnce(async () => {
        begun.push(n);
        await gate;
      });
    const first = ask(1);
    expect(launchState().starting).toBe(true);
    await expect(ask(2)).resolves.toBe(false);
    ready();
    await expect(first).resolves.toBe(true);
    expect(launchState().starting).toBe(false);
    await ask(3);
    expect(begun).toEqual([1, 3]);
  });

  it('can be asked for again after it failed', async () => {
    await expect(startOnce(() => Promise.reject(new Error('no such file')))).rejects.toThrow('no such file');
    await expect(startOnce(async () => {})).resolves.toBe(true);
  });
});
