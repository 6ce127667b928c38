/** Scripts that change their world, end in every way, or start others: they run as they would, and their calls are there. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { QUIET_CAPTURE } from '../../helpers/quiet-capture.ts';
import { callLines } from './call-lines.ts';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, startTarget, type TargetRun, takeAll, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const capture = { ...DEFAULT_CAPTURE, calls: 'exact' as const };
const withoutPid = (run: TargetRun): unknown => ({ ...run, stderr: run.stderr.replaceAll(/\(node:\d+\)/g, '') });

async function both(files: Readonly<Record<string, string>>, run: RunOptions): Promise<string[]> {
  const script = writeScript(collector, files);
  const plain = await runTarget(collector, script, { ...run, traced: false });
  const traced = await runTarget(collector, script, { ...run, options: { capture, ...run.options } });
  expect(withoutPid(traced)).toEqual(withoutPid(plain));
  return callLines(collector.targets.at(-1)?.threads.get(0)?.stream.calls ?? []);
}

const LATER = { 'later.cjs': 'exports.f = function later() { return g(); }; const g = () => 7;' };
const HOSTILE: Readonly<Record<string, string>> = {
  'deletes its clock': 'delete process.hrtime; performance.now = () => 0; Date.now = () => 0;',
  'freezes Function.prototype': 'Object.freeze(Function.prototype); Object.freeze(Object.prototype); Object.freeze(Array.prototype);',
  'replaces Map': 'globalThis.Map = globalThis.WeakMap = globalThis.Set = class {};',
  'breaks Map': "for (const name of ['get', 'set', 'has']) { Map.prototype[name] = () => undefined; WeakMap.prototype[name] = () => undefined; }",
  'breaks push and exec': 'const { push } = Array.prototype; Array.prototype.push = function () { return this.length; }; RegExp.prototype.exec = () => null;',
  'breaks functions of text': "String.prototype.replaceAll = String.prototype.match = () => 'no'; JSON.parse = () => { throw new Error('no JSON'); };",
  'replaces the file system': "const fs = require('fs'); fs.statSync = fs.writeFileSync = fs.mkdirSync = () => { throw new Error('not yours'); };",
  'sets Error up for itself': "Error.stackTraceLimit = 0; Error.prepareStackTrace = () => 'mine';",
  'sets NODE_OPTIONS': "process.env.NODE_OPTIONS = '--no-warnings';",
};

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it.each(Object.keys(HOSTILE))('runs a script that %s', async (name) => {
    const code = `const call = (f) => f();\n${HOSTILE[name]}\nconst { f } = require('./later.cjs');\nconsole.log(call(f), new Error('e').stack === undefined);`;
    const lines = await both({ 'main.cjs': code, ...LATER }, { node });
    // What the script puts in place of something of the engine's is called by others, too.
    expect(lines.filter((line) => !/[.[]/.test(line) || /\.cjs/.test(line))).toEqual(['main.cjs', '  later.cjs', '  call', '    later', '      g']);
  });

  it('runs with frozen intrinsics', async () => {
    const lines = await both({ 'main.cjs': 'const f = () => 1; console.log(f());' }, { node, flags: ['--frozen-intrinsics'] });
    expect(lines).toEqual(['main.cjs', '  f']);
  });

  it('records calls of worker threads and of children, each by itself', async () => {
    const files = {
      'main.cjs': `const { Worker } = require('worker_threads'); const { fork } = require('child_process');
const start = () => new Worker(__dirname + '/worker.mjs'); start().on('exit', () => fork(__dirname + '/child.cjs'));`,
      'worker.mjs': "import { parentPort } from 'node:worker_threads'; const work = (n) => n; work(1);",
      'child.cjs': "const child = () => console.log('child'); child();",
    };
    const script = writeScript(collector, files);
    expect((await runTarget(collector, script, { node, options: { capture } })).stdout).toBe('child\n');
    const all = collector.targets.map(({ threads }) => [...threads.values()].map(({ stream }) => callLines(stream.calls)));
    expect(all).toEqual([
      [
        ['main.cjs', '  start', '(anonymous main.cjs:2)'],
        ['worker.mjs', '  work'],
      ],
      [['child.cjs', '  child']],
    ]);
  });

  it.each(['', 'process.exit(3);', "throw new Error('end');", "Promise.reject(new Error('end'));", 'process.reallyExit(4);'])(
    'loses nothing where it ends by "%s"',
    async (end) => {
      const code = `const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2);\nfib(24);\n${end}`;
      const script = writeScript(collector, { 'main.cjs': code });
      await runTarget(collector, script, { node, options: { capture } });
      const stream = collector.targets[0]?.threads.get(0)?.stream;
      const fibs = stream?.calls.filter((call) => call.function.name === 'fib') ?? [];
      expect(fibs.length).toBe(2 * 150_049);
      expect(stream?.events.filter(({ kind }) => kind === 'gap')).toEqual([]);
    },
  );

  it('drops and counts where it may not wait, and tells what is open then', async () => {
    // It goes on until a gap has come inside of its calls: when the drain makes room is the machine's affair.
    const code = `const { existsSync } = require('node:fs'); const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2);
const outer = () => fib(20);\nwhile (!existsSync(__dirname + '/enough')) outer();`;
    const script = writeScript(collector, { 'main.cjs': code });
    const options = { capture: { ...capture, ...QUIET_CAPTURE, calls: 'exact' }, whenFull: 'live', ringBytes: 64 * 1024 } as const;
    const { ended } = startTarget(collector, script, { node, options });
    const gapsSoFar = () => collector.targets[0]?.threads.get(0)?.stream.events.flatMap((event) => (event.kind === 'gap' ? [event] : [])) ?? [];
    await collector.until(() => gapsSoFar().some(({ stack }) => stack[1] === 'outer' && stack[2] === 'fib'));
    writeFileSync(path.join(path.dirname(script), 'enough'), '');
    await ended;
    await takeAll(collector);
    const thread = collector.targets[0]?.threads.get(0);
    const gaps = gapsSoFar();
    const lost = gaps.reduce((sum, gap) => sum + gap.lost, 0);
    expect(gaps.filter(({ stack }) => stack[0] !== 'main.cjs')).toEqual([]);
    // What comes after the last gap is not told of: the end of the script takes what is there.
    expect(thread?.stats?.dropped).toBeGreaterThanOrEqual(lost);
  });

  it('keeps to the names of exports that an import finds in CommonJS', async () => {
    const files = {
      'main.mjs': "import { x, y } from './common.cjs'; import * as all from './common.cjs'; console.log(x(), y, Object.keys(all).sort().join());",
      'common.cjs':
        "Object.defineProperty(exports, 'x', { enumerable: true, get: function () { return inner.x; } }); exports.y = 2; const inner = { x: () => 1 };",
    };
    expect(await both(files, { node })).toContain('  inner.x');
  });
});
