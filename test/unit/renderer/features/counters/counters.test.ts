import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitUnit } from '../../../../../renderer/features/counters/counter-name.ts';
import { panelLayout, panelSpan } from '../../../../../renderer/features/counters/panel-layout.ts';
import { keepStructure } from '../../../../../renderer/features/counters/use-counters.ts';
import { ViewClock } from '../../../../../renderer/state/view-clock.ts';
import type { CounterInfo } from '../../../../../renderer/trace/trace-worker-api.ts';

describe('ViewClock', () => {
  it('goes on between two messages and never back', () => {
    const clock = new ViewClock();
    clock.note(1e9, 1000);
    let before = 0;
    for (let ms = 1000; ms < 3000; ms += 16) {
      // Messages come late and unevenly: every third frame, up to 30 ms behind.
      if (ms % 3 === 0) clock.note((ms - (ms % 31)) * 1e6, ms);
      const now = clock.now(ms);
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });

  it('stands still soon after the recording does', () => {
    const clock = new ViewClock();
    clock.note(5e9, 1000);
    const later = clock.now(60_000);
    expect(later).toBeLessThan(5.5e9);
    expect(clock.now(90_000)).toBe(later);
  });
});

describe('panelLayout', () => {
  it('gives one counter the whole width, and many as many columns as fit', () => {
    expect(panelLayout(1, 1200, 500).columns).toBe(1);
    expect(panelLayout(100, 1200, 600).columns).toBeGreaterThan(2);
    expect(panelLayout(4, 1500, 520).columns).toBe(2);
  });

  it('lets rows share the height until they get too low, then scrolls', () => {
    expect(panelLayout(2, 800, 500).rowHeight).toBeUndefined();
    expect(panelLayout(100, 800, 500).rowHeight).toBeGreaterThanOrEqual(180);
  });

  it('fills every row exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 100, max: 3000 }), fc.integer({ min: 50, max: 2000 }), (count, width, height) => {
        const { columns } = panelLayout(count, width, height);
        const spans = Array.from({ length: count }, (_, k) => panelSpan(k, count, columns));
        expect(spans.reduce((sum, span) => sum + span, 0) % columns).toBe(0);
        expect(Math.max(...spans)).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('splitUnit', () => {
  it('sets a unit at the end apart', () => {
    expect(splitUnit('memory MB')).toEqual({ title: 'memory', unit: 'MB' });
    expect(splitUnit('response time (ms)')).toEqual({ title: 'response time', unit: 'ms' });
  });
  it('leaves every other name alone', () => {
    for (const name of ['queue', 'MB', 'items left', 'a b c', ' ', '<b>"x"</b> ms]', 'x'.repeat(10_000)]) {
      const { title, unit } = splitUnit(name);
      expect(unit === '' ? title : `${title} ${unit}`).toBe(unit === '' ? name : name.replace(/[([]?ms[)\]]?$/, 'ms'));
    }
  });
});

describe('keepStructure', () => {
  const info = (name: string, last: number, names: readonly string[] = ['value']): CounterInfo => ({
    key: `0/${name}`,
    name,
    process: 0,
    series: names.map((each, id) => ({ id, name: each, samples: 1, last, min: 0, max: 9 })),
  });
  it('keeps the list while only values change', () => {
    const before = [info('a', 1), info('b', 1)];
    expect(keepStructure(before, [info('a', 2), info('b', 5)])).toBe(before);
  });
  it('takes what is new, and keeps the others as they are', () => {
    const before = [info('a', 1), info('b', 1)];
    const after = keepStructure(before, [info('a', 2), info('b', 2, ['value', 'more']), info('c', 1)]);
    expect(after?.[0]).toBe(before[0]);
    expect(after?.[1]?.series).toHaveLength(2);
    expect(after).toHaveLength(3);
  });
});
