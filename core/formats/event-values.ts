/** Values of trace events out of the bytes of their JSON: times, counters, args. */
import { type DecimalTime, readMicroseconds } from './decimal-time.ts';
import { equals, isNumber, type JsonCopier, type JsonMembers } from './json-bytes.ts';
import { decodeString, type EventFields } from './trace-event-fields.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const NULL_WORD = bytesOf('null');
const NAN_WORD = bytesOf('NaN');
const INFINITY_WORD = bytesOf('Infinity');
const MINUS_INFINITY_WORD = bytesOf('-Infinity');

/** Of a field, with its escapes resolved. */
export const text = (fields: EventFields, field: number): string => decodeString(fields.bytes, fields.start[field] as number, fields.end[field] as number);

/** A time as a number, or as a number in a string. */
export function readNumber(fields: EventFields, field: number, out: DecimalTime): boolean {
  const { bytes } = fields;
  let start = fields.start[field] as number;
  let end = fields.end[field] as number;
  if (fields.isString[field] === 1) {
    while (start < end && (bytes[start] as number) <= 0x20) start++;
    while (end > start && (bytes[end - 1] as number) <= 0x20) end--;
  }
  return readMicroseconds(bytes, start, end, out);
}

/** Index of the last member of that key, or -1. */
export function lastMember(members: JsonMembers, bytes: Uint8Array, key: Uint8Array): number {
  for (let m = members.count - 1; m >= 0; m--) {
    if (equals(bytes, members.offsets[m * 4] as number, members.offsets[m * 4 + 1] as number, key)) return m;
  }
  return -1;
}

const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, power) => 10 ** power);

/** NaN (a gap) for null; undefined for what is no number. */
export function counterValue(bytes: Uint8Array, start: number, end: number): number | undefined {
  // Hot. Up to 15 digits and a power of ten below 10^22 are both exact in a double, so that their quotient is rounded once, as by Number().
  let mantissa = 0;
  let digits = 0;
  let fraction = 0;
  let inFraction = 0;
  const negative = bytes[start] === 0x2d;
  let at = negative ? start + 1 : start;
  for (; at < end; at++) {
    const c = bytes[at] as number;
    if (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48);
      digits++;
      fraction += inFraction;
    } else if (c === 0x2e && inFraction === 0 && digits > 0) inFraction = 1;
    else break;
  }
  if (at === end && digits > 0 && digits <= 15) {
    const value = fraction > 0 ? mantissa / (POWERS_OF_TEN[fraction] as number) : mantissa;
    return negative ? -value : value;
  }
  if (end - start > 400) return undefined;
  if (isNumber(bytes, start, end)) return Number(decoder.decode(bytes.subarray(start, end)));
  if (equals(bytes, start, end, NULL_WORD) || equals(bytes, start, end, NAN_WORD)) return Number.NaN;
  if (equals(bytes, start, end, INFINITY_WORD)) return Number.POSITIVE_INFINITY;
  if (equals(bytes, start, end, MINUS_INFINITY_WORD)) return Number.NEGATIVE_INFINITY;
  if (bytes[start] !== 0x22) return undefined;
  const quoted = decodeString(bytes, start + 1, end - 1).trim();
  const value = quoted === '' ? Number.NaN : Number(quoted);
  return Number.isNaN(value) && quoted !== 'NaN' ? undefined : value;
}

/** Args of the begin with those of the end behind: where both have a key, the later one counts. */
export function joinedArgs(begin: Uint8Array | undefined, end: Uint8Array): Uint8Array {
  if (begin === undefined || begin[0] !== 0x7b || end[0] !== 0x7b || end.length <= 2) return end.slice();
  const joined = new Uint8Array(begin.length + end.length - 1);
  joined.set(begin.subarray(0, begin.length - 1));
  joined[begin.length - 1] = 0x2c;
  joined.set(end.subarray(1), begin.length);
  return joined;
}

/** A user's own object with a key `$ts` is wrapped, so that it is not taken for a marker (see snapshot-value.ts). */
export function wrapMarkers(copier: JsonCopier, from: number): void {
  // Bounded by the limits of args and snapshots, and rare: keys that begin so, or are escaped.
  const value: unknown = JSON.parse(decoder.decode(copier.bytes.subarray(from, copier.length)));
  copier.length = from;
  copier.push(encoder.encode(JSON.stringify(wrapped(value))));
}

function wrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wrapped);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (!Object.hasOwn(value, '$ts')) return Object.fromEntries(entries.map(([key, inner]) => [key, wrapped(inner)]));
  const marker = value as { readonly $ts: unknown; readonly text?: unknown };
  // Made by the copier a moment ago.
  const own = (marker.$ts === 'number' && entries.length === 2 && typeof marker.text === 'string') || (marker.$ts === 'deep' && entries.length === 3);
  return own ? value : { $ts: 'object', value: Object.fromEntries(entries.map(([key, inner]) => [key, wrapped(inner)])) };
}
