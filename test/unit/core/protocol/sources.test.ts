import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32 } from '../../../../core/base/crc32.ts';
import { linesAround } from '../../../../core/protocol/source-excerpt.ts';
import { decodeSource, encodeSource, type Inflate, sourceBytes } from '../../../../core/protocol/sources.ts';

const inflate: Inflate = async (bytes, limit) => new Uint8Array(inflateSync(bytes, { maxOutputLength: Math.max(1, limit) }));
const textOf = (text: string) => new TextEncoder().encode(text);

it('gives back the text of a file, compressed or not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), fc.boolean(), async (file, text, isCompressed) => {
      const bytes = textOf(text);
      const head = { file, bytes: bytes.length, sum: crc32(bytes), encoding: isCompressed ? 'deflate' : 'none' } as const;
      const block = decodeSource(encodeSource(head, isCompressed ? deflateSync(bytes) : bytes));
      expect(block?.head).toEqual(head);
      expect(block && (await sourceBytes(block, inflate, crc32))).toEqual(bytes);
    }),
  );
});

it('takes bytes for a text only if they are what was written', async () => {
  const good = encodeSource({ file: '/a.js', bytes: 3, sum: crc32(textOf('one')), encoding: 'none' }, textOf('one'));
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const damaged = good.slice();
      damaged[at] = (damaged[at] as number) ^ by;
      const block = decodeSource(damaged);
      if (!block) return;
      const text = await sourceBytes(block, inflate, crc32).catch(() => undefined);
      // The name of the file is not covered: the check sum of its block is.
      if (text !== undefined) expect(text).toEqual(textOf('one'));
    }),
  );
  for (let length = 0; length < good.length; length++) {
    const block = decodeSource(good.slice(0, length));
    if (block) await expect(sourceBytes(block, inflate, crc32)).rejects.toThrow('is damaged');
  }
});

it('understands nothing that is no source, and never throws', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeSource(bytes)));
  const headed = (head: unknown) => decodeSource(encodeSource(head as never, new Uint8Array(0)));
  for (const head of [
    null,
    1,
    {},
    { file: '', bytes: 0, sum: 0, encoding: 'none' },
    { file: 'a', bytes: 2 ** 21, sum: 0, encoding: 'none' },
    { file: 'a', bytes: 0, sum: 0, encoding: 'zip' },
  ])
    expect(headed(head)).toBeUndefined();
});

it('does not let more out of what is compressed than its head says', async () => {
  const block = decodeSource(encodeSource({ file: 'a', bytes: 10, sum: 0, encoding: 'deflate' }, deflateSync(new Uint8Array(1e6))));
  await expect(block && sourceBytes(block, inflate, crc32)).rejects.toThrow();
});

it('gives the lines around a line, whatever ends them', () => {
  expect(linesAround('a\nb\r\nc\u2028d', 3, 1, 1)).toEqual({ first: 2, lines: ['b', 'c', 'd'], total: 4 });
  expect(linesAround('a', 2, 1, 1)).toEqual({ first: 1, lines: [], total: 1 });
  expect(linesAround('x'.repeat(600), 1, 0, 0).lines[0]).toHaveLength(501);
});
