import type { SnapshotMarker } from '../protocol/snapshot-value.ts';

/**
 * A value of a snapshot for readers that do not know markers: what JSON cannot hold becomes text or a plain object that a person
 * understands. `value` is what JSON.parse made of it.
 */
export function readableValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readableValue);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.hasOwn(value, '$ts')) return ofMarker(value as SnapshotMarker);
  return fields(value);
}

/** With defineProperty: a key `__proto__` is a key like any other. */
function fields(value: object, first: readonly (readonly [string, unknown])[] = [], cut = 0): object {
  const entries = [...first, ...Object.entries(value).map(([key, inner]) => [key, readableValue(inner)] as const)];
  if (cut > 0) entries.push(['(not recorded)', more(cut)]);
  return Object.fromEntries(entries);
}

const more = (cut: number): string => `${cut} more`;
const items = (values: unknown, cut = 0): unknown[] => {
  const list = Array.isArray(values) ? values.map(readableValue) : [];
  return cut > 0 ? [...list, `(${more(cut)}, not recorded)`] : list;
};

function ofMarker(marker: SnapshotMarker): unknown {
  switch (marker.$ts) {
    case 'undefined':
      return '(undefined)';
    case 'number':
      return marker.text;
    case 'bigint':
      return `${marker.text}n`;
    case 'symbol':
    case 'date':
    case 'regexp':
    case 'text':
      return marker.text;
    case 'function':
      return `(function ${marker.name})`;
    case 'error':
      if (!isObject(marker.value)) return `${marker.name}: ${marker.message}`;
      return fields(marker.value, [['(error)', `${marker.name}: ${marker.message}`]], marker.cut);
    case 'map':
      return { [`${marker.class ?? 'Map'}(${marker.size})`]: items(marker.entries, marker.cut) };
    case 'set':
      return { [`Set(${marker.size})`]: items(marker.values, marker.cut) };
    case 'bytes':
      return { [`${marker.type}(${marker.length})`]: items(marker.values, marker.cut) };
    case 'instance':
      return isObject(marker.value) ? fields(marker.value, [['(class)', marker.class]], marker.cut) : `(${marker.class})`;
    case 'object':
      return isObject(marker.value) ? fields(marker.value, [], marker.cut) : {};
    case 'array':
      return items(marker.value, marker.cut);
    case 'string':
      return `${marker.text}… (${marker.length} characters)`;
    case 'cycle':
      return `(cycle, ${marker.up} up)`;
    case 'deep':
      return `(${marker.type} of ${marker.size}, too deep to be recorded)`;
    case 'threw':
      return `(threw: ${marker.message})`;
    case 'masked':
      return '(masked)';
    case 'budget':
      return '(too large to be recorded)';
    case 'promise':
    case 'weak':
    case 'proxy':
      return `(${marker.$ts})`;
    default:
      // A marker of a later version, or what was never one.
      return fields(marker as object);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
