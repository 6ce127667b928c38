/** Every call of the user's code, on every version of Node: real scripts, the real tracer, decoded. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { callLines } from './call-lines.ts';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, writeScript } from './run-target.ts';
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
});
