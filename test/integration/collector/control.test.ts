/** Control while a target runs: recording on and off, moments with a name, objects at once, limits. With the real tracer. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CaptureOptions, DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { BlockType, type RecordingInfo } from '../../../core/protocol/recording-format.ts';
import { BlockReader, decodeInfo } from '../../../core/protocol/recording-reader.ts';
import { InstantScope } from '../../../core/protocol/records.ts';
import { type DecodedRecording, decodeRecording } from '../../helpers/decoded-recording.ts';
import { CollectorFixture, recordedText, script, spawnPlan } from './collector-fixture.ts';

const preload = path.join(fileURLToPath(new URL('../../../', import.meta.url)), 'dist', 'tracer', 'preload.cjs');

let fixture: CollectorFixture;
beforeEach(() => {
  fixture = new CollectorFixture();
});
afterEach(() => fixture.dispose());

/** A target that does what it is told, step by step. Nothing is captured by itself: what is recorded is what the steps say. */
async function startSteps(capture: Partial<CaptureOptions> = {}) {
  const quiet: CaptureOptions = { ...DEFAULT_CAPTURE, calls: 'off', asyncOperations: false, gc: false, eventLoop: false, consoleCalls: false, ...capture };
  await fixture.start({ ...spawnPlan({ args: [script('steps.cjs')], preload }), capture: { ...quiet, marks: false, warnings: false, modules: false } });
  const window = fixture.window();
  await recordedText(window, 'one', 'ready\n');
  // Its tracer has been heard: what is switched from now on reaches it.
  await fixture.until((info) => info.processes === 1);
  let done = '';
  return {
    step: async (line: string) => {
      fixture.collector.stdin('one', `${line}\n`, false);
      done += `did ${line}\n`;
      const wanted = done;
      await recordedText(window, 'one', (text) => text.split('\n').filter((each) => each.startsWith('did ')).length >= wanted.split('\n').length - 1);
    },
    end: async (): Promise<DecodedRecording> => {
      fixture.collector.stdin('one', '', true);
      await fixture.collector.whenEnded('one');
      return decodeRecording(fixture.bytes());
    },
  };
}

const instants = ({ events }: DecodedRecording): unknown[] => events.filter(({ kind }) => kind === 'instant').map(({ name }) => name);
const switches = ({ info }: DecodedRecording) => info.filter((line): line is Extract<RecordingInfo, { kind: 'recording' }> => line.kind === 'recording');
const gate = () => fixture.collector.sessions()[0]?.gate;

/** Calls of a function that were recorded, ends left out. */
const calls = ({ events }: DecodedRecording, name: string): number =>
  events.filter((event) => event.kind === 'call' && event.name === name && !event.exit).length;

/** By process: how many of its functions are muted, as its newest word is in the recording. */
function mutedNow(): { readonly muted: number; readonly functions: number }[] {
  const newest = new Map<number, { readonly muted: number; readonly functions: number }>();
  for (const item of new BlockReader().push(fixture.bytes())) {
    if (item.kind !== 'block' || item.header.type !== BlockType.INFO) continue;
    for (const line of decodeInfo(item.payload)) if (line.kind === 'capture') newest.set(line.process, { muted: line.muted, functions: line.functions });
  }
  return [...newest.values()];
}
const untilMuted = (wanted: readonly number[]) => expect.poll(() => mutedNow().map(({ muted }) => muted), { timeout: 20_000 }).toEqual(wanted);

