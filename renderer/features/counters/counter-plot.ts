/**
 * One graph: asks the worker for its lines and draws them. A plain class, because what it draws sixty times a second
 * must not pass through React. `tick` is called once a frame by the board; nothing else makes it work.
 */
import { extentOf, lineValueAt } from '../../drawing/column-lines.ts';
import type { CrossValue, PlotBox } from '../../drawing/counter-marks.ts';
import { decimalsFor } from '../../drawing/format.ts';
import { drawGraph, type GraphScene, plotBox } from '../../drawing/graph-picture.ts';
import { gridQuery } from '../../drawing/grid-lookup.ts';
import { LineLayer } from '../../drawing/line-layer.ts';
import type { Palette, SeriesStyle } from '../../drawing/palette.ts';
import { placeOn, roundedOn, type ValueAxis, type ValueExtent, valueAxis } from '../../drawing/value-axis.ts';
import { FIRST_OPTIONS, type GraphOptions } from '../../state/graph-arrangement.ts';
import type { TimeRange } from '../../state/view-store.ts';
import type { CounterLines, SeriesId, TraceClient, TraceId } from '../../trace/trace-worker-api.ts';
import { NumbersTold, type SeriesNumbers } from './plot-numbers.ts';
import { PlotOverlay, sized } from './plot-overlay.ts';
import { axisValueInUnit, valueInUnit } from './units.ts';

export interface PlotSeries {
  readonly id: SeriesId;
  /** Names it among those of the graph. */
  readonly key: string;
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
  /** Id of the graph under the pointer. */
  readonly crossPanel: string | undefined;
}

/** What is shown now, for pictures, CSV and the table. */
export interface ShownGraph {
  readonly scene: GraphScene;
  readonly lines: CounterLines;
  readonly series: readonly PlotSeries[];
  readonly numbers: readonly SeriesNumbers[];
}

/** A threshold under the hand: a new one, or one that is being moved. */
export interface ThresholdDraft {
  readonly from: number | undefined;
  /** Undefined: outside of the plot, where it is let go of. */
  readonly value: number | undefined;
}

interface PlotOptions {
  readonly key: string;
  readonly trace: TraceId;
  readonly traces: TraceClient;
  readonly host: HTMLElement;
  readonly palette: () => Palette;
  /** There is something new to draw: the board calls `draw`, now or in a later frame. */
  readonly onDirty: () => void;
  /** An answer came: `currentLines` are others. */
  readonly onLines: () => void;
  /** New values for the legend, as they are drawn. `newest`: those of the end of the recording, not of a moment before it. */
  readonly onNumbers: (numbers: readonly SeriesNumbers[], newest: boolean) => void;
}

const LEAST_PX = 72;
const SETTLED_AFTER_NS = 2e9;
const LABEL_PX = 16;
/** While a file is being read, and the user does not move, it is asked again after so many times what the last answer took: the worker is to read. */
const LOADING_RESTS = 10;
/** An answer that took longer is waited after as long as it took: what is there is moved meanwhile, and the processor is left to others. */
const QUICK_MS = 12;
const LONGEST_REST_MS = 100;

export class CounterPlot {
  readonly key: string;
  private readonly options: PlotOptions;
  /** What is seen, and where it is drawn before: panels that take turns come into sight together. */
  private readonly picture: HTMLCanvasElement;
  private readonly drawing: HTMLCanvasElement;
  private readonly overlay: PlotOverlay;
  private readonly layer = new LineLayer();
  private readonly numbers: NumbersTold;
  private series: readonly PlotSeries[] = [];
  private hidden: ReadonlySet<string> = new Set();
  private choices: GraphOptions = FIRST_OPTIONS;
  private unit = '';
  private visible = false;
  private width = 0;
  private height = 0;
  private frame: PlotFrame | undefined;
  private lines: CounterLines | undefined;
  private drawnLines: CounterLines | undefined;
  private busy = false;
  private asked = '';
  private askedCoarse = false;
  private movedSinceAsked = false;
  private askAgainMs = 0;
  private restUntilMs = 0;
  private axis: ValueAxis | undefined;
  private settledAxis = false;
  private extent: { readonly lines: CounterLines; readonly hidden: ReadonlySet<string>; readonly values: ValueExtent } | undefined;
  private whole = true;
  private drawnRange: TimeRange | undefined;
  private drawnRelative = false;
  private overlayKey = '';
  private ended = false;
  /** Pixels of a range being dragged. */
  private dragged: { readonly from: number; readonly to: number } | undefined;
  private draft: ThresholdDraft | undefined;

