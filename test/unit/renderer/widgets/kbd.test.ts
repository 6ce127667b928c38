import { expect, it } from 'vitest';
import { keyText } from '../../../../renderer/widgets/kbd.tsx';

it('names keys as the keyboard does', () => {
  expect(keyText('Ctrl+Shift+F5', false)).toBe('Ctrl Shift F5');
  expect(keyText('Shift+ArrowLeft', false)).toBe('Shift ←');
  expect(keyText('Ctrl+Shift+F5', true)).toBe('⌘⇧F5');
});
