import { describe, expect, it } from 'vitest';
import { SHORTCUTS, shortcutFor } from '../../../../../renderer/features/settings/shortcuts.ts';

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
    const keys = SHORTCUTS.map((each) => each.keys);
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
    [press('ArrowLeft', { shiftKey: true }), 'snapshot-before'],
    [press('ArrowLeft'), undefined],
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
});
