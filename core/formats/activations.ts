import { RecordKind } from '../protocol/records.ts';

/** Where activations go that are async slices. */
export interface ActivationEnds {
  activationBegan(startNs: number, functionId: number, call: number): void;
  activationEnded(timeNs: number, functionId: number, call: number): void;
}

/**
 * Activations of the async functions and generators of a stream. As on the timeline, one is an async slice when it waits for the first time, from its begin on: one that
 * never waits is a call like any other.
 */
export class Activations {
  /** Their begin, of those that have not waited yet. */
  readonly #fresh = new Map<number, number>();
  readonly #waited = new Set<number>();

  /** `kind`: CALL_BEGIN, CALL_SUSPEND, CALL_RESUME or CALL_END. What begins without its begin (cut off, or lost) is known from here on. */
  run(timeNs: number, functionId: number, call: number, kind: number, ends: ActivationEnds): void {
    switch (kind) {
      case RecordKind.CALL_BEGIN:
        this.#waited.delete(call);
        this.#fresh.set(call, timeNs);
        return;
      case RecordKind.CALL_RESUME:
        if (!this.#waited.has(call) && !this.#fresh.has(call)) this.#fresh.set(call, timeNs);
        return;
      case RecordKind.CALL_SUSPEND:
        if (this.#waited.has(call)) return;
        ends.activationBegan(this.#fresh.get(call) ?? timeNs, functionId, call);
        this.#fresh.delete(call);
        this.#waited.add(call);
        return;
      default:
        this.#fresh.delete(call);
        if (this.#waited.delete(call)) ends.activationEnded(timeNs, functionId, call);
    }
  }
}
