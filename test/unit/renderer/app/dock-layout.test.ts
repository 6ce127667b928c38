import { describe, expect, it } from 'vitest';
import { readLayout } from '../../../../renderer/app/dock/dock-layout.ts';
import { LayoutHistory } from '../../../../renderer/app/dock/layout-history.ts';

const layout = (panels: Record<string, unknown>) =>
  JSON.stringify({ grid: { root: { type: 'branch', data: [] }, width: 10, height: 10, orientation: 'HORIZONTAL' }, panels, floatingGroups: [{}] });

describe('a kept arrangement of panels', () => {
  it('is read with the titles of now, and without windows of its own', () => {
    const read = readLayout(layout({ console: { id: 'console', contentComponent: 'console', title: 'Konsole' } }));
    expect(read?.panels.console?.title).toBe('Console');
    expect(read).not.toHaveProperty('floatingGroups');
  });

  it.each([
    '',
    '{',
    'null',
    '7',
    '[]',
    '{"panels":{}}',
    layout({}),
    layout({ gone: { id: 'gone', contentComponent: 'gone' } }),
    layout({ console: { id: 'console', contentComponent: 'events' } }),
    layout({ console: null }),
  ])('is none when it is %s', (text) => {
    expect(readLayout(text)).toBeUndefined();
  });
});

describe('undo of arrangements', () => {
  it('goes back and forth, and a new one ends what could be done again', () => {
    const history = new LayoutHistory();
    for (const text of ['a', 'b', 'b', 'c']) history.note(text);
    expect(history.undo()).toBe('b');
    expect(history.undo()).toBe('a');
    expect(history.undo()).toBeUndefined();
    expect(history.redo()).toBe('b');
    history.note('d');
    expect(history.canRedo).toBe(false);
    expect(history.undo()).toBe('b');
  });

  it('does not count what the dock tells of the arrangement that was undone to', () => {
    const history = new LayoutHistory();
    history.note('a');
    history.note('b');
    history.undo();
    history.settle('a, in other words');
    history.note('a, in other words');
    expect(history.canUndo).toBe(false);
    expect(history.canRedo).toBe(true);
  });
});
