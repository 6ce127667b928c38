/** What a program can notice of the tracer is what docs/what-tracing-costs.md lists, line by line. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { nodeVersions } from './node-matrix.ts';
import { installPackage, type RunOptions, runTarget, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const capture = { ...DEFAULT_CAPTURE, calls: 'exact' as const };

interface Line {
  /** How it begins. */
  readonly text: string;
  readonly script: string;
  readonly code: string;
  readonly flags?: readonly string[];
  /** What is printed without the tracer, and with it. */
  /** Empty: it depends on the machine. */
  readonly plain: string;
  readonly traced: string | ((plain: string, traced: string) => boolean);
  /** Only where calls are not recorded: their recording hides it. */
  readonly withoutCalls?: boolean;
  /** The first version of Node that has it. */
  readonly from?: number;
}

const LINES: readonly Line[] = [
  {
    text: 'The first worker thread',
    script: 'main.cjs',
    code: "new (require('node:worker_threads').Worker)('console.log(require(\"node:worker_threads\").threadId)', { eval: true });",
    plain: '1',
    traced: '2',
  },
  {
    text: 'A program that is not Node',
    script: 'main.cjs',
    code: "console.log(/NODE_OPTIONS=.*TRACE_STUDIO_|TRACE_STUDIO_[^]*NODE_OPTIONS=/s.test(require('node:child_process').execSync('env', { encoding: 'utf8' })));",
    plain: 'false',
    traced: 'true',
  },
  {
    text: 'Stack traces through `execSync`',
    script: 'main.cjs',
    code: "try { require('node:child_process').execSync('exit 3', { stdio: 'ignore' }); } catch (error) { console.log(error.stack.includes('tracer.cjs')); }",
    plain: 'false',
    traced: 'true',
    withoutCalls: true,
  },
  {
    text: '`structuredClone` refuses a counter',
    script: 'main.cjs',
    code: `const { VizCounter, getTracer } = require('trace-studio');
try { structuredClone(new VizCounter(getTracer(), 'queue')); console.log('cloned'); } catch (error) { console.log(error.name); }`,
    plain: 'cloned',
    traced: 'DataCloneError',
  },
  {
    text: 'The deepest recursion',
    script: 'main.cjs',
    code: 'let depth = 0; const dive = () => { depth++; dive(); }; try { dive(); } catch {} console.log(depth);',
    plain: '',
    traced: (plain, traced) => Number(traced) < Number(plain) * 0.9 && Number(traced) > Number(plain) / 3,
  },
  {
    text: '`Error.prepareStackTrace`',
    script: 'main.cjs',
    code: "const mine = () => 'mine'; Error.prepareStackTrace = mine; console.log(Error.prepareStackTrace === mine, new Error().stack);",
    plain: 'true mine',
    traced: 'false mine',
  },
  {
    text: '`util.getCallSites()`',
    script: 'main.cjs',
    code: "const { getCallSites, getCallSite = getCallSites } = require('node:util'); const here = () => getCallSites()[0].column ?? 0; console.log(here());",
    plain: '95',
    traced: (plain, traced) => Number(traced) > Number(plain),
    from: 24,
  },
  {
    text: 'With source maps switched on',
    script: 'main.cjs',
    code: "const f = () => 1; f(); console.log(require('node:module').findSourceMap(__filename)?.payload.sources.length);",
    flags: ['--enable-source-maps'],
    plain: 'undefined',
    traced: '0',
  },
];

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/what-tracing-costs.md'), 'utf8');
const listed = page.slice(page.indexOf('## What a program can notice')).match(/^- .*/gm) ?? [];

/** Where they are tested, or why not. */
const ELSEWHERE = [
  'Memory', // A figure of the bench.
  '`async_hooks` sees', // harmless.test.ts compares all else that async_hooks sees.
  'On Node 20 an asynchronous', // test/programs: it depends on what a package imports.
];

it('has a check, or a reason, for each line of the page, and no other', () => {
  const known = [...LINES.map(({ text }) => text), ...ELSEWHERE];
  expect(listed.filter((line) => !known.some((text) => line.startsWith(`- ${text}`)))).toEqual([]);
  expect(known.filter((text) => !listed.some((line) => line.startsWith(`- ${text}`)))).toEqual([]);
});

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  it.each(LINES)('$text', async ({ script: name, code, flags = [], plain, traced, withoutCalls, from = 0 }) => {
    if (major < from) return; // This Node does not have it.
    const script = writeScript(collector, { [name]: code });
    installPackage(collector, script);
    const run = async (options: RunOptions): Promise<string> => (await runTarget(collector, script, { node, flags, ...options })).stdout.trim();
    const alone = await run({ traced: false });
    const recorded = await run(withoutCalls ? {} : { options: { capture } });
    if (plain !== '') expect(alone).toBe(plain);
    if (typeof traced === 'string') expect(recorded).toBe(traced);
    else expect({ alone, recorded, isAsListed: traced(alone, recorded) }).toMatchObject({ isAsListed: true });
  });
});
