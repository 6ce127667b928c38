/** Every call of the user's code, on every version of Node: real scripts, the real tracer, decoded. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { callLines } from './call-lines.ts';
import type { TracedCall } from './decode-stream.ts';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, startTarget, takeAll, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const capture = { ...DEFAULT_CAPTURE, calls: 'exact' as const };

/** Runs the first of `files`; the calls of its main thread as lines. */
async function traced(files: Readonly<Record<string, string>>, run: RunOptions = {}): Promise<{ lines: string[]; stdout: string; stderr: string }> {
  const result = await runTarget(collector, writeScript(collector, files), { ...run, options: { capture, ...run.options } });
  const stream = collector.targets.at(-1)?.threads.get(0)?.stream;
  return { lines: callLines(stream?.calls ?? []), stdout: result.stdout, stderr: result.stderr };
}

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it('records the calls of a CommonJS script', async () => {
    const { lines, stdout, stderr } = await traced(
      {
        'main.cjs': `const { twice } = require('./twice.cjs');
function main(n) { return twice(() => n + 1); }
console.log(main(20));`,
        'twice.cjs': 'exports.twice = (f) => f() + f();',
      },
      { node },
    );
    expect([stdout, stderr]).toEqual(['42\n', '']);
    expect(lines).toEqual(['main.cjs', '  twice.cjs', '  main', '    twice', '      (anonymous main.cjs:2)', '      (anonymous main.cjs:2)']);
  });

  it('records the calls of ES modules, and what they import and require', async () => {
    const { lines, stdout, stderr } = await traced(
      {
        'main.mjs': `import { add } from './add.mjs';
import common from './common.cjs';
export function main() { return add(1, common.three()); }
console.log(main());`,
        'add.mjs': 'export const add = (a, b) => a + b;',
        'common.cjs': "const { deep } = require('./deep.cjs'); exports.three = function () { return deep(); };",
        'deep.cjs': 'exports.deep = () => 3;',
      },
      { node },
    );
    expect([stdout, stderr]).toEqual(['4\n', '']);
    expect(lines).toEqual(['add.mjs', 'common.cjs', '  deep.cjs', 'main.mjs', '  main', '    three', '      deep', '    add']);
  });

  it('records runs of async functions and generators', async () => {
    const { lines, stdout, stderr } = await traced(
      {
        'main.mjs': `async function pause(n) { await null; return n; }
function* count() { const got = yield 1; yield got + 1; }
async function all() { const a = await pause(1); for await (const x of [2]) work(x); try { await Promise.reject(new Error('no')); } catch (e) { work(a); } }
function work(n) { return n; }
await all();
const steps = count();
console.log(steps.next().value, steps.next(4).value, [...steps].length);`,
      },
      { node },
    );
    expect([stdout, stderr]).toEqual(['1 5 0\n', '']);
    expect(lines).toEqual([
      'main.mjs#1…',
      '  all#2…',
      '    pause#3…',
      '…pause#3',
      '…all#2…',
      '…all#2…',
      '  work',
      '…all#2…',
      '…all#2',
      '  work',
      '…main.mjs#1',
      '  count#4…',
      '  …count#4…',
      '  …count#4',
    ]);
  });

  it('mutes functions while the main thread is busy, and keeps what remains in its place', async () => {
    const script = writeScript(collector, {
      'main.cjs': `const { workerData } = require('worker_threads');
function often() { return 1; }
function outer() { return often() + inner(); }
function inner() { return often(); }
let rounds = 0;
process.stdout.write('started\\n');
const until = process.hrtime.bigint() + 20_000_000_000n;
const flag = require('fs');
while (!flag.existsSync(process.argv[2]) && process.hrtime.bigint() < until) { outer(); rounds++; if (rounds % 100 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); }
require('./late.cjs').late();
console.log('done');`,
      'late.cjs': 'function late() { return helper(); } function helper() { return 1; } exports.late = late;',
    });
    const folder = path.dirname(script);
    const flag = path.join(folder, 'flag');
    const target = startTarget(collector, script, { node, args: [flag], options: { capture } });
    await target.printed('started');
    const stream = () => collector.targets[0]?.threads.get(0)?.stream;
    await collector.until(() => (stream()?.calls.length ?? 0) > 100);
    collector.control({
      command: 'mute',
      muted: true,
      functions: [
        { file: script, name: 'often' },
        { file: path.join(folder, 'late.cjs'), name: 'helper' },
      ],
    });
    await collector.until(() => collector.targets[0]?.capture?.muted === 1);
    const before = stream()?.calls.length ?? 0;
    await collector.until(() => (stream()?.calls.length ?? 0) > before + 20_000);
    writeFileSync(flag, '');
    await target.ended;
    await takeAll(collector);
    const lines = callLines(stream()?.calls ?? []);
    expect(lines.slice(0, 6)).toEqual(['main.cjs', '  outer', '    often', '    inner', '      often', '  outer']);
    expect(lines.slice(-6, -2)).toEqual(['  outer', '    inner', '  outer', '    inner']);
    expect(lines.at(-2)).toBe('  late.cjs');
    expect(lines.at(-1)).toBe('  late');
  });

  it('leaves out calls that are too short, with what belongs to them', async () => {
    const { lines } = await traced(
      {
        'main.cjs': `function wait(ms) { const until = process.hrtime.bigint() + BigInt(ms * 1e6); while (process.hrtime.bigint() < until); }
function quick() { return 1; }
function slow() { quick(); wait(4); quick(); inner(); }
function inner() { wait(3); quick(); }
for (let i = 0; i < 1000; i++) quick();
slow();`,
      },
      { node, options: { capture: { ...capture, minDurationUs: 1000 } } },
    );
    // On a busy machine any call may take a millisecond.
    const isQuick = (line: string): boolean => line.trim() === 'quick';
    expect(lines.filter((line) => !isQuick(line))).toEqual(['main.cjs', '  slow', '    wait', '    inner', '      wait']);
    expect(lines.filter(isQuick).length).toBeLessThan(100);
  });

  it('records no call deeper than the limit', async () => {
    const { lines } = await traced(
      { 'main.cjs': 'function down(n) { return n === 0 ? 0 : down(n - 1); }\ndown(5); down(1);' },
      { node, options: { capture: { ...capture, maxDepth: 3 } } },
    );
    expect(lines).toEqual(['main.cjs', '  down', '    down', '  down', '    down']);
  });

  it('says what it leaves alone, how it came to the text, and takes the files of an earlier run', async () => {
    const files = {
      'main.cjs': `require('./odd.cjs'); require('./fine.cjs'); try { require('./broken.cjs'); } catch (e) { console.log(e.constructor.name, e.message); }`,
      'odd.cjs': 'function odd() { var f; function f() { return 1; } return f; }\nodd();',
      'fine.cjs': 'exports.fine = () => 1;',
      'broken.cjs': 'let a = ;',
    };
    const script = writeScript(collector, files);
    const cacheFolder = path.join(collector.folder, 'cache');
    const run = { node, options: { capture, cacheFolder } };
    const first = await runTarget(collector, script, run);
    const second = await runTarget(collector, script, run);
    const hook = collector.targets[0]?.hello?.nodeVersion.startsWith('v20') ? 'read' : 'load';
    expect([first.stdout, second.stdout]).toEqual(Array(2).fill("SyntaxError Unexpected token ';'\n"));
    expect(collector.targets.map((target) => target.capture)).toEqual([
      { files: 3, functions: 5, cached: 0, hooks: [hook], muted: 0, typescript: [] },
      { files: 3, functions: 5, cached: 3, hooks: [hook], muted: 0, typescript: [] },
    ]);
    for (const target of collector.targets) {
      expect(target.leftAlone.map(({ file, reason }) => [path.basename(file), reason.replace(/ at .*:(?=\d)/, ' at odd.cjs:')])).toEqual([
        ['odd.cjs', 'The function at odd.cjs:1 is not recorded: it declares a variable and a function of one name.'],
        ['broken.cjs', expect.stringMatching(/^It cannot be parsed: .*Unexpected token/)],
      ]);
      expect(callLines(target.threads.get(0)?.stream.calls ?? [])).toEqual(['main.cjs', '  odd.cjs', '  fine.cjs']);
    }
  });

  it('records arguments, results and exceptions, and runs nothing of the script for it', async () => {
    const { stdout, stderr } = await traced(
      {
        'main.cjs': `class Refused extends Error {}
class Odd extends Error { get message() { console.log('a getter ran'); return 'x'; } }
const proxy = new Proxy({}, { get() { console.log('a trap ran'); }, ownKeys() { console.log('a trap ran'); return []; }, getPrototypeOf() { console.log('a trap ran'); return null; } });
const sly = { password: 'hidden', get now() { console.log('a getter ran'); return 1; }, toString() { console.log('toString ran'); return ''; }, toJSON() { console.log('toJSON ran'); return {}; } };
function many(a, { b, c: [d] } = { b: 1, c: [2] }, ...rest) { return [a, b, d, rest.length]; }
const double = (x) => x * 2;
async function later(v) { await null; return v; }
function* steps(n) { yield n; return 'end'; }
function fails() { throw new Refused('no way'); }
many(proxy, undefined, sly, new Map([['token', 'hidden'], ['k', 2]]), -0);
double(21);
for (const step of steps(3));
for (const f of [fails, () => null.x, () => { throw new Odd(); }, () => { throw 'text'; }, () => { throw proxy; }]) { try { f(); } catch (e) { try { throw e; } catch (again) {} } }
try { fails(); } catch { }
later(5);`,
      },
      { node, options: { capture: { ...capture, logArguments: true, logReturn: true } } },
    );
    expect([stdout, stderr]).toEqual(['', '']);
    const { calls = [], events = [] } = collector.targets[0]?.threads.get(0)?.stream ?? {};
    const argumentsOf = (name: string): unknown => calls.find((call) => call.function.name === name && call.args)?.args;
    const resultsOf = (name: string): unknown[] => callResults(calls, name);
    const map = {
      $ts: 'map',
      size: 2,
      entries: [
        ['token', { $ts: 'masked' }],
        ['k', 2],
      ],
    };
    const copy = {
      password: { $ts: 'masked' },
      now: { $ts: 'function', name: 'get now' },
      toString: { $ts: 'function', name: 'toString' },
      toJSON: { $ts: 'function', name: 'toJSON' },
    };
    expect(argumentsOf('many')).toEqual({ a: { $ts: 'proxy' }, b: 1, d: 2, rest: [copy, map, { $ts: 'number', text: '-0' }] });
    expect(argumentsOf('double')).toEqual({ x: 21 });
    expect(argumentsOf('later')).toEqual({ v: 5 });
    expect([resultsOf('many'), resultsOf('double'), resultsOf('later'), resultsOf('steps')]).toEqual([[[{ $ts: 'proxy' }, 1, 2, 3]], [42], [5], ['end']]);
    const exceptions = events.flatMap((event) =>
      event.kind === 'instant' ? [{ name: event.name, ...(event.args as { message: string; stack: string }) }] : [],
    );
    expect(exceptions).toEqual([
      { name: 'Refused', message: 'no way', stack: expect.stringMatching(/^Error: no way\n {4}at fails \(.*main\.cjs:9:26\)\n/), caught: true },
      { name: 'TypeError', message: "Cannot read properties of null (reading 'x')", stack: expect.stringContaining('main.cjs:13:'), caught: true },
      { name: 'Odd', message: '', caught: true },
      // A text thrown again is another one, for all that can be told.
      { name: 'string', value: 'text', caught: true },
      { name: 'string', value: 'text', caught: true },
      { name: 'Proxy', value: { $ts: 'proxy' }, caught: true },
      { name: 'Refused', message: 'no way', stack: expect.any(String), caught: true },
    ]);
  });
});

/** What calls of a function have returned, in their order. */
function callResults(calls: readonly TracedCall[], name: string): unknown[] {
  const results: unknown[] = [];
  for (const [i, { kind, function: called }] of calls.entries()) {
    const before = calls[i - 1];
    if ((kind === 'exit' || kind === 'end') && called.name === name && before && 'result' in before) results.push(before.result);
  }
  return results;
}
