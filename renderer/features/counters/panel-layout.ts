/** How many panels stand side by side. */

const LEAST_WIDTH = 300;
const LEAST_HEIGHT = 180;

export interface PanelLayout {
  readonly columns: number;
  /** Height of a row in pixels; undefined: rows share the height that there is. */
  readonly rowHeight: number | undefined;
}

/** Columns for `count` panels in a place of that size: whole rows and a pleasant shape first; scrolls when they do not fit. */
export function panelLayout(count: number, width: number, height: number): PanelLayout {
  const most = Math.max(1, Math.min(count, Math.floor(width / LEAST_WIDTH)));
  let best = 1;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= most; columns++) {
    const rows = Math.ceil(count / columns);
    const rowHeight = Math.max(LEAST_HEIGHT, height / rows);
    const shape = width / columns / rowHeight;
    const empty = rows * columns - count;
    // Twice as wide as high reads best; a row that is not full costs a little, having to scroll costs more.
    const score = Math.abs(Math.log(shape / 2)) + (empty / columns) * 0.6 + (rows * LEAST_HEIGHT > height ? rows * 0.5 : 0);
    if (score < bestScore - 1e-9) {
      best = columns;
      bestScore = score;
    }
  }
  const rows = Math.ceil(count / best);
  return { columns: best, rowHeight: rows * LEAST_HEIGHT > height ? Math.max(LEAST_HEIGHT, Math.min(220, Math.round(width / best / 2))) : undefined };
}

/** Columns that the panel at `index` takes: those of a last row that is not full share what is left over. */
export function panelSpan(index: number, count: number, columns: number): number {
  const rest = count % columns;
  if (rest === 0 || index < count - rest) return 1;
  return index === count - 1 ? columns - rest + 1 : 1;
}
