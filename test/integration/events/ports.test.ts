/**
 * Programs written for VizTracer, ported line by line and run for real: their reports hold what VizTracer's hold, event by event (kind,
 * name, content, order), but for the differences that the table lists.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { QUIET_FLAGS } from '../../helpers/quiet-capture.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const fixtures = path.join(root, 'test/fixtures/viztracer');
const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-ports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly ts: number;
  readonly id?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}
type Brief = Readonly<{ ph: string; name: string; object?: number; args?: Readonly<Record<string, unknown>> | undefined }>;
interface Report {
  readonly traceEvents: readonly TraceEvent[];
  readonly viztracer_metadata: Readonly<Record<string, unknown>>;
}

interface Difference {
  readonly reason: string;
  /** What an event of VizTracer's is here. */
  readonly apply: (event: Brief) => Brief;
  /** Ours are changed in the same way before they are compared. */
  readonly both?: true;
}

const withArgs = (event: Brief, change: (args: Record<string, unknown>) => Record<string, unknown>): Brief => ({ ...event, args: change({ ...event.args }) });
const inSnapshot = (event: Brief, change: (snapshot: Record<string, unknown>) => Record<string, unknown>): Brief =>
  withArgs(event, (args) => ({ ...args, snapshot: change({ ...(args.snapshot as Record<string, unknown>) }) }));

/** The intended differences that these programs show. The same rows, and those that no program here shows, are in core/events/README.md. */
const DIFFERENCES: readonly Difference[] = [
  {
    reason: 'no name given: the class name, and not the empty string',
    apply: (event) => (event.name === '' ? { ...event, name: 'VizCounter' } : event),
  },
  {
    reason: 'a class attribute (a static) is in no log',
    apply: (event) =>
      event.name === 'load'
        ? withArgs(event, ({ limit, ...rest }) => {
            expect(limit).toBe(100);
            return rest;
          })
        : event,
  },
  {
    reason: 'null, booleans and lists that cannot change (tuples; arrays here) are shown, and not left out',
    apply: (event) =>
      event.name === 'game' && event.ph === 'O'
        ? inSnapshot(event, (game) => ({ ...game, ignored_none: null, ignored_bool: true, ignored_tuple: [1, 2] }))
        : event,
  },
  {
    reason: 'a snapshot is a copy: what changes after it is not in it',
    apply: (event) =>
      event.name === 'my variable' && event.args && 'deep' in (event.args.snapshot as object)
        ? inSnapshot(event, (variable) => {
            const deep = variable.deep as { l: unknown[] };
            expect(deep.l.at(-1)).toBe('mutated after the log: earlier snapshots change too');
            return { ...variable, deep: { ...deep, l: deep.l.slice(0, -1) } };
          })
        : event,
  },
  {
    reason: 'the sine of V8 and that of C differ in the last digit',
    both: true,
    apply: (event) => (event.name === 'load' ? withArgs(event, (args) => ({ ...args, mem: Number((args.mem as number).toPrecision(14)) })) : event),
  },
  {
    reason: 'functions are not recorded by themselves: the port says what it calls, without the place',
    apply: (event) => (event.ph === 'X' ? { ...event, name: event.name.replace(/ \(.*\)$/, '') } : event),
  },
];

function run(port: string, options: readonly string[] = []): Report {
  const report = path.join(folder, `${port}.json`);
  const words = ['run', '--quiet', ...QUIET_FLAGS, ...options, '-o', report, '--', path.join(fixtures, port)];
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'dist/cli/trace-studio.cjs'), ...words], {
    encoding: 'utf8',
    cwd: fixtures,
    env: { ...process.env, TRACE_STUDIO_HOME: path.join(folder, 'home') },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(readFileSync(report, 'utf8'));
}

const original = (name: string): Report => JSON.parse(readFileSync(path.join(fixtures, name), 'utf8'));

/** In the order of what happened; ids of objects by their first appearance. The kinds of the reports that are compared. */
function brief({ traceEvents }: Report, kinds: string): Brief[] {
  const objects = new Map<string, number>();
  return traceEvents
    .filter((event) => kinds.includes(event.ph))
    .map(({ ph, name, id, args }) => {
      if (id !== undefined && !objects.has(id)) objects.set(id, objects.size);
      const object = id === undefined ? {} : { object: objects.get(id) as number };
      return args === undefined ? { ph, name, ...object } : { ph, name, ...object, args };
    });
}
const apply = (events: readonly Brief[], differences: readonly Difference[]): Brief[] =>
  events.map((event) => differences.reduce((changed, difference) => difference.apply(changed), event));
const ours = (report: Report, kinds: string): Brief[] =>
  apply(
    brief(report, kinds),
    DIFFERENCES.filter((difference) => difference.both),
  );
const theirs = (report: Report, kinds: string): Brief[] => apply(brief(report, kinds), DIFFERENCES);

/** Threads are written one after the other into a report, in blocks. */
const byTime = (report: Report): Report => ({ ...report, traceEvents: [...report.traceEvents].sort((a, b) => a.ts - b.ts) });

it('counters.py', () => {
  const events = ours(byTime(run('counters.ts')), 'C');
  expect(events).toHaveLength(196);
  expect(events).toEqual(theirs(original('counters.json'), 'C'));
});

it('objects.py', () => {
  const events = ours(run('objects.ts'), 'NOD');
  expect(events).toHaveLength(27);
  expect(events).toEqual(theirs(original('objects.json'), 'NOD'));
});

it('fib.py with two plugins', () => {
  const [report, real] = [run('fib.ts', ['--plugins', './tag.ts  -t 100', './drop.ts']), original('plugin.json')];
  // What handlers leave is written by thread and time: each kind in its order, and not one after the other.
  for (const kind of ['X', 'C']) expect(ours(report, kind)).toEqual(theirs(real, kind));
  expect(ours(report, 'XC')).toHaveLength(486);
  // The whole untouched string, with both spaces.
  expect([report.viztracer_metadata.plugin_arg, real.viztracer_metadata.plugin_arg]).toEqual(['./tag.ts  -t 100', 'myplugin  -t 100']);
});
