import { extendedTag, RecordKind } from '../records.ts';

/** Where the records of a segment lie that are no calls. */
export const Side = {
  /** There are none. */
  NONE: 0,
  /** In the EXTRACT block behind the summary, copied. */
  EXTRACT: 1,
  /** They are so many that the DATA blocks have to be read for them. */
  DATA: 2,
} as const;
export type Side = (typeof Side)[keyof typeof Side];

/** Copied records of a segment may take this part of it; where there are more, the segment itself is read for them. */
const MAX_SHARE = 1 / 4;

/**
 * Records of a segment that are no calls: counters, instants, slices, objects, async slices, arrows, gaps. A reader that opens a large recording by its
 * summaries needs these of all segments, so they are copied together. Of async functions the runs are needed too, but of those that never waited.
 */
export class SideRecords {
  /** Of the records that are wanted. */
  count = 0;
  readonly #maxBytes: number;
  /** Three numbers a record: block, word, high word of the clock. */
  readonly #found: number[] = [];
  readonly #payloads: Uint32Array[] = [];
  #bytes = 0;
  /** Activations that began in the segment and have not waited so far; true: they ended. */
  readonly #brief = new Map<number, boolean>();

  constructor(segmentBytes: number) {
    this.#maxBytes = segmentBytes * MAX_SHARE;
  }

  /** The next records are of this payload. */
  enter(payload: Uint8Array): void {
    const bytes = payload.byteOffset % 8 === 0 ? payload : payload.slice();
    this.#payloads.push(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2));
  }

  /** A record that is no plain call. `size` in words. */
  add(kind: number, word: number, high: number, size: number, call: number): void {
    if (kind === RecordKind.EPOCH || kind === RecordKind.CALL_ARGUMENTS || kind === RecordKind.CALL_RESULT) return;
    if (kind === RecordKind.CALL_BEGIN) this.#brief.set(call, false);
    else if (kind === RecordKind.CALL_SUSPEND) this.#brief.delete(call);
    else if (kind === RecordKind.CALL_END && this.#brief.has(call)) this.#brief.set(call, true);
    this.count++;
    this.#bytes += size * 4;
    if (this.#bytes > this.#maxBytes) return;
    this.#found.push(this.#payloads.length - 1, word, high);
  }

  /** Undefined: there are none, or too many. */
  extract(): { readonly payload: Uint8Array; readonly clockHigh: number; readonly count: number } | undefined {
    this.#leaveOutBrief();
    if (this.count === 0 || this.#bytes > this.#maxBytes) return undefined;
    const found = this.#found;
    const words = new Uint32Array(this.#bytes / 4 + (found.length / 3) * 2);
    const clockHigh = found[2] as number;
    let high = clockHigh;
    let at = 0;
    for (let i = 0; i < found.length; i += 3) {
      const source = this.#payloads[found[i] as number] as Uint32Array;
      const word = found[i + 1] as number;
      if (found[i + 2] !== high) {
        high = found[i + 2] as number;
        words[at] = high;
        words[at + 1] = extendedTag(RecordKind.EPOCH, 0);
        at += 2;
      }
      const size = sizeOf(source, word);
      words.set(source.subarray(word, word + size), at);
      at += size;
    }
    return { payload: new Uint8Array(words.buffer, 0, at * 4), clockHigh, count: this.count };
  }

  /** Runs of activations that began and ended here without waiting are calls and nothing more. */
  #leaveOutBrief(): void {
    const found = this.#found;
    let kept = 0;
    let bytes = 0;
    for (let i = 0; i < found.length; i += 3) {
      const source = this.#payloads[found[i] as number] as Uint32Array;
      const word = found[i + 1] as number;
      const kind = (source[word + 1] as number) & 0xff;
      const isRun = kind === RecordKind.CALL_BEGIN || kind === RecordKind.CALL_END;
      if (isRun && this.#brief.get(source[word + 3] as number) === true) {
        this.count--;
        continue;
      }
      bytes += sizeOf(source, word) * 4;
      for (let field = 0; field < 3; field++) found[kept + field] = found[i + field] as number;
      kept += 3;
    }
    // Where there were too many, not all were noted: then it stays with that.
    if (this.#bytes <= this.#maxBytes) this.#bytes = bytes;
    found.length = kept;
  }
}

const sizeOf = (words: Uint32Array, word: number): number => 2 + (((words[word + 1] as number) >>> 8) & 0x7fffff) * 2;
