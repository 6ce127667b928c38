import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assert } from '../../../../core/base/assert.ts';
import { crc32 } from '../../../../core/base/crc32.ts';
import { csvRow } from '../../../../core/base/csv.ts';
import { ok, ProblemError, problem, problemInWords } from '../../../../core/base/result.ts';
import { sinceMonotonic, splitMonotonic } from '../../../../core/base/time.ts';

describe('crc32', () => {
  it('is the one of zlib, whole or continued', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (bytes, at) => {
        const cut = at % (bytes.length + 1);
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
        expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes));
      }),
    );
  });
});

describe('monotonic time', () => {
  it('gives the exact difference for as long as a double can hold it', () => {
    const start = fc.bigInt({ min: 0n, max: 2n ** 63n });
    const since = fc.bigInt({ min: 0n, max: 2n ** 53n });
    fc.assert(
      fc.property(start, since, (from, passed) => {
        const { high, low } = splitMonotonic(from + passed);
        expect(sinceMonotonic(splitMonotonic(from), high, low)).toBe(Number(passed));
      }),
    );
  });
});

describe('results', () => {
  it('carry a value or words', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(problem('not-found', 'It is not there.')).toEqual({ ok: false, problem: { code: 'not-found', message: 'It is not there.' } });
    expect(problem('not-found', 'It is not there.', 'Look elsewhere.')).toMatchObject({ problem: { remedy: 'Look elsewhere.' } });
  });

  it('travel as exceptions with their code and remedy', () => {
    const error = new ProblemError({ code: 'x', message: 'It failed.', remedy: 'Try again.' });
    expect(error).toMatchObject({ name: 'ProblemError', code: 'x', message: 'It failed.', remedy: 'Try again.' });
  });
});

describe('assertions', () => {
  it('say what was believed', () => {
    expect(() => assert(false, 'a block is whole')).toThrow('assertion failed: a block is whole');
    expect(() => assert(1, 'anything true')).not.toThrow();
  });
});

describe('csvRow', () => {
  it('quotes what would end a cell, and what a spreadsheet would work out', () => {
    expect(csvRow('a', 1.5, 'b,c', 'd"e', 'f\ng')).toBe('a,1.5,"b,c","d""e","f\ng"\r\n');
    for (const text of ['=1+1', '+1', '-1', '@x', '\tx']) expect(csvRow(text)).toBe(`'${text}\r\n`);
    expect(csvRow(-1)).toBe('-1\r\n');
  });
});

describe('problemInWords', () => {
  it('puts a full stop between what went wrong, in words of others, and what to do', () => {
    expect(problemInWords({ message: 'It failed: no such thing', remedy: 'Mend it.' })).toBe('It failed: no such thing. Mend it.');
    expect(problemInWords({ message: 'It is gone.', remedy: 'Look elsewhere.' })).toBe('It is gone. Look elsewhere.');
    expect(problemInWords({ message: 'He said “stop.”', remedy: 'Ask why.' })).toBe('He said “stop.” Ask why.');
    expect(problemInWords({ message: 'as it is' })).toBe('as it is');
  });
});
