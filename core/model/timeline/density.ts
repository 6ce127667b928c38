import type { Density, TrackId } from '../timeline-types.ts';
import type { Timeline } from './timeline.ts';

export interface DensityQuery {
  readonly tracks: readonly TrackId[];
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  /** Where open slices end. */
  readonly endNs: number;
}

/** Busy shares of the outermost row of tracks, column by column. */
export function densityOf(timeline: Timeline, query: DensityQuery): Density {
  const rows = query.tracks.map((track) => ({ track, from: 0, count: 1 }));
  const { columns, count, row, x0, x1, busy, isCoarse } = timeline.view({ ...query, rows });
  const shares = new Float32Array(columns * query.tracks.length);
  for (let i = 0; i < count; i++) {
    const at = (row[i] as number) * columns;
    const from = Math.max(0, x0[i] as number);
    const to = Math.min(columns, x1[i] as number);
    for (let column = Math.floor(from); column < to; column++) {
      const part = Math.min(to, column + 1) - Math.max(from, column);
      shares[at + column] = Math.min(1, (shares[at + column] as number) + part * (busy[i] as number));
    }
  }
  return { columns, busy: shares, isCoarse };
}
