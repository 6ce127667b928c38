/** Async slices that are open while a recording is written in another format: what belongs together has one id, the one of the outermost. */

import type { WalkedStream } from './recording-walker.ts';
import { TraceIds } from './trace-ids.ts';

export interface KnownAsync {
  /** Id that is written: nested slices have that of the outermost. */
  readonly id: number;
  readonly name: string;
  readonly category: string;
}

/** Those of a file that ends none of them do not fill the memory. */
const MAX_KNOWN = 1_000_000;

export class KnownAsyncSlices {
  readonly #open = new Map<number, KnownAsync>();

  /** `parent`: number of the one that it belongs to, 0: none. */
  begin(stream: WalkedStream, number: number, scope: number, name: number, category: number, parent: number): KnownAsync {
    const { definitions } = stream;
    const own = TraceIds.idOf(stream, number, scope);
    const around = parent === 0 ? undefined : this.#open.get(TraceIds.idOf(stream, parent, scope));
    const known = { id: around?.id ?? own, name: definitions.text(name), category: category === 0 ? 'async' : definitions.text(category) };
    if (this.#open.size < MAX_KNOWN) this.#open.set(own, known);
    return known;
  }

  /** A moment of it, which may have a name of its own. */
  instant(stream: WalkedStream, number: number, scope: number, name: number): KnownAsync {
    const own = TraceIds.idOf(stream, number, scope);
    const known = this.#open.get(own) ?? { id: own, name: '', category: 'async' };
    return name === 0 ? known : { ...known, name: stream.definitions.text(name) };
  }

  end(stream: WalkedStream, number: number, scope: number, name: number): KnownAsync {
    const own = TraceIds.idOf(stream, number, scope);
    const known = this.#open.get(own) ?? { id: own, name: stream.definitions.text(name), category: 'async' };
    this.#open.delete(own);
    return known;
  }
}
