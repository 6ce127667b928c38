import type { ThreadSession } from './thread-session.ts';

/** Words in a command that counts coverage: that could not be told from our switching, and would end with it. */
const COVERAGE = /coverage|\bc8\b|\bnyc\b|vitest|jest/;

/**
 * A profiler that begins in the midst of a program does not know the names of loops that were optimised while they ran: what takes the most time would
 * be anonymous, for good. To count calls the engine throws away all optimised code; switched on and off again at once, that is all it does, and what is
 * hot is optimised anew within a moment, known to the profiler.
 */
export async function nameOptimisedCode(session: ThreadSession): Promise<void> {
  const { result } = await session.post('Runtime.evaluate', {
    expression:
      '[...process.argv, ...process.execArgv, process.env.NODE_OPTIONS ?? "", process.env.NODE_V8_COVERAGE === undefined ? "" : "coverage"].join(" ")',
    silent: true,
    returnByValue: true,
  });
  const command = (result as { value?: unknown }).value;
  if (typeof command !== 'string' || COVERAGE.test(command)) return;
  await Promise.all([session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: false }), session.post('Profiler.stopPreciseCoverage')]);
}
