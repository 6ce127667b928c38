/** What the page asks of objects, answered by the worker's service. */
import { afterEach, describe, expect, test } from 'vitest';
import { concat, RawJson, TestRecording } from '../../../helpers/build-recording.ts';
import { FakeCollector } from './fake-collector.ts';
import { Page } from './trace-page.ts';

let page: Page;
afterEach(() => page.close());

async function open(collector: FakeCollector): Promise<void> {
  page = new Page(collector);
  await page.request('data.connect', { kind: 'websocket', url: 'ws://test/collector' });
  await page.request('trace.open', { trace: 't1', input: { kind: 'collector', recording: 'r1' } });
}

const of = { trace: 't1', object: 0 } as const;
const FIELDS = { ...of, filter: '', order: 'changes', from: 0, count: 10, columns: 4 } as const;

/** Asks again as the page does: when the revision moved, until all was looked at. */
async function whole<A extends { readonly done: number }>(ask: () => Promise<A | null>): Promise<A> {
  for (;;) {
    const answer = await ask();
    if (answer && answer.done >= 1) return answer;
    await page.pushed();
  }
}

function cart() {
  const { recording, stream } = TestRecording.simple();
  const object = recording.object(stream, 'cart', 'Cart');
  recording.snapshot(stream, 0, object, { total: 1, items: [{ id: 'lamp', n: 1 }], token: { $ts: 'masked' } }, true);
  recording.snapshot(stream, 100, object, { total: 5 });
  recording.snapshot(stream, 200, object, {
    items: [
      { id: 'pen', n: 1 },
      { id: 'lamp', n: 2 },
    ],
  });
  recording.snapshot(stream, 300, object, { total: 3 });
  return { recording, stream, object };
}

describe('objects', () => {
  test('tell in the background which field changed when, and the history of one', async () => {
    await open(new FakeCollector(cart().recording.finish()));
    await page.until(({ phase }) => phase === 'complete');
    const fields = await whole(() => page.request('objects.fields', FIELDS));
    expect(fields).toMatchObject({ total: 3, full: false, firstNs: 0, lastNs: 300 });
    expect(fields.rows.map(({ name, changes, newestNs, columns }) => [name, changes, newestNs, ...columns])).toEqual([
      ['total', 2, 300, 0, 1, 0, 1],
      ['items', 1, 200, 0, 0, 1, 0],
      ['token', 0, -1, 0, 0, 0, 0],
    ]);
    const graph = await whole(() => page.request('objects.graph', { ...of, path: ['total'], columns: 100 }));
    expect([...graph.x]).toEqual([0, 100, 300]);
    expect([...graph.y]).toEqual([1, 5, 3]);
    const deep = await whole(() => page.request('objects.history', { ...of, path: ['items', '1', 'n'], from: 0, count: 10, newestFirst: true }));
    expect(deep.rows).toEqual([{ snapshot: 2, timeNs: 200, change: 'added', text: '2' }]);
    const list = await whole(() => page.request('objects.history', { ...of, path: ['items'], from: 0, count: 1, newestFirst: true }));
    expect(list.rows).toMatchObject([{ change: 'changed', counts: { added: 1, removed: 0, changed: 1, moved: 0 } }]);
  });

  test('are stepped through by the changes of a field, without asking for anything before', async () => {
    await open(new FakeCollector(cart().recording.finish()));
    await page.until(({ phase }) => phase === 'complete');
    const step = (index: number, backwards: boolean) => page.request('objects.step', { ...of, path: ['total'], index, backwards });
    expect(await step(0, false)).toBe(1);
    expect(await step(1, false)).toBe(3);
    expect(await step(3, false)).toBeNull();
    expect(await step(3, true)).toBe(1);
  });

  test('give what a snapshot holds as JSON, and null for what is not there', async () => {
    await open(new FakeCollector(cart().recording.finish()));
    await page.until(({ phase }) => phase === 'complete');
    const json = (index: number, path: readonly string[]) => page.request('objects.json', { ...of, index, path });
    expect(JSON.parse((await json(2, ['items'])) ?? '')).toEqual([
      { id: 'pen', n: 1 },
      { id: 'lamp', n: 2 },
    ]);
    expect(JSON.parse((await json(0, [])) ?? '')).toMatchObject({ total: 1, token: '(masked)' });
    expect(await json(0, ['coupon'])).toBeNull();
    expect(await json(99, [])).toBeNull();
  });

  test('that nobody knows have no answer, and no failure', async () => {
    await open(new FakeCollector(cart().recording.finish()));
    await page.until(({ phase }) => phase === 'complete');
    const nobody = { trace: 't1', object: 7, path: ['a'] } as const;
    expect(await page.request('objects.fields', { ...FIELDS, object: 7 })).toBeNull();
    expect(await page.request('objects.graph', { ...nobody, columns: 10 })).toBeNull();
    expect(await page.request('objects.history', { ...nobody, from: 0, count: 9, newestFirst: false })).toBeNull();
    expect(await page.request('objects.step', { ...nobody, index: 0, backwards: false })).toBeNull();
  });

  test('go on while they are recorded', async () => {
    const { recording, stream, object } = cart();
    const first = recording.soFar();
    const collector = new FakeCollector(first, true);
    await open(collector);
    await page.until(({ phase, snapshots }) => phase === 'live' && snapshots === 4);
    expect((await whole(() => page.request('objects.fields', FIELDS))).rows[0]).toMatchObject({ name: 'total', changes: 2 });
    recording.snapshot(stream, 400, object, { total: 8 });
    collector.grow(concat([first, recording.soFar()]), true);
    await page.until(({ snapshots }) => snapshots === 5);
    expect((await whole(() => page.request('objects.fields', FIELDS))).rows[0]).toMatchObject({ name: 'total', changes: 3 });
    const history = await whole(() => page.request('objects.history', { ...of, path: ['total'], from: 0, count: 1, newestFirst: true }));
    expect(history).toMatchObject({ total: 4, rows: [{ snapshot: 4, text: '8', before: '3' }] });
  });

  test('nested 500 deep are shown, compared and followed to the bottom', async () => {
    const { recording, stream } = TestRecording.simple();
    const object = recording.object(stream, 'well');
    const deep = (text: string) => new RawJson(`${'{"d":'.repeat(499)}{"bottom":"${text}"}${'}'.repeat(499)}`);
    recording.snapshot(stream, 0, object, { d: deep('dry') }, true);
    recording.snapshot(stream, 10, object, { d: deep('wet') });
    await open(new FakeCollector(recording.finish()));
    await page.until(({ phase }) => phase === 'complete');
    const view = await page.request('objects.snapshot', { ...of, index: 1 });
    expect(view).toMatchObject({ changed: 1, added: 0, removed: 0 });
    let node = view?.fields[0];
    for (let depth = 1; depth < 500; depth++) node = node?.children?.[0];
    expect(node?.children).toMatchObject([{ key: 'bottom', text: '"wet"', change: 'changed', before: '"dry"' }]);
    const path = [...Array.from({ length: 500 }, () => 'd'), 'bottom'];
    expect(await page.request('objects.step', { ...of, path, index: 0, backwards: false })).toBe(1);
  });
});
