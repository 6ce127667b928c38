import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BlockType, ConsoleSource } from '../../../core/protocol/recording-format.ts';
import type { CollectorOptions } from '../../../main/collector/collector.ts';
import { type AppendFile, openAppendFile } from '../../../main/collector/recording-file.ts';
import { CollectorFixture, readRecording, spawnPlan } from './collector-fixture.ts';

let fixture: CollectorFixture;
afterEach(() => fixture.dispose());
const make = (options: CollectorOptions = {}) => {
  fixture = new CollectorFixture(options);
  return fixture;
};

/** A disk with room for `room` bytes. */
const smallDisk =
  (room: number) =>
  async (file: string): Promise<AppendFile> => {
    const real = await openAppendFile(file);
    return {
      ...real,
      write: async (parts, position) => {
        const left = room - position;
        if (left <= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        return real.write([Buffer.concat([...parts]).subarray(0, left)], position);
      },
    };
  };

describe('a full disk', () => {
  it('is told at once, the target goes on, and the file holds what fitted', async () => {
    make({ openFile: smallDisk(2_500_000) });
    const code = 'process.exitCode = 7; setTimeout(() => console.log("still here"), 300)';
    const { info, recording } = await fixture.run(spawnPlan({ args: ['-e', code], hand: { events: 200_000, perFrame: 10_000 } }));
    expect(info).toMatchObject({ state: 'ended', end: { kind: 'exited', code: 7 }, recordingProblem: expect.stringContaining('no room left on the disk') });
    const running = fixture.states.find((state) => state.recordingProblem !== undefined);
    expect(running?.state).toBe('running');
    expect(info.dropped).toBeGreaterThan(0);
    expect(info.events + info.dropped).toBe(200_000);
    // Whole blocks only, without a footer, and the last of them says what is missing.
    expect(recording.problems).toMatchObject([{ kind: 'cut', bytes: 0 }]);
    expect(recording.data().length).toBeGreaterThan(0);
    expect(recording.info.find((line) => line.kind === 'loss')).toMatchObject({ what: 'disk' });
    expect(recording.info.at(-1)).toMatchObject({ kind: 'session-end', end: { kind: 'exited', code: 7 } });
    expect(fixture.bytes().length).toBeLessThanOrEqual(2_500_000);
  });

  it('ends what windows read, and the time of the recording, where recording stopped, while the target goes on', async () => {
    make({ openFile: smallDisk(2_500_000) });
    const code = 'setTimeout(() => console.log("still here"), 300)';
    await fixture.start(spawnPlan({ args: ['-e', code], hand: { events: 200_000, perFrame: 10_000 } }));
    const read: Uint8Array[] = [];
    for await (const chunk of fixture.window().stream('recording.follow', { recording: 'one', offset: 0 })) read.push(chunk);
    expect(fixture.states.at(-1)?.state).toBe('running');
    const then = readRecording(Buffer.concat(read));
    // The file says it as well, for whoever opens it.
    const loss = then.info.find((line) => line.kind === 'loss');
    expect(loss).toMatchObject({ what: 'disk', message: expect.stringContaining('no room left on the disk') });
    const info = await fixture.collector.whenEnded('one');
    expect(info.recordingProblem).not.toContain('The script goes on');
    const whole = readRecording(fixture.bytes());
    expect(whole.info.at(-1)).toMatchObject({ kind: 'session-end', timeNs: loss?.timeNs });
    expect(whole.info.findLast((line) => line.kind === 'loss')).toMatchObject({ count: info.dropped });
  });

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('of the system behaves the same', async () => {
    make();
    const mount = path.join(fixture.folder, 'small');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2500k', 'tmpfs', mount]);
    try {
      await fixture.start(spawnPlan({ args: ['-e', ''], hand: { events: 200_000, perFrame: 10_000 } }), 'small/one');
      const info = await fixture.collector.whenEnded('small/one');
      expect(info).toMatchObject({ end: { kind: 'exited', code: 0 }, recordingProblem: expect.stringContaining('no room left') });
      const recording = readRecording(fixture.bytes('small/one'));
      expect(recording.problems).toMatchObject([{ kind: 'cut', bytes: 0 }]);
      expect(recording.data().length).toBeGreaterThan(0);
      await fixture.collector.close('small/one');
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });

  it('from the first byte leaves the target running', async () => {
    make({ openFile: smallDisk(0) });
    await fixture.start(spawnPlan({ args: ['-e', 'console.log(1)'], hand: { events: 10 } }));
    expect(await fixture.collector.whenEnded('one')).toMatchObject({ end: { kind: 'exited', code: 0 }, recordingProblem: expect.any(String) });
  });
});

describe('a flood of output', () => {
  const flood = (megabytes: number) =>
    spawnPlan({
      args: [
        '-e',
        `const line = "x".repeat(65535) + "\\n"; let n = ${megabytes * 16}; (function more() { while (n > 0) if (n-- && !process.stdout.write(line)) return process.stdout.once("drain", more); })()`,
      ],
      hand: { events: 50_000 },
    });

  it('of 100 MB is recorded whole, beside the events', async () => {
    make();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    const before = process.memoryUsage().rss;
    await fixture.start(flood(100));
    const info = await fixture.collector.whenEnded('one');
    clearInterval(watch);
    expect(info).toMatchObject({ events: 50_000, dropped: 0, end: { kind: 'exited', code: 0 } });
    // The queue to the disk is bounded: far below what was printed.
    expect(peak - before).toBeLessThan(300 * 1024 * 1024);
    const bytes = readFileSync(fixture.file());
    expect(bytes.length).toBeGreaterThan(100 * 1024 * 1024);
    const console = readRecording(bytes).blocks.filter((block) => block.header.type === BlockType.CONSOLE);
    expect(console.reduce((sum, block) => sum + block.payload.length, 0)).toBeGreaterThanOrEqual(100 * 1024 * 1024);
  });

  it('beyond the quota is drained, counted and told, and the events go on', async () => {
    make({ consoleQuotaBytes: 1024 * 1024 });
    const { info, recording } = await fixture.run(flood(8));
    expect(info).toMatchObject({ events: 50_000, end: { kind: 'exited', code: 0 } });
    const losses = recording.info.filter((line) => line.kind === 'loss' && line.what === 'console');
    const kept = recording.console(ConsoleSource.STDOUT).length;
    expect(kept).toBeLessThanOrEqual(1024 * 1024);
    expect(losses.at(-1)).toMatchObject({ count: 8 * 1024 * 1024 - kept });
  });
});
