import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SgrState } from '../../../../core/model/sgr-state.ts';

const encoder = new TextEncoder();
const codesAfter = (...pieces: string[]) => {
  const state = new SgrState();
  for (const piece of pieces) state.push(encoder.encode(piece));
  return state.codes;
};
const E = '\u001b[';

describe('SgrState', () => {
  it.each([
    [`${E}31m`, `${E}31m`],
    [`${E}1;4;31;47m`, `${E}1m${E}4m${E}31m${E}47m`],
    [`${E}31m${E}32m`, `${E}32m`],
    [`${E}1;2m${E}22m`, ''],
    [`${E}31;41m${E}39m`, `${E}41m`],
    [`${E}31;1m${E}m`, ''],
    [`${E}38;5;208mx${E}48;2;1;2;3m`, `${E}38;5;208m${E}48;2;1;2;3m`],
    [`${E}38:5:208m`, `${E}38;5;208m`],
    [`${E}38:2::1:2:3m`, `${E}38;2;1;2;3m`],
    // The 1 behind a colour is bold, the 5 in it is not blink.
    [`${E}38;5;5;1m`, `${E}1m${E}38;5;5m`],
    [`${E}2K${E}10;3H${E}31mred`, `${E}31m`],
    [`\u001b]8;;https://x/\u0007${E}31m`, `${E}31m`],
  ])('of %j is %j', (text, codes) => {
    expect(codesAfter(text)).toBe(codes);
  });

  it('is the same however the text is cut, and its codes bring about the state', () => {
    const piece = fc.constantFrom('a', '\n', E, `${E}1m`, `${E}0m`, `${E}38;5;`, '208m', `${E}31;42m`, '\u001b', '[', '9', 'm', ';');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(piece, { maxLength: 10 }), (before, then) => {
        const codes = codesAfter(before.join(''));
        expect(codesAfter(...before.join(''))).toBe(codes);
        // Whoever goes on from the codes goes on as whoever saw it all.
        const resumed = new SgrState(codes);
        resumed.push(encoder.encode(then.join('')));
        expect(resumed.codes).toBe(codesAfter(before.join('') + then.join('')));
      }),
    );
  });

  it('does not keep a code that never ends', () => {
    expect(codesAfter(`${E}${'1;'.repeat(10_000)}`)).toBe('');
  });
});
