import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseSearch } from '../../../../../core/model/timeline/search-query.ts';
import type { Trace } from '../../../../../core/model/trace.ts';
import { CallRecording } from '../../../../helpers/build-calls.ts';
import { TestRecording, traceOf } from '../../../../helpers/build-recording.ts';
import { callSteps, recordedCalls } from './call-steps.ts';

vi.setConfig({ testTimeout: 60_000 });

const SEGMENTS = { bytes: 1e9, blocks: 3, slices: 20 };

function sample(): { readonly trace: Trace; readonly endNs: number } {
  const { recording, stream } = TestRecording.simple();
  recording.slice(stream, 0, 5_000_000, 'GET /users', { category: 'http', args: { user: { id: 7 }, path: '/users' } });
  recording.slice(stream, 1_000_000, 2_000_000, 'query users', { category: 'db', args: { sql: 'SELECT 1' } });
  recording.slice(stream, 1_500_000, 20_000, 'parse', { category: 'json' });
  recording.slice(stream, 6_000_000, 900, 'query items', { category: 'db', args: { sql: 'DELETE' } });
  recording.slice(stream, 7_000_000, 800_000, 'GET /items', { category: 'http', args: { user: { id: 70 } } });
  return { trace: traceOf(recording.finish(), { segments: SEGMENTS }), endNs: 7_800_000 };
}

async function found(trace: Trace, query: string, endNs: number): Promise<string[]> {
  const list = { scope: { search: query }, sort: 'time', descending: false, from: 0, count: 100 } as const;
  let page = await trace.analysis.slices(list, endNs);
  await trace.settled();
  page = await trace.analysis.slices(list, endNs);
  expect(page.done).toBe(1);
  const texts = page.rows.map((row) => trace.timeline.names.text(row.name));
  const state = await trace.analysis.search(query, {}, endNs);
  expect(state.hits).toBe(texts.length);
  return texts;
}

