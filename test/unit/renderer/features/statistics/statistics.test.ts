import { describe, expect, it, vi } from 'vitest';
import { formatRange } from '../../../../../renderer/drawing/format.ts';
import { placeText } from '../../../../../renderer/features/place-words.ts';
import { COLUMNS, FIRST_ORDER, nextOrder, sharedBy, shareOf } from '../../../../../renderer/features/statistics/columns.ts';
import { csvOf, readCsv } from '../../../../../renderer/features/statistics/csv.ts';
import { labelOf, words } from '../../../../../renderer/features/statistics/words.ts';
import { longestSlice } from '../../../../../renderer/state/longest-slice.ts';
import { scopeOf } from '../../../../../renderer/state/use-place.ts';
import type { SlicesPage, Spread, TablePage, TableRow, TraceClient } from '../../../../../renderer/trace/trace-worker-api.ts';

const row = (key: number, label: string, more: Partial<TableRow> = {}): TableRow => ({
  key,
  label,
  count: 2,
  totalNs: 700,
  selfNs: 300,
  meanNs: 350.4,
  minNs: 300,
  maxNs: 400,
  ...more,
});
const spread = (key: number, done = 1): Spread => ({
  key,
  done,
  isExact: true,
  count: 2,
  meanNs: 350,
  deviationNs: 50,
  minNs: 300,
  p50Ns: 300,
  p90Ns: 400,
  p99Ns: 400,
  p999Ns: 400,
  maxNs: 400,
});
/** Answers of the worker, one after the other; the last one stays. */
function client(answers: Readonly<Record<string, readonly unknown[]>>) {
  const asked: { readonly method: string; readonly argument: unknown }[] = [];
  const left = new Map(Object.entries(answers).map(([method, list]) => [method, [...list]]));
  const request = (method: string, argument: unknown) => {
    asked.push({ method, argument });
    const list = left.get(method) ?? [];
    return Promise.resolve(list.length > 1 ? list.shift() : list[0]);
  };
  return { asked, traces: { request, on: () => () => {} } as unknown as TraceClient };
}

describe('the order of the table', () => {
  it('begins with the greatest number, with A of names, and turns round when chosen again', () => {
    expect(nextOrder(FIRST_ORDER, 'self')).toEqual({ sort: 'self', descending: false });
    expect(nextOrder(FIRST_ORDER, 'count')).toEqual({ sort: 'count', descending: true });
    const names = nextOrder(FIRST_ORDER, 'label');
    expect(names).toEqual({ sort: 'label', descending: false });
    expect(nextOrder(names, 'label')).toEqual({ sort: 'label', descending: true });
  });

  it('says what bars are a share of, which is never more than all', () => {
    expect(sharedBy({ sort: 'total', descending: true })).toBe('total');
    expect(sharedBy({ sort: 'count', descending: true })).toBe('self');
    expect(shareOf(row(1, 'a'), { selfNs: 600 }, 'self')).toBe(0.5);
    expect(shareOf(row(1, 'a'), { selfNs: 600 }, 'total')).toBe(1);
    expect(shareOf(row(1, 'a'), { selfNs: 0 }, 'self')).toBe(0);
  });

  it('has a column for each figure, percentiles where they are known', () => {
    expect(COLUMNS.map((column) => column.text(row(1, 'a'), spread(1)))).toEqual(['2', '700 ns', '300 ns', '350 ns', '300 ns', '400 ns', '300 ns', '400 ns']);
    expect(COLUMNS.slice(-2).map((column) => column.text(row(1, 'a'), undefined))).toEqual(['', '']);
  });
});

describe('the scope', () => {
  it('is open where the range reaches to the ends', () => {
    expect(scopeOf({ fromNs: 0, toNs: 10 }, true, undefined)).toEqual({});
    expect(scopeOf({ fromNs: 2, toNs: 10 }, false, [1, 2])).toEqual({ fromNs: 2, toNs: 10, tracks: [1, 2] });
  });
});

