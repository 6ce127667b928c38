/** The strip of the whole recording: where the view lies in it, and a way to put it elsewhere. */
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { formatMoment } from '../../drawing/format.ts';
import { readPalette } from '../../drawing/palette.ts';
import { counterLine } from '../../drawing/timeline/counter-line.ts';
import { drawMinimap } from '../../drawing/timeline/minimap.ts';
import { rulerMarks } from '../../drawing/timeline/ruler.ts';
import { useClients } from '../../state/clients.tsx';
import { useNotes } from '../../state/notes-store.ts';
import { useSettings } from '../../state/settings-store.ts';
import { subscribeTraces, traceState } from '../../state/trace-store.ts';
import { traceNow } from '../../state/view-clock.ts';
import { followView, leastEndOf, rangeInSight, setRange, startOf, subscribeDrawn, type TimeRange } from '../../state/view-store.ts';
import { ItemFlag, type TimelineView, type TraceClient, type TraceId, type TrackInfo } from '../../trace/trace-worker-api.ts';
import { eachLane, type LaneGroup } from './lanes.ts';
import { words } from './words.ts';

const HEIGHT = 56;
/** The picture of all of it changes slowly; the window over it moves with each frame. */
const ASK_EVERY_MS = 400;
const HANDLE_PX = 8;
/** The handles are elements: placing them in each frame would lay out the page in each frame. */
const TELL_EVERY_MS = 150;

interface MinimapData {
  busy: Float32Array;
  blocked: readonly number[];
  errors: readonly number[];
  line: Float32Array | undefined;
}

export function Minimap({ trace, groups }: { readonly trace: TraceId; readonly groups: readonly LaneGroup[] }) {
  const { traces } = useClients();
  const canvas = useRef<HTMLCanvasElement>(null);
  const board = useMemo(() => new MinimapBoard(trace, traces), [trace, traces]);
  const notes = useNotes(trace);
  const { showNotes } = useSettings();
  const [handles, setHandles] = useState<{ readonly range: TimeRange; readonly all: TimeRange }>();

  useEffect(() => board.setLanes(groups), [board, groups]);
  useEffect(() => board.setNotes(showNotes ? notes.map(({ fromNs, toNs, text }) => ({ fromNs, toNs, text })) : []), [board, notes, showNotes]);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    return board.start(element, (range, all) => setHandles({ range, all }));
  }, [board]);

  const drag = useRef<{ readonly kind: 'from' | 'to' | 'move' | 'new'; readonly startNs: number; readonly range: TimeRange } | undefined>(undefined);
  const timeAt = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return board.startNs + ((event.clientX - box.left) / box.width) * board.spanNs;
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    const ns = timeAt(event);
    const range = rangeInSight(trace);
    const reach = (HANDLE_PX / event.currentTarget.getBoundingClientRect().width) * board.spanNs;
    const inside = ns > range.fromNs && ns < range.toNs;
    const kind = Math.abs(ns - range.fromNs) <= reach ? 'from' : Math.abs(ns - range.toNs) <= reach ? 'to' : inside ? 'move' : 'new';
    drag.current = { kind, startNs: ns, range };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const mine = drag.current;
    if (!mine) return;
    const ns = timeAt(event);
    if (mine.kind === 'from') setRange(trace, Math.min(ns, mine.range.toNs), mine.range.toNs);
    else if (mine.kind === 'to') setRange(trace, mine.range.fromNs, Math.max(ns, mine.range.fromNs));
    else if (mine.kind === 'move') setRange(trace, mine.range.fromNs + ns - mine.startNs, mine.range.toNs + ns - mine.startNs);
    else if (Math.abs(ns - mine.startNs) > board.spanNs * 0.003) setRange(trace, mine.startNs, ns);
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const mine = drag.current;
    drag.current = undefined;
    if (mine?.kind !== 'new') return;
    // A click beside the window brings the window there.
    const ns = timeAt(event);
    if (Math.abs(ns - mine.startNs) > board.spanNs * 0.003) return;
    const half = (mine.range.toNs - mine.range.fromNs) / 2;
    setRange(trace, ns - half, ns + half);
  };
  const onKeyDown = (edge: 'from' | 'to') => (event: KeyboardEvent) => {
    const range = rangeInSight(trace);
    const step = (range.toNs - range.fromNs) * (event.shiftKey ? 0.25 : 0.05) * (event.key === 'ArrowLeft' ? -1 : 1);
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    if (edge === 'from') setRange(trace, Math.min(range.fromNs + step, range.toNs), range.toNs);
    else setRange(trace, range.fromNs, Math.max(range.fromNs, range.toNs + step));
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: both sliders in it do the same by keys.
    <div
      className="tl-minimap"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onDoubleClick={() => followView(trace, 'all')}
    >
      <canvas ref={canvas} />
      {handles &&
        (['from', 'to'] as const).map((edge) => {
          const { range, all } = handles;
          const ns = edge === 'from' ? range.fromNs : range.toNs;
          const percent = Math.min(100, Math.max(0, ((ns - all.fromNs) / (all.toNs - all.fromNs)) * 100));
          return (
            <div
              key={edge}
              role="slider"
              tabIndex={0}
              className="tl-minimap-handle"
              style={{ left: `clamp(6px, ${percent}%, calc(100% - 6px))` }}
              aria-label={edge === 'from' ? words.rangeStart : words.rangeEnd}
              aria-valuemin={Math.round(Math.min(all.fromNs, ns) / 1000)}
              aria-valuemax={Math.round(Math.max(all.toNs, ns) / 1000)}
              aria-valuenow={Math.round(ns / 1000)}
              aria-valuetext={formatMoment(ns)}
              onKeyDown={onKeyDown(edge)}
            />
          );
        })}
    </div>
  );
}

