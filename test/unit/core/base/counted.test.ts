import { expect, test } from 'vitest';
import { counted } from '../../../../core/base/counted.ts';

test('takes the form that goes with the number, at each place', () => {
  const sentence = '# {end (E) has|ends (E) have} no begin (B) and {was|were} left out.';
  expect(counted(sentence, 1)).toBe('1 end (E) has no begin (B) and was left out.');
  expect(counted(sentence, 12_345)).toBe('12,345 ends (E) have no begin (B) and were left out.');
  expect(counted('# {name|names}', 0)).toBe('0 names');
});

test('an empty form leaves nothing', () => {
  expect([counted('# time{|s}', 1), counted('# time{|s}', 2)]).toEqual(['1 time', '2 times']);
});
