/** The process that lets plugins handle the events of one which could not do it itself: alone, and as the collector starts it. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { kill } from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TraceData } from '../../../core/plugin-api/trace-data.ts';
import type { PluginHostTask, PluginState } from '../../../core/protocol/plugins.ts';
import type { RecordingInfo } from '../../../core/protocol/recording-format.ts';
import { BlockType } from '../../../core/protocol/recording-format.ts';
import { TestRecording } from '../../helpers/build-recording.ts';
import { CollectorFixture, readRecording, spawnPlan } from '../collector/collector-fixture.ts';
import { told } from './plugin-run.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const fixtures = path.join(root, 'test/fixtures/plugins');
const program = path.join(root, 'dist/tracer/plugin-host.cjs');

describe('alone', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'plugin-host-'));
    copyFileSync(path.join(fixtures, 'told.cjs'), path.join(folder, 'told.cjs'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  interface HostRun {
    readonly code: number | null;
    readonly stderr: string;
    readonly states: readonly PluginState[];
    readonly left: TraceData | undefined;
  }

  async function run(specs: readonly string[], more: Partial<PluginHostTask> = {}): Promise<HostRun> {
    const recording = path.join(folder, 'so-far.tsr');
    const written = new TestRecording();
    const [other, own] = [written.process('other.js', 7), written.process('script.js', 8)];
    const [otherThread, thread] = [written.thread(other), written.thread(own)];
    written.counter(otherThread, 1000, 'of the other', { a: 1 });
    written.counter(thread, 2000, 'own', { a: 2 });
    written.slice(thread, 3000, 500, 'work');
    written.console(4000, 'printed');
    if (!more.recording) writeFileSync(recording, written.finish());
    const output = path.join(folder, '8.processed.json');
    const task: PluginHostTask = {
      recording,
      process: own,
      pid: 8,
      plugins: specs.map((spec) => ({ spec })),
      cwd: folder,
      script: path.join(folder, 'script.js'),
      output,
      ...more,
    };
    const child = spawn(process.execPath, [program, JSON.stringify(task)], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    const texts = ['', '', '', ''];
    for (const [i, stream] of child.stdio.entries()) {
      stream?.on('data', (chunk: Buffer) => {
        texts[i] += chunk.toString();
      });
    }
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    const last = new Map<number, PluginState>();
    for (const line of (texts[3] as string).split('\n')) {
      if (line === '') continue;
      const state = JSON.parse(line) as PluginState;
      last.set(state.index, state);
    }
    return {
      code,
      stderr: texts[2] as string,
      states: [...last.values()],
      left: existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as TraceData) : undefined,
    };
  }

  it('gives handlers the events of that process, and writes what they leave', async () => {
    const { code, stderr, states, left } = await run([told({ name: 'A', handler: 'added' }), told({ name: 'B', handler: 'added' })]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(left?.traceEvents.map((event) => [event.ph, event.name, event.pid])).toEqual([
      ['M', 'process_name', 8],
      ['M', 'thread_name', 8],
      ['C', 'own', 8],
      ['X', 'work', 8],
      ['i', 'added of A', undefined],
      ['i', 'added of B', undefined],
    ]);
    // No recording begins or ends here.
    expect(states).toMatchObject(Array(2).fill({ state: 'terminated', messages: 3, handler: 'ran', ranIn: 'plugin-host', failures: [] }));
  });

  it('waits for promises, and ends the ones that never settle', async () => {
    const limits = { messageMs: 500 };
    const { code, states, left } = await run([told({ name: 'A', at: { 'pre-save': 'never' } }), told({ name: 'B', handler: 'added' })], { limits });
    expect(code).toBe(0);
    expect(states).toMatchObject([{ failures: [{ during: 'pre-save' }] }, { handler: 'ran' }]);
    expect(left?.traceEvents.at(-1)?.name).toBe('added of B');
  });

  it('writes nothing where no handler comes to its end', async () => {
    const { code, states, left } = await run([told({ name: 'A', handler: 'throw' }), told({ name: 'B' })]);
    expect(code).toBe(0);
    expect(states).toMatchObject([
      { handler: 'none', failures: [{ during: 'handle_data' }] },
      { handler: 'none', failures: [] },
    ]);
    expect(left).toBeUndefined();
  });

  it('outlives what a plugin does to its process', async () => {
    writeFileSync(
      path.join(folder, 'wild.cjs'),
      "setInterval(() => {}, 5); Promise.reject(new Error('lost')); process.exitCode = 9; exports.get_vizplugin = () => process.exit(3);",
    );
    const { code, states } = await run(['./wild.cjs', told({ name: 'B', handler: 'added' })]);
    expect(code).toBe(0);
    expect(states[0]?.failures.map((failure) => failure.message)).toEqual(
      expect.arrayContaining(['Error: lost', 'it called process.exit(3): a plugin may not end the process']),
    );
    expect(states[1]).toMatchObject({ handler: 'ran' });
  });

  it('says so when the recording cannot be read', async () => {
    const none = path.join(folder, 'none.tsr');
    writeFileSync(none, 'x'.repeat(1000));
    const { code, states, left } = await run([told({ name: 'A', handler: 'added' })], { recording: none });
    expect(code).toBe(0);
    expect(states[0]?.failures[0]).toMatchObject({
      during: 'handle_data',
      message: expect.stringMatching(/^the events could not be given to it: .* is not a Trace Studio recording/),
    });
    expect(left).toBeUndefined();
  });
});

describe('with the tracer and the collector', () => {
  let fixture: CollectorFixture;
  beforeEach(() => {
    fixture = new CollectorFixture();
    mkdirSync(fixture.folder, { recursive: true });
  });
  afterEach(() => fixture.dispose());

  const infoOf = <K extends RecordingInfo['kind']>(lines: readonly RecordingInfo[], kind: K) =>
    lines.filter((line): line is Extract<RecordingInfo, { kind: K }> => line.kind === kind);

  /** Once the collector has all events of the process, and knows its plugin. */
  async function killWhenReady(name: string): Promise<void> {
    await fixture.until((info) => info.events >= 1000);
    const process = await vi.waitFor(
      () => {
        const { info } = readRecording(fixture.bytes(name));
        expect(infoOf(info, 'plugin').at(-1)?.state.messages).toBe(2);
        return infoOf(info, 'process')[0];
      },
      { timeout: 30_000, interval: 50 },
    );
    if (process) kill(process.pid, 'SIGKILL');
  }

  it('goes on without a plugin that ends it', async () => {
    const deadly = path.join(fixture.folder, 'deadly.cjs');
    writeFileSync(
      deadly,
      `exports.get_vizplugin = () => ({ support_version: () => '0.1.0', message: (type, { when }) => (when === 'pre-save' ? { action: 'handle_data', handler } : { success: true }) });
function handler() { require('node:child_process').execFileSync('kill', ['-9', String(process.pid)]); for (;;); }`,
    );
    const plugins = [{ spec: told({ name: 'A', handler: 'added' }) }, { spec: deadly }, { spec: told({ name: 'C', handler: 'added' }) }];
    await fixture.start(
      spawnPlan({ args: [path.join(fixtures, 'counted.cjs'), '1000', 'hold'], preload: path.join(root, 'dist/tracer/preload.cjs'), plugins }),
      'killed',
    );
    await killWhenReady('killed');
    await fixture.collector.whenEnded('killed');
    const recording = readRecording(fixture.bytes('killed'));
    const json = Buffer.concat(recording.blocks.filter((block) => block.header.type === BlockType.ATTACHMENT).map((block) => block.payload)).toString();
    expect((JSON.parse(json) as TraceData).traceEvents.map((event) => event.name).slice(-2)).toEqual(['added of A', 'added of C']);
    expect(infoOf(recording.info, 'processed')).toMatchObject([{ by: 'plugin-host', plugins: ['Told', 'Told'] }]);
    const problem = expect.stringMatching(
      /^Plugin .*deadly\.cjs has not handled the events of process \d+: the process that was to do it failed, because it was ended by SIGKILL\. The others did, without it\.$/,
    );
    expect(fixture.collector.pluginOutcome('killed').problems).toEqual([problem]);
    const last = infoOf(recording.info, 'plugin').findLast((line) => line.state.index === 1)?.state;
    expect(last).toMatchObject({
      handler: 'none',
      ranIn: 'plugin-host',
      failures: [{ during: 'pre-save', message: 'its process ended: it was ended by SIGKILL' }],
    });
  });

  it('handles what was killed, what had no room for it, and nothing that did it itself', async () => {
    for (const [name, args, flags, by] of [
      ['killed', ['1000', 'hold'], [], 'plugin-host'],
      ['crowded', ['60000'], ['--max-old-space-size=32'], 'plugin-host'],
      ['itself', ['1000'], [], 'target'],
    ] as const) {
      const plan = spawnPlan({
        args: [...flags, path.join(fixtures, 'counted.cjs'), ...args],
        preload: path.join(root, 'dist/tracer/preload.cjs'),
        plugins: [{ spec: told({ name: 'A', handler: 'added' }) }],
      });
      await fixture.start(plan, name);
      if (name === 'killed') await killWhenReady(name);
      await fixture.collector.whenEnded(name);
      const recording = readRecording(fixture.bytes(name));
      const [processed] = infoOf(recording.info, 'processed');
      expect({ name, processed }).toMatchObject({ name, processed: { by, plugins: ['Told'] } });
      const json = Buffer.concat(recording.blocks.filter((block) => block.header.type === BlockType.ATTACHMENT).map((block) => block.payload)).toString();
      const names = (JSON.parse(json) as TraceData).traceEvents.map((event) => event.name);
      expect(names.filter((one) => one === 'steps')).toHaveLength(Number(args[0]));
      expect(names.at(-1)).toBe('added of A');
      expect(infoOf(recording.info, 'plugin').at(-1)?.state).toMatchObject({ handler: 'ran', ranIn: by, failures: [] });
      expect(recording.problems).toEqual([]);
    }
  });
});
