/**
 * The one owner of the timeline's frames. A frame is drawn when something that it shows has changed, and only then: while nothing
 * moves, nothing runs. Each frame asks the worker for what is in sight (`timeline-answers.ts`) and draws what is there.
 */
import { type Palette, readPalette } from '../../drawing/palette.ts';
import { rulerMarks, type TimeBase } from '../../drawing/timeline/ruler.ts';
import { settingsState, subscribeSettings } from '../../state/settings-store.ts';
import { subscribeTraces, traceState } from '../../state/trace-store.ts';
import { subscribeTrackView, trackFilter, trackView } from '../../state/track-view.ts';
import { traceNow } from '../../state/view-clock.ts';
import { leastEndOf, noteDrawn, startOf, subscribeViews, type TimeRange, viewState, visibleRange } from '../../state/view-store.ts';
import type { TimelineView, TraceClient, TraceId, TrackId } from '../../trace/trace-worker-api.ts';
import { arrowsOf } from './arrow-ends.ts';
import { CounterPictures } from './counter-pictures.ts';
import { type LayoutOptions, layOut, type PlacedLane, placeOfRow, type Region, type TimelineLayout } from './lane-layout.ts';
import { type LaneGroup, lanesOf } from './lanes.ts';
import { NameBook } from './name-book.ts';
import { TimelineAnswers } from './timeline-answers.ts';
import { type AskedRow, type RegionPlace, RULER_PX, type Scene, TimelinePicture } from './timeline-picture.ts';

export interface BoardSize {
  readonly width: number;
  readonly height: number;
  /** Width of the heads. */
  readonly left: number;
}

/** What the heads and the rest of the panel show of the board; told when it changed. */
export interface BoardNews {
  readonly layout: TimelineLayout;
  readonly groups: readonly LaneGroup[];
  readonly pinnedHeight: number;
}

/** Pinned tracks leave this much of the height to the others. */
const MOST_PINNED = 0.5;
/** A view that follows a live trace moves by a pixel or so: it is drawn so often, and the window's frames are left to others. */
const FOLLOW_EVERY_MS = 60;
const EMPTY: Region = { placed: [], height: 0, byTrack: new Map() };

export class TimelineBoard {
  readonly trace: TraceId;
  readonly names: NameBook;
  private canvas: HTMLCanvasElement | undefined;
  private picture: TimelinePicture | undefined;
  private colors: Palette | undefined;
  private size: BoardSize = { width: 0, height: 0, left: 0 };
  private frame: number | undefined;
  private readonly offs: (() => void)[] = [];
  private readonly onNews: (news: BoardNews) => void;
  /** Called in each frame that was drawn, for what lies over the canvas. */
  onDrawn: (scene: Scene, placed: readonly RegionPlace[]) => void = () => {};

  private groups: readonly LaneGroup[] = [];
  private layout: TimelineLayout = { pinned: EMPTY, main: EMPTY, hidden: 0, filtered: 0 };
  private layoutStale = true;
  scrollTop = 0;
  pinnedScrollTop = 0;

  private readonly answers: TimelineAnswers;
  private readonly counters = new CounterPictures();
  private lastScene: Scene | undefined;
  private ended = false;
  private drawnAtMs = Number.NEGATIVE_INFINITY;
  private lastTime: unknown;

  constructor(trace: TraceId, traces: TraceClient, onNews: (news: BoardNews) => void) {
    this.trace = trace;
    this.onNews = onNews;
    this.names = new NameBook(trace, traces, this.invalidate);
    this.answers = new TimelineAnswers(trace, traces, this.names, this.invalidate, () => {
      this.layoutStale = true;
    });
  }

