/**
 * One counter's graph: asks the worker for its grid and draws it. A plain class, because what it draws sixty times a second
 * must not pass through React. `tick` is called once a frame by the board; nothing else makes it work.
 */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { gridValues, keepRange, niceRange, timeMarks, timeStep, type ValueRange } from '../../drawing/axis-range.ts';
import { type CrossValue, drawCrossHair, drawDot, drawNow, drawSelection, type PlotBox } from '../../drawing/counter-marks.ts';
import { decimalsFor, formatAxisTime, formatAxisValue, formatMoment, formatValue } from '../../drawing/format.ts';
import { gridQuery, valueAt } from '../../drawing/grid-lookup.ts';
import { type Palette, type SeriesStyle, withAlpha } from '../../drawing/palette.ts';
import { type PathSink, stepPath } from '../../drawing/step-path.ts';
import { areaRects, lineRects } from '../../drawing/step-rects.ts';
import type { TimeRange } from '../../state/view-store.ts';
import type { CounterGrid, SeriesId, TraceClient, TraceId } from '../../trace/trace-worker-api.ts';

export interface PlotSeries {
  readonly id: SeriesId;
  readonly name: string;
  readonly style: SeriesStyle;
}

/** What a board knows in a frame. */
export interface PlotFrame {
  readonly range: TimeRange;
  /** The right side is now: the axis counts back from it. */
  readonly relative: boolean;
  /** The range did not change by the user's hand since the last frame. */
  readonly settled: boolean;
  readonly live: boolean;
  /** More may still come: live, or a file that is being read. */
  readonly growing: boolean;
  readonly endNs: number;
  readonly revision: number;
  readonly crossNs: number | undefined;
  /** Key of the panel under the pointer. */
  readonly crossPanel: string | undefined;
}

export interface SeriesNumbers {
  readonly now: string;
  readonly min: string;
  readonly max: string;
}

interface PlotOptions {
  readonly key: string;
  readonly trace: TraceId;
  readonly traces: TraceClient;
  readonly host: HTMLElement;
  readonly palette: () => Palette;
  /** There is something new to draw: the board calls `draw`, now or in a later frame. */
  readonly onDirty: () => void;
  /** New values for the legend, as they are drawn. `newest`: those of the end of the recording, not of a moment before it. */
  readonly onNumbers: (numbers: readonly SeriesNumbers[], newest: boolean) => void;
}

const LINE_PX = 1.4;
const LEAST_PX = 72;
const AXIS_LEFT = 42;
const AXIS_BOTTOM = 20;
const NUMBERS_EVERY_MS = 40;
const NUMBERS_AGAIN_MS = 500;
const SETTLED_AFTER_NS = 2e9;

export class CounterPlot {
  readonly key: string;
  private readonly options: PlotOptions;
  private plot: uPlot | undefined;
  /** What is seen. uPlot draws out of sight: panels that take turns come into sight together. */
  private readonly picture: HTMLCanvasElement;
  private readonly overlay: HTMLCanvasElement;
  private series: readonly PlotSeries[] = [];
  private hidden: ReadonlySet<string> = new Set();
  private visible = false;
  private width = 0;
  private height = 0;
  private frame: PlotFrame | undefined;
  private grid: CounterGrid | undefined;
  /** The grid with one more point, which lies at the end of the recording: a value holds until now. */
  private drawnData: uPlot.AlignedData | undefined;
  private drawnGrid: CounterGrid | undefined;
  private busy = false;
  private asked = '';
  private askedCoarse = false;
  private range: ValueRange = niceRange(0, 0);
  private settledRange = false;
  private whole = true;
  private drawnRange: TimeRange | undefined;
  private drawnRelative = false;
  private overlayKey = '';
  private numbersAt = 0;
  private toldNumbers = '';
  private numbersTimer: ReturnType<typeof setTimeout> | undefined;
  private ended = false;
  /** Pixels of a range being dragged. */
  private dragged: { readonly from: number; readonly to: number } | undefined;

  constructor(options: PlotOptions) {
    this.options = options;
    this.key = options.key;
    this.picture = document.createElement('canvas');
    this.picture.className = 'counter-picture';
    options.host.append(this.picture);
    this.overlay = document.createElement('canvas');
    this.overlay.className = 'counter-overlay';
    this.overlay.hidden = true;
    options.host.append(this.overlay);
  }

  setSeries(series: readonly PlotSeries[]): void {
    this.series = series;
    this.grid = undefined;
    this.asked = '';
    this.rebuild();
    this.options.onDirty();
  }