  constructor(options: PlotOptions) {
    this.options = options;
    this.key = options.key;
    this.drawing = document.createElement('canvas');
    this.picture = document.createElement('canvas');
    this.picture.className = 'counter-picture';
    options.host.append(this.picture);
    this.overlay = new PlotOverlay(options.host);
    this.numbers = new NumbersTold(options.onNumbers);
  }

  setSeries(series: readonly PlotSeries[]): void {
    const same = series.length === this.series.length && series.every((each, k) => each.id === this.series[k]?.id && each.key === this.series[k]?.key);
    this.series = series;
    if (!same) this.askAnew();
    this.repaint();
  }

  setHidden(keys: readonly string[]): void {
    this.hidden = new Set(keys);
    this.settledAxis = false;
    this.repaint();
  }

  setOptions(choices: GraphOptions, unit: string): void {
    if (choices.show !== this.choices.show) this.askAnew();
    this.choices = choices;
    this.unit = unit;
    this.settledAxis = false;
    this.repaint();
    this.tellNumbers();
  }

  private askAnew(): void {
    this.lines = undefined;
    this.asked = '';
    this.whole = true;
    this.settledAxis = false;
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (!visible) this.layer.forget();
    this.options.onDirty();
  }

  setSize(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.repaint();
  }

  /** Colours, size or choices changed. */
  repaint(): void {
    this.drawnRange = undefined;
    this.overlayKey = '';
    this.options.onDirty();
  }

  setDragged(dragged: { readonly from: number; readonly to: number } | undefined): void {
    this.dragged = dragged;
    this.options.onDirty();
  }

  setDraft(draft: ThresholdDraft | undefined): void {
    const moved = draft?.from !== this.draft?.from;
    this.draft = draft;
    // The line that is moved is not drawn where it was.
    if (moved) this.repaint();
    else this.options.onDirty();
  }

  /** Where the plot lies in its host. */
  box(): PlotBox {
    return plotBox(this.width, this.height);
  }

  timeAt(x: number): number {
    const box = this.box();
    const { fromNs, toNs } = this.frame?.range ?? { fromNs: 0, toNs: 1 };
    return fromNs + Math.min(1, Math.max(0, (x - box.left) / box.width)) * (toNs - fromNs);
  }

  /** A round value at a height; undefined above and below the plot. */
  valueAt(y: number): number | undefined {
    const box = this.box();
    if (!this.axis || y < box.top || y > box.top + box.height) return undefined;
    return roundedOn(this.axis, box, y);
  }

  /** The threshold within reach of the pointer. */
  thresholdNear(x: number, y: number, reachPx: number): number | undefined {
    const { axis } = this;
    const box = this.box();
    if (!axis || x < box.left || x > box.left + box.width) return undefined;
    const yOf = placeOn(axis, box);
    return this.choices.thresholds.find((value) => value >= axis.low && value <= axis.high && Math.abs(yOf(value) - y) <= reachPx);
  }

  seriesIds(): readonly SeriesId[] {
    return this.series.map((series) => series.id);
  }

  currentLines(): CounterLines | undefined {
    return this.lines;
  }

  shownNow(): ShownGraph | undefined {
    const { lines } = this;
    const scene = this.scene();
    return lines && scene ? { scene, lines, series: this.series, numbers: this.numbersOf(lines) } : undefined;
  }

  /** Takes in what the frame shows, asks for what is missing, and moves the cross-hair. */
  tick(frame: PlotFrame): void {
    if (!frame.settled) {
      this.settledAxis = false;
      this.movedSinceAsked = true;
    }
    this.frame = frame;
    if (!this.shown()) return;
    this.ask(frame);
    if (this.pointerKey(frame) !== this.overlayKey) this.drawOverlay(frame);
  }

  /** True when the picture is not the one of the frame: other lines, or moved by a visible part of a pixel. */
  isDirty(): boolean {
    const { frame, lines, drawnRange } = this;
    if (!this.shown() || !frame || !lines) return false;
    if (lines !== this.drawnLines || !drawnRange || frame.relative !== this.drawnRelative) return true;
    const pixel = (frame.range.toNs - frame.range.fromNs) / this.box().width;
    const tolerance = frame.relative ? pixel * 0.4 : 0;
    return Math.abs(frame.range.fromNs - drawnRange.fromNs) > tolerance || Math.abs(frame.range.toNs - drawnRange.toNs) > tolerance;
  }

