/** Of a long run only the newest is kept: bounded on the disk, decodable alone, followed by windows, saved at any time. With the real tracer. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CaptureOptions, DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { BlockReader, findFooter } from '../../../core/protocol/recording-reader.ts';
import type { Peer } from '../../../core/protocol/rpc.ts';
import type { RecordingInfoSummary } from '../../../core/protocol/session-types.ts';
import { type DecodedRecording, decodeRecording } from '../../helpers/decoded-recording.ts';
import { CollectorFixture, script, spawnPlan } from './collector-fixture.ts';

const preload = path.join(fileURLToPath(new URL('../../../', import.meta.url)), 'dist', 'tracer', 'preload.cjs');
const MEGABYTE = 1_000_000;

let fixture: CollectorFixture;
let saved: { readonly recording: string; readonly why: string }[];
beforeEach(() => {
  fixture = new CollectorFixture();
  saved = [];
  fixture.collector.onWorthSaving = (recording, why) => saved.push({ recording, why });
});
afterEach(() => fixture.dispose());

const QUIET = {
  calls: 'off',
  asyncOperations: false,
  gc: false,
  eventLoop: false,
  consoleCalls: false,
  marks: false,
  warnings: false,
  modules: false,
} as const;

/** A target that does what it is told, step by step, with its output. */
async function startSteps(capture: Partial<CaptureOptions>) {
  await fixture.start({
    ...spawnPlan({ args: [script('steps.cjs')], preload }),
    capture: { ...DEFAULT_CAPTURE, ...QUIET, keep: 'last', keepSeconds: 0, keepMegabytes: 0, ...capture },
  });
  await fixture.until((info) => info.processes === 1);
  let steps = 0;
  return {
    /** Resolves when the target says that it has done it: by its second counter, which is in the recording. */
    step: async (line: string) => {
      steps++;
      fixture.collector.stdin('one', `${line}\ncount ${steps}\n`, false);
      const before = fixture.collector.sessions()[0]?.events ?? 0;
      await fixture.until((info) => info.events > before);
    },
    end: async (): Promise<DecodedRecording> => {
      fixture.collector.stdin('one', '', true);
      await fixture.collector.whenEnded('one');
      return decodeRecording(fixture.bytes());
    },
  };
}

const onDisk = (): number => {
  const folder = `${fixture.file()}.parts`;
  return existsSync(folder) ? readdirSync(folder).reduce((sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0) : 0;
};
const indexes = ({ events }: DecodedRecording): number[] =>
  events.flatMap(({ kind, name, args }) => (kind === 'instant' && name === 'burst' ? [(args as { i: number }).i] : []));
const keptFrom = (): number => fixture.collector.sessions()[0]?.kept?.fromNs ?? 0;
const status = (window: Peer): Promise<RecordingInfoSummary> => window.call('recording.status', { recording: 'one' });

async function collect(window: Peer, view: number | undefined, upTo = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of window.stream('recording.follow', { recording: 'one', offset: 0, ...(view !== undefined && { view }) })) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= upTo) break;
  }
  return Buffer.concat(chunks);
}

