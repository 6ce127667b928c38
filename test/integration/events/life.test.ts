/** The life of an object, the states of the tracer and bad values, in real scripts. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QUIET_FLAGS } from '../../helpers/quiet-capture.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { runTarget, writeScript } from '../tracer/run-target.ts';
import { TestCollector } from '../tracer/test-collector.ts';

describe.each(nodeVersions())('under $title', ({ path: node }) => {
  let collector: TestCollector;
  beforeEach(async () => {
    collector = new TestCollector();
    await collector.listen();
  });
  afterEach(() => collector.close());

  it('tells of an object that the engine has collected, and of none that is still held', async () => {
    const code = `
      const { getTracer, VizObject } = require('trace-studio');
      const held = new VizObject(getTracer(), 'held');
      held.a = 1;
      (() => {
        new VizObject(getTracer(), 'forgotten').a = 1;
        new VizObject(getTracer(), 'disposed').dispose();
      })();
      setImmediate(() => { gc(); setImmediate(() => console.log(held.a)); });`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node, flags: ['--expose-gc'] });
    expect(run).toEqual({ stdout: '1\n', stderr: '', code: 0, signal: null });
    const kinds = (name: string) => collector.events.flatMap((event) => ('name' in event && event.name === name ? [event.kind] : []));
    expect([kinds('held'), kinds('forgotten'), kinds('disposed')]).toEqual([
      ['created', 'snapshot'],
      ['created', 'snapshot', 'deleted'],
      ['created', 'deleted'],
    ]);
  });
});

describe('trace-studio run', () => {
  const cli = path.resolve(import.meta.dirname, '../../../dist/cli/trace-studio.cjs');
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-events-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(code: string): { status: number | null; stdout: string; stderr: string; samples: unknown[] } {
    writeFileSync(path.join(folder, 'script.mjs'), `import { getTracer, VizCounter, VizObject } from 'trace-studio';\n${code}`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'run', '-q', ...QUIET_FLAGS, '-o', 'out.json', '--', 'script.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, TRACE_STUDIO_HOME: path.join(folder, 'home') },
    });
    const report = JSON.parse(readFileSync(path.join(folder, 'out.json'), 'utf8')) as { traceEvents: { ph: string; args: unknown }[] };
    return { status, stdout, stderr, samples: report.traceEvents.filter(({ ph }) => 'CO'.includes(ph)).map(({ args }) => args) };
  }

  it('a value that is no number, uncaught: the script ends with 1 and its own error, the report has what came before', () => {
    const { status, stderr, samples } = run(`const c = new VizCounter(getTracer(), 'c'); c.a = 1; c.a = 'two'; c.a = 3;`);
    expect(status).toBe(1);
    expect(stderr).toContain('TypeError: Counter can only take numeric values: c.a was given a value of type string');
    expect(samples).toEqual([{ a: 1 }]);
  });

  it('a value that is no number, caught: the script goes on, and ends as it wants', () => {
    const { status, stderr, samples } = run(`
      const c = new VizCounter(getTracer(), 'c'); c.a = 1;
      try { c.a = true; } catch (error) { process.exitCode = error instanceof TypeError ? 7 : 1; }
      c.b = 2;`);
    expect({ status, stderr, samples }).toEqual({ status: 7, stderr: '', samples: [{ a: 1 }, { a: 1, b: 2 }] });
  });

  it.each([
    [`new VizCounter(getTracer(), 'c', { trigger: 1 });`, 'VizCounter has no option "trigger"; its options are triggerOnChange'],
    [`new VizObject(getTracer(), 'o').config('exclude_attribtues', []);`, 'No config named exclude_attribtues'],
    [`VizObject.triggerlog({ when: 'never' });`, `when has to be one of 'after', 'before' or 'both', not never`],
  ])('%s is an error of the script, and the report is written', (code, message) => {
    const { status, stderr, samples } = run(`new VizCounter(getTracer(), 'first').a = 1; ${code}`);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(samples).toEqual([{ a: 1 }]);
  });

  it('NaN and infinities are gaps: the report is valid JSON', () => {
    const { status, samples } = run(`const c = new VizCounter(getTracer(), 'c'); c.b = 5; for (const a of [1, NaN, Infinity, -Infinity, 2]) c.a = a;`);
    expect(status).toBe(0);
    expect(samples).toEqual([{ b: 5 }, { b: 5, a: 1 }, { b: 5 }, { b: 5 }, { b: 5 }, { b: 5, a: 2 }]);
  });

  it('what JSON cannot hold is readable in the report, and loses it nothing', () => {
    const { status, samples } = run(`
      const o = new VizObject(getTracer(), 'o', { triggerOnChange: false });
      const loop = { n: 1 }; loop.self = loop;
      Object.assign(o, { map: new Map([['a', 2n]]), set: new Set([1]), date: new Date(0), bytes: new Uint8Array([1, 2]), loop, none: null, long: 'x'.repeat(3000) });
      o.bad = { get boom() { throw new Error('no'); } };
      o.log();`);
    expect(status).toBe(0);
    expect(samples).toEqual([
      {
        snapshot: {
          map: { 'Map(1)': [['a', '2n']] },
          set: { 'Set(1)': [1] },
          date: '1970-01-01T00:00:00.000Z',
          bytes: { 'Uint8Array(2)': [1, 2] },
          loop: { n: 1, self: '(cycle, 1 up)' },
          none: null,
          long: `${'x'.repeat(2000)}… (3000 characters)`,
          bad: { boom: '(threw: no)' },
        },
      },
    ]);
  });
});
