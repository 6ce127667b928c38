import { expect, it } from 'vitest';
import type { CpuProfile } from '../../../../../core/tracer/sampling/cpu-profile.ts';
import { isHeldByOneCall } from '../../../../../core/tracer/sampling/fresh-code.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, scriptId: '1', lineNumber: 0, columnNumber: 0 });
const NODES = [
  { id: 1, callFrame: frame('(root)'), children: [2, 3, 4] },
  { id: 2, callFrame: frame('processTimers', 'node:internal/timers'), children: [5, 6] },
  { id: 3, callFrame: frame('(idle)') },
  { id: 4, callFrame: frame('(garbage collector)') },
  { id: 5, callFrame: frame('handler', 'file:///app.js'), children: [7] },
  { id: 6, callFrame: frame('other', 'file:///app.js') },
  { id: 7, callFrame: frame('sqrt') },
];
const profile = (...samples: number[]): CpuProfile => ({ nodes: NODES, samples, startTime: 0, endTime: 1 });
const many = (...ids: number[]): number[] => Array.from({ length: 30 }, (_, i) => ids[i % ids.length] as number);

it.each([
  ['one function of the program, and what it calls', many(5, 7), true],
  ['a collection on top of it', many(5, 4), true],
  ['two callbacks in turn', many(5, 6), false],
  ['nothing to do now and then', many(5, 3), false],
  ['code of Node alone', many(2), false],
  ['too few samples', [5, 5], false],
  ['none', [], false],
])('a thread is held by one call: %s', (_, samples, held) => expect(isHeldByOneCall(profile(...samples))).toBe(held));
