/**
 * What the timeline asks the worker for, and the newest answers. An answer for another moment is kept until its own comes: it is moved and
 * stretched meanwhile.
 */
import { gridQuery } from '../../drawing/grid-lookup.ts';
import { settingsState } from '../../state/settings-store.ts';
import { type TimeRange, viewState } from '../../state/view-store.ts';
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
import { isPlacedLane, type PlacedLane } from './lane-layout.ts';
import type { NameBook } from './name-book.ts';
import { OneQuestion } from './one-question.ts';
import { type AskedRow, eachInSight, type RegionPlace } from './timeline-picture.ts';

/** What is to be seen in a frame. */
export interface Moment {
  readonly range: TimeRange;
  readonly endNs: number;
  readonly live: boolean;
  readonly following: boolean;
  readonly revision: number;
  /** More may still come. */
  readonly growing: boolean;
  readonly regions: readonly RegionPlace[];
  readonly nowMs: number;
}

/** Lines of counters, and the lanes that they were asked for, in their order. */
export interface LanesLines {
  readonly grid: CounterLines;
  readonly lanes: readonly PlacedLane[];
  /** Columns and series of the question. */
  readonly where: string;
}

/** Part of the width that is asked for beyond each side, so that a move shows something at once. */
const BEYOND = 0.2;
const BEYOND_FOLLOWING_PX = 8;
/** The worker gathers two pixels at a time: ranges begin on multiples of that, or columns would shimmer. */
const GATHERED_PX = 2;
const SETTLED_AFTER_NS = 2e9;
const ROWS_BEYOND = 8;
const SLOW_EVERY_MS = 250;
const LOADING_EVERY_MS = 1000;
const MOST_ARROWS = 400;

export class TimelineAnswers {
  tracks: readonly TrackInfo[] = [];
  processes: readonly ProcessInfo[] = [];
  counters: readonly CounterInfo[] = [];
  objects: readonly ObjectInfo[] = [];
  view: TimelineView | undefined;
  viewRows: readonly AskedRow[] = [];
  counterLines: LanesLines | undefined;
  flows: FlowArrows | undefined;
  /** The slice that is picked, with its links. */
  selected: SliceDetails | undefined;
  gaps: Float64Array = new Float64Array(0);
  /** Width of the plot. */
  widthPx = 0;
  private readonly trace: TraceId;
  private readonly traces: TraceClient;
  private readonly names: NameBook;
  private readonly onLists: () => void;
  private readonly questions: OneQuestion;
  private viewQuestion = '';

  /** `onChange`: there is to be a frame. `onLists`: tracks, processes, counters or objects are others. */
  constructor(trace: TraceId, traces: TraceClient, names: NameBook, onChange: () => void, onLists: () => void) {
    this.trace = trace;
    this.traces = traces;
    this.names = names;
    this.onLists = onLists;
    this.questions = new OneQuestion(onChange);
  }

  setEnded(ended: boolean): void {
    this.questions.setEnded(ended);
  }

  askLists(tracks: number, processes: number, counters: number, objects: number, nowMs: number): void {
    const { trace, traces } = this;
    const stale = this.onLists;
    this.questions.ask(
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
    this.questions.ask(
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
    this.questions.ask(
      'counters',
      `${counters} ${tracks}`,
      nowMs,
      SLOW_EVERY_MS,
      () => traces.request('counters.list', { trace }),
      (value) => {
        this.counters = value;
        stale();
      },
    );
    this.questions.ask(
      'objects',
      `${objects} ${tracks}`,
      nowMs,
      SLOW_EVERY_MS,
      () => traces.request('objects.list', { trace }),
      (value) => {
        this.objects = value;
        stale();
      },
    );
  }

  askInSight(now: Moment): void {
    const { range, nowMs } = now;
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
      this.questions.ask(
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
      this.questions.ask(
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
      this.questions.ask(
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
  }

  private askView(now: Moment, rows: readonly AskedRow[], ranges: readonly RowRange[]): void {
    if (ranges.length === 0) return;
    const { range, endNs } = now;
    const width = this.widthPx;
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
    this.questions.ask(
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

  private askCounters(now: Moment, lanes: readonly PlacedLane[]): void {
    if (lanes.length === 0) return;
    const { range, endNs } = now;
    const query = gridQuery(range.fromNs, range.toNs, this.widthPx);
    // Nothing is asked about the future: a value would seem to hold there.
    const until = Math.max(range.fromNs + 1, Math.min(range.toNs, endNs));
    const columns = Math.max(1, Math.min(query.columns, Math.ceil((until - query.fromNs) / query.columnNs)));
    const changing = this.counterLines?.grid.coarse || (now.growing && (!now.live || range.toNs > endNs - SETTLED_AFTER_NS));
    const series = lanes.flatMap((placed) => placed.lane.counter?.series.map((each) => each.id) ?? []);
    const where = `${query.fromNs} ${query.columnNs} ${series.join()}`;
    const question = `${where} ${columns} ${changing ? now.revision : 'still'}`;
    const { trace, traces } = this;
    this.questions.ask(
      'grid',
      question,
      now.nowMs,
      // While a file is being read the worker is to read, not to draw the same range again and again.
      now.growing && !now.live && (now.following || where === this.counterLines?.where) ? LOADING_EVERY_MS : 30,
      () => traces.request('counters.lines', { trace, series, fromNs: query.fromNs, toNs: query.fromNs + columns * query.columnNs, columns, show: 'value' }),
      (value) => {
        this.counterLines = { grid: value, lanes, where };
      },
    );
  }
}
