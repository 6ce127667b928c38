import { expect, test } from 'vitest';
import { readAhead } from '../../../../core/formats/read-ahead.ts';

const BYTES = Uint8Array.from({ length: 10 }, (_, i) => i);

test('gives all bytes from a place on, and has asked for the next piece when it gives one', async () => {
  const asked: number[] = [];
  const read = async (offset: number) => {
    asked.push(offset);
    return BYTES.slice(offset, offset + 4);
  };
  const given: number[][] = [];
  for await (const piece of readAhead(read, 1, BYTES.length)) given.push([...piece, -asked.length]);
  expect(given).toEqual([
    [1, 2, 3, 4, -2],
    [5, 6, 7, 8, -3],
    [9, -3],
  ]);
});

test('ends where there is less than was said, and tells what fails only to who goes on', async () => {
  const short: Uint8Array[] = [];
  for await (const piece of readAhead(async (offset) => BYTES.slice(offset, Math.min(6, offset + 4)), 0, 10)) short.push(piece);
  expect(short.map(({ length }) => length)).toEqual([4, 2]);

  const failing = async (offset: number) => {
    if (offset > 0) throw new Error('gone');
    return BYTES.slice(0, 4);
  };
  for await (const _ of readAhead(failing, 0, 10)) break;
  await expect(async () => {
    for await (const _ of readAhead(failing, 0, 10)) {
      // On to the end.
    }
  }).rejects.toThrow('gone');
});
