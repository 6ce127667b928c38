/** Numbers as people type them. */

const STEPS: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** "12.5", "1,000", "-3e4", "5 M", "200 MB" (with its unit), "80 %". Undefined: no number. */
export function numberOf(text: string): number | undefined {
  const match = /^([+\-−]?)\s*(\d[\d,_]*(?:\.\d+)?|\.\d+)(e[+-]?\d+)?\s*([kKMGT]?)\p{L}{0,3}\s*%?$/u.exec(text.trim().slice(0, 100));
  const [, sign = '', digits, exponent = '', step = ''] = match ?? [];
  if (digits === undefined) return undefined;
  const value = Number(`${digits.replaceAll(/[,_]/g, '')}${exponent}`) * (STEPS[step] ?? 1) * (sign === '-' || sign === '−' ? -1 : 1);
  return Number.isFinite(value) ? value : undefined;
}
