import { argsText } from '../../events/args-text.ts';
import { AsyncScope } from '../../protocol/records.ts';
import type { RingWriter } from '../ring-writer.ts';
import type { Numbers } from './operation.ts';
import type { TakeEntry } from './performance-entries.ts';

const CATEGORY = 'user timing';

/** `performance.mark`. What stands in `detail` is Node's own copy of it: nothing of the script's runs when it is read. */
export function userMarks(writer: RingWriter): TakeEntry {
  return (entry, startNs) => writer.runtimeInstant(entry.name, CATEGORY, detailOf(writer, entry), startNs);
}

/** `performance.measure`: async slices, since they may overlap as they like. */
export function userMeasures(writer: RingWriter, numbers: Numbers): TakeEntry {
  return (entry, startNs, endNs) => {
    const number = numbers.next();
    if (!writer.asyncBegin(number, AsyncScope.STREAM, entry.name, CATEGORY, 0, 0, detailOf(writer, entry), startNs)) return;
    writer.asyncEnd(number, AsyncScope.STREAM, '', '', endNs);
  };
}

function detailOf(writer: RingWriter, entry: object): string {
  return argsText(writer, (entry as { detail?: unknown }).detail);
}
