import { deserialize, serialize } from 'node:v8';
import type { TraceData, TraceEvent } from '../../plugin-api/trace-data.ts';

/** Events that are copied at once: enough that the call costs nothing, little enough that nothing large is made. */
const BATCH = 4096;

/**
 * The data as it is now, to be had again later. As bytes outside of the heap, and a fraction of what the objects take:
 * the script's memory is not the plugins'. Reading the data runs getters that plugins have put there: they may hang.
 */
export function copyData(data: TraceData): () => TraceData {
  const { traceEvents, ...rest } = data;
  const batches: (() => unknown)[] = [];
  for (let at = 0; at < traceEvents.length; at += BATCH) batches.push(copyList(traceEvents.slice(at, at + BATCH)));
  const others = copyValue(rest);
  return () => {
    const events: TraceEvent[] = [];
    for (const batch of batches) for (const event of batch() as TraceEvent[]) events.push(event);
    return { ...(others() as TraceData), traceEvents: events };
  };
}

function copyList(list: readonly unknown[]): () => unknown {
  const whole = copyBytes(list);
  if (whole) return whole;
  const each = list.map(copyValue);
  return () => each.map((one) => one());
}

/** Functions and the like have no copy: what holds some is copied field by field, and they stay themselves. */
function copyValue(value: unknown, depth = 0): () => unknown {
  const bytes = copyBytes(value);
  if (bytes) return bytes;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === MAX_DEPTH) return () => value;
  try {
    const fields = Object.entries(value).map(([key, one]) => [key, copyValue(one, depth + 1)] as const);
    return () => Object.fromEntries(fields.map(([key, copy]) => [key, copy()]));
  } catch {
    return () => '(not readable)'; // As it would be written, see ../save/write-trace-data.ts.
  }
}
/** An event's own fields, those of its `args`, and theirs. */
const MAX_DEPTH = 3;

function copyBytes(value: unknown): (() => unknown) | undefined {
  let bytes: Buffer;
  try {
    bytes = serialize(value);
  } catch {
    return undefined; // A function is in it, or a getter throws.
  }
  return () => deserialize(bytes);
}