describe('the newest megabytes', () => {
  it('are bounded, and decode alone with what holds from before', async () => {
    const { step, end } = await startSteps({ keepMegabytes: 2 });
    await step('object old 7');
    await step('burst 15000 1000');
    await fixture.until((info) => info.events > 15_000);
    await step('instant last');
    await fixture.until((info) => info.events > 15_002);
    await fixture.collector.recording('one').saveAs(fixture.file('settled.tsr'));
    expect(onDisk()).toBeLessThan(6 * MEGABYTE);
    const recording = await end();
    expect(existsSync(`${fixture.file()}.parts`), 'the parts have become one file').toBe(false);
    const { length } = fixture.bytes();
    expect(length).toBeGreaterThan(2 * MEGABYTE);
    expect(length).toBeLessThan(4.6 * MEGABYTE);
    const kept = indexes(recording);
    expect(kept.at(-1)).toBe(14_999);
    expect(kept[0], 'the first ones are gone').toBeGreaterThan(10_000);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 15_000 - kept.length + i));
    expect(recording.events.find(({ kind }) => kind === 'snapshot')).toMatchObject({ name: 'old', state: { value: 7 } });
    expect(recording.events.at(-1)?.kind).toBe('counter');
    expect(recording.info.filter(({ kind }) => kind === 'process' || kind === 'thread')).toHaveLength(2);
    expect(recording.info.find((line) => line.kind === 'kept')?.timeNs).toBeGreaterThan(0);
    const footer = findFooter(fixture.bytes().subarray(-16_384));
    expect(footer?.events).toBeGreaterThanOrEqual(kept.length);
    expect(footer?.lastIndex).toBeGreaterThan(0);
  });

  it('are followed by a window from the start as any recording, and what is gone is told as gone', async () => {
    const { step, end } = await startSteps({ keepMegabytes: 2 });
    const window = fixture.window();
    const { view } = await status(window);
    expect(view).toBe(0);
    const following = collect(window, view);
    for (let i = 0; i < 6; i++) await step('burst 2000 1000');
    await fixture.until((info) => (info.kept?.fromNs ?? 0) > 0);
    await expect(window.call('recording.read', { recording: 'one', offset: 1000, length: 10, view })).rejects.toMatchObject({ code: 'no-longer-kept' });
    await end();
    const all = decodeWithoutEnd(await following);
    expect(all.filter((i) => i === 1999)).toHaveLength(6);
    // Offsets of the window lead to the same bytes, now in one file.
    const whole = await collect(fixture.window(), undefined);
    const tail = whole.subarray(whole.length - 5000, whole.length - 4000);
    const place = fixture.collector.recording('one');
    expect(await place.read(whole.length - 5000, 1000)).toEqual(tail);
    await expect(window.call('recording.read', { recording: 'one', offset: 1000, length: 10, view })).rejects.toMatchObject({ code: 'no-longer-kept' });
  });

  it('begin for a late window with all that it needs, and go on', async () => {
    const { step, end } = await startSteps({ keepMegabytes: 2 });
    await step('object old 7');
    await step('burst 9000 1000');
    // Written, and what is too much is gone: a window that begins while that goes on may have to begin again.
    await fixture.until((info) => info.events > 9000 && info.load?.bytesPerSecond === 0);
    const window = fixture.window();
    const { view, bytes } = await status(window);
    expect(view).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(6 * MEGABYTE);
    const following = collect(window, view);
    await step('instant live');
    const part = { recording: 'one', offset: 100, length: 4000, view };
    const read = await window.call<{ bytes: Uint8Array }>('recording.read', part);
    await end();
    const followed = await following;
    expect(Buffer.from(read.bytes)).toEqual(followed.subarray(100, 4100));
    expect(decodeWithoutEnd(followed).at(-1)).toBe(8999);
    // It has read what was there for it until the end, whatever went meanwhile.
    expect(followed.includes('live')).toBe(true);
  });

  it('are saved while it runs, as often as one likes, each an ordinary recording', async () => {
    const { step, end } = await startSteps({ keepMegabytes: 2 });
    for (const name of ['first', 'second']) {
      const before = fixture.collector.sessions()[0]?.events ?? 0;
      await step('burst 5000 1000');
      await step(`instant ${name}`);
      await fixture.until((info) => info.events >= before + 5003);
      await fixture.collector.saveAs('one', fixture.file(`${name}.tsr`));
      const bytes = readFileSync(fixture.file(`${name}.tsr`));
      const recording = decodeRecording(bytes);
      expect(recording.events.some((event) => event.name === name)).toBe(true);
      expect(indexes(recording).at(-1)).toBe(4999);
      expect(bytes.length).toBeLessThan(5 * MEGABYTE);
      expect(findFooter(bytes.subarray(-16_384))).toMatchObject({ dropped: 0 });
    }
    const recording = await end();
    expect(recording.events.some((event) => event.name === 'second')).toBe(true);
  });
});

