import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaptureOptions } from '../../../core/protocol/capture-options.ts';
import { FunctionFlag } from '../../../core/protocol/records.ts';
import type { SamplingState } from '../../../core/protocol/sampling.ts';
import { type RecordedCall, recordedCalls } from '../../helpers/recorded-calls.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { CollectorFixture, type ReadRecording, readRecording, spawnPlan } from './collector-fixture.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const preload = path.join(root, 'dist/tracer/preload.cjs');

let fixture: CollectorFixture;
let folder: string;
beforeEach(() => {
  fixture = new CollectorFixture();
  folder = mkdtempSync(path.join(tmpdir(), 'sampling-test-'));
});
afterEach(async () => {
  await fixture.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Two functions that take turns for `ms`, and never let the event loop turn. */
const BUSY = `function even(until) { let sum = 0; for (let i = 0; i < 2e5; i++) sum += Math.sqrt(i); return Date.now() < until ? odd(until, sum) : sum; }
function odd(until, sum) { for (let i = 0; i < 2e5; i++) sum += Math.cbrt(i); return sum; }
function busy(ms) { const until = Date.now() + ms; while (Date.now() < until) even(until); }
`;

interface Sampled {
  readonly calls: readonly RecordedCall[];
  readonly recording: ReadRecording;
  readonly stderr: string;
  readonly stdout: string;
  readonly states: readonly SamplingState[];
}

interface Target {
  readonly code: string;
  readonly node?: string;
  readonly flags?: readonly string[];
  readonly file?: string;
  readonly calls?: 'sampling' | 'off';
  readonly filter?: Partial<CaptureOptions>;
}

const planOf = ({ code, node = process.execPath, flags = [], file = 'script.cjs', calls = 'sampling', filter = {} }: Target) => {
  const script = path.join(folder, file);
  writeFileSync(script, code);
  return spawnPlan({ file: node, args: [...flags, script], preload, capture: { ...filter, calls }, cwd: folder });
};

function sampledOf(recording: ReadRecording, bytes: Buffer): Sampled {
  const states = recording.info.flatMap((line) => (line.kind === 'sampling' ? [line.state] : []));
  return { calls: recordedCalls(bytes), recording, stdout: recording.console(0), stderr: recording.console(1), states };
}

async function sample(target: Target): Promise<Sampled> {
  const { recording } = await fixture.run(planOf(target));
  expect(recording.problems).toEqual([]);
  expect(recording.info.flatMap((line) => (line.kind === 'tracer-error' ? [line.message] : []))).toEqual([]);
  return sampledOf(recording, fixture.bytes());
}

const named = (calls: readonly RecordedCall[], name: string): readonly RecordedCall[] => calls.filter((call) => call.function.name === name);
const total = (calls: readonly RecordedCall[]): number => calls.reduce((sum, call) => sum + call.endNs - call.startNs, 0) / 1e6;

describe('filters of samples', () => {
  const code = `${BUSY} const { inner } = require('./lib/inner.cjs'); function outer() { inner(300, busy); } for (let i = 0; i < 3; i++) outer();`;
  const seen = async (filter: Partial<CaptureOptions>): Promise<readonly RecordedCall[]> => {
    mkdirSync(path.join(folder, 'lib'));
    writeFileSync(path.join(folder, 'lib/inner.cjs'), 'exports.inner = function inner(ms, busy) { busy(ms); };');
    return (await sample({ code, filter })).calls;
  };
  const filesOf = (calls: readonly RecordedCall[]): Set<string> =>
    new Set(calls.flatMap(({ function: { file } }) => (file === '' ? [] : [path.relative(folder, file)])));

  it('tell of the files that are wanted: what others do is the time of their callers', async () => {
    const calls = await seen({ include: ['lib/**'] });
    expect(filesOf(calls)).toEqual(new Set([path.join('lib', 'inner.cjs')]));
    expect(total(named(calls, 'inner'))).toBeGreaterThan(500);
    // Nothing but what the engine says in place of a function.
    expect(calls.filter(({ function: { file, name } }) => file === '' && !name.startsWith('('))).toEqual([]);
  });

  it('leave files out', async () => {
    const calls = await seen({ exclude: ['lib'] });
    expect(named(calls, 'inner')).toEqual([]);
    expect(named(calls, 'busy').some((call) => call.parent === 'outer')).toBe(true);
  });

  it('leave out what is too deep', async () => {
    const calls = await seen({ maxDepth: 2 });
    expect(named(calls, 'script.cjs').length).toBeGreaterThan(0);
    expect(named(calls, 'busy')).toEqual([]);
  });

  it('leave out what was too short', async () => {
    const calls = await seen({ minDurationUs: 100_000 });
    const whole = calls.filter((call) => call.endNs - call.startNs < 100e6);
    expect(named(calls, 'outer').length).toBeGreaterThan(0);
    expect(whole).toEqual([]);
  });
});

describe.each(nodeVersions())('sampling in $title', ({ path: node }) => {
  it('sees what a blocked thread does, from its first line to its last, and leaves no word', async () => {
    const { calls, stdout, stderr, states } = await sample({ node, code: `${BUSY} busy(1200); console.log('done');` });
    expect(stdout).toBe('done\n');
    expect(stderr).toBe('');
    const [busy] = named(calls, 'busy');
    expect(busy).toMatchObject({ stream: 'main (sampled)', function: { file: path.join(folder, 'script.cjs'), line: 3, flags: 0 } });
    expect(total(named(calls, 'busy'))).toBeGreaterThan(900);
    // The engine itself loses a frame now and then.
    const inBusy = named(calls, 'even').filter((call) => call.parent === 'busy');
    expect(total(inBusy) / total(named(calls, 'even'))).toBeGreaterThan(0.8);
    expect(named(calls, 'odd').some((call) => call.parent === 'even')).toBe(true);
    expect(calls.filter((call) => call.function.file.includes(path.dirname(preload)))).toEqual([]);
    expect(named(calls, '(not sampled)')).toEqual([]);
    expect(states.at(-1)).toMatchObject({ thread: 0, state: 'off', intervalUs: 1000, chunks: 'overlap', blindMs: 0 });
    expect(states.at(-1)?.samples).toBeGreaterThan(50);
    expect(calls.some((call) => (call.function.flags & FunctionFlag.NATIVE) !== 0)).toBe(true);
  });

  it('is over at once where the script is', async () => {
    const { calls, stderr } = await sample({ node, code: `${BUSY} busy(60);` });
    expect(stderr).toBe('');
    expect(named(calls, 'busy').length).toBeGreaterThan(0);
  });

  it('sees workers, also those that workers start, each in a stream of its own', async () => {
    const worker = `${BUSY} const { Worker, workerData } = require('node:worker_threads');
      function inWorker() { busy(400); }
      if (workerData > 0) new Worker(__filename, { workerData: workerData - 1, name: 'inner' });
      inWorker();`;
    writeFileSync(path.join(folder, 'worker.cjs'), worker);
    const code = `const { Worker } = require('node:worker_threads');
      new Worker(require('node:path').join(__dirname, 'worker.cjs'), { workerData: 1, name: 'outer' });`;
    const { calls, stderr } = await sample({ node, code });
    expect(stderr).toBe('');
    for (const name of ['outer', 'inner']) {
      const own = named(calls, 'inWorker').filter((call) => call.stream === `${name} (sampled)`);
      expect(total(own), name).toBeGreaterThan(100);
    }
  });

  it('keeps the order of the program: nothing that waits runs earlier because of it', async () => {
    const code = `${BUSY} let early = false;
      setTimeout(() => {
        Promise.resolve().then(() => { early = true; });
        process.nextTick(() => { early = true; });
        setTimeout(() => { early = true; });
        busy(800);
        console.log('early:', early);
      });`;
    const { stdout, states } = await sample({ node, code });
    expect(stdout).toBe('early: false\n');
    expect(states.at(-1)?.samples).toBeGreaterThan(30);
  });

  it.each([
    ['process.exit', 'process.exit(7)', 7],
    ['an uncaught error', 'throw new Error("the end")', 1],
    ['an unhandled rejection', 'Promise.reject(new Error("the end"))', 1],
  ])('has the last samples at the end by %s', async (_, end, code) => {
    const { recording, info } = await fixture.run(
      planOf({ node, code: `${BUSY} setTimeout(() => { busy(400); lastly(); ${end} }); function lastly() { busy(400); }` }),
    );
    expect(info.end).toEqual({ kind: 'exited', code });
    expect(recording.console(1)).not.toContain('debugger');
    expect(total(named(recordedCalls(fixture.bytes()), 'lastly'))).toBeGreaterThan(0);
  });

  it('leaves a script alone that profiles itself', async () => {
    const code = `${BUSY} const { Session } = require('node:inspector');
      const session = new Session();
      session.connect();
      session.post('Profiler.enable');
      session.post('Profiler.start');
      console.profile('own');
      busy(500);
      console.profileEnd();
      console.profileEnd();
      busy(500);
      session.post('Profiler.stop', (error, { profile }) => console.log(profile.nodes.some((node) => node.callFrame.functionName === 'busy')));
      session.disconnect();`;
    const { calls, stdout, stderr } = await sample({ node, code });
    expect(stdout).toBe('true\n');
    expect(stderr).toBe('');
    expect(total(named(calls, 'busy'))).toBeGreaterThan(500);
  });

  it('says where it could not look, beside a debugger', async () => {
    const { calls, stderr, states } = await sample({ node, flags: ['--inspect=0'], code: `${BUSY} setTimeout(() => busy(900), 50);` });
    expect(stderr.replace(/^Debugger listening on .*\nFor help, see: .*\n$/, '')).toBe('');
    expect(states.at(-1)).toMatchObject({ chunks: 'stop-start' });
    // In a small program it may be shorter than the time between two samples.
    const blind = named(calls, '(not sampled)');
    for (const call of blind) expect(call).toMatchObject({ depth: 0, function: { flags: FunctionFlag.NATIVE, file: '' } });
    expect(Math.abs(total(blind) - (states.at(-1)?.blindMs ?? 0))).toBeLessThan(5);
    expect(calls.some((call) => call.stream === 'main (sampled)' && call.function.file.endsWith('script.cjs'))).toBe(true);
  });

  it('is switched on and off while the script is blocked', async () => {
    await fixture.start(planOf({ node, calls: 'off', code: `${BUSY} setTimeout(() => busy(3500), 100);` }));
    await fixture.until((info) => info.processes > 0);
    fixture.collector.sampling('one', true);
    await fixture.until((info) => info.sampling?.state === 'on');
    fixture.collector.sampling('one', false);
    await fixture.until((info) => info.sampling?.state === 'off');
    fixture.collector.sampling('one', true);
    await fixture.collector.whenEnded('one');
    const { calls, stderr, states } = sampledOf(readRecording(fixture.bytes()), fixture.bytes());
    expect(stderr).toBe('');
    expect(states.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1])).toEqual(['on', 'off', 'on', 'off']);
    expect(calls.length).toBeGreaterThan(0);
  });
});

