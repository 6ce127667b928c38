/** Questions to the worker, at most one of a kind under way. The frame after its answer asks again if the world moved on meanwhile. */
export class OneQuestion {
  private readonly busy = new Set<string>();
  private readonly askedAt = new Map<string, number>();
  private readonly questions = new Map<string, string>();
  private readonly onChange: () => void;
  private ended = false;

  /** `onChange`: an answer came, or the time has come to ask again. */
  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  /** `question` names what is asked: the same one is asked once. No sooner than `everyMs` after the one before. */
  ask<T>(kind: string, question: string, nowMs: number, everyMs: number, request: () => Promise<T>, take: (value: T) => void): void {
    if (this.busy.has(kind) || this.questions.get(kind) === question) return;
    const wait = (this.askedAt.get(kind) ?? Number.NEGATIVE_INFINITY) + everyMs - nowMs;
    if (wait > 0) {
      setTimeout(this.onChange, wait);
      return;
    }
    this.busy.add(kind);
    this.questions.set(kind, question);
    this.askedAt.set(kind, nowMs);
    request()
      .then(
        (value) => {
          if (!this.ended) take(value);
        },
        () => {
          // The trace was closed or the worker began anew: a changed question asks again.
        },
      )
      .finally(() => {
        this.busy.delete(kind);
        this.onChange();
      });
  }

  /** Answers that come while it has ended are not taken. */
  setEnded(ended: boolean): void {
    this.ended = ended;
  }
}
