/** Calls of functions, switched and filtered from the command line and from the project's config file. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CliFolder } from './cli-process.ts';

let folder: CliFolder;
beforeEach(() => {
  folder = new CliFolder();
  folder.write('main.js', MAIN);
  mkdirSync(path.join(folder.path, 'lib'));
  folder.write('lib/util.js', 'exports.twice = (n) => n * 2;\n');
});
afterEach(() => folder.remove());

const MAIN = `
const { twice } = require('./lib/util.js');
class Cart { add(item) { return twice(item); } }
function work(n) { const cart = new Cart(); for (let i = 0; i < n; i++) cart.add(i); }
work(3);
`;

interface Slice {
  readonly ph: string;
  readonly name: string;
  readonly args?: { readonly at?: string; readonly arguments?: unknown; readonly result?: unknown };
}

/** Calls of the report, with all that stands beside them. */
async function record(...options: string[]): Promise<Slice[]> {
  const { code, stderr } = await folder.run(['run', '-q', ...options, '--', 'main.js']);
  expect({ code, stderr: stderr.replace(/^trace-studio: options of .*\n/, '') }).toEqual({ code: 0, stderr: '' });
  const { traceEvents } = JSON.parse(readFileSync(path.join(folder.path, 'result.json'), 'utf8')) as { traceEvents: Slice[] };
  const slices = traceEvents.filter(({ ph }) => ph === 'X');
  // Nothing of it is the tracer's own.
  expect(slices.filter(({ args }) => JSON.stringify(args ?? {}).includes(path.join(folder.path, 'home')))).toEqual([]);
  return slices.filter(({ args }) => args?.at !== undefined);
}
const counted = (slices: readonly Slice[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { name } of slices) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

describe('calls', () => {
  test('are recorded unless they are switched off, each with its place; a second run finds the files that the first has changed', async () => {
    const slices = await record();
    expect(counted(slices)).toEqual({ 'main.js': 1, 'util.js': 1, work: 1, 'Cart.add': 3, twice: 3 });
    expect(slices.find(({ name }) => name === 'work')?.args?.at).toBe(`${path.join(folder.path, 'main.js')}:4:1`);
    const kept = readdirSync(path.join(folder.path, 'home/instrumented'), { recursive: true });
    expect(kept.length).toBeGreaterThan(0);
    expect(counted(await record())).toEqual(counted(slices));
    expect(readdirSync(path.join(folder.path, 'home/instrumented'), { recursive: true })).toEqual(kept);
    expect(await record('--calls', 'off')).toEqual([]);
  });

  test('are chosen by file, depth and duration, with arguments and results', async () => {
    expect(counted(await record('--include', 'lib'))).toEqual({ 'util.js': 1, twice: 3 });
    expect(counted(await record('--exclude', 'lib/**', '--max-depth', '2'))).toEqual({ 'main.js': 1, work: 1 });
    expect(await record('--min-duration', '60s')).toEqual([]);
    const work = (await record('--log-args', '--log-return')).filter(({ name }) => name === 'twice');
    expect(work.map(({ args }) => [args?.arguments, args?.result])).toEqual([
      [{ n: 0 }, 0],
      [{ n: 1 }, 2],
      [{ n: 2 }, 4],
    ]);
  });

  test('are chosen by the config file of the project, and the command line has the last word', async () => {
    folder.write(
      'trace-studio.config.ts',
      "import type { TraceStudioConfig } from 'trace-studio';\nexport default { exclude: ['lib'] } satisfies TraceStudioConfig;\n",
    );
    expect(counted(await record())).toEqual({ 'main.js': 1, work: 1, 'Cart.add': 3 });
    expect(counted(await record('--no-exclude', '--include', 'lib'))).toEqual({ 'util.js': 1, twice: 3 });
  });
});
