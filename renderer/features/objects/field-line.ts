/** A field's numbers as lines and ticks of an SVG. Pure. */
import { niceRange, type ValueRange } from '../../drawing/axis-range.ts';
import { type PathSink, stepPath } from '../../drawing/step-path.ts';
import type { FieldGraph } from '../../trace/trace-worker-api.ts';

export interface FieldLine {
  /** `d` of a path in a picture of `width` by `height`. */
  readonly path: string;
  readonly range: ValueRange;
  readonly least: number;
  readonly greatest: number;
}

/** Undefined: there is no number to draw. The last value holds until the newest snapshot. */
export function fieldLine(graph: FieldGraph, width: number, height: number): FieldLine | undefined {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of graph.y) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (least > greatest) return undefined;
  const range = niceRange(least, greatest);
  const xs = [...graph.x, graph.lastNs];
  const ys: (number | null)[] = Array.from(graph.y, (value) => (Number.isNaN(value) ? null : value));
  ys.push(ys[ys.length - 1] ?? null);
  const parts: string[] = [];
  const sink: PathSink = {
    moveTo: (x, y) => parts.push(`M${x} ${y}`),
    lineTo: (x, y) => parts.push(`L${x} ${y}`),
    end: () => {},
  };
  const span = Math.max(1, graph.lastNs - graph.firstNs);
  const xOf = (ns: number) => ((ns - graph.firstNs) / span) * width;
  const yOf = (value: number) => height - ((value - range.low) / (range.high - range.low || 1)) * height;
  stepPath(sink, xs, ys, 0, xs.length - 1, xOf, yOf);
  return { path: parts.join(''), range, least, greatest };
}

/** Columns of changes as three paths, from few to many in a column. */
export function heatPaths(columns: Uint32Array, most: number, height: number): readonly [few: string, some: string, many: string] {
  const paths: [string, string, string] = ['', '', ''];
  columns.forEach((count, column) => {
    if (count === 0) return;
    const share = most <= 1 ? 1 : Math.log(1 + count) / Math.log(1 + most);
    const level = share > 0.66 ? 2 : share > 0.33 ? 1 : 0;
    paths[level] += `M${column} 0h1v${height}h-1z`;
  });
  return paths;
}
