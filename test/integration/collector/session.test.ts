import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockType, ConsoleSource } from '../../../core/protocol/recording-format.ts';
import { startEarly } from '../../../main/collector/early-target.ts';
import { openAppendFile } from '../../../main/collector/recording-file.ts';
import { CollectorFixture, pidsIn, readRecording, recordedText, script, spawnPlan } from './collector-fixture.ts';

let fixture: CollectorFixture;
beforeEach(() => {
  fixture = new CollectorFixture();
});
afterEach(() => fixture.dispose());

describe('a session', () => {
  it('records the events, the console and the end of one process', async () => {
    const { info, recording } = await fixture.run(
      spawnPlan({ args: ['-e', 'console.log("out"); console.error("err"); process.exitCode = 3'], hand: { events: 1000 } }),
    );
    expect(info).toMatchObject({ state: 'ended', end: { kind: 'exited', code: 3 }, processes: 1, events: 1000, dropped: 0 });
    expect(recording.problems).toEqual([]);
    expect(recording.complete).toBe(true);
    expect(recording.console(ConsoleSource.STDOUT)).toBe('out\n');
    expect(recording.console(ConsoleSource.STDERR)).toBe('err\n');
    expect(recording.info.map((line) => line.kind)).toEqual(['process', 'thread', 'thread-end', 'process-end', 'session-end']);
    expect(recording.info.find((line) => line.kind === 'process-end')).toMatchObject({ orderly: true });
    const types = recording.blocks.map((block) => block.header.type);
    expect(types.indexOf(BlockType.DEFS)).toBeLessThan(types.indexOf(BlockType.DATA));
    expect(
      fixture
        .names()
        .filter((name) => name !== 'one.tsr')
        .flatMap((name) => readdirSync(path.join(fixture.folder, name))),
    ).toEqual(['s']);
  });

  it('has what a target said that was started early, and was there before its recording was', async () => {
    await fixture.dispose();
    // It writes the spill file when it has sent the rest.
    const plan = spawnPlan({ hand: { events: 1000, spill: 5 } });
    const early = startEarly(plan, 'inherited', [tmpdir()]);
    const { pid } = await early.target;
    fixture = new CollectorFixture({
      stdio: 'inherited',
      openFile: async (file) => {
        await expect.poll(() => existsSync(path.join(early.address.spillFolder, `${pid}.spill`)), { timeout: 30_000 }).toBe(true);
        return openAppendFile(file);
      },
    });
    await fixture.collector.start({ plan, file: fixture.file(), session: 'one', recording: 'one' }, early);
    expect(await fixture.collector.whenEnded('one')).toMatchObject({ processes: 1, events: 1005 });
  });

  it('keeps every byte of the records, however the frames cut them', async () => {
    const whole = await fixture.run(spawnPlan({ hand: { events: 3000 } }), 'whole');
    const cut = await fixture.run(spawnPlan({ hand: { events: 3000, perFrame: 77 } }), 'cut');
    // An epoch more, if the clock's high word changed meanwhile.
    expect(Math.abs(cut.recording.data().length - whole.recording.data().length)).toBeLessThanOrEqual(8);
    expect(cut.info.events).toBe(3000);
    const counts = cut.recording.blocks.filter((block) => block.header.type === BlockType.DATA).map((block) => block.header.count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3000);
  });

  it('keeps several processes and threads apart, and a child of the target among them', async () => {
    const code = 'if (!process.env.AGAIN) require("child_process").spawnSync(process.execPath, ["-e", ""], { env: { ...process.env, AGAIN: "1" } })';
    const { info, recording } = await fixture.run(spawnPlan({ args: ['-e', code], hand: { events: 100, worker: true } }));
    expect(info).toMatchObject({ processes: 2, events: 400 });
    const processes = recording.info.filter((line) => line.kind === 'process');
    expect(processes.map((line) => line.process).sort()).toEqual([0, 1]);
    expect(new Set(processes.map((line) => line.pid)).size).toBe(2);
    const threads = recording.info.filter((line) => line.kind === 'thread');
    expect(threads.map((line) => line.stream).sort()).toEqual([1, 2, 3, 4]);
    expect(threads.map((line) => `${line.process}/${line.name}`).sort()).toEqual(['0/main', '0/w1', '1/main', '1/w1']);
    for (const { stream } of threads) expect(recording.data(stream).length).toBeGreaterThanOrEqual(100 * 24);
  });

  it('counts what the target dropped', async () => {
    const { info, recording } = await fixture.run(spawnPlan({ hand: { events: 10, dropped: 123 } }));
    expect(info.dropped).toBe(123);
    expect(recording.info.find((line) => line.kind === 'stats')).toMatchObject({ dropped: 123, stalls: 1, stallNs: 5 });
  });

  it('goes on with a spill file where the socket ended', async () => {
    const { info, recording } = await fixture.run(spawnPlan({ hand: { events: 100, spill: 50 } }));
    // The file repeats the last record that the socket had delivered.
    expect(info.events).toBe(150);
    expect(recording.problems).toEqual([]);
    expect(recording.blocks.filter((block) => block.header.type === BlockType.DEFS)).toHaveLength(1);
    expect(recording.info.find((line) => line.kind === 'process-end')).toMatchObject({ orderly: true });
  });

  it('takes a process from its spill file alone, also from one that was cut', async () => {
    const whole = await fixture.run(spawnPlan({ hand: { spill: 50, onlySpill: true } }), 'whole');
    expect(whole.info).toMatchObject({ processes: 1, events: 50 });
    expect(whole.recording.info.map((line) => line.kind)).toEqual(['process', 'thread', 'thread-end', 'process-end', 'session-end']);
    const cut = await fixture.run(spawnPlan({ hand: { spill: 50, onlySpill: true, spillBytes: 1700 } }), 'cut');
    expect(cut.info.processes).toBe(1);
    expect(cut.info.events).toBeGreaterThan(0);
    expect(cut.info.events).toBeLessThan(50);
    expect(cut.recording).toMatchObject({ problems: [], complete: true });
  });

  it('says why a target could not be started, and leaves a recording that opens', async () => {
    const missing = await fixture.run(spawnPlan({ file: '/nowhere/node' }), 'program');
    expect(missing.info).toMatchObject({ state: 'ended', end: { kind: 'failed-to-start', message: expect.stringContaining('/nowhere/node was not found') } });
    expect(missing.recording.info).toMatchObject([{ kind: 'session-end', end: { kind: 'failed-to-start' } }]);
    expect(missing.recording.complete).toBe(true);
    const folder = await fixture.run(spawnPlan({ cwd: '/nowhere/folder' }), 'folder');
    expect(folder.info.end).toMatchObject({ message: expect.stringContaining('/nowhere/folder does not exist') });
    const noProgram = await fixture.run(spawnPlan({ file: script('') }), 'no-program');
    expect(noProgram.info.end).toMatchObject({ kind: 'failed-to-start', message: expect.stringContaining('EACCES') });
  });

  it('tells a signal', async () => {
    const { info } = await fixture.run(spawnPlan({ args: ['-e', 'process.kill(process.pid, "SIGKILL")'] }));
    expect(info.end).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  });

  it('does not overwrite a file', async () => {
    await fixture.run(spawnPlan({}));
    await expect(fixture.collector.start({ plan: spawnPlan({}), file: fixture.file(), session: 'two', recording: 'two' })).rejects.toMatchObject({
      code: 'recording-not-made',
    });
  });

  it('passes typed text on and records it', async () => {
    await fixture.start(spawnPlan({ args: ['-e', 'process.stdin.on("data", (d) => process.stdout.write("got " + d)).on("end", () => console.log("end"))'] }));
    const window = fixture.window();
    fixture.collector.stdin('one', 'hello\n', false);
    await recordedText(window, 'one', 'got hello\n');
    fixture.collector.stdin('one', '', true);
    await fixture.collector.whenEnded('one');
    const recording = readRecording(fixture.bytes());
    expect(recording.console(ConsoleSource.STDIN)).toBe('hello\n');
    expect(recording.console(ConsoleSource.STDOUT)).toBe('got hello\nend\n');
  });

  it('adds its preload to the NODE_OPTIONS of the user, also with a space in its path, and keeps ELECTRON_ away', async () => {
    const preload = path.join(fixture.folder, 'a folder "quoted"', 'pre load.cjs');
    fixture.write(preload, 'globalThis.preloaded = true;');
    const users = path.join(fixture.folder, 'users.cjs');
    fixture.write(users, 'globalThis.users = true;');
    const { recording } = await fixture.run(
      spawnPlan({
        args: ['-p', 'JSON.stringify([preloaded, users, process.env.KEPT, process.env.ELECTRON_RUN_AS_NODE])'],
        preload,
        environment: { NODE_OPTIONS: `--require ${users}`, KEPT: 'yes', ELECTRON_RUN_AS_NODE: '1' },
      }),
    );
    expect(recording.console()).toBe('[true,true,"yes",null]\n');
  });

  it('runs the target without a tracer that cannot be read, and says so', async () => {
    const preload = path.join(fixture.folder, 'gone', 'preload.cjs');
    const { info, recording } = await fixture.run(spawnPlan({ args: ['-p', 'String(process.env.NODE_OPTIONS)'], preload }));
    expect(info).toMatchObject({ end: { kind: 'exited', code: 0 }, processes: 0, untraced: expect.stringContaining(`${preload} cannot be read (ENOENT)`) });
    expect(recording.console(ConsoleSource.STDOUT)).toBe('undefined\n');
    expect(recording.console(ConsoleSource.STUDIO)).toBe(`${info.untraced}\n`);
  });

  it('ends although a process that was left behind holds the output open', async () => {
    const { info, recording } = await fixture.run(spawnPlan({ args: [script('leave-daemon.cjs')] }));
    const [daemon] = pidsIn(recording.console());
    process.kill(daemon as number, 'SIGKILL');
    expect(info.end).toEqual({ kind: 'exited', code: 0 });
    expect(recording.complete).toBe(true);
  });
});

