import { describe, expect, it } from 'vitest';
import { baseName, folderOf, formatAgo, formatBytes, formatElapsed, formatRemaining, plural, shortPath } from '../../../../renderer/state/words.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [3_800_000, '3.8 MB'],
    [99_960_000, '100 MB'],
    [999_600_000, '1.0 GB'],
    [5e9, '5.0 GB'],
    [7e15, '7000 TB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatElapsed', () => {
  it.each([
    [0, '00:00.000'],
    [-5, '00:00.000'],
    [14_213_999_999, '00:14.213'],
    [3_734_213e6, '1:02:14.213'],
  ])('%d ns is %s', (ns, text) => {
    expect(formatElapsed(ns)).toBe(text);
  });
});

describe('formatAgo', () => {
  const now = new Date(2026, 10, 21, 15, 0).getTime();
  it.each([
    [new Date(2026, 10, 21, 14, 59, 30), 'now'],
    [new Date(2026, 10, 21, 14, 58), '2 min ago'],
    [new Date(2026, 10, 21, 1, 0), '14 h ago'],
    [new Date(2026, 10, 20, 1, 0), 'yesterday'],
    [new Date(2026, 10, 12, 9, 0), '12 Nov'],
    [new Date(2025, 10, 12, 9, 0), '12 Nov 2025'],
  ])('%s', (then, text) => {
    expect(formatAgo(then.getTime(), now)).toBe(text);
  });
});

describe('paths', () => {
  it('shortens the home folder, and only it', () => {
    expect(shortPath('/home/ann/code/x.ts', '/home/ann')).toBe('~/code/x.ts');
    expect(shortPath('/home/anna/x.ts', '/home/ann')).toBe('/home/anna/x.ts');
    expect(shortPath('/home/ann', '/home/ann')).toBe('~');
    expect(shortPath('C:\\Users\\ann\\x.ts', 'C:\\Users\\ann')).toBe('~\\x.ts');
    expect(shortPath('/x', undefined)).toBe('/x');
  });

  it('splits paths of both kinds', () => {
    expect(baseName('/a/b.ts')).toBe('b.ts');
    expect(baseName('C:\\a\\b.ts')).toBe('b.ts');
    expect(folderOf('/a/b.ts')).toBe('/a');
  });
});

it('counts in words', () => {
  expect(plural(1, 'process', 'processes')).toBe('1 process');
  expect(plural(12_000, 'event')).toBe('12,000 events');
});

it('tells what is left no finer than it is known', () => {
  expect([0, 999, 1001, 12_000, 90_000, 600_000].map(formatRemaining)).toEqual(['less than a second', 'less than a second', '2 s', '12 s', '2 min', '10 min']);
});
