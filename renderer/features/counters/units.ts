/** Values in their unit. Bytes are told in the step that suits them; other units stand beside the graph's name, and the numbers alone. */
import { formatAxisValue, formatValue } from '../../drawing/format.ts';

const BYTE_STEPS: readonly (readonly [number, string])[] = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
];

/** "136.2", "12.41 MB". `decimals` as for `formatValue`; bytes have their own. */
export function valueInUnit(value: number | null | undefined, unit: string, decimals?: number): string {
  if (unit !== 'B' || value === null || value === undefined || !Number.isFinite(value)) return formatValue(value, decimals);
  const step = BYTE_STEPS.find(([size]) => Math.abs(value) >= size);
  if (!step) return `${formatValue(value, Number.isInteger(value) ? 0 : 1)} B`;
  const size = value / step[0];
  return `${formatValue(size, Math.abs(size) >= 100 ? 1 : 2)} ${step[1]}`;
}

/** As short as it can be: "160", "15 M", "12 MB". */
export function axisValueInUnit(value: number, unit: string): string {
  if (unit !== 'B' || !Number.isFinite(value) || value === 0) return formatAxisValue(value);
  const step = BYTE_STEPS.find(([size]) => Math.abs(value) >= size);
  return step ? `${formatAxisValue(value / step[0])} ${step[1]}` : `${formatAxisValue(value)} B`;
}

/** What stands beside the name: "ms", "ms/s" for a rate, "bytes". */
export function unitText(unit: string, show: 'value' | 'delta' | 'rate'): string {
  const name = unit === 'B' ? 'bytes' : unit;
  if (show === 'rate') return name === '' ? 'per second' : `${name} per second`;
  return show === 'delta' ? (name === '' ? 'change' : `${name}, change`) : name;
}