describe('the folder of the socket', () => {
  it('is another one where the chosen path is too long for a socket', async () => {
    const inner = new CollectorFixture({ folder: path.join(fixture.folder, 'x'.repeat(120)) });
    const { info } = await inner.run(spawnPlan({ hand: { events: 10 } }));
    expect(info).toMatchObject({ processes: 1, events: 10 });
    await inner.dispose();
  });

  it('of a collector that was killed is removed by the next', async () => {
    fixture.write(path.join(fixture.folder, 'ts-999999999-abcdef', 's'), '');
    fixture.write(path.join(fixture.folder, 'ts-mine', 's'), '');
    await fixture.run(spawnPlan({}));
    expect(fixture.names()).not.toContain('ts-999999999-abcdef');
    expect(fixture.names()).toContain('ts-mine');
  });
});

describe('a process that the target left behind', () => {
  it('and that goes on recording is not waited for', async () => {
    const code = `
      const child = require("child_process").spawn(process.execPath, ["-e", ""], { detached: true, stdio: "ignore" });
      console.log("pid " + child.pid);
      process.stdin.resume().on("end", () => process.exit(0));`;
    await fixture.start(spawnPlan({ args: ['-e', code], hand: { events: 10, hold: true } }));
    await fixture.until((info) => info.events === 20);
    fixture.collector.stdin('one', '', true);
    const info = await fixture.collector.whenEnded('one');
    const recording = readRecording(fixture.bytes());
    const [daemon] = pidsIn(recording.console());
    expect(fixture.isAlive(daemon as number)).toBe(true);
    process.kill(daemon as number, 'SIGKILL');
    expect(info).toMatchObject({ processes: 2, end: { kind: 'exited', code: 0 } });
    expect(recording).toMatchObject({ complete: true, problems: [] });
  });
});

