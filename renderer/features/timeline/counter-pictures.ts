/** The counters among the lanes: their part of the newest answer, and the range of values that each is drawn in. */
import { niceRange, type ValueRange } from '../../drawing/axis-range.ts';
import { rowRange } from '../../drawing/timeline/counter-row.ts';
import type { LanesLines } from './timeline-answers.ts';
import type { CounterPicture } from './timeline-picture.ts';

export class CounterPictures {
  private readonly ranges = new Map<string, ValueRange>();
  private pictured: LanesLines | undefined;
  private pictures: ReadonlyMap<string, CounterPicture> = new Map();

  /** By key of their lane. `settled`: the user has not moved the view, so that ranges need not fit anew. */
  of(lines: LanesLines | undefined, settled: boolean): ReadonlyMap<string, CounterPicture> {
    if (!lines || (this.pictured === lines && settled)) return this.pictures;
    this.pictured = lines;
    const { grid, lanes } = lines;
    const pictures = new Map<string, CounterPicture>();
    let at = 0;
    for (const { lane } of lanes) {
      const count = lane.counter?.series.length ?? 0;
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (let k = at; k < at + count; k++) {
        const stats = grid.stats[k];
        for (const value of [stats?.min, stats?.max, stats?.now]) {
          if (value === null || value === undefined || !Number.isFinite(value)) continue;
          if (value < min) min = value;
          if (value > max) max = value;
        }
      }
      const lines = { grid, first: at, count: Math.min(count, Math.max(0, grid.stats.length - at)) };
      const range = Number.isFinite(min) ? rowRange(this.ranges.get(lane.key), min, max, settled) : niceRange(0, 0);
      this.ranges.set(lane.key, range);
      pictures.set(lane.key, { lines, range, now: grid.stats[at]?.now ?? null });
      at += count;
    }
    this.pictures = pictures;
    return pictures;
  }
}
