import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestRecording, traceOf } from '../../../helpers/build-recording.ts';

/** What one field held from snapshot to snapshot; undefined: it was not there. */
type Values = readonly (unknown | undefined)[];

/** History by looking at every snapshot. */
function naiveHistory(values: Values): { snapshot: number; change: string }[] {
  const rows: { snapshot: number; change: string }[] = [];
  let last: string | undefined;
  for (const [snapshot, value] of values.entries()) {
    const text = value === undefined ? undefined : JSON.stringify(value);
    if (text === last) continue;
    rows.push({ snapshot, change: text === undefined ? 'removed' : last === undefined ? 'added' : 'changed' });
    last = text;
  }
  return rows;
}

const FIELDS = ['a', 'b', '__proto__', 'c'];
const value = fc.oneof(fc.nat(2), fc.record({ n: fc.nat(2), list: fc.array(fc.nat(1), { maxLength: 2 }) }, { requiredKeys: [] }), fc.constant(undefined));
const step = fc.record({ fields: fc.tuple(value, value, value, value), keyframe: fc.boolean(), seal: fc.boolean() });

/** Snapshots with the fields of each step: keyframes list all, others what changed. */
function recordingOf(steps: readonly { readonly fields: readonly unknown[]; readonly keyframe: boolean; readonly seal: boolean }[]) {
  const { recording, stream } = TestRecording.simple();
  const object = recording.object(stream, 'o');
  let before: readonly unknown[] = [];
  for (const [i, { fields, keyframe, seal }] of steps.entries()) {
    const written = Object.create(null) as Record<string, unknown>;
    const isWhole = keyframe || i === 0;
    for (const [f, name] of FIELDS.entries()) {
      const text = JSON.stringify(fields[f]);
      if (isWhole ? text !== undefined : text !== JSON.stringify(before[f])) written[name] = fields[f];
    }
    before = fields;
    recording.snapshot(stream, i * 10, object, written, isWhole);
    recording.snapshot(stream, i * 10, recording.object(stream, 'other'), { a: i }, i === 0);
    if (seal) recording.seal();
  }
  return traceOf(recording.finish());
}

const ALL = { filter: '', order: 'changes', from: 0, count: 100, columns: 1 } as const;

