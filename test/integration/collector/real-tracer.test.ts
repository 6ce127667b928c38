import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { splitMonotonic } from '../../../core/base/time.ts';
import { Definitions } from '../../../core/model/definitions.ts';
import { Processes } from '../../../core/model/processes.ts';
import { decodeRecords, IgnoringVisitor } from '../../../core/model/record-decoder.ts';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { OpenStack } from '../../../core/protocol/open-stack.ts';
import { BlockType, ConsoleSource } from '../../../core/protocol/recording-format.ts';
import { padTo8, RecordKind } from '../../../core/protocol/records.ts';
import { CollectorFixture, type ReadRecording, readRecording, recordedText, script, spawnPlan } from './collector-fixture.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const preload = path.join(root, 'dist', 'tracer', 'preload.cjs');

let fixture: CollectorFixture;
beforeEach(() => {
  fixture = new CollectorFixture();
});
afterEach(() => fixture.dispose());

const counting = (...args: string[]) => spawnPlan({ args: [script('counting.cjs'), ...args], preload });

class Values extends IgnoringVisitor {
  readonly values: number[] = [];
  lastNs = 0;
  backwards = 0;
  override counter(timeNs: number, _counter: number, values: Float64Array, first: number): void {
    this.values.push(values[first] as number);
    if (timeNs < this.lastNs) this.backwards++;
    this.lastNs = timeNs;
  }
  /** On a busy machine the script waits for the recorder, and that is recorded. */
  override stall(timeNs: number): void {
    this.lastNs = timeNs;
  }
}

/** Values of the counter in each stream, decoded block by block from the header alone. */
function valuesByStream(recording: ReadRecording): Map<number, number[]> {
  const head = recording.items[0];
  if (head?.kind !== 'head') throw new Error('no head');
  const start = splitMonotonic(BigInt(head.head.startMonotonicNs));
  const streams = new Map<number, Values>();
  for (const { header, payload } of recording.blocks) {
    if (header.type !== BlockType.DATA) continue;
    const visitor = streams.get(header.stream) ?? new Values();
    streams.set(header.stream, visitor);
    const before = visitor.values.length;
    expect(decodeRecords(payload.subarray(padTo8(header.openStackWords * 4)), header.clockHigh, start, visitor)).toBe(0);
    // The clock that stands in front of a thread's first event may come in a block of its own.
    if (visitor.values.length > before) expect(header.lastNs).toBe(visitor.lastNs);
    expect(visitor.backwards).toBe(0);
  }
  return new Map([...streams].map(([stream, visitor]) => [stream, visitor.values]));
}