  /** May begin anew after `stop`. */
  start(canvas: HTMLCanvasElement): void {
    this.setEnded(false);
    this.canvas = canvas;
    const ink = canvas.getContext('2d', { alpha: false });
    if (!ink) return;
    this.picture = new TimelinePicture(ink, this.names, this.palette());
    const theme = new MutationObserver(this.restyle);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-density'] });
    document.fonts.addEventListener('loadingdone', this.restyle);
    this.offs.push(
      () => theme.disconnect(),
      () => document.fonts.removeEventListener('loadingdone', this.restyle),
      subscribeTraces((now, before) => now.summaries[this.trace] !== before.summaries[this.trace] && this.invalidate()),
      subscribeViews(this.invalidate),
      subscribeTrackView(this.restale),
      subscribeSettings(this.restale),
    );
    this.restyle();
  }

  stop(): void {
    this.setEnded(true);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    for (const off of this.offs.splice(0)) off();
  }

  private setEnded(ended: boolean): void {
    this.ended = ended;
    this.answers.setEnded(ended);
  }

  palette(): Palette {
    this.colors ??= readPalette(getComputedStyle(document.documentElement));
    return this.colors;
  }

  /** Something that is seen changed: there is to be a frame. */
  readonly invalidate = (): void => {
    if (this.frame !== undefined || this.ended) return;
    this.frame = requestAnimationFrame(this.tick);
  };

  private readonly restale = (): void => {
    this.layoutStale = true;
    this.names.setColourBy(settingsState().colourBy);
    this.invalidate();
  };

  private readonly restyle = (): void => {
    this.colors = undefined;
    this.picture?.restyle(this.palette(), this.rowPx());
    this.restale();
  };

  private rowPx(): number {
    return settingsState().density === 'comfortable' ? 20 : 18;
  }

  setSize(size: BoardSize): void {
    if (size.width === this.size.width && size.height === this.size.height && size.left === this.size.left) return;
    this.size = size;
    this.invalidate();
  }

  setScroll(region: 'pinned' | 'main', top: number): void {
    if (region === 'main') this.scrollTop = top;
    else this.pinnedScrollTop = top;
    this.invalidate();
  }

  get surface(): HTMLCanvasElement | undefined {
    return this.canvas;
  }
  get scene(): Scene | undefined {
    return this.lastScene;
  }
  get shownView(): TimelineView | undefined {
    return this.answers.view;
  }
  get shownRows(): readonly AskedRow[] {
    return this.answers.viewRows;
  }
  get shownLayout(): TimelineLayout {
    return this.layout;
  }

  /** Height of the pinned tracks as they are shown. */
  private pinnedHeight(): number {
    return Math.min(this.layout.pinned.height, Math.max(0, (this.size.height - RULER_PX) * MOST_PINNED));
  }

  regions(): readonly RegionPlace[] {
    const pinned = this.pinnedHeight();
    const top = RULER_PX + pinned;
    return [
      { region: this.layout.pinned, top: RULER_PX, bottom: top, scrollTop: this.pinnedScrollTop },
      { region: this.layout.main, top, bottom: this.size.height, scrollTop: this.scrollTop },
    ];
  }

  private readonly tick = (nowMs: number): void => {
    this.frame = undefined;
    const summary = traceState().summaries[this.trace];
    const { canvas, picture, size } = this;
    if (!summary || !canvas || !picture) return;
    this.answers.askLists(summary.tracksRevision, summary.processesRevision, summary.countersRevision, summary.objectsRevision, nowMs);
    if (this.layoutStale) this.relayout();
    if (size.width <= size.left || size.height <= RULER_PX) return;
    const view = viewState(this.trace);
    const live = summary.phase === 'live';
    const endNs = traceNow(this.trace, nowMs);
    const range = visibleRange(view.time, endNs, leastEndOf(this.trace), startOf(this.trace));
    const following = view.time.mode === 'follow';
    const settled = this.lastTime === view.time;
    if (live && following && settled && nowMs - this.drawnAtMs < FOLLOW_EVERY_MS) {
      this.invalidate();
      return;
    }
    noteDrawn(this.trace, range);
    this.drawnAtMs = nowMs;
    this.lastTime = view.time;
    const regions = this.regions();
    this.answers.widthPx = size.width - size.left;
    this.answers.askInSight({ range, endNs, live, following, revision: summary.revision, growing: live || summary.phase === 'loading', regions, nowMs });
    const scene = this.sceneOf(range, endNs, live, settled, regions, summary.startEpochMs);
    this.resizeCanvas(canvas, picture);
    picture.draw(scene);
    this.lastScene = scene;
    this.onDrawn(scene, regions);
    // What follows a clock moves by itself.
    if (live && following) this.invalidate();
  };

