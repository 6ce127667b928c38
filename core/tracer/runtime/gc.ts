import type { RingWriter } from '../ring-writer.ts';
import { jsonArgs } from './json-args.ts';
import type { TakeEntry } from './performance-entries.ts';

/** By V8's number of the kind, as `perf_hooks.constants` has them. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'Minor GC',
  2: 'Minor GC (mark-sweep)',
  4: 'Major GC',
  8: 'Incremental marking',
  16: 'Weak callbacks',
};
const FORCED = 4;

/** Each pause of the thread by a garbage collection: a slice of the track `GC`, whatever call it fell into. */
export function gcPauses(writer: RingWriter): TakeEntry {
  return (entry, startNs, endNs) => {
    const { kind, flags } = (entry as { detail?: { kind?: number; flags?: number } }).detail ?? {};
    const args = jsonArgs({ kind, forced: ((flags ?? 0) & FORCED) !== 0 || undefined });
    writer.sliceBetween('GC', NAMES[kind ?? 0] ?? 'GC', 'gc', startNs, endNs, args);
  };
}
