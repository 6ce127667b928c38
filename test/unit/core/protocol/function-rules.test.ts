import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MuteRule, ruleFor, withRules } from '../../../../core/protocol/function-rules.ts';

const hash = { file: '/a.js', name: 'hash', line: 3 };
const other = { file: '/a.js', name: 'other', line: 9 };
const isMuted = (rules: readonly MuteRule[], one: typeof hash) => ruleFor(rules, one)?.muted === true;

describe('rules of muted functions', () => {
  it('hold for the function that they name, or for all of a file', () => {
    const one = withRules([], [hash], true);
    expect([isMuted(one, hash), isMuted(one, other)]).toEqual([true, false]);
    const all = withRules(one, [{ file: '/a.js' }], true);
    expect([isMuted(all, hash), isMuted(all, other), isMuted(all, { ...hash, file: '/b.js' })]).toEqual([true, true, false]);
    expect(all).toEqual([{ file: '/a.js', muted: true }]);
  });

  it('are gone when they are taken back, but for a function of a file that stays muted', () => {
    expect(withRules(withRules([], [hash], true), [hash], false)).toEqual([]);
    const but = withRules(withRules([], [{ file: '/a.js' }], true), [hash], false);
    expect(but).toEqual([
      { file: '/a.js', muted: true },
      { ...hash, muted: false },
    ]);
    expect(withRules(but, [{ file: '/a.js' }], false)).toEqual([]);
  });

  it('say the same in few words as all words one after the other', () => {
    const place = fc.record(
      { file: fc.constantFrom('/a.js', '/b.js'), name: fc.constantFrom('f', 'g'), line: fc.constantFrom(1, 2) },
      { requiredKeys: ['file'] },
    );
    fc.assert(
      fc.property(fc.array(fc.record({ functions: fc.array(place, { maxLength: 3 }), muted: fc.boolean() }), { maxLength: 20 }), (said) => {
        const few = said.reduce<readonly MuteRule[]>((rules, { functions, muted }) => withRules(rules, functions, muted), []);
        const all = said.flatMap(({ functions, muted }) => functions.map((rule): MuteRule => ({ ...rule, muted })));
        expect(few.length).toBeLessThanOrEqual(18);
        for (const file of ['/a.js', '/b.js'])
          for (const name of ['f', 'g'])
            for (const line of [1, 2]) expect(ruleFor(few, { file, name, line })?.muted ?? false).toBe(ruleFor(all, { file, name, line })?.muted ?? false);
      }),
    );
  });
});