  private resizeCanvas(canvas: HTMLCanvasElement, picture: TimelinePicture): void {
    const ratio = devicePixelRatio || 1;
    const { width, height } = this.size;
    const ink = canvas.getContext('2d');
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      picture.restyle(this.palette(), this.rowPx());
    }
    ink?.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  private relayout(): void {
    this.layoutStale = false;
    const { tracks, processes, counters, objects } = this.answers;
    this.groups = lanesOf({ tracks, processes, counters, objects });
    const options: LayoutOptions = { rowPx: this.rowPx(), filter: trackFilter() };
    this.layout = layOut(this.groups, trackView(), options);
    this.tellNews();
  }

  private tellNews(): void {
    this.onNews({ layout: this.layout, groups: this.groups, pinnedHeight: this.pinnedHeight() });
  }

  private sceneOf(range: TimeRange, endNs: number, live: boolean, settled: boolean, regions: readonly RegionPlace[], startEpochMs: number): Scene {
    const { width, height, left } = this.size;
    const view = viewState(this.trace);
    const { selection } = view;
    const slice = selection?.kind === 'slice' ? selection.slice : undefined;
    const settings = settingsState();
    const { answers } = this;
    const places = { xOf: (ns: number) => this.xOf(range, ns), yOf: (track: TrackId, row: number) => this.yOf(regions, track, row) };
    return {
      width,
      height,
      left,
      range,
      endNs,
      live,
      marks: rulerMarks(range.fromNs, range.toNs, left, width - left, this.timeBase(startEpochMs)),
      regions,
      view: answers.view,
      asked: answers.viewRows,
      counters: this.counters.of(answers.counterLines, settled),
      counterColours: (placed) => this.counterColours(placed),
      arrows: settings.flows === 'none' ? [] : arrowsOf(slice, answers.selected, settings.flows === 'all' ? answers.flows : undefined, places),
      gaps: answers.gaps,
      chosen: {
        ref: slice?.ref ?? 0,
        name: slice?.name ?? 0,
        otherName: view.sameName ?? 0,
        track: selection?.kind === 'track' ? selection.track : -1,
        hits: view.highlight !== '',
        dimOthers: view.dimOthers,
        objectTrack: view.object ?? -1,
      },
      byThread: settings.colourBy === 'thread',
    };
  }

  timeBase(startEpochMs: number): TimeBase {
    const { zeroNs } = viewState(this.trace);
    if (zeroNs !== undefined) return { kind: 'mark', atNs: zeroNs };
    if (settingsState().timeFormat === 'clock' && startEpochMs > 0) {
      return { kind: 'clock', startEpochMs, offsetMinutes: -new Date(startEpochMs).getTimezoneOffset() };
    }
    return { kind: 'elapsed' };
  }

  counterColours(placed: PlacedLane): readonly string[] {
    const { data } = this.palette();
    return (placed.lane.counter?.series ?? []).map((_, k) => data[((placed.lane.ordinal + k) % 8) + 1] as string);
  }

  xOf(range: TimeRange, ns: number): number {
    const { width, left } = this.size;
    const x = left + ((ns - range.fromNs) / (range.toNs - range.fromNs)) * (width - left);
    // Far outside: a canvas loses its way with huge numbers.
    return Math.max(-10_000, Math.min(20_000, x));
  }

  /** Middle of a row on the canvas; undefined: its lane is not shown. */
  yOf(regions: readonly RegionPlace[], track: TrackId, row: number): number | undefined {
    for (const place of regions) {
      const found = placeOfRow(place.region, track, row);
      if (found) return place.top - place.scrollTop + found.y + found.rowPx / 2;
    }
    return undefined;
  }
}