  setHidden(names: readonly string[]): void {
    this.hidden = new Set(names);
    this.rebuild();
    this.options.onDirty();
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    // Of a hundred panels most are never scrolled to: theirs is not built.
    if (visible && !this.plot) this.rebuild();
    this.options.onDirty();
  }

  setSize(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    if (!this.plot) this.rebuild();
    else if (width > 0 && height > 0) this.plot.setSize({ width, height });
    this.drawnRange = undefined;
    this.options.onDirty();
  }

  /** Colours changed. */
  repaint(): void {
    this.rebuild();
  }

  setDragged(dragged: { readonly from: number; readonly to: number } | undefined): void {
    this.dragged = dragged;
    this.options.onDirty();
  }

  /** Where the plot lies in its host. */
  box(): PlotBox {
    const box = this.plot?.bbox;
    const ratio = devicePixelRatio || 1;
    if (!box) return { left: AXIS_LEFT, top: 0, width: Math.max(1, this.width - AXIS_LEFT), height: this.height };
    return { left: box.left / ratio, top: box.top / ratio, width: box.width / ratio, height: box.height / ratio };
  }

  timeAt(x: number): number {
    const box = this.box();
    const { fromNs, toNs } = this.frame?.range ?? { fromNs: 0, toNs: 1 };
    return fromNs + Math.min(1, Math.max(0, (x - box.left) / box.width)) * (toNs - fromNs);
  }

  seriesIds(): readonly SeriesId[] {
    return this.series.map((series) => series.id);
  }

  currentGrid(): CounterGrid | undefined {
    return this.grid;
  }

  /** Takes in what the frame shows, asks for what is missing, and moves the cross-hair. */
  tick(frame: PlotFrame): void {
    if (!frame.settled) this.settledRange = false;
    this.frame = frame;
    if (!this.shown()) return;
    this.ask(frame);
    if (this.pointerKey(frame) !== this.overlayKey) this.drawOverlay(frame);
  }

  /** True when the picture is not the one of the frame: another grid, or moved by a visible part of a pixel. */
  isDirty(): boolean {
    const { frame, grid, drawnRange } = this;
    if (!this.shown() || !frame || !grid) return false;
    if (grid !== this.drawnGrid || !drawnRange || frame.relative !== this.drawnRelative) return true;
    const pixel = (frame.range.toNs - frame.range.fromNs) / Math.max(1, this.box().width);
    const tolerance = frame.relative ? pixel * 0.4 : 0;
    return Math.abs(frame.range.fromNs - drawnRange.fromNs) > tolerance || Math.abs(frame.range.toNs - drawnRange.toNs) > tolerance;
  }

  draw(): void {
    const { frame, grid, plot } = this;
    if (!frame || !grid || !plot || !this.shown()) return;
    this.fitRange(grid);
    const relabel = this.drawnRelative !== frame.relative;
    this.drawnRange = frame.range;
    this.drawnRelative = frame.relative;
    plot.setData(this.dataUntilNow(grid, Math.min(frame.endNs, frame.range.toNs)), true);
    // Without a change of scale uPlot keeps the axis' words: "now" would stay after a pause.
    if (relabel) plot.redraw(false, true);
    this.drawOverlay(frame);
  }

  /** Brings into sight what was drawn. uPlot draws in a microtask behind `draw`; this comes later. */
  show(): void {
    const source = this.plot?.ctx.canvas;
    const ink = source && this.picture.getContext('2d');
    if (!source || !ink || source.width === 0 || source.height === 0) return;
    if (this.picture.width !== source.width || this.picture.height !== source.height) {
      this.picture.width = source.width;
      this.picture.height = source.height;
      this.picture.style.width = `${this.width}px`;
      this.picture.style.height = `${this.height}px`;
    }
    ink.globalCompositeOperation = 'copy';
    ink.drawImage(source, 0, 0);
  }

  private shown(): boolean {
    // Below that uPlot finds no place for its axes, and fails while it draws them.
    return this.visible && this.width >= LEAST_PX && this.height >= LEAST_PX && this.series.length > 0;
  }

  destroy(): void {
    this.ended = true;
    clearTimeout(this.numbersTimer);
    this.plot?.destroy();
    this.picture.remove();
    this.overlay.remove();
  }

