/** TypeScript with every call recorded: as Node runs it itself, as the studio does for an older one, and through a loader of the script's. */
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { callLines } from './call-lines.ts';
import { nodeVersions } from './node-matrix.ts';
import { runTarget, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const options = { capture: { ...DEFAULT_CAPTURE, calls: 'exact' as const } };
const packages = path.resolve(import.meta.dirname, '../../../node_modules');

const FILES = {
  'main.ts': `interface Shop { readonly name: string }
import { twice } from './twice.ts';
class Counter<T extends Shop> { #n: number = 0; add(shop: T): number { return (this.#n += shop.name.length); } }
const counter = new Counter<Shop>();
async function main(n: number): Promise<void> { await null; console.log(twice((): number => counter.add({ name: 'ab' }) as number), new Error('here').stack?.split('\\n')[1]); if (n > 0) throw new TypeError('in TypeScript'); }
await main(process.argv.length - 2);`,
  'twice.ts': 'export const twice = (f: () => number): number => f() + f();',
  'package.json': '{ "type": "module" }',
};
const CALLS = [
  'twice.ts',
  'main.ts#1…',
  '  main#2…',
  '…main#2',
  '  twice',
  '    (anonymous main.ts:5)',
  '      Counter.add',
  '    (anonymous main.ts:5)',
  '      Counter.add',
  '…main.ts#1',
];

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  it('runs and fails as it does alone, and its calls are there', async () => {
    const script = writeScript(collector, FILES);
    for (const args of [[], ['fail']]) {
      // An older Node does not run it alone: there it is compared with a run whose calls are not recorded.
      const plain = await runTarget(collector, script, { node, args, ...(major > 20 && { traced: false }) });
      const traced = await runTarget(collector, script, { node, args, options });
      expect(traced).toEqual(plain);
      expect(traced.stdout).toMatch(/^6 {5}at main \(.*main\.ts:5:\d+\)\n$/);
    }
    const { calls = [], functions } = collector.targets[major > 20 ? 0 : 1]?.threads.get(0)?.stream ?? {};
    expect(callLines(calls)).toEqual(CALLS);
    expect([...(functions?.values() ?? [])].find(({ name }) => name === 'Counter.add')).toMatchObject({ file: script, line: 3, column: 49 });
  });

  it.each([
    { loader: '--import', name: 'tsx', type: 'module' },
    { loader: '--require', name: 'tsx/cjs', type: 'commonjs' },
  ])('$loader $name gives ours what it has made, with the places of its source', async ({ loader, name, type }) => {
    const script = writeScript(collector, {
      'main.ts': `import { twice } from './twice';

enum Color { Red = 1, Green }
class Box { constructor(private readonly inside: number) {} open(): number { return this.inside; } }
console.log(twice(() => new Box(Color.Green).open()));`,
      'twice.ts': FILES['twice.ts'],
      'package.json': JSON.stringify({ type }),
    });
    mkdirSync(path.join(path.dirname(script), 'node_modules'));
    for (const one of ['tsx', 'esbuild', '@esbuild', 'get-tsconfig', 'resolve-pkg-maps']) {
      symlinkSync(path.join(packages, one), path.join(path.dirname(script), 'node_modules', one));
    }
    const traced = await runTarget(collector, script, { node, flags: [loader, name], options });
    expect([traced.stdout, traced.stderr]).toEqual(['4\n', '']);
    const { calls = [] } = collector.targets.find(({ threads }) => (threads.get(0)?.stream.callRecords ?? 0) > 0)?.threads.get(0)?.stream ?? {};
    const named = ['twice', 'new Box', 'Box.open'];
    const places = named
      .map((of) => calls.find((call) => call.function.name === of)?.function)
      .map((found) => found && [found.name, path.basename(found.file), found.line]);
    expect(places).toEqual([
      ['twice', 'twice.ts', 1],
      ['new Box', 'main.ts', 4],
      ['Box.open', 'main.ts', 4],
    ]);
  });
});
