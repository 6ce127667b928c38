/** Events record the same whatever made JavaScript of them: each compiler has its own way with decorators, fields and #private. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync as swc } from '@swc/core';
import { transformSync as esbuild } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TracedEvent } from '../tracer/decode-stream.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { type RunOptions, runTarget, writeScript } from '../tracer/run-target.ts';
import { TestCollector } from '../tracer/test-collector.ts';

const root = path.resolve(import.meta.dirname, '../../..');

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

/** `SYNTAX`: with decorators; else the same by `triggerlog(method)`, for Node's own stripping of types. */
const source = (syntax: boolean): string => {
  const decorator = (text: string): string => (syntax ? text : '');
  const calls = (text: string): string => (syntax ? '' : `static { ${text} }`);
  return `
import { getTracer, triggerlog, VizCounter, VizObject } from 'trace-studio';

class Queue extends VizCounter {
  #taken = 0;
  _marks = 0;
  waiting = 2;
  declared!: number;
  get total(): number { return this.waiting + this.#taken; }
  set total(value: number) { this.#taken = value - this.waiting; }
  ${decorator('@triggerlog')} take(): number { this.#taken++; return --this.waiting; }
  ${decorator("@triggerlog({ when: 'both' })")} async drain(): Promise<string> { await null; this._marks++; this.waiting = 0; return 'drained'; }
  ${decorator("@VizCounter.triggerlog('before')")} mark(by: number): number { return this._marks += by; }
  ${calls(`const own = this.prototype;
    own.take = triggerlog(own.take);
    own.drain = triggerlog(own.drain, { when: 'both' });
    own.mark = VizCounter.triggerlog(own.mark, 'before');`)}
}
class Cart extends VizObject<{}> {
  items: string[] = [];
  ${decorator('@triggerlog()')} add(item: string): number { return this.items.push(item); }
  ${calls('this.prototype.add = triggerlog(this.prototype.add);')}
}

const queue = new Queue(getTracer(), 'queue');
const left = queue.take();
queue.total = 9;
queue.declared = 4;
const cart = new Cart(getTracer());
cart.add('lamp');
queue.drain().then((word) => console.log(left, word, queue.mark(1), queue.take.name, queue.mark.length, Cart.name.replace('_', '')));
`;
};

const PRINTED = '1 drained 2 take 1 Cart\n';
const EXPECTED = [
  { waiting: 2, total: 2 },
  { waiting: 1, total: 2 },
  { waiting: 1, total: 2 },
  { waiting: 1, total: 9 },
  { waiting: 1, declared: 4, total: 9 },
  'created',
  { items: [] },
  { items: ['lamp'] },
  { waiting: 1, declared: 4, total: 9 },
  { waiting: 0, declared: 4, total: 8 },
  { waiting: 0, declared: 4, total: 8 },
  { waiting: 0, declared: 4, total: 8 },
];
/** Without "deleted": the engine may collect the cart before the script ends, or not. */
const contents = (events: readonly TracedEvent[]): unknown[] =>
  events
    .filter((event) => event.kind !== 'deleted')
    .map((event) => (event.kind === 'counter' ? event.values : event.kind === 'snapshot' ? event.state : event.kind));

interface Style {
  readonly legacy: boolean;
  readonly define: boolean;
}
const STYLES: readonly [string, Style][] = [
  ['decorators of the language, fields that define', { legacy: false, define: true }],
  ['decorators of the language, fields that assign', { legacy: false, define: false }],
  ['experimentalDecorators, fields that define', { legacy: true, define: true }],
  ['experimentalDecorators, fields that assign', { legacy: true, define: false }],
];

async function expectEvents(script: string, options?: RunOptions): Promise<void> {
  expect(await runTarget(collector, script, options)).toEqual({ stdout: PRINTED, stderr: '', code: 0, signal: null });
  expect(contents(collector.events)).toEqual(EXPECTED);
}

const compilerOptions = ({ legacy, define }: Style) => ({ experimentalDecorators: legacy, useDefineForClassFields: define });

describe.each(STYLES)('%s', (_, style) => {
  it.each(['esm', 'cjs'] as const)('esbuild, %s', async (format) => {
    const { code } = esbuild(source(true), { loader: 'ts', format, target: 'es2022', tsconfigRaw: { compilerOptions: compilerOptions(style) } });
    await expectEvents(writeScript(collector, { [format === 'esm' ? 'script.mjs' : 'script.cjs']: code }));
  });

  it.each(['es6', 'commonjs'] as const)('swc, %s', async (type) => {
    const { code } = swc(source(true), {
      configFile: false,
      swcrc: false,
      module: { type },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: style.legacy, decoratorVersion: '2022-03', useDefineForClassFields: style.define },
      },
    });
    await expectEvents(writeScript(collector, { [type === 'es6' ? 'script.mjs' : 'script.cjs']: code }));
  });

  it.each(['esnext', 'commonjs'])('tsc, %s', async (module) => {
    const options = { ...compilerOptions(style), module, moduleResolution: 'bundler', target: 'es2022', noCheck: true, noResolve: true, types: [] };
    const script = writeScript(collector, { 'script.ts': source(true), 'tsconfig.json': JSON.stringify({ compilerOptions: options, files: ['script.ts'] }) });
    spawnSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', path.dirname(script)]);
    const compiled = path.join(path.dirname(script), `compiled.${module === 'esnext' ? 'mjs' : 'cjs'}`);
    writeFileSync(compiled, readFileSync(script.replace(/ts$/, 'js')));
    await expectEvents(compiled);
  });

  it('tsx', async () => {
    const tsconfig = JSON.stringify({ compilerOptions: { ...compilerOptions(style), target: 'es2022', module: 'esnext' } });
    const script = writeScript(collector, { 'script.mts': source(true), 'tsconfig.json': tsconfig });
    const loader = pathToFileURL(path.join(root, 'node_modules/tsx/dist/loader.mjs')).href;
    await expectEvents(script, { flags: ['--import', loader] });
  });
});

it('the proposal of 2023, by swc', async () => {
  const { code } = swc(source(true), {
    configFile: false,
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { decoratorVersion: '2023-11' as '2022-03' } },
  });
  await expectEvents(writeScript(collector, { 'script.mjs': code }));
});

describe.each(nodeVersions())('types stripped under $title', ({ path: node }) => {
  it('records the same by triggerlog(method)', () => expectEvents(writeScript(collector, { 'script.mts': source(false) }), { node }));
});
