import { expect, it } from 'vitest';
import { Presses } from '../../../../main/cli/presses.ts';

it('takes an interrupt that comes twice for one, and a later one for a second', () => {
  const presses = new Presses();
  expect([1000, 1003, 1150, 1250, 1260].map((ms) => presses.press(ms))).toEqual(['first', 'same', 'same', 'again', 'again']);
});
