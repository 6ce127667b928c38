import { describe, expect, it } from 'vitest';
import { changeEntries } from '../../../../../renderer/features/call-tree/change-menu.ts';
import { keyOf, levelsOf, MOST_OPEN, type OpenChoices, shareOfAll, treeRows } from '../../../../../renderer/features/call-tree/tree-rows.ts';
import { boxesOf } from '../../../../../renderer/features/call-tree/use-flame.ts';
import { words } from '../../../../../renderer/features/call-tree/words.ts';
import { addTreeChange, callTreeState, keepTreeChanges } from '../../../../../renderer/state/call-tree-store.ts';
import type { NameInfo, TimelineView, TreeRow } from '../../../../../renderer/trace/trace-worker-api.ts';

const row = (name: number, hasChildren = false): TreeRow => ({ name, count: 1, totalNs: 10, selfNs: 5, hasChildren });
const answerOf = (levels: Readonly<Record<string, readonly TreeRow[]>>) =>
  levelsOf(
    Object.keys(levels).map((key) => (key === '' ? [] : key.split(' ').map(Number))),
    { levels: Object.values(levels), totalNs: 100, done: 1 },
  ).levels;
const outline = (levels: ReturnType<typeof answerOf>, choices: OpenChoices = new Map()) =>
  treeRows(levels, choices).rows.map(({ key, level, isOpen }) => `${' '.repeat(level - 1)}${key}${isOpen ? ' open' : ''}`);

describe('rows of a tree', () => {
  it('are closed until they are opened; an only child is open until it is closed', () => {
    const levels = answerOf({ '': [row(1, true), row(2, true)], '1': [row(3, true)], '1 3': [row(4), row(5)] });
    expect(outline(levels)).toEqual(['1', '2']);
    expect(outline(levels, new Map([['1', true]]))).toEqual(['1 open', ' 1 3 open', '  1 3 4', '  1 3 5', '2']);
    expect(
      outline(
        levels,
        new Map([
          ['1', true],
          ['1 3', false],
        ]),
      ),
    ).toEqual(['1 open', ' 1 3', '2']);
  });

  it('tell what is to be asked for, also what is not known yet', () => {
    const levels = answerOf({ '': [row(1, true), row(2, true)] });
    expect(treeRows(levels, new Map([['2', true]])).wanted).toEqual([[], [2]]);
    expect(treeRows(new Map(), new Map()).wanted).toEqual([[]]);
  });

  it('end somewhere: a recursion does not open by itself without end, and not everything is open at once', () => {
    const deep = new Map<string, readonly TreeRow[]>([['', [row(1, true)]]]);
    for (let path = [1]; path.length < 200; path = [...path, 1]) deep.set(keyOf(path), [row(1, true)]);
    expect(treeRows(deep, new Map()).rows.length).toBe(41);
    const wide = answerOf({ '': Array.from({ length: 2000 }, (_, k) => row(k + 1, true)) });
    const all = new Map(Array.from({ length: 2000 }, (_, k) => [String(k + 1), true] as const));
    expect(treeRows(wide, all).wanted.length).toBe(MOST_OPEN);
  });

  it('have a share between none and all', () => {
    expect([shareOfAll(50, 100), shareOfAll(200, 100), shareOfAll(5, 0)]).toEqual([0.5, 1, 0]);
  });
});

describe('changes of a tree', () => {
  const about = { id: 7, text: 'priceCart', file: '/app/price.js', line: 3 } as NameInfo;
  const actions = { onLongest: () => {}, onSandwich: () => {} };
  const labels = (path: readonly number[] | undefined, of = about) =>
    changeEntries('t', { name: 7, path, about: of }, actions).flatMap((entry) => (entry.kind === undefined ? [entry.label] : []));

  it('offer a place only where there is one, and a file only where it is known', () => {
    expect(labels([1, 7])).toContain('Focus on this place');
    expect(labels([7])).not.toContain('Focus on this place');
    expect(labels(undefined)).not.toContain('Focus on this place');
    expect(labels(undefined)).toContain('Merge its file into one');
    expect(labels(undefined, { ...about, file: '' })).not.toContain('Merge its file into one');
  });

  it('follow each other, and are let go of from the last', () => {
    for (const entry of changeEntries('t', { name: 7, path: [1, 7], about }, actions)) {
      if (entry.kind === undefined && /^(Merge into|Focus on this place|Drop)/.test(entry.label)) entry.onSelect();
    }
    expect(callTreeState('t').changes.map(({ text }) => text)).toEqual(['Place: priceCart', 'Without priceCart', 'Dropped: priceCart']);
    expect(callTreeState('t').changes[0]?.transform).toEqual({ kind: 'focus-path', path: [1, 7] });
    keepTreeChanges('t', 1);
    expect(callTreeState('t').changes.length).toBe(1);
    addTreeChange('t', { transform: { kind: 'merge-file', name: 7 }, text: words.changed['merge-file']('/app/price.js') });
    expect(callTreeState('t').changes[1]?.text).toBe('One: price.js');
    keepTreeChanges('t', 0);
    expect(callTreeState('t').changes).toEqual([]);
  });
});

it('a piece of the timeline lies as boxes between its sides', () => {
  const view = {
    count: 2,
    columns: 100,
    row: Uint32Array.of(0, 1),
    x0: Float32Array.of(-1, 25),
    x1: Float32Array.of(101, 50),
    name: Uint32Array.of(3, 4),
  } as unknown as TimelineView;
  const { rows, x0, x1 } = boxesOf(view);
  expect({ rows, x0: [...(x0 as Float64Array)], x1: [...(x1 as Float64Array)] }).toEqual({ rows: 2, x0: [0, 0.25], x1: [1, 0.5] });
});
