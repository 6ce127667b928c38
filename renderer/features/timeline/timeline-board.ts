/**
 * The one owner of the timeline's frames. A frame is drawn when something that it shows has changed, and only then: while nothing
 * moves, nothing runs. Each frame asks the worker for what is in sight (one question of each kind under way at a time) and draws what is
 * there: an answer for another moment is moved and stretched until its own comes.
 */
import { niceRange, type ValueRange } from '../../drawing/axis-range.ts';
import { gridQuery } from '../../drawing/grid-lookup.ts';
import { type Palette, readPalette } from '../../drawing/palette.ts';
import { rowRange } from '../../drawing/timeline/counter-row.ts';
import type { Arrow } from '../../drawing/timeline/flow-arrows.ts';
import { rulerMarks, type TimeBase } from '../../drawing/timeline/ruler.ts';
import { settingsState, subscribeSettings } from '../../state/settings-store.ts';
import { subscribeTraces, traceState } from '../../state/trace-store.ts';
import { subscribeTrackView, trackFilter, trackView } from '../../state/track-view.ts';
import { traceNow } from '../../state/view-clock.ts';
import { leastEndOf, noteDrawn, startOf, subscribeViews, type TimeRange, viewState, visibleRange } from '../../state/view-store.ts';
import type {
  CounterInfo,
  CounterLines,
  FlowArrows,
  ObjectInfo,
  ProcessInfo,
  RowRange,
  SliceDetails,
  TimelineView,
  TraceClient,
  TraceId,
  TrackId,
  TrackInfo,
} from '../../trace/trace-worker-api.ts';
import { isPlacedLane, type LayoutOptions, layOut, type PlacedLane, placeOfRow, type Region, type TimelineLayout } from './lane-layout.ts';
import { type LaneGroup, lanesOf } from './lanes.ts';
import { NameBook } from './name-book.ts';
import { type AskedRow, type CounterPicture, eachInSight, type RegionPlace, RULER_PX, type Scene, TimelinePicture } from './timeline-picture.ts';

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

/** Part of the width that is asked for beyond each side, so that a move shows something at once. */
const BEYOND = 0.2;
const BEYOND_FOLLOWING_PX = 8;
/** The worker gathers two pixels at a time: ranges begin on multiples of that, or columns would shimmer. */
const GATHERED_PX = 2;
const SETTLED_AFTER_NS = 2e9;
/** Pinned tracks leave this much of the height to the others. */
const MOST_PINNED = 0.5;
const ROWS_BEYOND = 8;
const SLOW_EVERY_MS = 250;
const LOADING_EVERY_MS = 1000;
/** A view that follows a live trace moves by a pixel or so: it is drawn so often, and the window's frames are left to others. */
const FOLLOW_EVERY_MS = 60;
const MOST_ARROWS = 400;
const EMPTY: Region = { placed: [], height: 0, byTrack: new Map() };

export class TimelineBoard {
  readonly trace: TraceId;
  readonly names: NameBook;
  private readonly traces: TraceClient;
  private canvas: HTMLCanvasElement | undefined;
  private picture: TimelinePicture | undefined;
  private colors: Palette | undefined;
  private size: BoardSize = { width: 0, height: 0, left: 0 };
  private frame: number | undefined;
  private readonly offs: (() => void)[] = [];
  private readonly onNews: (news: BoardNews) => void;
  /** Called in each frame that was drawn, for what lies over the canvas. */
  onDrawn: (scene: Scene, placed: readonly RegionPlace[]) => void = () => {};

  private tracks: readonly TrackInfo[] = [];
  private processes: readonly ProcessInfo[] = [];
  private counterInfos: readonly CounterInfo[] = [];
  private objectInfos: readonly ObjectInfo[] = [];
  private groups: readonly LaneGroup[] = [];
  private layout: TimelineLayout = { pinned: EMPTY, main: EMPTY, hidden: 0, filtered: 0 };
  private layoutStale = true;
  scrollTop = 0;
  pinnedScrollTop = 0;

  private view: TimelineView | undefined;
  private viewRows: readonly AskedRow[] = [];
  private viewQuestion = '';
  private grid: CounterLines | undefined;
  private gridLanes: readonly PlacedLane[] = [];
  private gridQuestion = '';
  private gridWhere = '';
  private readonly counterRanges = new Map<string, ValueRange>();
  private counterPictures = new Map<string, CounterPicture>();
  private flows: FlowArrows | undefined;
  private selected: SliceDetails | undefined;
  private gaps: Float64Array = new Float64Array(0);
  private readonly busy = new Set<string>();
  private readonly askedAt = new Map<string, number>();
  private readonly questions = new Map<string, string>();
  private lastScene: Scene | undefined;
  private ended = false;
  private drawnAtMs = Number.NEGATIVE_INFINITY;
  private lastTime: unknown;

