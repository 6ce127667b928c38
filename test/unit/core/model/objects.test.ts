import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ValueTree } from '../../../../core/model/value-tree.ts';
import { MemorySource, RawJson, TestRecording, traceOf } from '../../../helpers/build-recording.ts';

/** A tree as text: one line a node, with marks. */
function lines(fields: readonly ValueTree[], indent = ''): string[] {
  const mark = { added: '+', removed: '-', changed: '~', moved: '>', inside: '.' } as const;
  return fields.flatMap((node) => [
    `${indent}${node.change ? mark[node.change] : ' '} ${node.key}: ${node.text}${node.before === undefined ? '' : ` (was ${node.before})`}${node.cut ? ` cut ${node.cut}` : ''}`,
    ...lines(node.children ?? [], `${indent}  `),
  ]);
}

function recorded(snapshots: readonly (readonly [fields: Record<string, unknown>, keyframe: boolean])[], seal = false) {
  const { recording, stream } = TestRecording.simple();
  const object = recording.object(stream, 'cart', 'Cart');
  recording.created(stream, 10, object);
  for (const [i, [fields, keyframe]] of snapshots.entries()) {
    recording.snapshot(stream, 100 + i * 100, object, fields, keyframe);
    if (seal) recording.seal();
  }
  return { recording, stream, object };
}

