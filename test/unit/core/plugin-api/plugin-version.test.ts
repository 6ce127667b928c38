import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { versionWarning } from '../../../../core/plugin-api/plugin-version.ts';

const parts = fc.array(fc.nat(20), { minLength: 1, maxLength: 4 });
const isNewer = (made: readonly number[], running: readonly number[]): boolean => versionWarning(made.join('.'), running.join('.')) !== undefined;

describe('dot-separated integers compared as tuples', () => {
  it.each([
    ['1.2', '1.1.1', true],
    ['1', '1.1.1', false],
    ['1.1.1', '1.1.1', false],
    ['1.1.1.0', '1.1.1', true],
    ['1.10', '1.9', true],
    ['0.99', '1', false],
  ])('%s against %s', (made, running, newer) => {
    expect(versionWarning(made, running) !== undefined).toBe(newer);
  });

  it('no version is newer than itself, and of two that differ one is', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(isNewer(one, one)).toBe(false);
        if (one.join('.') !== other.join('.')) expect(isNewer(one, other)).toBe(!isNewer(other, one));
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (made) => {
        const isVersion = typeof made === 'string' && /^\d+(\.\d+)*$/.test(made);
        expect(versionWarning(made, '99999999')?.includes('no version') ?? false).toBe(!isVersion);
      }),
    );
  });
});
