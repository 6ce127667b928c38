/** Arrangements of before, as texts: undo and redo. */

const MOST = 30;

export class LayoutHistory {
  private past: string[] = [];
  private future: string[] = [];
  private now: string | undefined;

  /** The arrangement is another one. Sizes change while a line is dragged: told once it rests. */
  note(text: string): void {
    if (text === this.now) return;
    if (this.now !== undefined) this.past = [...this.past, this.now].slice(-MOST);
    this.now = text;
    this.future = [];
  }

  undo(): string | undefined {
    const before = this.past.pop();
    if (before === undefined || this.now === undefined) return undefined;
    this.future.push(this.now);
    this.now = before;
    return before;
  }

  redo(): string | undefined {
    const after = this.future.pop();
    if (after === undefined || this.now === undefined) return undefined;
    this.past.push(this.now);
    this.now = after;
    return after;
  }

  /** What was undone or redone to, as the dock tells it after having built it: the same arrangement in other words. */
  settle(text: string): void {
    this.now = text;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }
}
