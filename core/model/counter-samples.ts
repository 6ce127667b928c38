import { partitionPoint } from './column.ts';
import type { SeriesSource } from './counter-grid.ts';
import { type Chunk, Summary } from './counter-track.ts';

export interface Sample {
  readonly time: number;
  readonly value: number;
}

const NOTHING: Sample = { time: Number.NaN, value: Number.NaN };

/**
 * The last two samples before a time, of all sources together; NaN where there are fewer. A chunk whose rows would have to be read
 * again for it is named in `missing`, one whose rows were read in `used`.
 */
export function lastTwoBefore(sources: readonly SeriesSource[], timeNs: number, missing: Set<Chunk>, used: Set<Chunk>): readonly [Sample, Sample] {
  let last = NOTHING;
  let before = NOTHING;
  const take = (sample: Sample) => {
    if (!(sample.time < last.time)) {
      before = last;
      last = sample;
    } else if (!(sample.time < before.time)) before = sample;
  };
  for (const source of sources) for (const sample of newestBefore(source, timeNs, missing, used)) take(sample);
  return [before, last];
}

/** Up to two samples of a source before a time, and a few older ones where its chunks are not in the order of time. */
function newestBefore({ track, series }: SeriesSource, timeNs: number, missing: Set<Chunk>, used: Set<Chunk>): readonly Sample[] {
  const ordered = track.refresh();
  const { chunks } = track;
  const end = ordered ? partitionPoint(chunks.length, (c) => (chunks[c] as Chunk).t0 >= timeNs) : chunks.length;
  const found: Sample[] = [];
  for (let c = end - 1; c >= 0 && !(ordered && found.length >= 2); c--) {
    const chunk = chunks[c] as Chunk;
    if (chunk.t0 >= timeNs) continue;
    const { data } = chunk;
    if (data) {
      if (chunk.closed && !chunk.pinned) used.add(chunk);
      const behind = partitionPoint(chunk.rows, (row) => (data[row] as number) >= timeNs);
      // Oldest first: of two of one time the later row is the newer.
      for (let row = Math.max(0, behind - 2); row < behind; row++) {
        found.push({ time: data[row] as number, value: data[chunk.capacity * (series + 1) + row] as number });
      }
      continue;
    }
    if (!chunk.unreadable) missing.add(chunk);
    if (chunk.t1 < timeNs) found.push({ time: chunk.t1, value: chunk.summary[series * Summary.SIZE + Summary.LAST] as number });
    // What is in it is not known until it has been read again.
    if (ordered) break;
  }
  return found;
}
