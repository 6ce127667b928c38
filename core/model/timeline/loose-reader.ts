import type { MonotonicTime } from '../../base/time.ts';
import { PLACE_WORDS } from '../../protocol/summary/slice-table.ts';
import type { BlockStore } from '../block-store.ts';
import { decodeRecords, IgnoringVisitor } from '../record-decoder.ts';
import type { StreamNames } from './names.ts';

/** Number of the slice whose record begins at byte `record` behind a block's open stack, which ends at word `firstWord`. */
export const refOfRecord = (block: number, firstWord: number, record: number): number => (block + 1) * PLACE_WORDS + firstWord + record / 4;

/** Reads the slices of one track, or the instants, out of a block again, four numbers each (see LOOSE). */
export function looseReader(
  from: { readonly blocks: BlockStore; readonly start: () => MonotonicTime },
  names: StreamNames,
  kind: 'slice' | 'instant',
  track: number,
): (block: number) => Promise<Float64Array> {
  return async (block) => {
    const { blocks } = from;
    const payload = await blocks.payload(block);
    const collector = new Collector(names, kind, track, refOfRecord(block, blocks.firstWord(block), 0));
    decodeRecords(blocks.recordsIn(block, payload), blocks.clockHigh(block), from.start(), collector);
    return Float64Array.from(collector.found);
  };
}

class Collector extends IgnoringVisitor {
  readonly found: number[] = [];
  readonly #names: StreamNames;
  readonly #kind: 'slice' | 'instant';
  readonly #track: number;
  readonly #firstRef: number;

  constructor(names: StreamNames, kind: 'slice' | 'instant', track: number, firstRef: number) {
    super();
    this.#names = names;
    this.#kind = kind;
    this.#track = track;
    this.#firstRef = firstRef;
  }

  override slice(endNs: number, durationNs: number, name: number, category: number, _argsAt: number, _argsBytes: number, record: number, track: number): void {
    if (this.#kind === 'slice' && track === this.#track) this.#take(endNs - durationNs, endNs, this.#names.text(name, category), record);
  }

  override instant(timeNs: number, name: number, category: number, _scope: number, _argsAt: number, _argsBytes: number, record: number): void {
    if (this.#kind === 'instant') this.#take(timeNs, timeNs, this.#names.text(name, category), record);
  }

  #take(startNs: number, endNs: number, name: number, record: number): void {
    this.found.push(startNs, endNs, name, this.#firstRef + record / 4);
  }
}