describe('objects', () => {
  test('are listed with their life', () => {
    const { recording, stream, object } = recorded([[{ total: 1 }, true]]);
    recording.deleted(stream, 900, object);
    recording.snapshot(stream, 950, recording.object(stream, 'other'), { a: 1 }, true);
    expect(traceOf(recording.finish()).objects()).toEqual([
      { id: 0, name: 'cart', className: 'Cart', process: 0, createdNs: 10, deletedNs: 900, snapshots: 1, lastNs: 100 },
      { id: 1, name: 'other', className: '', process: 0, snapshots: 1, lastNs: 950 },
    ]);
  });

  test('show a snapshot with what changed since the one before', async () => {
    const { recording } = recorded([
      [{ total: 1, items: [{ name: 'tea', n: 1 }, 'x'], note: 'old', gone: true }, true],
      [{ items: [{ name: 'tea', n: 2 }, 'x', 'y'], note: undefined, fresh: null }, false],
    ]);
    const trace = traceOf(recording.finish());
    const first = await trace.snapshot(0, { index: 0 });
    expect(first).toMatchObject({ index: 0, count: 2, timeNs: 100, added: 0, removed: 0, changed: 0 });
    expect(lines(first?.fields ?? [])).toEqual([
      '  total: 1',
      '  items: [{…}, "x"]',
      '    0: {name: "tea", n: 1}',
      '      name: "tea"',
      '      n: 1',
      '    1: "x"',
      '  note: "old"',
      '  gone: true',
    ]);
    const second = await trace.snapshot(0, {});
    expect(second).toMatchObject({ index: 1, timeNs: 200, added: 2, removed: 1, changed: 1 });
    expect(lines(second?.fields ?? [])).toEqual([
      '  total: 1',
      '. items: [{…}, "x", "y"]',
      '  . 0: {name: "tea", n: 2}',
      '      name: "tea"',
      '    ~ n: 2 (was 1)',
      '    1: "x"',
      '  + 2: "y"',
      '  gone: true',
      '+ fresh: null',
      '- note: "old"',
    ]);
  });

  test('are found by index, by time and from the end', async () => {
    const { recording } = recorded(
      Array.from({ length: 9 }, (_, i) => [{ i }, i % 4 === 0] as const),
      true,
    );
    const trace = traceOf(recording.finish());
    const at = async (where: { index?: number; atNs?: number }) => (await trace.snapshot(0, where))?.index;
    expect(await at({ index: 3 })).toBe(3);
    expect(await at({ index: -1 })).toBe(8);
    expect(await at({ index: 9 })).toBeUndefined();
    expect(await at({ atNs: 99 })).toBeUndefined();
    expect(await at({ atNs: 100 })).toBe(0);
    expect(await at({ atNs: 450 })).toBe(3);
    expect(await at({ atNs: 1e9 })).toBe(8);
    expect(await trace.snapshot(7, {})).toBeUndefined();
    expect([...trace.objectTimes(0, 100)]).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect([...trace.objectTimes(0, 3)]).toEqual([100, 400, 700]);
  });

  test('are rebuilt from the last keyframe, whatever lies in between and however the file is cut into blocks', async () => {
    const change = fc.record({ key: fc.constantFrom('a', 'b', '__proto__', 'constructor', 'd'), value: fc.option(fc.integer(), { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ changes: fc.array(change, { maxLength: 4 }), keyframe: fc.boolean(), seal: fc.boolean() }), { minLength: 1, maxLength: 30 }),
        async (steps) => {
          const { recording, stream } = TestRecording.simple();
          const object = recording.object(stream, 'o');
          const states: Map<string, number>[] = [];
          let state = new Map<string, number>();
          for (const [i, { changes, keyframe, seal }] of steps.entries()) {
            state = new Map(state);
            const written = new Map<string, number | undefined>();
            for (const { key, value } of changes) {
              if (value === undefined) state.delete(key);
              else state.set(key, value);
              written.set(key, value);
            }
            states.push(state);
            const whole = keyframe || i === 0;
            recording.snapshot(stream, i * 10, object, fromMap(whole ? state : written), whole);
            recording.counter(stream, i * 10, 'noise', { n: i });
            if (seal) recording.seal();
          }
          const trace = traceOf(recording.finish());
          for (const [i, expected] of states.entries()) {
            const view = await trace.snapshot(0, { index: i });
            const present = view?.fields.filter((field) => field.change !== 'removed') ?? [];
            expect(new Map(present.map((field) => [field.key, Number(field.text)]))).toEqual(expected);
            const before = states[i - 1] ?? expected;
            expect(view).toMatchObject({
              added: [...expected.keys()].filter((key) => !before.has(key)).length,
              removed: [...before.keys()].filter((key) => !expected.has(key)).length,
              changed: [...expected].filter(([key, value]) => before.has(key) && before.get(key) !== value).length,
            });
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('are read again when their blocks have left memory', async () => {
    const { recording, stream } = TestRecording.simple();
    const object = recording.object(stream, 'o');
    for (let i = 0; i < 60; i++) {
      recording.snapshot(stream, i * 10, object, { i, padding: 'x'.repeat(400_000) }, i % 10 === 0);
    }
    const bytes = recording.finish();
    const source = new MemorySource(bytes);
    const trace = traceOf(bytes, {}, source);
    const view = await trace.snapshot(0, { index: 13 });
    expect(source.reads).toBeGreaterThan(0);
    expect(view?.fields[0]).toMatchObject({ key: 'i', text: '13', before: '12', change: 'changed' });
  });

  test('of a file that changed on disk fail in words', async () => {
    const { recording, stream } = TestRecording.simple();
    const object = recording.object(stream, 'o');
    for (let i = 0; i < 60; i++) recording.snapshot(stream, i * 10, object, { i, padding: 'x'.repeat(400_000) }, true);
    const bytes = recording.finish();
    const trace = traceOf(bytes);
    bytes.fill(0, 200_000);
    await expect(trace.snapshot(0, { index: 5 })).rejects.toMatchObject({ code: 'recording-changed' });
  });
});

describe('recorded values', () => {
  const shown = async (value: unknown) => {
    const { recording } = recorded([[{ value }, true]]);
    const view = await traceOf(recording.finish()).snapshot(0, {});
    return view?.fields[0] as ValueTree;
  };

  test.each([
    [{ $ts: 'undefined' }, 'undefined', 'undefined'],
    [{ $ts: 'number', text: '-0' }, 'number', '-0'],
    [{ $ts: 'bigint', text: '12' }, 'bigint', '12n'],
    [{ $ts: 'symbol', text: 'Symbol(a)' }, 'symbol', 'Symbol(a)'],
    [{ $ts: 'function', name: '' }, 'function', 'ƒ (anonymous)()'],
    [{ $ts: 'date', text: '2024-01-01T00:00:00.000Z' }, 'date', '2024-01-01T00:00:00.000Z'],
    [{ $ts: 'error', name: 'TypeError', message: 'no' }, 'error', 'TypeError: no'],
    [{ $ts: 'error', name: 'TypeError', message: 'no', value: { code: 7 } }, 'object', 'TypeError {message: "no", code: 7}'],
    [{ $ts: 'text', class: 'URL', text: 'https://example.org/' }, 'other', 'URL https://example.org/'],
    [{ $ts: 'map', class: 'Headers', size: 1, entries: [['a', '1']] }, 'map', 'Headers(1) {a: "1"}'],
    [{ $ts: 'bytes', type: 'Uint8Array', length: 5, values: [1, 2], cut: 3 }, 'bytes', 'Uint8Array(5) [1, 2, …]'],
    [
      {
        $ts: 'map',
        size: 2,
        entries: [
          ['a', 1],
          [{ b: 2 }, 3],
        ],
      },
      'map',
      'Map(2) {a: 1, {…}: 3}',
    ],
    [{ $ts: 'set', size: 1, values: [true] }, 'set', 'Set(1) [true]'],
    [{ $ts: 'instance', class: 'Point', value: { x: 1 } }, 'object', 'Point {x: 1}'],
    [{ $ts: 'object', value: { $ts: 'mine' } }, 'object', '{$ts: "mine"}'],
    [{ $ts: 'array', value: [1], length: 9, cut: 8 }, 'array', '[1, …]'],
    [{ $ts: 'string', text: 'ab', length: 10 }, 'string', '"ab"…'],
    [{ $ts: 'cycle', up: 2 }, 'cycle', 'the value 2 levels up'],
    [{ $ts: 'threw', message: 'no access' }, 'threw', 'threw: no access'],
    [{ $ts: 'masked' }, 'masked', 'masked: the key looks secret'],
    [{ $ts: 'budget' }, 'cut', 'not recorded: the snapshot was full'],
    [{ $ts: 'map', entries: 'damaged' }, 'map', 'Map(0) {}'],
    [{ $ts: 'from the future', a: 1 }, 'other', '{"$ts":"from the future","a":1}'],
    [new RawJson('{"__proto__": {"polluted": 1}, "a": 2}'), 'object', '{__proto__: {…}, a: 2}'],
    [new RawJson('{not json'), 'other', 'unreadable: {not json'],
  ])('%j is %s %s', async (value, type, text) => {
    expect(await shown(value)).toMatchObject({ type, text });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('are bounded in depth, number and length', async () => {
    const count = (node: ValueTree): number => 1 + (node.children ?? []).reduce((sum, child) => sum + count(child), 0);
    expect(count(await shown(new RawJson(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)))).toBeLessThan(600);
    const many = await shown(Array.from({ length: 300 }, () => Array.from({ length: 200 }, () => 0)));
    expect(count(many)).toBeLessThan(25_000);
    const wide = await shown(Array.from({ length: 5000 }, (_, i) => i));
    expect(wide.children?.length).toBe(1000);
    expect(wide.cut).toBe(4000);
    expect((await shown('x'.repeat(5000))).text.length).toBeLessThanOrEqual(200);
  });

  test('that differ only behind what is shown have changed', async () => {
    const { recording } = recorded([
      [{ text: 'x'.repeat(500), inner: { text: 'x'.repeat(500) } }, true],
      [{ text: `${'x'.repeat(499)}y`, inner: { text: `${'x'.repeat(499)}y` } }, false],
    ]);
    const view = await traceOf(recording.finish()).snapshot(0, {});
    expect(view?.changed).toBe(2);
  });
});

function fromMap(entries: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const record = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) record[key] = value;
  return record;
}
