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