it('of the newest seconds what is older goes, as soon as more comes', async () => {
  const { step, end } = await startSteps({ keepSeconds: 1 });
  await step('instant early');
  // The part that it lies in goes as a whole, which need not be the first to go: on a slow machine that is from before it.
  const since = (Date.now() - (fixture.collector.sessions()[0]?.startedAtMs ?? 0)) * 1e6;
  for (let i = 0; keptFrom() < since; i++) await step(`burst 10 ${100 + (i % 2)}`);
  const from = keptFrom();
  const recording = await end();
  const instants = recording.events.filter(({ kind }) => kind === 'instant');
  expect(instants.map(({ name }) => name)).not.toContain('early');
  // Blocks are kept as wholes, and they are at most ten milliseconds long while events come.
  expect(Math.min(...instants.map(({ timeNs }) => timeNs))).toBeGreaterThan(from - 1e9);
  expect(recording.info.findLast((line) => line.kind === 'kept')).toMatchObject({ fromNs: keptFrom() });
});

describe('what happens is told as worth saving', () => {
  it('when a process ends badly and the others go on', async () => {
    const { step } = await startSteps({ keepSeconds: 10 });
    await step('fork');
    await fixture.until((info) => info.processes === 2);
    fixture.collector.stdin('one', 'child exit 3\n', false);
    while (saved.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(saved).toEqual([{ recording: 'one', why: expect.stringMatching(/^process \d+ ended with code 3\.$/) }]);
    await fixture.collector.stop('one', 1000);
    const recording = decodeRecording(fixture.bytes());
    expect(recording.info.find((line) => line.kind === 'process-end' && line.process === 1)).toMatchObject({ orderly: true, code: 3 });
  });

  it('also one that was over before it could be heard', async () => {
    // It blocks until its end, so it is known by what it leaves alone.
    const code = `require('trace-studio').getTracer().instant('short'); process.exit(4);`;
    const parent = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(code)}]); setInterval(() => {}, 1000);`;
    const plan = spawnPlan({ args: ['-e', parent], preload });
    await fixture.start({ ...plan, capture: { ...DEFAULT_CAPTURE, ...QUIET, keep: 'last' } });
    await fixture.until((info) => info.processes === 2 && info.events === 1);
    while (saved.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(saved[0]?.why).toMatch(/^process \d+ ended with code 4\.$/);
    await fixture.collector.stop('one', 1000);
    expect(decodeRecording(fixture.bytes()).events.map(({ name }) => name)).toEqual(['short']);
  });

  it('when a limit is reached', async () => {
    const { step, end } = await startSteps({ keepMegabytes: 2, stopMegabytes: 1 });
    await step('burst 3000 1000');
    await fixture.until((info) => info.gate?.by === 'limit');
    expect(saved).toEqual([{ recording: 'one', why: 'recording ended: it has grown by 1 MB, as the launch wants it.' }]);
    await end();
  });

  it('and not where all ends with it: the recording itself is there', async () => {
    const { step } = await startSteps({ keepSeconds: 10 });
    await step('instant last');
    fixture.collector.stdin('one', 'crash\n', false);
    const info = await fixture.collector.whenEnded('one');
    expect(info.end).toEqual({ kind: 'exited', code: 1 });
    const recording = decodeRecording(fixture.bytes());
    expect(recording.events.some(({ name }) => name === 'last')).toBe(true);
    expect(recording.info.find((line) => line.kind === 'process-end')).toMatchObject({ code: 1 });
    expect(saved).toEqual([]);
  });
});

/** Indexes of the bursts in bytes that may end anywhere. */
function decodeWithoutEnd(bytes: Uint8Array): number[] {
  const items = new BlockReader().push(bytes);
  expect(items.every(({ kind }) => kind === 'head' || kind === 'block')).toBe(true);
  const text = Buffer.from(bytes).toString('latin1');
  return [...text.matchAll(/"i":(\d+)/g)].map((match) => Number(match[1]));
}
