/** Tells the host, once for each trace that is open and complete, what it holds: the list of recent recordings shows it. */
import { MAX_GLANCE_PARTS, MAX_GLANCE_ROWS, type RecordingGlance, type StudioClient } from '../../../core/protocol/studio-api.ts';
import { counterLine } from '../../drawing/timeline/counter-line.ts';
import { SLATE, sliceColour } from '../../drawing/timeline/slice-colours.ts';
import { subscribeTraces } from '../../state/trace-store.ts';
import type { TimelineView, TraceClient, TraceId, TrackInfo } from '../../trace/trace-worker-api.ts';

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
  const all = { trace, fromNs: startNs, toNs: endNs, columns: MAX_GLANCE_PARTS };
  const rows = endNs > startNs ? pictureRows(tracks) : [];
  const view = rows.length > 0 ? await traces.request('timeline.view', { ...all, rows }) : undefined;
  const names = view ? await traces.request('names.get', { trace, names: [...new Set(view.name.subarray(0, view.count))] }) : [];
  const colours = new Map(names.map((name) => [name.id, sliceColour(name, 'category')]));
  const series = endNs > startNs ? tracks.find(({ kind, series }) => kind === 'counter' && series && series.length > 0)?.series?.[0] : undefined;
  const grid = series === undefined ? undefined : await traces.request('counters.grid', { ...all, series: [series] });
  return {
    durationNs: Math.max(0, Math.round(endNs - startNs)),
    slices: Math.round(slices),
    counters: count('counter'),
    objects: count('object'),
    rows: view ? coloursOf(view, rows.length, (name) => colours.get(name) ?? SLATE) : [],
    counter: grid ? digitsOf(counterLine(grid.x, grid.y[0] ?? [], all)) : '',
  };
}

/** The outermost rows of the first tracks: one for each, then one more for each that has more. */
export function pictureRows(tracks: readonly TrackInfo[]): readonly { readonly track: number; readonly from: number; readonly count: 1 }[] {
  const shown = tracks
    .filter(({ kind, items, beside }) => (kind === 'calls' || kind === 'slices' || kind === 'async') && items > 0 && beside === '')
    .slice(0, MAX_GLANCE_ROWS);
  const deepest = Math.max(0, ...shown.map((track) => track.rows));
  const taken = shown.map(() => 0);
  let free = MAX_GLANCE_ROWS;
  for (let depth = 0; depth < deepest && free > 0; depth++) {
    for (const [k, track] of shown.entries()) {
      if (track.rows <= depth || free === 0) continue;
      taken[k] = depth + 1;
      free--;
    }
  }
  return shown.flatMap((track, k) => Array.from({ length: taken[k] as number }, (_, from) => ({ track: track.id, from, count: 1 as const })));
}

/** Of each row a digit for each of its parts: the colour of what takes most of it, 0 where nothing is. */
export function coloursOf(view: TimelineView, rows: number, colourOf: (name: number) => number): readonly string[] {
  const { columns, count, row, x0, x1, busy, name } = view;
  const colours = new Uint8Array(rows * columns);
  const most = new Float32Array(rows * columns);
  for (let k = 0; k < count; k++) {
    const from = Math.max(0, x0[k] as number);
    const to = Math.min(columns, x1[k] as number);
    const colour = colourOf(name[k] as number);
    for (let column = Math.floor(from); column < columns && column <= to; column++) {
      const share = (Math.min(to, column + 1) - Math.max(from, column)) * (busy[k] as number);
      const at = (row[k] as number) * columns + column;
      if (share <= (most[at] as number)) continue;
      most[at] = share;
      colours[at] = colour;
    }
  }
  return Array.from({ length: rows }, (_, r) => colours.subarray(r * columns, (r + 1) * columns).join(''));
}

/** 0 … 9 for each part, a dash where there is no value yet; empty where there is none at all. */
export function digitsOf(line: Float32Array): string {
  const digits = Array.from(line, (value) => (Number.isNaN(value) ? '-' : String(Math.round(value * 9)))).join('');
  return /\d/.test(digits) ? digits : '';
}
