import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Peer } from '../../../core/protocol/rpc.ts';
import type { SessionInfo } from '../../../core/protocol/session-types.ts';
import { IpcChannel, type IpcMessage } from '../../../main/collector/ipc-channel.ts';
import { isAlive } from '../../../main/collector/process-tree.ts';
import { openWithSecret } from '../../../main/collector/socket-channel.ts';
import { spawnCollector } from '../../../main/collector/spawn-collector.ts';
import type { CollectorLink } from '../../../main/services/host-port.ts';
import { readRecording, recordedText, script, spawnPlan, TestFolder } from './collector-fixture.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const built = path.join(root, 'dist', 'collector', 'collector.cjs');

let folder: TestFolder;
beforeEach(() => {
  folder = new TestFolder();
});
afterEach(() => folder.remove());

const startOf = (plan: ReturnType<typeof spawnPlan>) => ({ plan, file: folder.file(), session: 'one', recording: 'one' });
const holdOn = (code = '') =>
  spawnPlan({ args: ['-e', `${code}; console.log("pid " + process.pid); setInterval(() => {}, 1000)`], hand: { events: 1000, hold: true } });

describe('spawnCollector', () => {
  let link: CollectorLink;
  let exit: Promise<{ readonly expected: boolean; readonly description: string }>;
  beforeEach(async () => {
    link = await spawnCollector({ script: built, folder: folder.path });
    exit = new Promise((resolve) => {
      link.onExit = resolve;
    });
  });
  afterEach(async () => {
    link.dispose();
    await exit;
  });

  it('runs a session, tells its states, serves windows, and ends when it is told to', async () => {
    const states: SessionInfo[] = [];
    const control = new Peer(link.control, { calls: {}, notified: (event, info) => event === 'session.changed' && states.push(info as SessionInfo) });
    const info = await control.call<SessionInfo>('session.start', startOf(spawnPlan({ args: ['-e', 'console.log("hi")'], hand: { events: 500 } })));
    expect(info).toMatchObject({ id: 'one', recording: 'one', state: 'running', pid: expect.any(Number) });
    const chunks: Uint8Array[] = [];
    for await (const chunk of new Peer(await link.openWindow()).stream('recording.follow', { recording: 'one', offset: 0 })) chunks.push(chunk);
    expect(readRecording(Buffer.concat(chunks))).toMatchObject({ complete: true, problems: [] });
    expect(await control.call<SessionInfo[]>('session.list', null)).toMatchObject([{ state: 'ended', events: 500, end: { kind: 'exited', code: 0 } }]);
    expect(states.at(-1)).toMatchObject({ state: 'ended' });
    await control.call('shutdown', { graceMs: 0 });
    expect(await exit).toMatchObject({ expected: true });
  });

  it('gives words for what cannot be done', async () => {
    const control = new Peer(link.control);
    await expect(control.call('session.stop', { session: 'nope', graceMs: 0 })).rejects.toMatchObject({ code: 'no-such-session' });
    await expect(control.call('recording.open', { path: '/nowhere.tsr', recording: 'x', unsaved: false })).rejects.toMatchObject({ code: 'not-found' });
  });

  it.skipIf(process.platform !== 'linux')('that is killed leaves a file that opens up to its last whole block', async () => {
    const control = new Peer(link.control);
    const info = await control.call<SessionInfo>('session.start', startOf(holdOn()));
    await recordedText(new Peer(await link.openWindow()), 'one', 'sent');
    const collector = Number(readFileSync(`/proc/${info.pid}/stat`, 'latin1').split(' ')[3]);
    process.kill(collector, 'SIGKILL');
    expect(await exit).toMatchObject({ expected: false, description: 'it was ended by SIGKILL' });
    process.kill(info.pid as number, 'SIGKILL');
    const recording = readRecording(folder.bytes());
    expect(recording.complete).toBe(false);
    expect(recording.problems.filter((item) => item.kind !== 'cut')).toEqual([]);
    expect(recording.data().length).toBeGreaterThanOrEqual(1000 * 24);
  });
});

describe('the collector process', () => {
  interface Started {
    readonly child: ChildProcess;
    readonly control: Peer;
    readonly ready: Extract<IpcMessage, { kind: 'ready' }>;
    readonly exit: Promise<number | null>;
  }
  async function start(): Promise<Started> {
    const child = fork(built, [folder.path], { serialization: 'advanced', execArgv: [] });
    const control = new Peer(new IpcChannel(child));
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const ready = await new Promise<Started['ready']>((resolve) =>
      child.on('message', (message) => (message as IpcMessage).kind === 'ready' && resolve(message as Started['ready'])),
    );
    return { child, control, ready, exit };
  }

  it('stops its targets, completes their recordings and ends when its host is gone', async () => {
    const { child, control, exit } = await start();
    const { pid } = await control.call<SessionInfo>('session.start', startOf(holdOn()));
    child.disconnect();
    expect(await exit).toBe(0);
    expect(isAlive(pid as number)).toBe(false);
    const recording = readRecording(folder.bytes());
    expect(recording).toMatchObject({ complete: true, problems: [] });
    expect(recording.info.at(-1)).toMatchObject({ kind: 'session-end', end: { kind: 'stopped' } });
  });

  it('leaves Ctrl+C of the terminal to its host', async () => {
    const { child, control, exit } = await start();
    child.kill('SIGINT');
    expect(await control.call('session.list', null)).toEqual([]);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  it('lets in only windows that know the secret', async () => {
    const { child, ready, exit } = await start();
    expect(statSync(path.dirname(ready.socket)).mode & 0o777).toBe(0o700);
    const good = new Peer(openWithSecret(connect(ready.socket), ready.secret));
    await expect(good.call('recording.status', { recording: 'nope' })).rejects.toMatchObject({ code: 'no-such-recording' });
    for (const secret of ['', 'wrong', `${ready.secret}0`, ready.secret.toUpperCase().replace(/\d/g, 'A')]) {
      const bad = new Peer(openWithSecret(connect(ready.socket), secret));
      await expect(bad.call('recording.status', { recording: 'nope' })).rejects.toThrow('connection lost');
    }
    const garbage = connect(ready.socket);
    garbage.write(Buffer.alloc(64, 0xff));
    await new Promise((resolve) =>
      garbage
        .on('error', () => {})
        .once('close', resolve)
        .resume(),
    );
    child.disconnect();
    expect(await exit).toBe(0);
  });

  it('ends a stubborn tree when its host is gone', async () => {
    const { child, control, exit } = await start();
    const plan = spawnPlan({ args: [script('spawn-tree.cjs'), '1', 'deaf'], preload: script('nothing.cjs') });
    const { pid } = await control.call<SessionInfo>('session.start', startOf(plan));
    child.disconnect();
    expect(await exit).toBe(0);
    expect(isAlive(pid as number)).toBe(false);
  });
});
