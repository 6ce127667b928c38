import type { TraceData } from '../../plugin-api/trace-data.ts';
import { gzip } from './gzip.ts';
import { processStart } from './process-items.ts';
import { writeWhole } from './write-file.ts';

/** Letters that are handed on at once. */
const PIECE_LETTERS = 256 * 1024;

/** Trace data as JSON, event by event, in pieces. What JSON cannot hold is made readable; what is no event is left out. */
export function* traceDataText(data: TraceData): Generator<Uint8Array, void, undefined> {
  let text = '{"traceEvents":[';
  let first = true;
  for (const event of data.traceEvents) {
    const line = jsonOf(event);
    if (line?.[0] !== '{') continue;
    text += first ? `\n${line}` : `,\n${line}`;
    first = false;
    if (text.length < PIECE_LETTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  text += '\n]';
  for (const [key, value] of Object.entries('viztracer_metadata' in data ? data : { viztracer_metadata: {}, ...(data as object) })) {
    if (key === 'traceEvents') continue;
    const json = key === 'viztracer_metadata' ? metadataText(value) : jsonOf(value);
    if (json !== undefined) text += `,\n${JSON.stringify(key)}:${json}`;
  }
  if (!('displayTimeUnit' in data)) text += ',"displayTimeUnit":"ns"';
  yield Buffer.from(`${text}}\n`);
}

/** Writes `data` to `file`, as gzip where its name ends in `.gz`. Temporary file and rename; throws an Error in words. Gives the number of bytes. */
export function writeTraceData(file: string, data: TraceData): number {
  return writeWhole(file, file.endsWith('.gz') ? gzip(traceDataText(data)) : traceDataText(data));
}

/** With the epoch at time 0 in ns: written as digits, since a double does not hold them. */
function metadataText(metadata: unknown): string {
  const json = jsonOf(metadata);
  const fields = json?.[0] === '{' ? json.slice(1, -1) : '';
  if (/"baseTimeNanoseconds":/.test(fields)) return `{${fields}}`;
  const { monotonicNs, epochNs } = processStart();
  return `{${fields}${fields === '' ? '' : ','}"baseTimeNanoseconds":${BigInt(epochNs) - BigInt(monotonicNs)}}`;
}

/** Undefined for what is no JSON value at all (a function). */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return readable(value);
  }
}

/** BigInts, cycles, and getters or `toJSON` that throw: the value without them. */
function readable(value: unknown): string | undefined {
  const above: unknown[] = [];
  const copy = (one: unknown): unknown => {
    if (typeof one === 'bigint') return `${one}n`;
    if (typeof one === 'function') return undefined; // A `toJSON` would be called again.
    if (typeof one !== 'object' || one === null) return one;
    if (above.includes(one)) return '(cycle)';
    above.push(one);
    try {
      if (Array.isArray(one)) return one.map(copy);
      return Object.fromEntries(Object.keys(one).map((key) => [key, copy((one as Record<string, unknown>)[key])]));
    } catch {
      return '(not readable)';
    } finally {
      above.pop();
    }
  };
  return JSON.stringify(copy(value));
}
