/**
 * The one owner of frames for a trace's graphs. Each animation frame it reads what is to be seen (range, pointer, revision)
 * and lets each panel ask and draw; panels out of sight do neither. Where nothing moves there are no frames.
 */
import { type Palette, readPalette } from '../../drawing/palette.ts';
import { subscribeTraces, traceState } from '../../state/trace-store.ts';
import { traceNow } from '../../state/view-clock.ts';
import {
  leastEndOf,
  noteDrawn,
  pointerState,
  startOf,
  subscribePointers,
  subscribeViews,
  type TimeRange,
  viewState,
  visibleRange,
} from '../../state/view-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import type { CounterPlot } from './counter-plot.ts';
import { DrawingRound } from './drawing-round.ts';
import { FrameBudget } from './frame-budget.ts';

/** Frames go on for so long after the last thing that moved: answers of the worker come later than what they are asked for. */
const REST_AFTER_MS = 500;

export class CounterBoard {
  private readonly trace: TraceId;
  private readonly plots = new Set<CounterPlot>();
  private frame: number | undefined;
  private movedAtMs = 0;
  private offs: readonly (() => void)[] = [];
  private lastTime: unknown;
  private colors: Palette | undefined;
  private themeWatch: MutationObserver | undefined;
  private repainting: ReturnType<typeof setTimeout> | undefined;
  private readonly budget = new FrameBudget();
  private readonly round = new DrawingRound<CounterPlot, { readonly endNs: number; readonly range: TimeRange }>();

  constructor(trace: TraceId) {
    this.trace = trace;
  }

  palette = (): Palette => {
    this.colors ??= readPalette(getComputedStyle(document.documentElement));
    return this.colors;
  };

  add(plot: CounterPlot): () => void {
    this.plots.add(plot);
    if (this.plots.size === 1) this.start();
    this.wake();
    return () => {
      this.plots.delete(plot);
      this.round.forget(plot);
      if (this.plots.size === 0) this.stop();
    };
  }

  private start(): void {
    this.themeWatch = new MutationObserver(() => this.repaint());
    this.themeWatch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-density', 'class'] });
    document.fonts.addEventListener('loadingdone', this.repaint);
    const { trace } = this;
    this.offs = [
      subscribeTraces((now, before) => now.summaries[trace] !== before.summaries[trace] && this.wake()),
      subscribeViews(this.wake),
      subscribePointers(trace, this.wake),
    ];
  }

  /** Something that is seen may have changed. */
  private readonly wake = (): void => {
    this.movedAtMs = performance.now();
    if (this.plots.size > 0) this.frame ??= requestAnimationFrame(this.run);
  };

  private readonly run = (nowMs: number): void => {
    const moves = this.tick(nowMs) || performance.now() - this.movedAtMs < REST_AFTER_MS;
    this.frame = moves ? requestAnimationFrame(this.run) : undefined;
  };

  private stop(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    for (const off of this.offs) off();
    clearTimeout(this.repainting);
    this.themeWatch?.disconnect();
    document.fonts.removeEventListener('loadingdone', this.repaint);
  }

  /** Once for a burst of changes; the tokens are read anew. */
  private readonly repaint = (): void => {
    clearTimeout(this.repainting);
    this.repainting = setTimeout(() => {
      this.colors = undefined;
      for (const plot of this.plots) plot.repaint();
      this.wake();
    }, 0);
  };

  /** True: what is shown moves by itself, or not everything is drawn yet. */
  private tick(nowMs: number): boolean {
    const summary = traceState().summaries[this.trace];
    if (!summary) return false;
    const live = summary.phase === 'live';
    const view = viewState(this.trace);
    const settled = this.lastTime === view.time;
    const clockNs = traceNow(this.trace, nowMs);
    const { endNs, range } = this.round.begin(settled && live, () => ({
      endNs: clockNs,
      range: visibleRange(view.time, clockNs, leastEndOf(this.trace), startOf(this.trace)),
    }));
    noteDrawn(this.trace, range);
    const pointer = pointerState(this.trace);
    const frame = {
      range,
      relative: live && view.time.mode === 'follow' && view.time.spanNs !== 'all',
      settled,
      live,
      growing: live || summary.phase === 'loading',
      endNs,
      revision: summary.revision,
      crossNs: pointer?.ns ?? view.cursorNs,
      crossPanel: pointer?.panel,
    };
    this.lastTime = view.time;
    for (const plot of this.plots) plot.tick(frame);
    const due = this.round.due([...this.plots].filter((plot) => plot.isDirty()));
    this.budget.begin(nowMs, due.length);
    for (const plot of due) if (!this.drawIfAffordable(plot)) break;
    this.showFinished();
    return frame.growing || due.length > 0;
  }

  /** A panel has news between frames: shown in this one if there is time left, and if no other waits for its turn. */
  drawNews(plot: CounterPlot): void {
    this.wake();
    if (plot.isDirty() && this.round.mayDraw(plot) && this.drawIfAffordable(plot)) this.showFinished();
  }

  private showFinished(): void {
    for (const plot of this.round.takeFinished()) plot.show();
  }

  private drawIfAffordable(plot: CounterPlot): boolean {
    if (!this.budget.take()) return false;
    const beganMs = performance.now();
    plot.draw();
    this.budget.spent(performance.now() - beganMs);
    this.round.drawn(plot);
    // Last in the row, so that each comes to its turn.
    this.plots.delete(plot);
    this.plots.add(plot);
    return true;
  }
}
