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
});
