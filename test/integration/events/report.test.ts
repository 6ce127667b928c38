/**
 * How custom events stand in a report, field by field: the cases of a description of VizTracer 1.1.1; "differs:" where ours are written
 * in another way on purpose. One script, one report.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { QUIET_FLAGS } from '../../helpers/quiet-capture.ts';

type Event = Readonly<Record<string, unknown>>;

const SCRIPT = `
import { getTracer, VizCounter, VizObject } from 'trace-studio';
const tracer = getTracer();
const c = new VizCounter(tracer, 'c');
c.a = 1;
c.log();
const o = new VizObject(tracer, 'o');
o.a = [1];
o.dispose();
const second = new VizObject(tracer, 'o');
second.dispose();
new VizCounter(tracer, 'c').other = 2;
tracer.logInstant('plain');
tracer.logInstant('with args', { key: 'EUR' }, 'p');
tracer.logInstant('everywhere', undefined, 'global');
tracer.logVar('number', 5);
tracer.logVar('text', 'five');
tracer.logEvent('work').end();
const quiet = new VizCounter(null, 'nobody');
quiet.a = 1;
tracer.stop();
c.a = 2;
tracer.logInstant('after the stop');
tracer.start();
new VizCounter(tracer, 'empty').log();
`;

const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let events: readonly Event[] = [];
let report: Event = {};
beforeAll(() => {
  writeFileSync(path.join(folder, 'script.mjs'), SCRIPT);
  const cli = path.resolve(import.meta.dirname, '../../../dist/cli/trace-studio.cjs');
  const { status, stderr } = spawnSync(process.execPath, [cli, 'run', '-q', ...QUIET_FLAGS, '-o', 'out.json', '--', 'script.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TRACE_STUDIO_HOME: path.join(folder, 'home') },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  report = JSON.parse(readFileSync(path.join(folder, 'out.json'), 'utf8'));
  events = report.traceEvents as readonly Event[];
});

const named = (name: string, ph?: string): Event[] => events.filter((event) => event.name === name && (ph === undefined || event.ph === ph));
const fields = (event: Event | undefined): string[] => Object.keys(event ?? {}).sort();

it('common: pid, tid, ts in microseconds, ph, name', () => {
  for (const event of events.filter(({ ph }) => ph !== 'M')) {
    expect(event).toMatchObject({ pid: expect.any(Number), tid: expect.any(Number), ts: expect.any(Number), ph: expect.any(String), name: expect.any(String) });
  }
});

it('process and thread names: M, without ts and cat, before all else', () => {
  const names = events.filter(({ ph }) => ph === 'M');
  expect(names.map(({ name }) => name)).toEqual(['process_name', 'thread_name']);
  expect(events.slice(0, 2)).toEqual(names);
  for (const event of names) expect(fields(event)).toEqual(['args', 'name', 'ph', 'pid', 'tid']);
});

it('counter: C with args {series: number}; no id, no cat', () => {
  expect(named('c').map(({ ph, args }) => [ph, args])).toEqual([
    ['C', { a: 1 }],
    ['C', { a: 1 }],
    ['C', { other: 2 }],
  ]);
  expect(fields(named('c')[0])).toEqual(['args', 'name', 'ph', 'pid', 'tid', 'ts']);
});

it('two counters of one name and pid: one track with different series per event', () => {
  expect(new Set(named('c').map(({ pid, tid }) => `${pid} ${tid}`)).size).toBe(1);
});

it('an empty set of attributes is still emitted, with args {}', () => expect(named('empty').map(({ args }) => args)).toEqual([{}]));

it('object: N, O, D with one id, a text; args {snapshot} for O alone; no cat, no scope', () => {
  const [created, snapshot, deleted] = named('o');
  expect([created?.ph, snapshot?.ph, deleted?.ph]).toEqual(['N', 'O', 'D']);
  expect(created?.id).toEqual(expect.any(String));
  expect([snapshot?.id, deleted?.id]).toEqual([created?.id, created?.id]);
  expect(snapshot?.args).toEqual({ snapshot: { a: [1] } });
  expect(fields(created)).toEqual(['id', 'name', 'ph', 'pid', 'tid', 'ts']);
  expect(fields(snapshot)).toEqual(['args', 'id', 'name', 'ph', 'pid', 'tid', 'ts']);
  expect(fields(deleted)).toEqual(fields(created));
});

it('differs: the id of an object that is gone is not used again (there: an address, which may be)', () => {
  expect(new Set(named('o').map(({ id }) => id)).size).toBe(2);
});

it('instant: i, the scope is t by default; args are left out when there are none', () => {
  expect(named('plain')).toEqual([expect.objectContaining({ ph: 'i', s: 't' })]);
  expect(fields(named('plain')[0])).not.toContain('args');
  expect(named('with args')).toEqual([expect.objectContaining({ ph: 'i', s: 'p', args: { key: 'EUR' } })]);
  expect(named('everywhere')).toEqual([expect.objectContaining({ ph: 'i', s: 'g' })]);
});

it('log_var: a number is a counter {value}, anything else an instant', () => {
  expect(named('number').map(({ ph, args }) => [ph, args])).toEqual([['C', { value: 5 }]]);
  expect(named('text').map(({ ph, s, args }) => [ph, s, args])).toEqual([['i', 't', { value: 'five' }]]);
});

it('differs: log_event is X under the name it was given (there: with file and line)', () => {
  expect(named('work')).toEqual([expect.objectContaining({ ph: 'X', dur: expect.any(Number) })]);
});

it('without a tracer, and after the stop, there is nothing', () => {
  expect([named('nobody'), named('after the stop')]).toEqual([[], []]);
  expect(named('c').map(({ args }) => args)).not.toContainEqual({ a: 2 });
});

it('top level: traceEvents, viztracer_metadata with version, overflow and the start of time in all its digits', () => {
  expect(report).toMatchObject({ viztracer_metadata: { version: expect.any(String), overflow: false, baseTimeNanoseconds: expect.any(Number) } });
  expect(/"baseTimeNanoseconds":(\d+)/.exec(readFileSync(path.join(folder, 'out.json'), 'utf8'))?.[1]).toHaveLength(19);
});