  constructor(trace: TraceId, traces: TraceClient, onNews: (news: BoardNews) => void) {
    this.trace = trace;
    this.traces = traces;
    this.onNews = onNews;
    this.names = new NameBook(trace, traces, this.invalidate);
  }

  /** May begin anew after `stop`. */
  start(canvas: HTMLCanvasElement): void {
    this.ended = false;
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
    this.ended = true;
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    for (const off of this.offs.splice(0)) off();
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
    return this.view;
  }
  get shownRows(): readonly AskedRow[] {
    return this.viewRows;
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
    this.askLists(summary.tracksRevision, summary.processesRevision, summary.countersRevision, summary.objectsRevision, nowMs);
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
    this.askAll({ range, endNs, live, following, revision: summary.revision, growing: live || summary.phase === 'loading', regions, nowMs });
    this.pictureCounters(settled);
    const scene = this.sceneOf(range, endNs, live, regions, summary.startEpochMs);
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
    this.groups = lanesOf({ tracks: this.tracks, processes: this.processes, counters: this.counterInfos, objects: this.objectInfos });
    const options: LayoutOptions = { rowPx: this.rowPx(), filter: trackFilter() };
    this.layout = layOut(this.groups, trackView(), options);
    this.tellNews();
  }

  private tellNews(): void {
    this.onNews({ layout: this.layout, groups: this.groups, pinnedHeight: this.pinnedHeight() });
  }

