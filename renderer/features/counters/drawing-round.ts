/**
 * Where panels take turns over several frames, all of them show the same moment: a round goes on until every panel that had
 * something new at its beginning was drawn, and only then do they come into sight. Neighbours never differ in their axis of time.
 */
export class DrawingRound<Panel, Moment> {
  private moment: Moment | undefined;
  private readonly waiting = new Set<Panel>();
  /** Drawn, and out of sight as yet. */
  private readonly finished = new Set<Panel>();
  /** Some panel was drawn with the moment already. */
  private shown = false;

  /** The moment of this frame: that of the round under way, or a new one. `keep` false: the user has moved the view, begin anew. */
  begin(keep: boolean, now: () => Moment): Moment {
    if (keep && this.shown && this.moment !== undefined && this.waiting.size > 0) return this.moment;
    this.waiting.clear();
    this.shown = false;
    this.moment = now();
    return this.moment;
  }

  /** Who is to be drawn in this frame, out of those that have something new. */
  due(dirty: readonly Panel[]): readonly Panel[] {
    // Hidden or gone meanwhile: nobody waits for them.
    for (const panel of this.waiting) if (!dirty.includes(panel)) this.waiting.delete(panel);
    if (this.waiting.size > 0) return dirty.filter((panel) => this.waiting.has(panel));
    for (const panel of dirty) this.waiting.add(panel);
    return dirty;
  }

  /** Between frames: while others wait, one that was drawn in this round waits with them. */
  mayDraw(panel: Panel): boolean {
    return this.waiting.size === 0 || this.waiting.has(panel);
  }

  drawn(panel: Panel): void {
    this.waiting.delete(panel);
    this.finished.add(panel);
    this.shown = true;
  }

  /** Who comes into sight now: all that were drawn, once nobody is waited for. */
  takeFinished(): readonly Panel[] {
    if (this.waiting.size > 0) return [];
    const finished = [...this.finished];
    this.finished.clear();
    return finished;
  }

  /** A panel has gone. */
  forget(panel: Panel): void {
    this.waiting.delete(panel);
    this.finished.delete(panel);
  }
}
