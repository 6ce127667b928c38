import type { ValueNode } from '../../trace/trace-worker-api.ts';

const LEAST = 4;
const MOST = 300;
const WIDTH = 132;
const HEIGHT = 16;

/** Numbers of a list as one wants to see them: as bars. What changed stands out. Nothing for any other value. */
export function NumberBars({ node }: { readonly node: ValueNode }) {
  const values = barValues(node);
  if (!values) return null;
  const { bars, changed } = barPaths(values, WIDTH, HEIGHT);
  return (
    <svg className="value-bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={bars} />
      <path d={changed} className="value-bars-changed" />
    </svg>
  );
}

export interface BarValue {
  readonly value: number;
  readonly changed: boolean;
}

/** The numbers of a list, if it holds some and nothing else. */
export function barValues(node: ValueNode): readonly BarValue[] | undefined {
  if ((node.type !== 'array' && node.type !== 'bytes') || !node.children) return undefined;
  const present = node.children.filter((child) => child.change !== 'removed');
  if (present.length < LEAST || present.length > MOST) return undefined;
  const values: BarValue[] = [];
  for (const child of present) {
    const value = child.type === 'number' ? Number(child.text) : Number.NaN;
    if (!Number.isFinite(value)) return undefined;
    values.push({ value, changed: child.change !== undefined });
  }
  return values;
}

/** Two SVG paths: bars as they were, bars that changed. They stand on zero. */
export function barPaths(values: readonly BarValue[], width: number, height: number): { readonly bars: string; readonly changed: string } {
  let low = 0;
  let high = 0;
  for (const { value } of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = height / (high - low || 1);
  const step = width / values.length;
  const gap = step > 2.5 ? 0.8 : 0;
  const paths = { bars: '', changed: '' };
  values.forEach(({ value, changed }, k) => {
    const top = height - (Math.max(0, value) - low) * scale;
    const tall = Math.max(0.6, Math.abs(value) * scale);
    const bar = `M${(k * step).toFixed(2)} ${top.toFixed(2)}h${(step - gap).toFixed(2)}v${tall.toFixed(2)}h${(gap - step).toFixed(2)}z`;
    if (changed) paths.changed += bar;
    else paths.bars += bar;
  });
  return paths;
}
