/**
 * How many panels may be drawn in a frame. Where a picture takes long (no GPU, many panels), panels take turns, so that the
 * window stays smooth; each is drawn in every fourth frame at least.
 */
const SLOW_MS = 21;
const MOST_TURNS = 4;

export class FrameBudget {
  private quota = Number.POSITIVE_INFINITY;
  private left = 0;
  private lastMs: number | undefined;

  /** A frame begins, with `wanted` panels that have something new. */
  begin(nowMs: number, wanted: number): void {
    const took = this.lastMs === undefined ? 0 : nowMs - this.lastMs;
    this.lastMs = nowMs;
    const least = Math.max(1, Math.ceil(wanted / MOST_TURNS));
    // A pause of the page (a hidden tab) tells nothing about drawing.
    if (took > SLOW_MS && took < 500) this.quota = Math.max(least, Math.min(this.quota, Math.max(wanted, least)) * 0.75);
    else this.quota += 0.1;
    this.left = Math.max(least, Math.floor(this.quota));
  }

  /** Takes one drawing; false when the frame has none left. */
  take(): boolean {
    if (this.left <= 0) return false;
    this.left -= 1;
    return true;
  }
}