describe('words', () => {
  it('tell the range and what was looked at', () => {
    expect(placeText({ kind: 'selected', range: { fromNs: 350e6, toNs: 850e6 }, tracks: [1, 2] })).toBe('Selected range: 0.35 to 0.85 s (500 ms), 2 tracks');
    expect(placeText({ kind: 'visible', range: { fromNs: 0, toNs: 1e9 }, tracks: undefined })).toBe('In view: 0 to 1 s (1.00 s)');
    expect(formatRange(350e6, 350e6 + 12_000)).toBe('0.35 s + 12.0 µs');
    expect(formatRange(0, 4_490_000)).toBe('0 to 4.49 ms');
    expect(formatRange(1_200_000, 1_500_000)).toBe('1.20 ms + 300 µs');
    expect(words.counted('category', 1, 1)).toBe('1 category');
    expect(words.counted('name', 1200, 0.999)).toBe('1,200 names, 99 % looked at');
    expect([words.percent(0), words.percent(0.0001), words.percent(0.5)]).toEqual(['0.0 %', '<0.1 %', '50.0 %']);
  });

  it('tell where a row is from', () => {
    expect(labelOf('name', 'hash', { file: '/code/hash.js', line: 3 })).toEqual({ label: 'hash', place: 'hash.js:3' });
    expect(labelOf('name', 'hash', undefined)).toEqual({ label: 'hash', place: '' });
    expect(labelOf('file', '/code/hash.js', undefined)).toEqual({ label: 'hash.js', place: '/code' });
    expect(labelOf('category', '', undefined)).toEqual({ label: '(no category)', place: '' });
    expect(labelOf('thread', 'a/b', undefined)).toEqual({ label: 'a/b', place: '' });
  });
});

describe('the table as CSV', () => {
  it('has a line for each row, in nanoseconds, and no formula', () => {
    expect(csvOf('name', [row(1, '=1+1,"x"'), row(2, 'b')], new Map([[2, spread(2)]]))).toBe(
      'name,count,total_ns,self_ns,mean_ns,min_ns,max_ns,p50_ns,p99_ns\r\n' +
        `"'=1+1,""x""",2,700,300,350,300,400,,\r\n` +
        'b,2,700,300,350,300,400,300,400\r\n',
    );
  });

  it('asks again until all was looked at, and for 200 percentiles at once', async () => {
    const rows = Array.from({ length: 201 }, (_, key) => row(key, `n${key}`));
    const page = (done: number): TablePage => ({ rows, total: 300, slices: 402, selfNs: 1, done });
    const { traces, asked } = client({ 'analysis.table': [page(0.5), page(1)], 'analysis.spread': [[spread(0, 0.5)], [spread(0)], [spread(200)]] });
    const query = { scope: {}, by: 'name', sort: 'self', descending: true } as const;
    const copy = await readCsv(traces, 't', query);
    expect(copy).toMatchObject({ rows: 201, total: 300, isWhole: true });
    expect(copy.text).toContain('n0,2,700,300,350,300,400,300,400');
    expect(copy.text).toContain('n1,2,700,300,350,300,400,,');
    expect(copy.text).toContain('n200,2,700,300,350,300,400,300,400');
    expect(asked.map(({ method }) => method)).toEqual(['analysis.table', 'analysis.table', 'analysis.spread', 'analysis.spread', 'analysis.spread']);
    expect(words.copied(copy.rows, copy.total, copy.isWhole)).toBe('The first 201 rows of 300 copied');
  });

  it('is what is known when patience ends', async () => {
    vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(10_000);
    const { traces } = client({ 'analysis.table': [{ rows: [row(1, 'a')], total: 1, slices: 2, selfNs: 1, done: 0.2 }] });
    const copy = await readCsv(traces, 't', { scope: {}, by: 'name', sort: 'self', descending: true });
    vi.restoreAllMocks();
    expect(copy).toMatchObject({ rows: 1, isWhole: false });
    expect(copy.text).toMatch(/\r\na,2,700,300,350,300,400,,\r\n$/);
  });
});

describe('the longest slice of a group', () => {
  const slice = { ref: 7, track: 1, row: 0, name: 3, startNs: 0, durationNs: 5, selfNs: 5, flags: 0 };
  const page = (done: number, rows = [slice]): SlicesPage => ({ rows, total: 1, listed: 1, done });

  it('is the one of all that was looked at', async () => {
    const { traces, asked } = client({ 'slices.page': [page(0.5, [{ ...slice, ref: 1 }]), page(1)] });
    expect((await longestSlice(traces, 't', { by: 'name', key: 3 }, { fromNs: 1 }, () => true))?.ref).toBe(7);
    expect(asked[0]?.argument).toMatchObject({ scope: { fromNs: 1 }, group: { by: 'name', key: 3 }, sort: 'duration', descending: true, count: 1 });
  });

  it('is none once another row was picked', async () => {
    const { traces, asked } = client({ 'slices.page': [page(0.5)] });
    expect(await longestSlice(traces, 't', { by: 'name', key: 3 }, {}, () => false)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});
