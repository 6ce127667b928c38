/** A counter's name often ends with its unit ("memory MB"): the unit is set apart, as the design has it. */

const UNITS = new Set([
  'ns',
  'us',
  'µs',
  'ms',
  's',
  'min',
  'h',
  'B',
  'kB',
  'KB',
  'MB',
  'GB',
  'KiB',
  'MiB',
  'GiB',
  '%',
  'Hz',
  'kHz',
  'MHz',
  'W',
  'V',
  '°C',
  '/s',
]);

export interface CounterName {
  readonly title: string;
  readonly unit: string;
}

export function splitUnit(name: string): CounterName {
  const match = /^(.*\S)\s+[([]?([^\s()[\]]{1,4})[)\]]?$/s.exec(name.length > 400 ? '' : name);
  const [, title, unit] = match ?? [];
  if (title === undefined || unit === undefined || !UNITS.has(unit)) return { title: name, unit: '' };
  return { title, unit };
}

const WORDS = new Map([
  ['bytes', 'B'],
  ['byte', 'B'],
  ['percent', '%'],
  ['percentage', '%'],
  ['pct', '%'],
  ['ms', 'ms'],
  ['millis', 'ms'],
  ['milliseconds', 'ms'],
  ['us', 'µs'],
  ['micros', 'µs'],
  ['microseconds', 'µs'],
  ['ns', 'ns'],
  ['nanos', 'ns'],
  ['nanoseconds', 'ns'],
  ['seconds', 's'],
  ['secs', 's'],
  ['hz', 'Hz'],
  ['kb', 'kB'],
  ['mb', 'MB'],
  ['gb', 'GB'],
]);

/** The unit that a name tells: set apart at its end, or as its last word: "heapUsedBytes", "cpu_percent", "latency-ms". */
export function unitOfName(name: string): string {
  const { unit } = splitUnit(name);
  if (unit !== '' || name.length > 400) return unit;
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}%]+/u)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  return last.endsWith('%') ? '%' : (WORDS.get(last) ?? '');
}

/** The unit of a series: what the counter's name tells, else what its own does. */
export const unitOfSeries = (counter: string, series: string): string => unitOfName(counter) || unitOfName(series);

/** The one unit that all have; empty where they differ or have none. */
export function commonUnit(units: readonly string[]): string {
  const [first = ''] = units;
  return units.every((unit) => unit === first) ? first : '';
}
