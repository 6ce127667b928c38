/** Random programs, as they are and instrumented: what they print, and that whatever begins ends. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ID } from '../../../../core/instrument/inserted-text.ts';
import { originalText } from '../../../../core/instrument/original-positions.ts';
import { randomProgram } from './random-program.ts';
import { runProgram } from './run-instrumented.ts';

// A rejected promise of such a program is nobody's business.
let listeners: NodeJS.UnhandledRejectionListener[] = [];
const nobody = (): void => {};
beforeAll(() => {
  listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', nobody);
});
afterAll(() => {
  process.removeListener('unhandledRejection', nobody);
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

it('random programs do what they did', { timeout: 300_000 }, async () => {
  let [ran, instrumentedFunctions] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 50, maxLength: 400 }), fc.boolean(), async (numbers, values) => {
      const source = randomProgram(numbers);
      // Some are no valid programs: then there is nothing to compare.
      const plain = await runProgram(source, undefined).catch(() => undefined);
      if (!plain) return;
      const { printed, calls, instrumented } = await runProgram(source, values ? { arguments: true, results: true } : {});
      expect(printed).toEqual(plain.printed);
      expect(calls.filter((line) => /is (not )?open/.test(line))).toEqual([]);
      expect(originalText((instrumented?.code ?? '').replaceAll(ID, '7'))).toBe(source);
      ran++;
      instrumentedFunctions += instrumented?.functions.length ?? 0;
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 100) },
  );
  // The programs are not all refused, and not all empty.
  expect(ran).toBeGreaterThan(20);
  expect(instrumentedFunctions / ran).toBeGreaterThan(5);
});