  draw(): void {
    const { frame, lines, drawing, width, height } = this;
    if (!frame || !lines || !this.shown()) return;
    this.fitAxis(lines);
    this.drawnRange = frame.range;
    this.drawnRelative = frame.relative;
    this.drawnLines = lines;
    const scene = this.scene();
    const ink = sized(drawing, width, height).getContext('2d');
    if (!scene || !ink) return;
    const ratio = devicePixelRatio || 1;
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, width, height);
    drawGraph(ink, scene, this.options.palette(), ratio, (place, of, paint) => this.layer.draw(ink, place, of, paint));
    this.drawOverlay(frame);
  }

  /** Brings into sight what was drawn. */
  show(): void {
    const { drawing, picture } = this;
    if (drawing.width === 0 || drawing.height === 0) return;
    const ink = sized(picture, this.width, this.height).getContext('2d');
    if (!ink) return;
    ink.globalCompositeOperation = 'copy';
    ink.drawImage(drawing, 0, 0);
  }

  private scene(): GraphScene | undefined {
    const { frame, lines, axis, choices, hidden, draft } = this;
    if (!frame || !lines || !axis) return undefined;
    return {
      width: this.width,
      height: this.height,
      range: frame.range,
      endNs: frame.endNs,
      relative: frame.relative,
      live: frame.live,
      axis,
      markText: this.markText,
      lines,
      series: this.series.map(({ key, style }) => ({ ...style, isShown: !hidden.has(key) })),
      shape: choices.shape,
      thresholds: choices.thresholds.filter((value) => value !== draft?.from),
    };
  }

  private readonly markText = (value: number): string => axisValueInUnit(value, this.unit);

  private shown(): boolean {
    return this.visible && this.width >= LEAST_PX && this.height >= LEAST_PX && this.series.length > 0;
  }

  destroy(): void {
    this.ended = true;
    this.numbers.end();
    this.picture.remove();
    this.overlay.remove();
  }

  /** At most one question under way; the next frame asks again if the world moved on meanwhile. */
  private ask(frame: PlotFrame): void {
    // What was answered and not drawn yet is new enough.
    if (this.busy || (this.lines && this.lines !== this.drawnLines)) return;
    const toNs = Math.max(frame.range.fromNs + 1, Math.min(frame.range.toNs, frame.endNs));
    const query = gridQuery(frame.range.fromNs, frame.range.toNs, Math.round(this.box().width));
    const column = query.columnNs;
    // Nothing is asked about the future: a value would seem to hold there.
    const columns = Math.max(1, Math.min(query.columns, Math.ceil((toNs - query.fromNs) / column)));
    // What lies well before the end of a live trace is not asked again.
    const changing = this.askedCoarse || (frame.growing && (!frame.live || frame.range.toNs > frame.endNs - SETTLED_AFTER_NS));
    const question = `${query.fromNs} ${columns} ${column} ${changing ? frame.revision : 'still'}`;
    if (question === this.asked) return;
    const askedMs = performance.now();
    if (askedMs < this.restUntilMs) return;
    if (this.asked !== '' && frame.growing && !frame.live && !this.movedSinceAsked && askedMs < this.askAgainMs) return;
    this.asked = question;
    this.movedSinceAsked = false;
    this.busy = true;
    const { series } = this;
    const { show } = this.choices;
    this.options.traces
      .request('counters.lines', {
        trace: this.options.trace,
        series: series.map((each) => each.id),
        fromNs: query.fromNs,
        toNs: query.fromNs + columns * column,
        columns,
        show,
      })
      .then(
        (lines) => {
          // Other series, or shown in another way meanwhile: `asked` is empty, so that the next frame asks.
          if (this.ended || this.asked !== question || show !== this.choices.show || lines.stats.length !== this.series.length) return;
          this.lines = lines;
          // Decimals are those of the axis: a number that is told before would have others.
          this.fitAxis(lines);
          this.askedCoarse = lines.coarse;
          this.tellNumbers();
          this.options.onLines();
          this.options.onDirty();
        },
        () => {
          // The trace was closed or the worker began anew; the next revision asks again.
        },
      )
      .finally(() => {
        this.busy = false;
        const nowMs = performance.now();
        const tookMs = nowMs - askedMs;
        this.askAgainMs = nowMs + LOADING_RESTS * tookMs;
        if (tookMs > QUICK_MS) this.restUntilMs = nowMs + Math.min(tookMs, LONGEST_REST_MS);
      });
  }

  private fitAxis(lines: CounterLines): void {
    const isShown = this.series.map((series) => !this.hidden.has(series.key));
    for (const [s, stats] of lines.stats.entries()) {
      if (isShown[s] && [stats.min, stats.max, stats.now].some((value) => value !== null && !Number.isInteger(value))) this.whole = false;
    }
    // The same lines lie between the same values, however the view moves over them.
    if (this.extent?.lines !== lines || this.extent.hidden !== this.hidden) this.extent = { lines, hidden: this.hidden, values: extentOf(lines, isShown) };
    this.axis = valueAxis(this.choices, this.extent.values, this.settledAxis ? this.axis : undefined);
    this.settledAxis = true;
  }

  private decimals(): number {
    const { scale, low = 0, high = 1 } = this.axis ?? {};
    // On a logarithmic axis the small values are to be told apart as well.
    return decimalsFor(scale === 'log' ? low : Math.max(Math.abs(low), Math.abs(high)), this.whole);
  }

  private numbersOf(lines: CounterLines): readonly SeriesNumbers[] {
    const decimals = this.decimals();
    const text = (value: number | null) => valueInUnit(value, this.unit, decimals);
    // Of whole numbers the average is none.
    const meanDecimals = this.whole ? undefined : decimals;
    return lines.stats.map(({ now, min, max, mean }) => ({ now: text(now), min: text(min), max: text(max), mean: valueInUnit(mean, this.unit, meanDecimals) }));
  }

  private tellNumbers(): void {
    const { lines } = this;
    if (!lines) return;
    this.numbers.tell(() => ({ newest: this.frame !== undefined && this.frame.range.toNs >= this.frame.endNs, numbers: this.numbersOf(this.lines ?? lines) }));
  }

  private pointerKey(frame: PlotFrame): string {
    return `${frame.crossNs} ${frame.crossPanel === this.key} ${this.dragged?.from} ${this.dragged?.to} ${this.draft?.value}`;
  }

  private drawOverlay(frame: PlotFrame): void {
    this.overlayKey = this.pointerKey(frame);
    const { lines, axis, width, height, draft, dragged } = this;
    const { range, crossNs } = frame;
    const isCrossed = lines && axis && crossNs !== undefined && crossNs >= range.fromNs && crossNs <= range.toNs;
    const draftY = draft?.value !== undefined && axis ? Math.round(placeOn(axis, this.box())(draft.value)) : undefined;
    this.overlay.draw(width, height, this.options.palette(), this.box(), {
      dragged,
      draft: draftY === undefined ? undefined : { y: draftY, text: this.markText(draft?.value as number) },
      cross: isCrossed
        ? { ns: crossNs, x: this.x(crossNs), values: this.crossValues(lines, axis, crossNs), isPointed: frame.crossPanel === this.key }
        : undefined,
    });
  }

  private x(ns: number): number {
    const box = this.box();
    const { fromNs, toNs } = this.frame?.range ?? { fromNs: 0, toNs: 1 };
    return box.left + ((ns - fromNs) / (toNs - fromNs)) * box.width;
  }

  private crossValues(lines: CounterLines, axis: ValueAxis, ns: number): readonly CrossValue[] {
    const values: CrossValue[] = [];
    const palette = this.options.palette();
    const decimals = this.decimals();
    const box = this.box();
    const yOf = placeOn(axis, box);
    // More labels than fit would only hide the lines.
    const most = Math.max(1, Math.floor(box.height / LABEL_PX));
    for (const [s, series] of this.series.entries()) {
      if (this.hidden.has(series.key)) continue;
      const value = lineValueAt(lines, s, ns);
      if (Number.isNaN(value) || value < axis.low || value > axis.high) continue;
      values.push({ y: yOf(value), color: palette.data[series.style.color] ?? palette.text1, text: valueInUnit(value, this.unit, decimals) });
      if (values.length === most) break;
    }
    return values;
  }
}