/** Asks slowly, draws when the window over the strip moved or an answer came. */
class MinimapBoard {
  private readonly trace: TraceId;
  private readonly traces: TraceClient;
  private lanes: readonly LaneGroup[] = [];
  private notes: readonly { readonly fromNs: number; readonly toNs: number; readonly text: string }[] = [];
  private noteTurn = 0;
  private data: MinimapData = { busy: new Float32Array(0), blocked: [], errors: [], line: undefined };
  private canvas: HTMLCanvasElement | undefined;
  private width = 0;
  private frame: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = '';
  private askedAt = Number.NEGATIVE_INFINITY;
  private busy = false;
  /** What was asked for last: from, and to. */
  private askedStartNs = 0;
  private askedEndNs = 1;
  startNs = 0;
  private endNs = 1;
  private toldAt = 0;

  constructor(trace: TraceId, traces: TraceClient) {
    this.trace = trace;
    this.traces = traces;
  }

  setLanes(lanes: readonly LaneGroup[]): void {
    this.lanes = lanes;
    this.invalidate();
  }

  setNotes(notes: MinimapBoard['notes']): void {
    this.notes = notes;
    this.noteTurn++;
    this.invalidate();
  }

  start(canvas: HTMLCanvasElement, onMoved: (range: TimeRange, all: TimeRange) => void): () => void {
    this.canvas = canvas;
    const watch = new ResizeObserver(([entry]) => {
      this.width = entry?.contentRect.width ?? 0;
      this.invalidate();
    });
    if (canvas.parentElement) watch.observe(canvas.parentElement);
    const theme = new MutationObserver(this.invalidate);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const offs = [subscribeTraces(this.invalidate), subscribeDrawn(this.trace, this.invalidate)];
    this.onMoved = onMoved;
    this.invalidate();
    return () => {
      watch.disconnect();
      theme.disconnect();
      clearTimeout(this.timer);
      clearTimeout(this.telling);
      if (this.frame !== undefined) cancelAnimationFrame(this.frame);
      this.frame = undefined;
      for (const off of offs) off();
      this.canvas = undefined;
    };
  }
  private onMoved: (range: TimeRange, all: TimeRange) => void = () => {};

  get spanNs(): number {
    return this.endNs - this.startNs;
  }

  private readonly invalidate = (): void => {
    if (this.frame !== undefined || !this.canvas) return;
    this.frame = requestAnimationFrame((nowMs) => {
      this.frame = undefined;
      this.tick(nowMs);
    });
  };

