/** Filter of the console: goes through the lines in pages, off the frame, and goes on as new ones come. */
import type { ConsoleLine, TraceClient, TraceId } from '../../trace/trace-worker-api.ts';
import { plainText } from './ansi.ts';

const PAGE = 1000;
/** The newest matches are kept; a filter that matches a million lines filters nothing. */
const MOST_MATCHES = 20_000;

export interface SearchState {
  readonly matches: readonly ConsoleLine[];
  readonly looked: number;
  readonly total: number;
  /** Older matches were let go. */
  readonly cut: boolean;
}

export class LineSearch {
  private readonly traces: TraceClient;
  private readonly trace: TraceId;
  private readonly wanted: string;
  private readonly tell: (state: SearchState) => void;
  private matches: ConsoleLine[] = [];
  private next = 0;
  private total = 0;
  private cut = false;
  private busy = false;
  private again = false;
  private ended = false;

  constructor(traces: TraceClient, trace: TraceId, text: string, tell: (state: SearchState) => void) {
    this.traces = traces;
    this.trace = trace;
    this.wanted = text.toLowerCase();
    this.tell = tell;
  }

  end(): void {
    this.ended = true;
  }

  /** Looks at the lines that it has not seen. Called again while it works: once more after that. */
  async look(): Promise<void> {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    try {
      do {
        this.again = false;
        await this.lookThrough();
      } while (this.again && !this.ended);
    } catch {
      // The trace was closed, or the worker began anew: the next call goes on from here.
    } finally {
      this.busy = false;
    }
  }

  private async lookThrough(): Promise<void> {
    for (;;) {
      const page = await this.traces.request('console.page', { trace: this.trace, from: this.next, count: PAGE });
      if (this.ended) return;
      this.total = page.total;
      for (const line of page.lines) if (plainText(line.text).toLowerCase().includes(this.wanted)) this.matches.push(line);
      if (this.matches.length > MOST_MATCHES) {
        this.matches = this.matches.slice(-MOST_MATCHES);
        this.cut = true;
      }
      const lastLine = page.lines[page.lines.length - 1];
      this.next = lastLine ? lastLine.index + 1 : Math.max(this.next, Math.min(page.first, page.total));
      this.tell({ matches: [...this.matches], looked: this.next, total: this.total, cut: this.cut });
      if (!lastLine && this.next >= this.total) return;
      if (this.next >= this.total) return;
      if (!lastLine && page.first <= this.next) return;
    }
  }
}