describe('functions', () => {
  it('are muted and recorded again by the window, in all processes and in those that come later', async () => {
    const { step, end } = await startSteps({ calls: 'exact' });
    const file = script('steps.cjs');
    await step('fork');
    await fixture.until((info) => info.processes === 2);
    await step('calls 1');
    await step('child calls 1');
    expect(fixture.collector.mute('one', [{ file, name: 'hot' }], true).mutes).toEqual([{ file, name: 'hot', muted: true }]);
    await untilMuted([1, 1]);
    await step('calls 10');
    await step('child calls 10');
    await step('fork');
    await fixture.until((info) => info.processes === 3);
    await untilMuted([1, 1, 1]);
    await step('child calls 10');
    expect(fixture.collector.mute('one', [{ file, name: 'hot' }], false).mutes).toBeUndefined();
    await untilMuted([0, 0, 0]);
    await step('calls 100');
    const recording = await end();
    expect([calls(recording, 'hot'), calls(recording, 'cold')]).toEqual([102, 132]);
    const told = recording.info.flatMap((line) => (line.kind === 'mute' ? [[line.muted, line.functions]] : []));
    expect(told).toEqual([
      [true, [{ file, name: 'hot' }]],
      [false, [{ file, name: 'hot' }]],
    ]);
  });

  it('of a whole file are muted at once, while the script goes on', async () => {
    const { step, end } = await startSteps({ calls: 'exact' });
    const file = script('steps.cjs');
    await step('calls 1');
    fixture.collector.mute('one', [{ file }], true);
    await expect.poll(() => mutedNow().map(({ muted, functions }) => functions - muted), { timeout: 20_000 }).toEqual([0]);
    await step('calls 5');
    await step('instant still');
    fixture.collector.mute('one', [{ file, name: 'cold' }], false);
    await expect.poll(() => mutedNow().map(({ muted, functions }) => functions - muted), { timeout: 20_000 }).toEqual([1]);
    await step('calls 5');
    const recording = await end();
    expect([calls(recording, 'hot'), calls(recording, 'cold'), instants(recording)]).toEqual([1, 6, ['still']]);
  });
});

describe('recording', () => {
  it('is switched off and on by the window, for all processes and for those that come later', async () => {
    const { step, end } = await startSteps();
    expect(gate()).toEqual({ on: true, by: 'launch' });
    await step('instant a');
    await step('fork');
    await fixture.until((info) => info.processes === 2);
    expect(fixture.collector.record('one', false).gate).toEqual({ on: false, by: 'window' });
    await step('closed');
    await step('instant closed');
    await step('child closed');
    await step('child start');
    await fixture.until((info) => info.gate?.on === true);
    await step('open');
    fixture.collector.record('one', false);
    await step('closed');
    await step('fork');
    await step('child instant late');
    fixture.collector.record('one', true);
    await step('child open');
    await step('child instant heard');
    const recording = await end();
    expect(instants(recording)).toEqual(['a', 'heard']);
    expect(switches(recording).map(({ on, by }) => [on, by])).toEqual([
      [false, 'window'],
      [true, 'script'],
      [false, 'window'],
      [true, 'window'],
    ]);
    const times = switches(recording).map(({ timeNs }) => timeNs);
    expect(times.every((time, i) => i === 0 || (times[i - 1] as number) <= time)).toBe(true);
  });

  it('is one gate with the tracer of the script: what one process says holds in the others', async () => {
    const { step, end } = await startSteps();
    await step('fork');
    await fixture.until((info) => info.processes === 2);
    await step('stop');
    await step('instant no');
    await step('child closed');
    await step('child start');
    await step('child instant yes');
    await step('open');
    await step('instant yes');
    const recording = await end();
    expect(instants(recording)).toEqual(['yes', 'yes']);
    expect(switches(recording).map(({ on, by }) => [on, by])).toEqual([
      [false, 'script'],
      [true, 'script'],
    ]);
  });

  it('begins off where the launch says so', async () => {
    const { step, end } = await startSteps({ startPaused: true });
    expect(gate()).toEqual({ on: false, by: 'launch' });
    await step('instant before');
    await step('start');
    await fixture.until((info) => info.gate?.by === 'script');
    await step('instant after');
    const recording = await end();
    expect(instants(recording)).toEqual(['after']);
    expect(switches(recording)[0]).toEqual({ kind: 'recording', on: false, by: 'launch', timeNs: 0 });
  });

  it('ends after so many seconds, and the script goes on; switched on again it goes on for as long again', async () => {
    const { step, end } = await startSteps({ stopSeconds: 1 });
    await step('instant early');
    const stopped = await fixture.until((info) => info.gate?.by === 'limit');
    expect(stopped.gate).toEqual({ on: false, by: 'limit', why: 'it has gone on for 1 s, as the launch wants it.' });
    await step('closed');
    await step('instant lost');
    fixture.collector.record('one', true);
    await step('open');
    await step('instant again');
    await fixture.until((info) => fixture.states.indexOf(info) > fixture.states.indexOf(stopped) + 1 && info.gate?.by === 'limit');
    const recording = await end();
    expect(instants(recording)).toEqual(['early', 'again']);
    expect(recording.info.at(-1)).toMatchObject({ kind: 'session-end', end: { kind: 'exited', code: 0 } });
    const console = await recordedText(fixture.window(), 'one', 'Recording ended: it has gone on for 1 s');
    expect(console).toContain('The script goes on.');
  });

  it('ends at a size', async () => {
    const { step, end } = await startSteps({ stopMegabytes: 1 });
    await step('burst 5000 1000');
    const info = await fixture.until((each) => each.gate?.by === 'limit');
    expect(info.gate?.why).toBe('it has grown by 1 MB, as the launch wants it.');
    await step('closed');
    await step('instant lost');
    const recording = await end();
    expect(instants(recording)).not.toContain('lost');
    expect(fixture.bytes().length).toBeGreaterThan(1e6);
  });
});