describe('a socket', () => {
  const closed = async (hand: Parameters<typeof spawnPlan>[0]['hand']) => fixture.run(spawnPlan({ args: ['-e', ''], hand: { tellClose: true, ...hand } }));

  it('is closed when it does not know the secret', async () => {
    const { info, recording } = await closed({ secret: 'f'.repeat(64), hold: true, untilClosed: true });
    expect(info).toMatchObject({ processes: 0, events: 0 });
    expect(recording.console(ConsoleSource.STDOUT)).toContain('closed');
  });

  it('is closed when it speaks another version, and the user is told', async () => {
    const { info, recording } = await closed({ wire: 99, hold: true, untilClosed: true });
    expect(info.processes).toBe(0);
    expect(recording.console(ConsoleSource.STUDIO)).toContain('version 99');
  });

  it('is closed when it sends garbage first, whatever that is', async () => {
    for (const [name, raw] of Object.entries({
      letters: Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex'),
      ones: 'ff'.repeat(64),
      hello: '02000000010000000000000078780a',
    })) {
      const { info, recording } = await fixture.run(spawnPlan({ hand: { tellClose: true, raw, hold: true, untilClosed: true } }), name);
      expect(info.processes).toBe(0);
      expect(recording.console(ConsoleSource.STDOUT)).toContain('closed');
    }
  });

  it('that sends garbage later loses only what follows, and the user is told', async () => {
    const { info, recording } = await closed({ events: 20, rawAfter: 'ff'.repeat(64), hold: true, untilClosed: true });
    expect(info.events).toBe(20);
    expect(recording.info.find((line) => line.kind === 'tracer-error')).toMatchObject({ message: expect.stringContaining('was closed') });
    expect(recording.complete).toBe(true);
  });
});

