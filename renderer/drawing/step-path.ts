/** Step line of a counter as few straight pieces as its picture needs: the cost is in pixels, not in samples. */

export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  /** The line from `fromX` to `toX` ended: at a gap, or at the last point. An area is closed here. */
  end(fromX: number, toX: number): void;
}

/**
 * Draws the points `from` … `to` of a series that holds its value until the next point. Points that share a pixel column
 * become one vertical line from the least to the greatest; points of the same value become one horizontal line.
 * `null` ends a line; the next value begins another.
 */
export function stepPath(
  sink: PathSink,
  xs: ArrayLike<number>,
  ys: ArrayLike<number | null | undefined>,
  from: number,
  to: number,
  xOf: (value: number) => number,
  yOf: (value: number) => number,
): void {
  let inRun = false;
  let runX = 0;
  let x = 0;
  /** Where the pen stands, and where the line is after the column at `x`. */
  let penY = 0;
  let y = 0;
  let least = 0;
  let greatest = 0;

  // Hot: called for each point of each panel in each frame. Plain variables, no objects.
  const endColumn = () => {
    if (least < penY && greatest > penY) {
      // Both sides of the pen: the farther one last costs one piece less.
      if (y - least < greatest - y) {
        sink.lineTo(x, greatest);
        sink.lineTo(x, least);
        if (y !== least) sink.lineTo(x, y);
      } else {
        sink.lineTo(x, least);
        sink.lineTo(x, greatest);
        if (y !== greatest) sink.lineTo(x, y);
      }
    } else if (least < penY) {
      sink.lineTo(x, least);
      if (y !== least) sink.lineTo(x, y);
    } else if (greatest > penY) {
      sink.lineTo(x, greatest);
      if (y !== greatest) sink.lineTo(x, y);
    }
    penY = y;
  };

  for (let k = from; k <= to; k++) {
    const value = ys[k];
    const px = Math.round(xOf(xs[k] as number));
    if (value === null || value === undefined) {
      if (inRun) {
        endColumn();
        if (px > x) sink.lineTo(px, y);
        sink.end(runX, Math.max(px, x));
        inRun = false;
      }
      continue;
    }
    const py = Math.round(yOf(value));
    if (!inRun) {
      sink.moveTo(px, py);
      inRun = true;
      runX = px;
      x = px;
      penY = py;
      y = py;
      least = py;
      greatest = py;
      continue;
    }
    if (px === x) {
      if (py < least) least = py;
      if (py > greatest) greatest = py;
      y = py;
      continue;
    }
    if (py === y) continue;
    endColumn();
    sink.lineTo(px, y);
    x = px;
    least = Math.min(y, py);
    greatest = Math.max(y, py);
    y = py;
  }
  if (inRun) {
    endColumn();
    const lastX = Math.round(xOf(xs[to] as number));
    if (lastX > x) sink.lineTo(lastX, y);
    sink.end(runX, Math.max(lastX, x));
  }
}
