import { describe, expect, it } from 'vitest';
import { keysNow, SHORTCUTS, shortcutFor } from '../../../../../renderer/features/settings/shortcuts.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('shortcutFor', () => {
  it('has no key twice', () => {
    const keys = SHORTCUTS.flatMap((each) => keysNow(each, []));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    [press('F5'), 'run'],
    [press('F5', { shiftKey: true }), 'stop'],
    [press('F5', { ctrlKey: true, shiftKey: true }), 'restart'],
    [press('s', { ctrlKey: true }), 'save'],
    [press('s', { metaKey: true }), 'save'],
    [press('S', { ctrlKey: true, shiftKey: true }), 'save-as'],
    [press('?', { shiftKey: true }), 'help'],
    [press(' '), 'pause'],
    [press('s'), 'zoom-out'],
    [press('ArrowLeft', { shiftKey: true }), 'change-before'],
    [press('ArrowLeft'), 'snapshot-before'],
    [press('ArrowUp'), undefined],
    [press('W', { shiftKey: true }), 'zoom-in-fast'],
    [press('P', { ctrlKey: true, shiftKey: true }), 'palette'],
    [press('F1'), 'palette'],
    [press('F1', { shiftKey: true }), 'manual'],
    [press('M', { shiftKey: true }), 'note'],
    [press('f', { ctrlKey: true }), 'search'],
    [press('/', { shiftKey: true }), 'search'],
    [press('Shift', { shiftKey: true }), undefined],
    [press('x'), undefined],
  ])('%o', (event, id) => {
    expect(shortcutFor(event, false)).toBe(id);
  });

  it('leaves single keys to a field that is typed into, but not chords and function keys', () => {
    expect(shortcutFor(press('s'), true)).toBeUndefined();
    expect(shortcutFor(press('?', { shiftKey: true }), true)).toBeUndefined();
    expect(shortcutFor(press('End'), true)).toBeUndefined();
    expect(shortcutFor(press('s', { ctrlKey: true }), true)).toBe('save');
    expect(shortcutFor(press('F5'), true)).toBe('run');
  });

  it('leaves undo and the clipboard to a field, too', () => {
    expect(shortcutFor(press('z', { ctrlKey: true }), true)).toBeUndefined();
    expect(shortcutFor(press('z', { ctrlKey: true }), false)).toBe('undo');
  });

  it('takes the user’s keys for the product’s own, also none', () => {
    const mine = [
      { command: 'zoom-in', keys: 'X' },
      { command: 'search', keys: '' },
    ];
    expect(shortcutFor(press('x'), false, mine)).toBe('zoom-in');
    expect(shortcutFor(press('w'), false, mine)).toBeUndefined();
    expect(shortcutFor(press('f', { ctrlKey: true }), false, mine)).toBeUndefined();
    expect(shortcutFor(press('s'), false, mine)).toBe('zoom-out');
  });
});
