import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessedFile, processedPids, WholeObject } from '../../../../main/collector/processed-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'processed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isWhole = (text: string, cuts: readonly number[] = []): boolean => {
  const bytes = new TextEncoder().encode(text);
  const whole = new WholeObject();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  for (let i = 1; i < places.length; i++) whole.push(bytes.subarray(places[i - 1], places[i]));
  return whole.ended;
};

describe('one whole object', () => {
  it('is any JSON object with blanks around it, wherever the pieces are cut; each beginning of it is none', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.nat(), { maxLength: 5 }), fc.nat(), (value, cuts, at) => {
        const text = JSON.stringify(value);
        expect(isWhole(` \n${text}\r\n\t`, cuts)).toBe(true);
        expect(isWhole(text.slice(0, at % text.length), cuts)).toBe(false);
        expect(isWhole(`${text}x`, cuts)).toBe(false);
      }),
    );
  });

  it.each(['', ' ', '[]', '[{}]', '"{}"', '{"a":"}', '{"a":"\\"}', '{} {}', 'x{}'])('is not %j', (text) => expect(isWhole(text)).toBe(false));
});

describe('the file of a process', () => {
  it('gives its bytes', async () => {
    writeFileSync(path.join(folder, '1.processed.json'), '{"traceEvents":[]}');
    const file = await ProcessedFile.open(folder, '1.processed.json');
    const chunks: Uint8Array[] = [];
    for await (const chunk of file?.chunks() ?? []) chunks.push(chunk);
    await file?.close();
    expect(Buffer.concat(chunks).toString()).toBe('{"traceEvents":[]}');
    expect(file?.bytes).toBe(18);
  });

  it('is none where there is none, and not taken when it is cut, too large or a folder', async () => {
    expect(await ProcessedFile.open(folder, '2.processed.json')).toBeUndefined();
    writeFileSync(path.join(folder, '3.processed.json'), '{"traceEvents":[{"ph":"C"}');
    await expect(ProcessedFile.open(folder, '3.processed.json')).rejects.toThrow('it is not whole');
    writeFileSync(path.join(folder, '4.processed.json'), `{"a":"${'x'.repeat(2_000_000)}"}`);
    await expect(ProcessedFile.open(folder, '4.processed.json', 1_000_000)).rejects.toThrow('it has 3 MB, and at most 1 MB are taken');
    await expect(ProcessedFile.open(tmpdir(), path.basename(folder))).rejects.toThrow('it is not a file');
  });

  it('is found by its name; one that is still being written is not', () => {
    for (const name of ['12.processed.json', '13.processed.json.tmp', 'x.processed.json', '14.spill']) writeFileSync(path.join(folder, name), '');
    expect(processedPids(folder)).toEqual([12]);
    expect(processedPids(path.join(folder, 'nowhere'))).toEqual([]);
  });
});