/** Counts calls, and keeps the stack as a block of the recording has it. */
class Calls extends IgnoringVisitor {
  readonly stack = new OpenStack();
  readonly begun = new Map<number, number>();
  override call(timeNs: number, functionId: number, exit: boolean): void {
    if (exit) this.stack.pop(functionId, 0);
    else this.#begin(timeNs, functionId, 0);
  }
  override run(timeNs: number, functionId: number, call: number, kind: number): void {
    if (kind === RecordKind.CALL_BEGIN || kind === RecordKind.CALL_RESUME) this.#begin(timeNs, functionId, call);
    else this.stack.pop(functionId, call);
  }
  #begin(timeNs: number, functionId: number, call: number): void {
    this.stack.push(timeNs, functionId, call);
    this.begun.set(functionId, (this.begun.get(functionId) ?? 0) + 1);
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('with the real tracer', () => {
  it('every call arrives, each block tells what is open, and the file what is left alone', async () => {
    const file = script('calling.cjs');
    const plan = { ...spawnPlan({ args: [file], preload }), capture: DEFAULT_CAPTURE };
    const { info, recording } = await fixture.run(plan);
    expect(info).toMatchObject({ end: { kind: 'exited', code: 0 }, dropped: 0 });
    expect(recording).toMatchObject({ problems: [], complete: true });
    const head = recording.items[0];
    if (head?.kind !== 'head') throw new Error('no head');
    const start = splitMonotonic(BigInt(head.head.startMonotonicNs));
    const [definitions, calls, processes] = [new Definitions(), new Calls(), new Processes()];
    let blocks = 0;
    for (const { header, payload } of recording.blocks) {
      if (header.type === BlockType.DEFS) expect(definitions.add(payload)).toBe(0);
      if (header.type !== BlockType.DATA) continue;
      blocks++;
      const told = new OpenStack();
      told.read(new Uint32Array(payload.slice(0, header.openStackWords * 4).buffer));
      expect([...told.functions]).toEqual([...calls.stack.functions]);
      expect(decodeRecords(payload.subarray(padTo8(header.openStackWords * 4)), header.clockHigh, start, calls)).toBe(0);
    }
    expect(blocks).toBeGreaterThan(1);
    expect(calls.stack.depth).toBe(0);
    const counts = Object.fromEntries([...calls.begun].map(([id, count]) => [definitions.functionName(id), count]));
    // Of fib(22) and fib(20); an async function has two runs.
    expect(counts).toEqual({ 'calling.cjs': 1, fib: 57_313 + 21_891, later: 2, '(anonymous calling.cjs:10)': 1 });
    for (const line of recording.info) processes.add(line);
    const [process] = processes.list();
    expect(process?.capture).toMatchObject({ files: 1, functions: 5, muted: 0 });
    expect(process?.leftAlone).toEqual([{ file, reason: `The function at ${file}:7 is not recorded: it declares a variable and a function of one name.` }]);
  });

  it('every value arrives, also at a process.exit right behind', async () => {
    const { info, recording } = await fixture.run(counting('200000', 'exit'));
    expect(info).toMatchObject({ end: { kind: 'exited', code: 5 }, processes: 1, dropped: 0 });
    expect(recording).toMatchObject({ problems: [], complete: true });
    expect(recording.console()).toBe('counted\n');
    const [values] = valuesByStream(recording).values();
    expect(values).toEqual(upTo(200_000));
    expect(recording.info.find((line) => line.kind === 'process-end')).toMatchObject({ orderly: true });
  });

  it('workers and forked processes have streams of their own', async () => {
    const { info, recording } = await fixture.run(counting('1000', 'worker', 'fork'));
    expect(info).toMatchObject({ end: { kind: 'exited', code: 0 }, processes: 2, dropped: 0 });
    const streams = [...valuesByStream(recording).values()];
    expect(streams).toEqual([upTo(1000), upTo(1000), upTo(1000)]);
  });

  it('a stopped target has kept what it recorded', async () => {
    await fixture.start(counting('1000', 'hold'));
    await recordedText(fixture.window(), 'one', 'counted');
    await fixture.until((info) => info.events >= 1000);
    const info = await fixture.collector.stop('one', 10_000);
    expect(info.end).toMatchObject({ kind: 'stopped', forced: false });
    expect([...valuesByStream(readRecording(fixture.bytes())).values()]).toEqual([upTo(1000)]);
  });

  it('says which children it could not record, and why', async () => {
    const code = `const { spawnSync, spawn } = require('child_process'); const node = process.execPath;
      spawnSync('env', ['-i', node, '-e', '']); spawnSync(node, ['-e', '']); spawnSync('sh', ['-c', '"' + node + '" -e ""; true']); spawn(node, ['-e', ''], { env: {} }); spawnSync('true');`;
    const { info, recording } = await fixture.run(spawnPlan({ args: ['-e', code], preload }));
    expect(info).toMatchObject({ end: { kind: 'exited', code: 0 }, processes: 4 });
    expect(recording.info.filter((line) => line.kind === 'untraced')).toMatchObject([
      { process: 0, pid: expect.any(Number), what: expect.stringMatching(/^env -i /), why: expect.stringContaining('never greeted') },
    ]);
  });

  it('starts a target without the tracer where its file is gone, and says so', async () => {
    const { info, recording } = await fixture.run(spawnPlan({ args: ['-p', '6 * 7'], preload: '/nowhere/preload.cjs' }));
    expect(info).toMatchObject({ end: { kind: 'exited', code: 0 }, processes: 0 });
    expect(recording.console(ConsoleSource.STDOUT)).toBe('42\n');
    expect(recording.console(ConsoleSource.STUDIO)).toContain('/nowhere/preload.cjs cannot be read');
  });

  it('says up to when it has what a killed process recorded', async () => {
    const code =
      "const { getTracer } = require('trace-studio'); getTracer().counter('c', { n: 1 }); setTimeout(() => getTracer().counter('c', { n: 2 }), 20); setInterval(() => {}, 1000);";
    await fixture.start(spawnPlan({ args: ['-e', code], preload }));
    const { pid } = await fixture.until((info) => info.events === 2);
    process.kill(pid as number, 'SIGKILL');
    const info = await fixture.collector.whenEnded('one');
    const recording = readRecording(fixture.bytes());
    expect(info).toMatchObject({ end: { kind: 'signalled', signal: 'SIGKILL' } });
    const end = recording.info.find((line) => line.kind === 'process-end');
    expect(end).toMatchObject({ orderly: false, flushedNs: expect.any(Number) });
    const lastNs = Math.max(...recording.blocks.filter((block) => block.header.type === BlockType.DATA).map((block) => block.header.lastNs));
    expect(end?.kind === 'process-end' && end.flushedNs).toBeGreaterThanOrEqual(lastNs);
    expect([...valuesByStream(recording).values()]).toEqual([[1, 2]]);
  });
});