describe('changes of an object', () => {
  test('are those that one finds by looking at every snapshot, for each field and inside of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const trace = recordingOf(steps);
        for (const [f, name] of FIELDS.entries()) {
          const values = steps.map(({ fields }) => fields[f]);
          const inner = values.map((each) => (typeof each === 'object' ? (each as { n?: number }).n : undefined));
          for (const [path, expected] of [
            [[name], values],
            [[name, 'n'], inner],
          ] as const) {
            const history = trace.fieldHistory(0, path);
            await history?.advance();
            const page = await history?.page(0, 100, false);
            expect(page?.rows.map(({ snapshot, change }) => ({ snapshot, change }))).toEqual(naiveHistory(expected));
            expect(page?.done).toBe(1);
          }
        }
        const changes = trace.objectChanges(0);
        await changes?.advance();
        const page = changes?.page(ALL);
        const counts = new Map(page?.rows.map((row) => [row.name, row.changes]));
        for (const [f, name] of FIELDS.entries()) {
          const later = naiveHistory(steps.map(({ fields }) => fields[f])).filter(({ snapshot }) => snapshot > 0).length;
          expect(counts.get(name) ?? 0).toBe(later);
        }
        expect(page?.rows.every((row) => row.columns[0] === row.changes)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('are stepped through both ways', async () => {
    const trace = recordingOf([1, 1, 2, 2, undefined, 2, 2].map((a) => ({ fields: [a, 0, 0, 0], keyframe: false, seal: true })));
    const history = trace.fieldHistory(0, ['a']);
    await history?.advance();
    expect([-1, 0, 1, 2, 3, 4, 5, 6].map((at) => history?.step(at, false))).toEqual([0, 2, 2, 4, 4, 5, undefined, undefined]);
    expect([0, 1, 2, 3, 4, 5, 6].map((at) => history?.step(at, true))).toEqual([undefined, 0, 0, 2, 2, 4, 5]);
  });

  test('come as a table, newest or oldest first, each with what was there before', async () => {
    const trace = recordingOf([1, 1, 2, undefined, 7].map((a) => ({ fields: [a, { n: 1 }, 0, 0], keyframe: false, seal: false })));
    const history = trace.fieldHistory(0, ['a']);
    await history?.advance();
    expect((await history?.page(0, 10, true))?.rows).toEqual([
      { snapshot: 4, timeNs: 40, change: 'added', text: '7' },
      { snapshot: 3, timeNs: 30, change: 'removed', text: '', before: '2' },
      { snapshot: 2, timeNs: 20, change: 'changed', text: '2', before: '1' },
      { snapshot: 0, timeNs: 0, change: 'added', text: '1' },
    ]);
    expect((await history?.page(1, 1, false))?.rows).toMatchObject([{ snapshot: 2 }]);
    expect((await history?.page(9, 5, false))?.rows).toEqual([]);
  });

  test('of a number are a graph with the extremes of each column, and gaps where there is none', async () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i === 500 ? undefined : (i * 7919) % 1009));
    const trace = recordingOf(values.map((a, i) => ({ fields: [a, 0, 0, 0], keyframe: i % 64 === 0, seal: i % 100 === 0 })));
    const history = trace.fieldHistory(0, ['a']);
    await history?.advance();
    const graph = history?.graph(20);
    expect(graph).toMatchObject({ values: 1000, numbers: 999, done: 1, firstNs: 0, lastNs: 9990 });
    expect(graph?.ticks.length).toBe(20);
    expect(graph?.x.length).toBeLessThanOrEqual(80);
    const numbers = values.filter((each) => each !== undefined);
    const drawn = [...(graph?.y ?? [])].filter((y) => !Number.isNaN(y));
    expect(Math.max(...drawn)).toBe(Math.max(...numbers));
    expect(Math.min(...drawn)).toBe(Math.min(...numbers));
    // All of them where there is room, the gap too.
    const whole = history?.graph(100_000);
    expect([...(whole?.y ?? [])]).toEqual(values.map((each) => each ?? Number.NaN));
    expect([...(whole?.x ?? [])]).toEqual(values.map((_, i) => i * 10));
  });

  test('go on while the object does', async () => {
    const { recording, stream } = TestRecording.simple();
    const object = recording.object(stream, 'o');
    recording.snapshot(stream, 0, object, { a: 1, b: 1 }, true);
    recording.snapshot(stream, 10, object, { a: 2 }, false);
    const trace = traceOf(recording.finish());
    const changes = trace.objectChanges(0);
    expect(changes?.page(ALL)).toMatchObject({ total: 0, done: 0 });
    await changes?.advance();
    expect(changes?.page(ALL)).toMatchObject({
      total: 2,
      done: 1,
      rows: [
        { name: 'a', changes: 1, newestNs: 10 },
        { name: 'b', changes: 0, newestNs: -1 },
      ],
    });
    expect(changes?.page({ ...ALL, filter: ' B ' })).toMatchObject({ total: 1, rows: [{ name: 'b' }] });
    expect(changes?.page({ ...ALL, order: 'name', from: 1 })).toMatchObject({ total: 2, rows: [{ name: 'b' }] });
    expect(trace.objectChanges(9)).toBeUndefined();
  });

  test('of a file that changed on disk fail in words, once, until there is more', async () => {
    const { recording, stream } = TestRecording.simple();
    const object = recording.object(stream, 'o');
    for (let i = 0; i < 60; i++) recording.snapshot(stream, i * 10, object, { i, padding: 'x'.repeat(400_000) }, true);
    const bytes = recording.finish();
    let told = 0;
    const trace = traceOf(bytes, { onLoaded: () => told++ });
    bytes.fill(0, 200_000);
    const changes = trace.objectChanges(0);
    changes?.begin();
    await expect(changes?.advance()).rejects.toMatchObject({ code: 'recording-changed' });
    const before = told;
    for (let ask = 0; ask < 3; ask++) expect(() => changes?.begin()).toThrow(/changed/);
    expect(told).toBe(before);
    const history = trace.fieldHistory(0, ['i']);
    history?.begin();
    await expect(history?.advance()).rejects.toMatchObject({ code: 'recording-changed' });
    expect(() => history?.begin()).toThrow(/changed/);
  });

  test('two snapshots far apart are compared with each other', async () => {
    const trace = recordingOf(
      [1, 2, 3, 4].map((a, i) => ({ fields: [a, { list: i < 2 ? [1, 2, 3] : [3, 1, 2] }, i === 3 ? undefined : 0, 0], keyframe: i === 2, seal: true })),
    );
    const view = await trace.snapshot(0, { index: 3, against: 0 });
    expect(view).toMatchObject({ index: 3, added: 0, removed: 1, changed: 1, moved: 1 });
    expect(view?.fields.find(({ key }) => key === 'a')).toMatchObject({ before: '1', text: '4' });
    // Backwards too, and with itself.
    expect(await trace.snapshot(0, { index: 0, against: 3 })).toMatchObject({ added: 1, removed: 0, changed: 1, moved: 1 });
    expect(await trace.snapshot(0, { index: 2, against: 2 })).toMatchObject({ added: 0, removed: 0, changed: 0, moved: 0 });
    expect(await trace.snapshot(0, { index: 2, against: 9 })).toBeUndefined();
  });

  test('a value is there as it was recorded, whole', async () => {
    const long = 'x'.repeat(5000);
    const trace = recordingOf([{ fields: [{ n: [{ deep: long }] }, 1, 2, 3], keyframe: true, seal: false }]);
    expect(await trace.snapshotValue(0, 0, ['a', 'n', '0', 'deep'])).toEqual({ value: long });
    expect(await trace.snapshotValue(0, 0, ['a', 'nowhere'])).toBeUndefined();
    expect(await trace.snapshotValue(0, 5, [])).toBeUndefined();
    expect(Object.keys(((await trace.snapshotValue(0, 0, []))?.value ?? {}) as object)).toEqual(FIELDS);
  });
});
