/**
 * How many panels may be drawn in a frame. Where a picture takes long (no GPU, many panels, a busy machine), panels take turns, so
 * that the window stays smooth and answers at once. A single panel then waits a frame or two: the graph moves at 20 to 30 pictures
 * a second, everything else at 60. Each panel is drawn in every MOST_TURNS-th frame at least.
 */
const SLOW_MS = 21;
/** Where the drawing of panels is a smaller part of a frame, others make it slow, and turns would win nothing. */
const LEAST_PART = 0.15;
const MOST_TURNS = 3;

export class FrameBudget {
  /** Drawings a frame, on average. */
  private quota = Number.POSITIVE_INFINITY;
  /** Parts of drawings that earlier frames left over. */
  private saved = 0;
  private left = 0;
  private lastMs: number | undefined;
  /** What the drawings of the frame before took. */
  private spentMs = 0;

  /** A frame begins, with `wanted` panels that have something new. */
  begin(nowMs: number, wanted: number): void {
    const took = this.lastMs === undefined ? 0 : nowMs - this.lastMs;
    this.lastMs = nowMs;
    const least = wanted / MOST_TURNS;
    // A pause of the page (a hidden tab) tells nothing about drawing.
    const isOurs = this.spentMs >= took * LEAST_PART;
    this.spentMs = 0;
    if (took > SLOW_MS && took < 500 && isOurs) this.quota = Math.max(least, Math.min(this.quota, wanted) * 0.75);
    else this.quota = Math.max(least, this.quota + 0.02 * Math.max(1, wanted));
    const allowed = this.saved + Math.min(this.quota, wanted);
    this.left = Math.floor(allowed);
    this.saved = Math.min(1, allowed - this.left);
  }

  /** A drawing took so long. */
  spent(ms: number): void {
    this.spentMs += ms;
  }

  /** Takes one drawing; false when the frame has none left. */
  take(): boolean {
    if (this.left <= 0) return false;
    this.left -= 1;
    return true;
  }
}
