/** Back and forward through what was looked at: range in sight, selection, selected range. Like a browser's: a move that rests is an entry. */

import type { TraceId } from '../trace/trace-worker-api.ts';
import { subscribeTraces } from './trace-store.ts';
import { changeView, subscribeViews, type ViewState, viewState } from './view-store.ts';

type Entry = Pick<ViewState, 'time' | 'selection' | 'range' | 'crumbs'>;

const MOST = 100;
/** A zoom with the wheel is one entry, not fifty. */
const RESTS_MS = 400;

class ViewHistory {
  private readonly trace: TraceId;
  private past: Entry[] = [];
  private future: Entry[] = [];
  private now: Entry;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(trace: TraceId) {
    this.trace = trace;
    this.now = entryOf(viewState(trace));
  }

  /** The view changed. */
  note(): void {
    const next = entryOf(viewState(this.trace));
    if (same(next, this.now)) return;
    // What is picked is an entry at once; a move of the view when it rests.
    if (next.selection !== this.now.selection || next.range !== this.now.range) this.keep(next);
    else {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(entryOf(viewState(this.trace))), RESTS_MS);
    }
  }

  private keep(next: Entry): void {
    clearTimeout(this.timer);
    if (same(next, this.now)) return;
    this.past = [...this.past, this.now].slice(-MOST);
    this.future = [];
    this.now = next;
  }

  /** False: there is nothing to go to. */
  go(by: -1 | 1): boolean {
    // A move that has not rested yet is what one comes back from.
    this.keep(entryOf(viewState(this.trace)));
    const entry = by < 0 ? this.past.pop() : this.future.pop();
    if (!entry) return false;
    if (by < 0) this.future.push(this.now);
    else this.past.push(this.now);
    this.now = entry;
    changeView(this.trace, () => entry);
    return true;
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

const entryOf = ({ time, selection, range, crumbs }: ViewState): Entry => ({ time, selection, range, crumbs });
const same = (a: Entry, b: Entry): boolean => a.time === b.time && a.selection === b.selection && a.range === b.range;

const histories = new Map<TraceId, ViewHistory>();

subscribeViews(() => {
  for (const history of histories.values()) history.note();
});
subscribeTraces((state, before) => {
  if (state.open === before.open) return;
  for (const [trace, history] of histories) {
    if (state.open.some((each) => each.trace === trace)) continue;
    history.end();
    histories.delete(trace);
  }
});

/** From here on what is looked at in a trace is remembered. */
export function rememberViews(trace: TraceId): void {
  if (!histories.has(trace)) histories.set(trace, new ViewHistory(trace));
}

export const goInHistory = (trace: TraceId, by: -1 | 1): boolean => histories.get(trace)?.go(by) ?? false;

/** For tests: forget everything. */
export function resetHistories(): void {
  for (const history of histories.values()) history.end();
  histories.clear();
}