  private drawnKey = '';
  private tick(nowMs: number): void {
    const { canvas, width } = this;
    const summary = traceState().summaries[this.trace];
    const ink = canvas?.getContext('2d', { alpha: false });
    if (!canvas || !ink || !summary || width < 10) return;
    const live = summary.phase === 'live';
    const nowNs = traceNow(this.trace, nowMs);
    this.startNs = startOf(this.trace);
    this.endNs = Math.max(leastEndOf(this.trace), nowNs);
    const { startNs, endNs, spanNs } = this;
    this.ask(nowMs, live || summary.phase === 'loading' ? summary.revision : -1);
    const range = rangeInSight(this.trace);
    const theme = document.documentElement.dataset.theme;
    const pixel = spanNs / width;
    // A live window moves by less than a pixel in most frames.
    const key = `${Math.round((range.fromNs / pixel) * 2)} ${Math.round((range.toNs / pixel) * 2)} ${width} ${theme} ${this.asked} ${this.busy} ${Math.round(nowMs / 250) * Number(live)} ${this.noteTurn}`;
    if (key === this.drawnKey) return;
    this.drawnKey = key;
    const ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(HEIGHT * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${HEIGHT}px`;
    }
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    // What was asked for reached to an earlier end: it takes that part of the width. From another start it is asked for again at once.
    const stretch = Math.min(1, (this.askedEndNs - this.askedStartNs) / spanNs);
    const partOf = (ns: number): number => (ns - startNs) / spanNs;
    const { busy, blocked, errors, line } = this.data;
    drawMinimap(
      ink,
      {
        width,
        height: HEIGHT,
        busy: stretched(busy, stretch),
        blocked: blocked.map((part) => part * stretch),
        errors: errors.map((part) => part * stretch),
        line: line && stretched(line, stretch, Number.NaN),
        lineColour: 1,
        from: partOf(range.fromNs),
        to: partOf(range.toNs),
        marks: rulerMarks(startNs, endNs, 0, width, { kind: 'elapsed' }),
        notes: this.notes.map(({ fromNs, toNs, text }) => ({ from: partOf(fromNs), to: partOf(toNs), text: text.slice(0, 60) })),
        end: Math.min(1, partOf(nowNs)),
        live,
      },
      readPalette(getComputedStyle(document.documentElement)),
    );
    clearTimeout(this.telling);
    this.telling = setTimeout(this.tell, Math.max(0, this.toldAt + TELL_EVERY_MS - nowMs));
  }

  private telling: ReturnType<typeof setTimeout> | undefined;
  private readonly tell = (): void => {
    this.toldAt = performance.now();
    this.onMoved(rangeInSight(this.trace), { fromNs: this.startNs, toNs: this.endNs });
  };

  private ask(nowMs: number, revision: number): void {
    const { trace, traces, width, startNs, endNs } = this;
    const lanes = [...eachLane(this.lanes)];
    const threads = lanes.filter((lane) => lane.kind === 'thread').map((lane) => lane.track);
    const blocked = lanes.flatMap((lane) => lane.blocked ?? []);
    const counter = lanes.find((lane) => lane.kind === 'counter')?.track;
    const question = `${revision} ${width} ${threads.map((track) => track.id).join()} ${counter?.id} ${startNs} ${revision < 0 ? endNs : ''}`;
    if (this.busy || question === this.asked) return;
    const wait = this.askedAt + ASK_EVERY_MS - nowMs;
    if (wait > 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.invalidate, wait);
      return;
    }
    this.busy = true;
    this.asked = question;
    this.askedAt = nowMs;
    const columns = Math.max(1, Math.floor(width / 2));
    const rowsOf = (tracks: readonly TrackInfo[]) => tracks.slice(0, 64).map((track) => ({ track: track.id, from: 0, count: 1 }));
    const all = { trace, fromNs: startNs, toNs: endNs, columns };
    const series = counter?.series?.slice(0, 1) ?? [];
    Promise.all([
      threads.length > 0 ? traces.request('timeline.density', { ...all, tracks: threads.slice(0, 64).map((track) => track.id) }) : undefined,
      blocked.length > 0 ? traces.request('timeline.view', { ...all, rows: rowsOf(blocked) }) : undefined,
      threads.length > 0 ? traces.request('timeline.view', { ...all, rows: rowsOf(threads) }) : undefined,
      series.length > 0 ? traces.request('counters.grid', { ...all, series }) : undefined,
    ])
      .then(
        ([density, loops, calls, grid]) => {
          this.askedStartNs = startNs;
          this.askedEndNs = endNs;
          this.data = {
            busy: density ? summed(density.busy, density.columns) : new Float32Array(0),
            blocked: loops ? spansOf(loops, () => true) : [],
            errors: calls ? spansOf(calls, (flags) => (flags & ItemFlag.ERROR) !== 0) : [],
            line: grid ? counterLine(grid.x, grid.y[0] ?? [], all) : undefined,
          };
        },
        () => {
          // The trace was closed, or the worker began anew: the next change asks again.
        },
      )
      .finally(() => {
        this.busy = false;
        this.drawnKey = '';
        this.invalidate();
      });
  }
}

/** Of several threads: the mean share, so that one busy thread of four is a quarter. */
function summed(busy: Float32Array, columns: number): Float32Array {
  const rows = Math.max(1, Math.floor(busy.length / columns));
  const sum = new Float32Array(columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) sum[c] = (sum[c] as number) + (busy[r * columns + c] as number) / rows;
  return sum;
}

function spansOf(view: TimelineView, wanted: (flags: number) => boolean): number[] {
  const spans: number[] = [];
  for (let k = 0; k < view.count; k++) {
    if (wanted(view.flags[k] as number)) spans.push((view.x0[k] as number) / view.columns, (view.x1[k] as number) / view.columns);
  }
  return spans;
}

function stretched(values: Float32Array, part: number, rest = 0): Float32Array {
  if (part >= 1 || values.length === 0) return values;
  const length = Math.ceil(values.length / part);
  const wider = new Float32Array(length).fill(rest);
  wider.set(values.subarray(0, length));
  return wider;
}