describe('stopping', () => {
  const started = async (args: readonly string[], count: number) => {
    await fixture.start(spawnPlan({ args: [script('spawn-tree.cjs'), ...args], preload: script('nothing.cjs') }));
    const text = await recordedText(fixture.window(), 'one', (printed) => pidsIn(printed).length === count);
    return pidsIn(text);
  };
  const alive = (pid: number): boolean => fixture.isAlive(pid);

  it('ends a whole tree politely', async () => {
    const pids = await started(['2'], 3);
    const info = await fixture.collector.stop('one', 10_000);
    expect(info).toMatchObject({ state: 'ended', end: { kind: 'stopped', signal: 'SIGTERM', forced: false } });
    expect(pids.filter(alive)).toEqual([]);
    expect(fixture.states.map((each) => each.state)).toContain('stopping');
  });

  it('reaches a grandchild that left the group', async () => {
    const pids = await started(['2', 'kind', 'detach'], 3);
    const info = await fixture.collector.stop('one', 10_000);
    expect(info.end).toMatchObject({ kind: 'stopped', forced: false });
    expect(pids.filter(alive)).toEqual([]);
  });

  it('ends a tree that ignores SIGTERM by force', async () => {
    const pids = await started(['2', 'deaf', 'detach'], 3);
    const info = await fixture.collector.stop('one', 100);
    expect(info.end).toMatchObject({ kind: 'stopped', signal: 'SIGKILL', forced: true });
    expect(pids.filter(alive)).toEqual([]);
  });

  it('is hastened by a second stop with less patience', async () => {
    await started(['0', 'deaf'], 1);
    const patient = fixture.collector.stop('one', 3_600_000);
    await fixture.collector.stop('one', 0);
    expect((await patient).end).toMatchObject({ kind: 'stopped', forced: true });
  });

  it('of a session that has ended does nothing', async () => {
    const { info } = await fixture.run(spawnPlan({}));
    expect(await fixture.collector.stop('one', 0)).toEqual(info);
  });
});
