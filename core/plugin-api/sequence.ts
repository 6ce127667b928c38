/** A step may take its time. It never throws and never rejects. */
export type Step = () => void | Promise<void>;

/**
 * Steps one after the other; a promise only where a step gives one. `advance` may be called again while a step is under way:
 * then the ones behind it are done at once, and the one under way has no followers any more. So a process that ends can go on
 * where it was waiting.
 */
export class Sequence {
  readonly #steps: readonly Step[];
  #next = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  advance(): void | Promise<void> {
    while (this.#next < this.#steps.length) {
      const under = (this.#steps[this.#next++] as Step)();
      if (under) return under.then(() => this.advance());
    }
  }
}

/** `then` with the result: at once, or when the promise is fulfilled. */
export function after<T, R>(value: T | Promise<T>, then: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}
