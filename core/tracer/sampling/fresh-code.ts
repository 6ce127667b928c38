import type { CpuProfile, ProfileNode } from './cpu-profile.ts';
import type { ThreadSession } from './thread-session.ts';

/** Words in a command that counts coverage: that could not be told from our switching, and would end with it. */
const COVERAGE = /coverage|\bc8\b|\bnyc\b|vitest|jest/;
/** Fewer samples than this say nothing. */
const MIN_SAMPLES = 10;
const NOT_A_CALL = /^\((?:root|program|garbage collector)\)$/;

/**
 * A profiler that begins in the midst of a program does not know code that was optimised while it ran (a loop that does not come to its end): its time
 * is told as its caller's, for good. To count calls the engine throws away all optimised code; switched on and off again at once, that is all it does, and
 * what is hot is optimised anew, known to the profiler. Until then the program is slow, in a large one for seconds: so it is done where one call holds the
 * thread anyway, or where the program has only just begun.
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

/** In all samples one and the same call of the program's own code is on the stack. */
export function isHeldByOneCall({ nodes, samples = [] }: CpuProfile): boolean {
  if (samples.length < MIN_SAMPLES) return false;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const pathTo = (id: number): ProfileNode[] => {
    const path: ProfileNode[] = [];
    for (let at: number | undefined = id; at !== undefined && path.length <= nodes.length; at = parents.get(at)) {
      const node = byId.get(at);
      if (node) path.unshift(node);
    }
    return path;
  };
  let common: readonly ProfileNode[] | undefined;
  for (const id of new Set(samples)) {
    const name = byId.get(id)?.callFrame.functionName ?? '';
    if (NOT_A_CALL.test(name)) continue;
    const path = pathTo(id);
    common = common ? common.filter((node, i) => node === path[i]) : path;
  }
  return common?.some(({ callFrame: { url } }) => url !== '' && !url.startsWith('node:')) === true;
}
