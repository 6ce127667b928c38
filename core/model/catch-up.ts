/** Work in the background that follows something that grows: it is asked to go on each time that somebody wants to know, and goes on to what there is then. */
export class CatchUp {
  readonly #work: () => Promise<void>;
  readonly #isOver: () => boolean;
  readonly #goal: () => number;
  readonly #onFailed: () => void;
  #underWay: Promise<void> | undefined;
  #failed: { readonly goal: number; readonly problem: unknown } | undefined;

  /** `goal`: how much there is to reach. What has failed is tried again only when that is more. */
  constructor(work: { readonly run: () => Promise<void>; readonly isOver: () => boolean; readonly goal: () => number; readonly onFailed: () => void }) {
    this.#work = work.run;
    this.#isOver = work.isOver;
    this.#goal = work.goal;
    this.#onFailed = work.onFailed;
  }

  /** Resolves when all that there is was reached. */
  reach(): Promise<void> {
    if (this.#isOver()) return Promise.resolve();
    this.#underWay ??= this.#work().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** As `reach`, without waiting. Throws what the last try has failed of. */
  begin(): void {
    const goal = this.#goal();
    if (this.#failed?.goal === goal) throw this.#failed.problem;
    if (this.#isOver() || this.#underWay) return;
    this.reach().catch((problem: unknown) => {
      this.#failed = { goal, problem };
      this.#onFailed();
    });
  }
}