  /** At most one question under way; the next frame asks again if the world moved on meanwhile. */
  private ask(frame: PlotFrame): void {
    // What was answered and not drawn yet is new enough.
    if (this.busy || (this.grid && this.grid !== this.drawnGrid)) return;
    const toNs = Math.max(frame.range.fromNs + 1, Math.min(frame.range.toNs, frame.endNs));
    const query = gridQuery(frame.range.fromNs, frame.range.toNs, this.box().width);
    const column = query.columnNs;
    // Nothing is asked about the future: a value would seem to hold there.
    const columns = Math.max(1, Math.min(query.columns, Math.ceil((toNs - query.fromNs) / column)));
    // What lies well before the end of a live trace is not asked again.
    const changing = this.askedCoarse || (frame.growing && (!frame.live || frame.range.toNs > frame.endNs - SETTLED_AFTER_NS));
    const question = `${query.fromNs} ${columns} ${column} ${changing ? frame.revision : 'still'}`;
    if (question === this.asked) return;
    this.asked = question;
    this.busy = true;
    const series = this.series;
    this.options.traces
      .request('counters.grid', {
        trace: this.options.trace,
        series: series.map((each) => each.id),
        fromNs: query.fromNs,
        toNs: query.fromNs + columns * column,
        columns,
      })
      .then(
        (grid) => {
          if (this.ended || series !== this.series) return;
          this.grid = grid;
          this.askedCoarse = grid.coarse;
          this.tellNumbers();
          this.options.onDirty();
        },
        () => {
          // The trace was closed or the worker began anew; the next revision asks again.
        },
      )
      .finally(() => {
        this.busy = false;
      });
  }

  private dataUntilNow(grid: CounterGrid, lastNs: number): uPlot.AlignedData {
    const points = grid.x.length;
    if (grid !== this.drawnGrid || !this.drawnData) {
      const x = new Float64Array(points + 1);
      x.set(grid.x);
      this.drawnData = [x, ...grid.y.map((column) => [...column, column[points - 1] ?? null])];
      this.drawnGrid = grid;
    }
    const x = this.drawnData[0] as Float64Array;
    x[points] = Math.max(x[points - 1] ?? 0, lastNs / 1e9);
    return this.drawnData;
  }

  private fitRange(grid: CounterGrid): void {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    this.series.forEach((series, k) => {
      const stats = grid.stats[k];
      if (!stats || this.hidden.has(series.name)) return;
      for (const value of [stats.min, stats.max, stats.now]) {
        if (value === null || !Number.isFinite(value)) continue;
        if (value < min) min = value;
        if (value > max) max = value;
        if (!Number.isInteger(value)) this.whole = false;
      }
    });
    this.range = keepRange(this.range, niceRange(min, max), this.settledRange);
    this.settledRange = true;
  }

  private decimals(): number {
    return decimalsFor(Math.max(Math.abs(this.range.low), Math.abs(this.range.high)), this.whole);
  }

  /** Digits faster than some twenty times a second cannot be read; a change after a rest is shown at once. */
  private tellNumbers(): void {
    const { grid } = this;
    if (this.numbersTimer !== undefined || this.ended || !grid) return;
    const decimals = this.decimals();
    const numbers = grid.stats.map((stats) => ({
      now: formatValue(stats.now, decimals),
      min: formatValue(stats.min, decimals),
      max: formatValue(stats.max, decimals),
    }));
    const newest = this.frame !== undefined && this.frame.range.toNs >= this.frame.endNs;
    const text = JSON.stringify([newest, numbers]);
    const since = performance.now() - this.numbersAt;
    // Told again now and then: the cells may have been made anew.
    if (text === this.toldNumbers && since < NUMBERS_AGAIN_MS) return;
    const wait = NUMBERS_EVERY_MS - since;
    if (wait > 0) {
      this.numbersTimer = setTimeout(() => {
        this.numbersTimer = undefined;
        this.tellNumbers();
      }, wait);
      return;
    }
    this.toldNumbers = text;
    this.numbersAt = performance.now();
    this.options.onNumbers(numbers, newest);
  }

  private x(ns: number, box: PlotBox): number {
    const { fromNs, toNs } = this.frame?.range ?? { fromNs: 0, toNs: 1 };
    return box.left + ((ns - fromNs) / (toNs - fromNs)) * box.width;
  }

  private y(value: number, box: PlotBox): number {
    const { low, high } = this.range;
    return box.top + (1 - (value - low) / (high - low)) * box.height;
  }

  private pointerKey(frame: PlotFrame): string {
    return `${frame.crossNs} ${frame.crossPanel === this.key} ${this.dragged?.from} ${this.dragged?.to}`;
  }