describe('a moment with a name', () => {
  it('is an instant of scope global and category marker, also while recording is off', async () => {
    const { step, end } = await startSteps();
    expect(fixture.collector.mark('one', '  deploy rules v7 ').name).toBe('deploy rules v7');
    fixture.collector.record('one', false);
    await step('closed');
    expect(fixture.collector.mark('one', '')).toMatchObject({ name: 'Marker 2', note: { text: 'Marker 2' } });
    await step('instant off');
    const recording = await end();
    const markers = recording.events.filter(({ category }) => category === 'marker');
    expect(markers.map(({ name, scope }) => [name, scope])).toEqual([
      ['deploy rules v7', InstantScope.GLOBAL],
      ['Marker 2', InstantScope.GLOBAL],
    ]);
    const notes = recording.info.filter((line) => line.kind === 'note');
    expect(notes).toMatchObject([{ text: 'deploy rules v7' }, { text: 'Marker 2' }]);
    const [{ timeNs: off } = { timeNs: 0 }] = switches(recording);
    expect(markers[0]?.timeNs).toBeLessThan(off);
    expect(markers[1]?.timeNs).toBeGreaterThan(off);
    expect(recording.info.filter((line) => line.kind === 'thread' && line.name === 'markers')).toMatchObject([{ process: 0, thread: 0xffffffff }]);
  });

  it('needs a process that is traced', async () => {
    await fixture.start(spawnPlan({ args: ['-e', 'setInterval(() => {}, 1000)'], preload: script('nothing.cjs') }));
    expect(() => fixture.collector.mark('one', 'x')).toThrow('Nothing can be marked: no process of this run is traced yet.');
  });
});

it('all objects are recorded when they are asked for', async () => {
  const { step, end } = await startSteps();
  await step('object quiet 7');
  expect(fixture.collector.snapshot('one')).toBe(1);
  await fixture.until((info) => info.events >= 2);
  const { events } = await end();
  expect(events.map(({ kind, state }) => [kind, state])).toEqual([
    ['created', undefined],
    ['snapshot', { value: 7 }],
  ]);
});

it('what is going on is told: the fill of the buffers and the rate of the data, and quiet afterwards', async () => {
  const { step, end } = await startSteps();
  await step('burst 20000 200');
  await fixture.until((info) => (info.load?.bytesPerSecond ?? 0) > 0);
  const busy = fixture.states.length;
  await fixture.until((info) => fixture.states.indexOf(info) >= busy && info.load?.bytesPerSecond === 0 && info.load.bufferShare === 0);
  await end();
  expect(fixture.collector.sessions()[0]?.load).toBeUndefined();
});
