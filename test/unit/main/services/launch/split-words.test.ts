import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitWords } from '../../../../../main/services/launch/split-words.ts';

const texts = (line: string, windows = false) => {
  const words = splitWords(line, windows);
  return words.ok ? words.value.map(({ text }) => text) : words.problem.message;
};

test.each([
  ['', []],
  ['   ', []],
  ['a b\tc\nd', ['a', 'b', 'c', 'd']],
  [`'a b' "c d"`, ['a b', 'c d']],
  [`--name="x y"'z'`, ['--name=x yz']],
  [`"" ''`, ['', '']],
  [`"say \\"hi\\" \\\\ \\n"`, ['say "hi" \\ \\n']],
  [`'it\\'`, ['it\\']],
  ['a\\ b', ['a b']],
  ['$HOME *', ['$HOME', '*']],
])('splits %j', (line, words) => {
  expect(texts(line)).toEqual(words);
});

test('on Windows a backslash is a separator of paths', () => {
  expect(texts('C:\\work\\a.js "C:\\Program Files\\b.js"', true)).toEqual(['C:\\work\\a.js', 'C:\\Program Files\\b.js']);
});

test('says where a quote is left open', () => {
  expect(texts(`one "two three`)).toBe('The quote at position 5 is never closed: "two three.');
});

test('tells quoted words from operators', () => {
  const words = splitWords(`a '&&' &&`);
  expect(words.ok && words.value.map(({ quoted }) => quoted)).toEqual([false, true, false]);
});

test('gives back any words that were quoted', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.boolean(), (words, windows) => {
      const line = words.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
      expect(texts(line, windows)).toEqual(words);
    }),
  );
});

test('never throws and never invents characters', () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (line, windows) => {
      const words = splitWords(line, windows);
      if (words.ok) for (const { text } of words.value) for (const c of text) expect(line).toContain(c);
    }),
  );
});