  private sceneOf(range: TimeRange, endNs: number, live: boolean, regions: readonly RegionPlace[], startEpochMs: number): Scene {
    const { width, height, left } = this.size;
    const view = viewState(this.trace);
    const { selection } = view;
    const slice = selection?.kind === 'slice' ? selection.slice : undefined;
    const settings = settingsState();
    return {
      width,
      height,
      left,
      range,
      endNs,
      live,
      marks: rulerMarks(range.fromNs, range.toNs, left, width - left, this.timeBase(startEpochMs)),
      regions,
      view: this.view,
      asked: this.viewRows,
      counters: this.counterPictures,
      counterColours: (placed) => this.counterColours(placed),
      arrows: settings.flows === 'none' ? [] : this.arrows(range, regions, settings.flows === 'all'),
      gaps: this.gaps,
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

  // What is asked of the worker. At most one question of a kind is under way; the frame after its answer asks again if the world moved on.

  private ask<T>(kind: string, question: string, nowMs: number, everyMs: number, request: () => Promise<T>, take: (value: T) => void): void {
    if (this.busy.has(kind) || this.questions.get(kind) === question) return;
    const wait = (this.askedAt.get(kind) ?? Number.NEGATIVE_INFINITY) + everyMs - nowMs;
    if (wait > 0) {
      setTimeout(this.invalidate, wait);
      return;
    }
    this.busy.add(kind);
    this.questions.set(kind, question);
    this.askedAt.set(kind, nowMs);
    request()
      .then(
        (value) => {
          if (!this.ended) take(value);
        },
        () => {
          // The trace was closed or the worker began anew: a changed question asks again.
        },
      )
      .finally(() => {
        this.busy.delete(kind);
        this.invalidate();
      });
  }

  private askLists(tracks: number, processes: number, counters: number, objects: number, nowMs: number): void {
    const { trace, traces } = this;
    const stale = () => {
      this.layoutStale = true;
    };
    this.ask(
      'tracks',
      `${tracks}`,
      nowMs,
      100,
      () => traces.request('tracks.list', { trace }),
      (value) => {
        this.tracks = value;
        stale();
      },
    );
    this.ask(
      'processes',
      `${processes}`,
      nowMs,
      100,
      () => traces.request('processes.list', { trace }),
      (value) => {
        this.processes = value;
        stale();
      },
    );
    this.ask(
      'counters',
      `${counters} ${tracks}`,
      nowMs,
      SLOW_EVERY_MS,
      () => traces.request('counters.list', { trace }),
      (value) => {
        this.counterInfos = value;
        stale();
      },
    );
    this.ask(
      'objects',
      `${objects} ${tracks}`,
      nowMs,
      SLOW_EVERY_MS,
      () => traces.request('objects.list', { trace }),
      (value) => {
        this.objectInfos = value;
        stale();
      },
    );
  }

  private askAll(now: {
    readonly range: TimeRange;
    readonly endNs: number;
    readonly live: boolean;
    readonly following: boolean;
    readonly revision: number;
    readonly growing: boolean;
    readonly regions: readonly RegionPlace[];
    readonly nowMs: number;
  }): void {
    const { range, endNs, nowMs } = now;
    const rows: AskedRow[] = [];
    const ranges: RowRange[] = [];
    const threads: TrackId[] = [];
    const counters: PlacedLane[] = [];
    for (const place of now.regions) {
      eachInSight(place, (placed, y) => {
        if (!isPlacedLane(placed)) return;
        if (placed.lane.kind === 'thread') threads.push(placed.lane.track.id);
        if (placed.lane.kind === 'counter') counters.push(placed);
        for (const part of placed.parts) {
          const from = Math.max(0, Math.floor((place.top - y - part.top) / part.rowPx) - ROWS_BEYOND);
          const behind = Math.min(part.rows, Math.ceil((place.bottom - y - part.top) / part.rowPx) + ROWS_BEYOND);
          if (behind <= from) continue;
          ranges.push({ track: part.track.id, from, count: behind - from });
          for (let row = from; row < behind; row++) rows.push({ laneKey: placed.lane.key, part, row });
        }
      });
    }
    this.askView(now, rows, ranges);
    this.askCounters(now, counters);
    const changing = now.growing ? now.revision : 'still';
    const where = `${range.fromNs} ${range.toNs} ${threads.join()} ${changing}`;
    const { trace, traces } = this;
    if (threads.length > 0) {
      this.ask(
        'gaps',
        where,
        nowMs,
        SLOW_EVERY_MS,
        () => traces.request('timeline.gaps', { trace, tracks: threads, ...range }),
        (value) => {
          this.gaps = value;
        },
      );
    }
    const { selection } = viewState(trace);
    const ref = selection?.kind === 'slice' ? selection.slice.ref : 0;
    const { flows } = settingsState();
    if (flows === 'all') {
      const tracks = [...new Set(ranges.map((each) => each.track))];
      const question = `${range.fromNs} ${range.toNs} ${tracks.join()} ${changing}`;
      this.ask(
        'flows',
        question,
        nowMs,
        50,
        () => traces.request('timeline.flows', { trace, tracks, ...range, limit: MOST_ARROWS }),
        (value) => {
          this.flows = value;
        },
      );
    }
    if (flows !== 'none' && ref !== 0) {
      const growing = this.selected?.isOpen || now.growing ? now.revision : 'still';
      this.ask(
        'selected',
        `${ref} ${growing}`,
        nowMs,
        ref === this.selected?.ref ? 500 : 0,
        () => traces.request('slices.get', { trace, ref }),
        (value) => {
          this.selected = value ?? undefined;
        },
      );
    }
    void endNs;
  }

  private askView(
    now: {
      readonly range: TimeRange;
      readonly endNs: number;
      readonly live: boolean;
      readonly following: boolean;
      readonly revision: number;
      readonly growing: boolean;
      readonly nowMs: number;
    },
    rows: readonly AskedRow[],
    ranges: readonly RowRange[],
  ): void {
    if (ranges.length === 0) return;
    const { range, endNs } = now;
    const width = this.size.width - this.size.left;
    const pixelNs = (range.toNs - range.fromNs) / width;
    const beyond = now.live && now.following ? BEYOND_FOLLOWING_PX : Math.ceil(width * BEYOND);
    const step = pixelNs * GATHERED_PX;
    const fromNs = Math.floor(range.fromNs / step - beyond / GATHERED_PX) * step;
    const columns = Math.ceil((width + 2 * beyond) / GATHERED_PX + 1) * GATHERED_PX;
    const { highlight } = viewState(this.trace);
    const { view } = this;
    const rowsKey = ranges.map((each) => `${each.track}:${each.from}+${each.count}`).join();
    // Well before the end of a live trace nothing changes any more.
    const changing = view === undefined || view.isCoarse || (now.growing && (!now.live || range.toNs > endNs - SETTLED_AFTER_NS));
    const same = `${pixelNs} ${rowsKey} ${highlight} ${changing ? now.revision : 'still'}`;
    // The answer that is there reaches as far: a small move needs no other one.
    if (view && same === this.viewQuestion && view.fromNs <= range.fromNs && view.toNs >= range.toNs) return;
    const { trace, traces } = this;
    this.ask(
      'view',
      `${same} ${fromNs}`,
      now.nowMs,
      0,
      () =>
        traces.request('timeline.view', {
          trace,
          rows: ranges,
          fromNs,
          toNs: fromNs + columns * pixelNs,
          columns,
          endNs,
          ...(highlight !== '' && { highlight }),
        }),
      (value) => {
        this.view = value;
        this.viewRows = rows;
        this.viewQuestion = same;
        this.names.want(value.name, value.count);
      },
    );
  }

  private askCounters(
    now: {
      readonly range: TimeRange;
      readonly endNs: number;
      readonly live: boolean;
      readonly following: boolean;
      readonly revision: number;
      readonly growing: boolean;
      readonly nowMs: number;
    },
    lanes: readonly PlacedLane[],
  ): void {
    if (lanes.length === 0) {
      this.gridLanes = [];
      return;
    }
    const { range, endNs } = now;
    const query = gridQuery(range.fromNs, range.toNs, this.size.width - this.size.left);
    // Nothing is asked about the future: a value would seem to hold there.
    const until = Math.max(range.fromNs + 1, Math.min(range.toNs, endNs));
    const columns = Math.max(1, Math.min(query.columns, Math.ceil((until - query.fromNs) / query.columnNs)));
    const changing = this.grid?.coarse || (now.growing && (!now.live || range.toNs > endNs - SETTLED_AFTER_NS));
    const series = lanes.flatMap((placed) => placed.lane.counter?.series.map((each) => each.id) ?? []);
    const where = `${query.fromNs} ${query.columnNs} ${series.join()}`;
    const question = `${where} ${columns} ${changing ? now.revision : 'still'}`;
    const { trace, traces } = this;
    this.ask(
      'grid',
      question,
      now.nowMs,
      // While a file is being read the worker is to read, not to draw the same range again and again.
      now.growing && !now.live && (now.following || where === this.gridWhere) ? LOADING_EVERY_MS : 30,
      () => traces.request('counters.lines', { trace, series, fromNs: query.fromNs, toNs: query.fromNs + columns * query.columnNs, columns, show: 'value' }),
      (value) => {
        this.grid = value;
        this.gridLanes = lanes;
        this.gridQuestion = question;
        this.gridWhere = where;
      },
    );
  }

  private picturedQuestion = '';
  /** The newest grid, cut into the lanes that it was asked for. */
  private pictureCounters(settled: boolean): void {
    const { grid } = this;
    if (!grid || (this.picturedQuestion === this.gridQuestion && settled)) return;
    this.picturedQuestion = this.gridQuestion;
    const pictures = new Map<string, CounterPicture>();
    let at = 0;
    for (const { lane } of this.gridLanes) {
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
      const range = Number.isFinite(min) ? rowRange(this.counterRanges.get(lane.key), min, max, settled) : niceRange(0, 0);
      this.counterRanges.set(lane.key, range);
      pictures.set(lane.key, { lines, range, now: grid.stats[at]?.now ?? null });
      at += count;
    }
    this.counterPictures = pictures;
  }

  /** Ends of arrows in pixels. Those of the selection, and all others in sight where they are wanted. */
  private arrows(range: TimeRange, regions: readonly RegionPlace[], all: boolean): readonly Arrow[] {
    const arrows: Arrow[] = [];
    const { selection } = viewState(this.trace);
    const slice = selection?.kind === 'slice' ? selection.slice : undefined;
    const { selected, flows } = this;
    const add = (fromTrack: number, fromRow: number, fromNs: number, toTrack: number, toRow: number, toNs: number, isSelected: boolean) => {
      const y1 = this.yOf(regions, fromTrack, fromRow);
      const y2 = this.yOf(regions, toTrack, toRow);
      if (y1 === undefined || y2 === undefined) return;
      arrows.push({ x1: this.xOf(range, fromNs), y1, x2: this.xOf(range, toNs), y2, isSelected });
    };
    if (all && flows) {
      for (let k = 0; k < flows.count; k++) {
        const isSelected = slice !== undefined && (flows.fromRef[k] === slice.ref || flows.toRef[k] === slice.ref);
        if (isSelected && selected) continue;
        add(
          flows.fromTrack[k] as number,
          flows.fromRow[k] as number,
          flows.fromNs[k] as number,
          flows.toTrack[k] as number,
          flows.toRow[k] as number,
          flows.toNs[k] as number,
          isSelected,
        );
      }
    }
    if (slice && selected?.ref === slice.ref) {
      for (const link of selected.links) {
        if (!link.other) continue;
        const otherNs = link.otherNs ?? link.other.startNs;
        if (link.direction === 'out') add(slice.track, slice.row, link.timeNs, link.other.track, link.other.row, otherNs, true);
        else add(link.other.track, link.other.row, otherNs, slice.track, slice.row, link.timeNs, true);
      }
    }
    return arrows;
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
