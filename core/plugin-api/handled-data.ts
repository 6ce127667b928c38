import type { LoadedPlugin } from './loaded-plugin.ts';
import type { DataSource } from './plugin-environment.ts';
import type { TraceData } from './trace-data.ts';

/**
 * The data of one save on its way through the handlers. A handler changes what it is given in place, and may fail in the middle of
 * that. Then what it was given is thrown away, and the next one gets what there was before, made anew: nothing of the failed one
 * stays, and one that was given up and goes on later changes nothing that counts.
 *
 * The way back costs nothing for the first handler, since the events can be read again; behind each other one it is a copy.
 */
export class HandledData {
  #data: TraceData | undefined;
  #by: LoadedPlugin | undefined;
  /** What `drop` goes back to. */
  #before: { readonly again: DataSource; readonly by: LoadedPlugin | undefined };

  constructor(source: DataSource) {
    this.#before = { again: source, by: undefined };
  }

  /** Whose handler left it; undefined: it is as it was recorded. */
  get by(): LoadedPlugin | undefined {
    return this.#by;
  }

  /** Throws what the source throws. */
  get(): TraceData | 'elsewhere' {
    if (this.#data) return this.#data;
    const data = this.#before.again();
    if (data !== 'elsewhere') this.#data = data;
    return data;
  }

  /** Before the next handler: from now on `drop` goes back to what is there now. `copy` may throw, since what it reads may take too long. */
  keep(copy: (data: TraceData) => () => TraceData): void {
    if (this.#data && this.#by !== this.#before.by) this.#before = { again: copy(this.#data), by: this.#by };
  }

  /** A handler has come to its end, and left this. */
  take(by: LoadedPlugin, data: TraceData): void {
    this.#by = by;
    this.#data = data;
  }

  drop(): void {
    this.#by = this.#before.by;
    this.#data = undefined;
  }
}