describe('positions of sampled functions', () => {
  it('are those of the source: by a map in the file, beside it, and through two maps', async () => {
    const typescript = `interface Unused { readonly a: number }\n\nexport function hot(until: number): number {\n  let sum = 0;\n  while (Date.now() < until) sum += Math.sqrt(sum + 1);\n  return sum;\n}\n`;
    for (const kind of ['inline', 'external'] as const) {
      writeFileSync(path.join(folder, `${kind}.ts`), typescript);
      const { code, map } = transformSync(typescript, { loader: 'ts', format: 'cjs', sourcemap: 'external', sourcefile: `${kind}.ts` });
      const reference = kind === 'inline' ? `data:application/json;base64,${Buffer.from(map).toString('base64')}` : `${kind}.js.map`;
      if (kind === 'external') writeFileSync(path.join(folder, 'external.js.map'), map);
      writeFileSync(path.join(folder, `${kind}.js`), `${code}\n//# sourceMappingURL=${reference}\n`);
    }
    const once = readFileSync(path.join(folder, 'inline.js'), 'utf8');
    const twice = transformSync(once, { loader: 'js', format: 'cjs', sourcemap: 'external', sourcefile: 'inline.js', minifyWhitespace: true });
    writeFileSync(path.join(folder, 'twice.js.map'), twice.map);
    writeFileSync(path.join(folder, 'twice.js'), `${twice.code}\n//# sourceMappingURL=twice.js.map\n`);
    const code = `for (const name of ['inline', 'external', 'twice']) require('./' + name + '.js').hot(Date.now() + 300);`;
    const { calls } = await sample({ code });
    const found = named(calls, 'hot').map((call) => `${path.basename(call.function.file)}:${call.function.line}`);
    expect(found.filter((place, i) => place !== found[i - 1])).toEqual(['inline.ts:3', 'external.ts:3', 'inline.ts:3']);
  });

  it('are those of the source where a loader made the code', async () => {
    const typescript = `interface Unused {\n  readonly a: number;\n}\nenum Kind { A, B }\n\nfunction hot(until: number): Kind {\n  while (Date.now() < until);\n  return Kind.B;\n}\nhot(Date.now() + 700);\ndebugger;\n`;
    const tsx = path.join(root, 'node_modules/tsx/dist/cli.mjs');
    writeFileSync(path.join(folder, 'by-loader.ts'), typescript);
    const plan = spawnPlan({ file: process.execPath, args: [tsx, path.join(folder, 'by-loader.ts')], preload, capture: { calls: 'sampling' }, cwd: folder });
    const { info, recording } = await fixture.run(plan);
    expect([info.end, recording.console(1)]).toEqual([{ kind: 'exited', code: 0 }, '']);
    expect(named(recordedCalls(fixture.bytes()), 'hot')[0]?.function).toMatchObject({ file: path.join(folder, 'by-loader.ts'), line: 6 });
  });
});
