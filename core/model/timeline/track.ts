import type { TrackId, TrackKind } from '../timeline-types.ts';
import type { Band } from './band.ts';

/** A track, as bands of rows below each other. */
export interface Track {
  readonly id: TrackId;
  readonly kind: TrackKind;
  readonly process: number;
  /** Undefined: of a process. */
  readonly stream: number | undefined;
  readonly beside: string;
  readonly bands: readonly Band[];
  /** Of a counter: its key; of an object: its number. These have no bands. */
  readonly counter?: string;
  readonly object?: number;
}

export const rowsOf = (track: Track): number => (track.bands.length === 0 ? 1 : track.bands.reduce((rows, band) => rows + band.rows, 0));

/** The band in which a row of a track lies, and its number there. */
export function bandAt(track: Track, row: number): { readonly band: Band; readonly row: number } | undefined {
  let before = 0;
  for (const band of track.bands) {
    if (row < before + band.rows) return { band, row: row - before };
    before += band.rows;
  }
  return undefined;
}

/** Rows of the bands above. */
export function rowsAbove(track: Track, band: Band): number {
  let before = 0;
  for (const one of track.bands) {
    if (one === band) break;
    before += one.rows;
  }
  return before;
}