  /**
   * Cross-hair and the range being dragged: cheap enough to draw when only the pointer moved. Out of sight while there is neither,
   * since without a GPU a second canvas over the first costs as much as the first.
   */
  private drawOverlay(frame: PlotFrame): void {
    this.overlayKey = this.pointerKey(frame);
    const { grid, overlay, width, height } = this;
    const { range, crossNs } = frame;
    const crossed = grid && crossNs !== undefined && crossNs >= range.fromNs && crossNs <= range.toNs;
    overlay.hidden = !crossed && !this.dragged;
    if (overlay.hidden) return;
    const ratio = devicePixelRatio || 1;
    if (overlay.width !== Math.round(width * ratio) || overlay.height !== Math.round(height * ratio)) {
      overlay.width = Math.round(width * ratio);
      overlay.height = Math.round(height * ratio);
      overlay.style.width = `${width}px`;
      overlay.style.height = `${height}px`;
    }
    const ink = overlay.getContext('2d');
    if (!ink) return;
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, width, height);
    const palette = this.options.palette();
    const box = this.box();
    if (this.dragged) drawSelection(ink, palette, box, this.dragged.from, this.dragged.to);
    if (crossed) this.drawCross(ink, palette, box, grid, crossNs);
  }

  /** On the graph itself: a dot at each newest value (at the end of the recording, or where the view ends before it), and now. */
  private drawNewest(plot: uPlot): void {
    const { frame, grid } = this;
    if (!frame || !grid) return;
    const { range } = frame;
    const ink = plot.ctx;
    const ratio = devicePixelRatio || 1;
    const palette = this.options.palette();
    const box = this.box();
    const lastNs = Math.min(frame.endNs, range.toNs);
    ink.save();
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (lastNs >= range.fromNs) {
      for (const [k, series] of this.series.entries()) {
        const column = grid.y[k];
        if (!column || this.hidden.has(series.name)) continue;
        const value = valueAt(grid.x, column, lastNs / 1e9);
        if (value !== null) drawDot(ink, this.x(lastNs, box), this.y(value, box), palette.data[series.style.color] ?? palette.text1, palette.panel, 2.2);
      }
    }
    if (frame.live && !frame.relative && frame.endNs < range.toNs && frame.endNs >= range.fromNs) drawNow(ink, palette, box, this.x(frame.endNs, box), true);
    ink.restore();
  }

  private drawCross(ink: CanvasRenderingContext2D, palette: Palette, box: PlotBox, grid: CounterGrid, ns: number): void {
    const values: CrossValue[] = [];
    const decimals = this.decimals();
    for (const [k, series] of this.series.entries()) {
      const column = grid.y[k];
      if (!column || this.hidden.has(series.name)) continue;
      const value = valueAt(grid.x, column, ns / 1e9);
      if (value === null) continue;
      values.push({ y: this.y(value, box), color: palette.data[series.style.color] ?? palette.text1, text: formatValue(value, decimals) });
    }
    // More labels than fit would only hide the lines.
    const shown = values.length * 16 > box.height ? values.slice(0, Math.max(1, Math.floor(box.height / 16))) : values;
    drawCrossHair(ink, palette, box, this.x(ns, box), shown, this.frame?.crossPanel === this.key ? formatMoment(ns) : undefined);
  }

  /** uPlot has no way to change a series' look afterwards; building one anew takes about a millisecond. */
  private rebuild(): void {
    this.plot?.destroy();
    this.plot = undefined;
    this.drawnRange = undefined;
    if (!this.shown()) return;
    const palette = this.options.palette();
    this.drawnGrid = undefined;
    this.plot = new uPlot(this.plotOptions(palette), [[], ...this.series.map(() => [])], this.options.host);
    this.options.host.append(this.overlay);
    this.options.onDirty();
  }

  private plotOptions(palette: Palette): uPlot.Options {
    const font = `430 10px ${palette.uiFont}`;
    const seconds = (): [number, number] => {
      const { fromNs, toNs } = this.frame?.range ?? { fromNs: 0, toNs: 1e9 };
      return [fromNs / 1e9, toNs / 1e9];
    };
    return {
      width: this.width,
      height: this.height,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: seconds },
        y: { range: () => [this.range.low, this.range.high] },
      },
      axes: [
        {
          stroke: palette.text3,
          font,
          size: AXIS_BOTTOM,
          gap: 5,
          ticks: { show: false },
          grid: { stroke: palette.grid, width: 1 },
          splits: () => this.timeSplits().map((ns) => ns / 1e9),
          values: (_plot, splits) => this.timeLabels(splits),
        },
        {
          stroke: palette.text3,
          font,
          size: AXIS_LEFT,
          gap: 6,
          ticks: { show: false },
          grid: { stroke: palette.grid, width: 1 },
          splits: () => gridValues(this.range),
          values: (_plot, splits) => splits.map(formatAxisValue),
        },
      ],
      series: [
        {},
        ...this.series.map((series): uPlot.Series => {
          const color = palette.data[series.style.color] ?? palette.text1;
          return {
            label: series.name,
            show: !this.hidden.has(series.name),
            stroke: color,
            width: LINE_PX,
            ...(series.style.dash && { dash: [...series.style.dash] }),
            points: { show: false },
            // The range is set by niceRange; uPlot need not look through the values.
            auto: false,
            paths: (plot, index, from, to) => this.paths(plot, index, from, to),
          };
        }),
      ],
      hooks: {
        drawSeries: [(plot, index) => this.drawSeries(plot, index)],
        draw: [(plot) => this.drawNewest(plot)],
        drawAxes: [
          (plot) => {
            // The line that values stand on is stronger than the grid.
            const base = Math.min(Math.max(0, this.range.low), this.range.high);
            plot.ctx.fillStyle = palette.line2;
            plot.ctx.fillRect(plot.bbox.left, Math.round(plot.valToPos(base, 'y', true)), plot.bbox.width, Math.max(1, devicePixelRatio || 1));
          },
        ],
      },
    };
  }

  /** Walks the visible points of a series in canvas pixels. */
  private walk(plot: uPlot, index: number, from: number, to: number, sink: PathSink): void {
    const { left, top, width, height } = plot.bbox;
    const { fromNs, toNs } = this.frame?.range ?? { fromNs: 0, toNs: 1e9 };
    const { low, high } = this.range;
    const xs = plot.data[0];
    const xScale = width / ((toNs - fromNs) / 1e9);
    const yScale = height / (high - low);
    stepPath(
      sink,
      xs,
      plot.data[index] ?? [],
      // One point beyond each side: the line enters and leaves the plot.
      Math.max(0, from - 1),
      Math.min(xs.length - 1, to + 1),
      (value) => left + (value - fromNs / 1e9) * xScale,
      (value) => top + (high - value) * yScale,
    );
  }

  /** Only a dashed line needs a path; the others are drawn by `drawSeries`. */
  private paths(plot: uPlot, index: number, from: number, to: number): uPlot.Series.Paths | null {
    if (!this.series[index - 1]?.style.dash) return null;
    const stroke = new Path2D();
    this.walk(plot, index, from, to, { moveTo: (x, y) => stroke.moveTo(x, y), lineTo: (x, y) => stroke.lineTo(x, y), end: () => {} });
    return { stroke, fill: null, clip: null, gaps: [], band: null, flags: 0 };
  }

  private drawSeries(plot: uPlot, index: number): void {
    const series = this.series[index - 1];
    const points = plot.data[0].length;
    if (!series || series.style.dash || points === 0) return;
    const { ctx, bbox } = plot;
    const { low, high } = this.range;
    const palette = this.options.palette();
    const color = palette.data[series.style.color] ?? palette.text1;
    const ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top - ratio, bbox.width, bbox.height + 2 * ratio);
    ctx.clip();
    // Only from zero on does the area tell a size.
    if (series === this.series.find((each) => !this.hidden.has(each.name)) && low <= 0 && high >= 0) {
      ctx.fillStyle = withAlpha(color, palette.area);
      this.walk(plot, index, 0, points - 1, areaRects(ctx, Math.round(bbox.top + (high * bbox.height) / (high - low))));
    }
    ctx.fillStyle = color;
    this.walk(plot, index, 0, points - 1, lineRects(ctx, LINE_PX * ratio));
    ctx.restore();
  }

  private timeStepNs(): number {
    const { fromNs, toNs } = this.frame?.range ?? { fromNs: 0, toNs: 1e9 };
    return timeStep(toNs - fromNs, Math.max(1, Math.floor(this.box().width / 78)));
  }

  private timeSplits(): number[] {
    const { fromNs, toNs } = this.frame?.range ?? { fromNs: 0, toNs: 1e9 };
    const step = this.timeStepNs();
    if (!this.frame?.relative) return timeMarks(fromNs, toNs, step);
    const marks: number[] = [];
    for (let ns = toNs; ns >= fromNs - step * 1e-6 && marks.length < 100; ns -= step) marks.unshift(ns);
    return marks;
  }

  private timeLabels(splits: readonly number[]): string[] {
    const step = this.timeStepNs();
    if (!this.frame?.relative) return splits.map((second) => formatAxisTime(second * 1e9, step));
    const toNs = this.frame.range.toNs;
    return splits.map((second, k) => (k === splits.length - 1 ? 'now' : formatAxisTime(Math.round((second * 1e9 - toNs) / step) * step, step)));
  }
}
