/** So close together, two interrupts are one: `timeout` sends it to the command and to its group, a supervisor to each process that it knows. */
const SAME_MS = 200;

/** Tells a second Ctrl+C, which gives up, from an interrupt that comes twice. */
export class Presses {
  #firstMs: number | undefined;

  press(nowMs: number): 'first' | 'same' | 'again' {
    if (this.#firstMs === undefined) {
      this.#firstMs = nowMs;
      return 'first';
    }
    return nowMs - this.#firstMs < SAME_MS ? 'same' : 'again';
  }
}
