/** The recording's time between two summaries, so that a live graph scrolls evenly instead of by the rhythm of messages. */

const MOST_AHEAD_NS = 120e6;
const RESYNC_NS = 200e6;

export class LiveClock {
  private offsetNs: number | undefined;
  private newestNs = 0;
  private shownNs = 0;

  /** `endNs` as a summary told it, `atMs` on the page's clock. */
  note(endNs: number, atMs: number): void {
    const offset = endNs - atMs * 1e6;
    if (endNs < this.newestNs) this.shownNs = 0;
    this.newestNs = endNs;
    if (this.offsetNs === undefined || Math.abs(offset - this.offsetNs) > RESYNC_NS) this.offsetNs = offset;
    else this.offsetNs += (offset - this.offsetNs) * 0.08;
  }

  /** Never goes back, and never far ahead of what was told: if the recording stands still, so does the graph. */
  now(atMs: number): number {
    if (this.offsetNs === undefined) return this.newestNs;
    const estimate = Math.min(this.offsetNs + atMs * 1e6, this.newestNs + MOST_AHEAD_NS);
    this.shownNs = Math.max(this.shownNs, estimate, this.newestNs - MOST_AHEAD_NS);
    return this.shownNs;
  }
}