describe('a search', () => {
  it.each([
    ['query', ['query users', 'query items']],
    ['QUERY users', ['query users']],
    ['"query users"', ['query users']],
    ['/^GET/', ['GET /users', 'GET /items']],
    ['/^get/i', ['GET /users', 'GET /items']],
    ['-get', ['query users', 'parse', 'query items']],
    ['cat:db', ['query users', 'query items']],
    ['cat:db -items', ['query users']],
    ['dur>1ms', ['GET /users', 'query users']],
    ['dur > 1 ms', ['GET /users', 'query users']],
    ['dur<=900ns', ['query items']],
    ['dur<1us, parse', ['parse', 'query items']],
    ['self>=3ms', ['GET /users']],
    ['args:select', ['query users']],
    ['args.user.id:7', ['GET /users', 'GET /items']],
    ['args.sql:delete', ['query items']],
    ['args.nothing:1', []],
    ['-args:sql cat:db', []],
    ['is:open', []],
    ['thread:main parse', ['parse']],
    ['thread:worker', []],
    [',', []],
  ])('for %s', async (query, expected) => {
    const { trace, endNs } = sample();
    expect(await found(trace, query, endNs)).toEqual(expected);
  });

  it('lists calls by their names, in whatever order their functions come first', async () => {
    const recording = new CallRecording();
    const stream = recording.thread(['main', 'parse', 'render', 'log']);
    for (const [from, to, number] of [
      [10, 20, 4],
      [30, 60, 2],
      [70, 75, 3],
    ] as const) {
      recording.enter(stream, from, number);
      recording.exit(stream, to, number);
    }
    const trace = traceOf(recording.finish(), { segments: SEGMENTS });
    expect(await found(trace, 'dur>1ns', 75)).toEqual(['log', 'parse', 'render']);
  });

  it('that cannot be understood says what and where', async () => {
    const { trace, endNs } = sample();
    expect((await trace.analysis.search('get /(/', {}, endNs)).problem).toMatchObject({ at: 4 });
    expect((await trace.analysis.search('dur>fast', {}, endNs)).problem).toMatchObject({
      message: 'A duration is a number and ns, us, ms or s, such as dur>1ms.',
      at: 0,
    });
    expect((await trace.analysis.search('a is:blue', {}, endNs)).problem).toMatchObject({ at: 2 });
  });

  it('steps from match to match, forwards and backwards, and filters a table', async () => {
    const { trace, endNs } = sample();
    const starts: number[] = [];
    let at: { readonly ref: number } | { readonly timeNs: number } = { timeNs: -1 };
    for (;;) {
      const next = await trace.analysis.step('cat:http, parse', {}, at, false, endNs);
      if (!next) break;
      starts.push(next.startNs);
      at = { ref: next.ref };
    }
    expect(starts).toEqual([0, 1_500_000, 7_000_000]);
    const back = await trace.analysis.step('cat:http, parse', {}, at, true, endNs);
    expect(back?.startNs).toBe(1_500_000);
    const table = await trace.analysis.table({ scope: { search: 'dur>1ms' }, by: 'category', sort: 'total', descending: true, from: 0, count: 10 }, endNs);
    expect(table.rows.map(({ label, count }) => `${label} ${count}`)).toEqual(['http 1', 'db 1']);
  });

  it('marks what it matches in a view', () => {
    const { trace, endNs } = sample();
    const [track] = trace.timeline.list();
    const rows = [{ track: track?.id ?? -1, from: 0, count: 3 }];
    const view = trace.timeline.view({ rows, fromNs: 0, toNs: endNs, columns: 7800, endNs }, trace.analysis.highlight('dur>1ms'));
    expect(
      Array.from({ length: view.count }, (_, i) => `${trace.timeline.names.text(view.name[i] as number)} ${(view.flags[i] as number) & 32}`).sort(),
    ).toEqual(['GET /items 0', 'GET /users 32', 'parse 0', 'query items 0', 'query users 32'].sort());
  });

  it('of any text is a query or a problem', () => {
    fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => ['query', 'problem'].includes(parseSearch(text).kind)));
  });

  it('steps through all matches of calls, also over segments that have to be read', async () => {
    await fc.assert(
      fc.asyncProperty(
        callSteps.map((list) => list.map((step) => ({ ...step, passes: step.passes + 1 }))),
        fc.boolean(),
        async (list, backwards) => {
          const { bytes, naive, endNs } = recordedCalls(list);
          const trace = traceOf(bytes, { segments: SEGMENTS });
          for (const track of trace.timeline.tracks) for (const band of track.bands) for (const node of band.tree.segments) node.slices = undefined;
          const expected = naive.slices.filter(({ name }) => name === 'parse').map(({ start }) => start);
          if (backwards) expected.reverse();
          const starts: number[] = [];
          let at: { readonly ref: number } | { readonly timeNs: number } = { timeNs: backwards ? endNs + 1 : -1 };
          for (let steps = 0; steps <= expected.length; steps++) {
            const next = await trace.analysis.step('parse', {}, at, backwards, endNs);
            if (!next) break;
            starts.push(next.startNs);
            at = { ref: next.ref };
          }
          expect(starts).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a call tree', () => {
  /** main calls a (10 of its own) which calls b (20), and b which calls c (30) and b again (5). */
  function tree(): Trace {
    const recording = new CallRecording();
    const stream = recording.thread(['main', 'a', 'b', 'c']);
    recording.enter(stream, 0, 1);
    recording.enter(stream, 0, 2);
    recording.enter(stream, 10, 3);
    recording.exit(stream, 30, 3);
    recording.exit(stream, 30, 2);
    recording.enter(stream, 40, 3);
    recording.enter(stream, 40, 4);
    recording.exit(stream, 70, 4);
    recording.enter(stream, 70, 3);
    recording.exit(stream, 75, 3);
    recording.exit(stream, 80, 3);
    recording.exit(stream, 100, 1);
    return traceOf(recording.finish());
  }

  const outline = async (trace: Trace, query: Partial<Parameters<Trace['analysis']['tree']>[0]>): Promise<string[]> => {
    const lines: string[] = [];
    const walk = async (path: number[]): Promise<void> => {
      const level = await trace.analysis.tree({ scope: {}, direction: 'callees', transforms: [], ...query, paths: [path] }, 100);
      for (const row of level.levels[0] ?? []) {
        lines.push(`${' '.repeat(path.length)}${trace.timeline.names.text(row.name)} ${row.count} ${row.totalNs} ${row.selfNs}`);
        await walk([...path, row.name]);
      }
    };
    await walk([]);
    return lines;
  };
  const nameOf = async (trace: Trace, text: string): Promise<number> => {
    const table = await trace.analysis.table({ scope: {}, by: 'name', sort: 'total', descending: true, from: 0, count: 10 }, 100);
    return table.rows.find((row) => row.label === text)?.key ?? -1;
  };

  it('has callees, or callers', async () => {
    const trace = tree();
    expect(await outline(trace, {})).toEqual(['main 1 100 30', ' b 1 40 5', '  c 1 30 30', '  b 1 5 5', ' a 1 30 10', '  b 1 20 20']);
    expect(await outline(trace, { direction: 'callers', of: await nameOf(trace, 'b') })).toEqual(['b 2 60 25', ' main 1 40 0', ' a 1 20 0', '  main 1 20 0']);
    expect(await outline(trace, { of: await nameOf(trace, 'a') })).toEqual(['a 1 30 10', ' b 1 20 20']);
  });

  it('can be changed', async () => {
    const trace = tree();
    const [a, b, c, main] = [await nameOf(trace, 'a'), await nameOf(trace, 'b'), await nameOf(trace, 'c'), await nameOf(trace, 'main')];
    expect(await outline(trace, { transforms: [{ kind: 'merge', name: a }] })).toEqual(['main 1 100 40', ' b 2 60 25', '  c 1 30 30', '  b 1 5 5']);
    expect(await outline(trace, { transforms: [{ kind: 'drop', name: c }] })).toEqual(['main 1 70 30', ' a 1 30 10', '  b 1 20 20', ' b 1 10 5', '  b 1 5 5']);
    expect(await outline(trace, { transforms: [{ kind: 'focus', name: b }] })).toEqual(['b 2 60 25', ' c 1 30 30', ' b 1 5 5']);
    expect(await outline(trace, { transforms: [{ kind: 'focus-path', path: [main, b] }] })).toEqual(['b 1 40 5', ' c 1 30 30', ' b 1 5 5']);
    expect(await outline(trace, { transforms: [{ kind: 'collapse', name: b }] })).toEqual(['main 1 100 30', ' b 1 40 40', ' a 1 30 10', '  b 1 20 20']);
    expect(await outline(trace, { transforms: [{ kind: 'collapse-recursion', name: b }] })).toEqual([
      'main 1 100 30',
      ' b 2 40 10',
      '  c 1 30 30',
      ' a 1 30 10',
      '  b 1 20 20',
    ]);
    expect(await outline(trace, { transforms: [{ kind: 'merge-file', name: a }] })).toEqual(['/app/main.js 1 100 100']);
  });

  it('lies as boxes whose widths are shares', async () => {
    const trace = tree();
    const flame = await trace.analysis.flame({ scope: {}, direction: 'callees', transforms: [], path: [], minShare: 0.06 }, 100);
    const boxes = Array.from({ length: flame.count }, (_, i) => [
      flame.row[i],
      flame.x0[i],
      flame.x1[i],
      trace.timeline.names.text(flame.name[i] as number),
      flame.parent[i],
    ]);
    expect(boxes).toEqual([
      [0, 0, 1, 'main', -1],
      [1, 0, 0.4, 'b', 0],
      [1, 0.4, 0.7, 'a', 0],
      [2, 0, 0.3, 'c', 1],
      [2, 0.4, expect.closeTo(0.6), 'b', 2],
    ]);
  });
});
