/** Tells the host, once for each trace that is open and complete, what it holds: the list of recent recordings shows it. */
import { MAX_GLANCE_PARTS, type RecordingGlance, type StudioClient } from '../../core/protocol/studio-api.ts';
import type { TraceClient, TraceId, TrackInfo } from '../trace/trace-worker-api.ts';
import { subscribeTraces } from './trace-store.ts';

const PARTS = 48;
/** Tracks whose activity is added up: the first ones are those of the program's own threads. */
const MOST_TRACKS = 32;

export function connectGlances(studio: StudioClient, traces: TraceClient): () => void {
  const told = new Set<TraceId>();
  return subscribeTraces(({ open, summaries }) => {
    for (const { trace, recording } of open) {
      const summary = summaries[trace];
      if (recording === undefined || summary?.phase !== 'complete' || told.has(trace)) continue;
      told.add(trace);
      const { startNs, endNs, timelineSlices } = summary;
      glanceAt(traces, trace, { startNs, endNs, slices: timelineSlices }).then(
        (glance) => studio.request('recordings.glance', { recording, glance }).catch(() => {}),
        () => {
          // It was closed meanwhile: the list shows its length and size.
        },
      );
    }
    for (const trace of told) if (!open.some((each) => each.trace === trace)) told.delete(trace);
  });
}

interface Whole {
  readonly startNs: number;
  readonly endNs: number;
  readonly slices: number;
}

export async function glanceAt(traces: TraceClient, trace: TraceId, { startNs, endNs, slices }: Whole): Promise<RecordingGlance> {
  const tracks = await traces.request('tracks.list', { trace });
  const count = (kind: TrackInfo['kind']) => tracks.filter((track) => track.kind === kind).length;
  const busy = tracks.filter(({ kind, items }) => (kind === 'calls' || kind === 'slices' || kind === 'async') && items > 0).slice(0, MOST_TRACKS);
  const density =
    busy.length > 0 && endNs > startNs
      ? await traces.request('timeline.density', { trace, tracks: busy.map(({ id }) => id), fromNs: startNs, toNs: endNs, columns: PARTS })
      : undefined;
  return {
    durationNs: Math.max(0, Math.round(endNs - startNs)),
    slices: Math.round(slices),
    counters: count('counter'),
    objects: count('object'),
    activity: density ? digitsOf(density.busy) : '',
  };
}

/** Each part as a share of the busiest one, so that what is mostly idle has a shape too; what was busy at all is not nothing. */
export function digitsOf(busy: ArrayLike<number>): string {
  const most = Math.max(...Array.from(busy), 0);
  if (most <= 0) return '';
  return Array.from(busy, (share) => (share > 0 ? Math.max(1, Math.round((share / most) * 9)) : 0))
    .slice(0, MAX_GLANCE_PARTS)
    .join('');
}
