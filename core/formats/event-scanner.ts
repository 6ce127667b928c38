/**
 * The part of reading trace events that is worth a language of its own: calls (X) as nearly all tools write them.
 * Made of scan/trace-event-scan.as, which says what it takes. All else, and all of it where WebAssembly may not be used, is read by EventFields, and
 * what comes out is the same to the byte.
 */
import { SCAN_MODULE } from './scan-module.ts';

/** Bytes that must follow the text: more than are asked of by EventFields. */
export const SCANNER_SLACK_BYTES = 32;
const PAGE_BYTES = 64 * 1024;
const ROW_BYTES = 72;
/** Numbers that the scanner gives to names. */
export const SCANNED_NAMES = 32 * 1024;

interface ScanExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heldAt(): number;
  rowsAt(): number;
  stoppedAt(): number;
  isFull(): number;
  scan(from: number, to: number): number;
}

/** Of a row, in words of 32 bits from its begin. The first eight words are four doubles: see `RowNumber`. */
export const RowWord = {
  TS_NANOS: 8,
  NAME: 9,
  CATEGORY: 10,
  NAME_START: 11,
  NAME_BYTES: 12,
  CATEGORY_START: 13,
  CATEGORY_BYTES: 14,
  ARGS_START: 15,
  ARGS_BYTES: 16,
  START: 17,
} as const;
export const RowNumber = { TS_MICROS: 0, DURATION_NS: 1, PID: 2, TID: 3 } as const;
export const ROW_WORDS = ROW_BYTES / 4;
export const ROW_NUMBERS = ROW_BYTES / 8;

/** As much of it as is used: not every environment that this is compiled for knows its types. */
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

let compiled: object | undefined;

export class EventScanner {
  /** The memory that text and rows lie in; made anew by `reserve`. */
  bytes!: Uint8Array<ArrayBuffer>;
  words!: Int32Array<ArrayBuffer>;
  numbers!: Float64Array<ArrayBuffer>;
  /** The text begins here. */
  readonly heldAt: number;
  /** The first row, in words and in doubles. */
  readonly rowWord: number;
  readonly rowNumber: number;
  readonly #exports: ScanExports;

  /** Undefined where it cannot be used: a page's policy may forbid it, a machine may be too old. */
  static create(): EventScanner | undefined {
    try {
      const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal };
      compiled ??= new WebAssembly.Module(Uint8Array.from(atob(SCAN_MODULE), (letter) => letter.charCodeAt(0)));
      return new EventScanner(new WebAssembly.Instance(compiled).exports as ScanExports);
    } catch {
      return undefined;
    }
  }

  private constructor(exports: ScanExports) {
    this.#exports = exports;
    this.heldAt = exports.heldAt();
    this.rowWord = exports.rowsAt() / 4;
    this.rowNumber = exports.rowsAt() / 8;
    this.#look();
  }

  /** Room for so many bytes from `heldAt` on, with what is there. Gives that part of the memory. */
  reserve(length: number): Uint8Array<ArrayBuffer> {
    const missing = this.heldAt + length - this.bytes.length;
    if (missing > 0) {
      this.#exports.memory.grow(Math.ceil(Math.max(missing, length / 2) / PAGE_BYTES));
      this.#look();
    }
    return this.bytes.subarray(this.heldAt);
  }

  #look(): void {
    const { buffer } = this.#exports.memory;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.numbers = new Float64Array(buffer);
  }

  /** Reads calls from byte `from` of the text on, which ends at `to` with a quote. Gives how many rows there are. */
  scan(from: number, to: number): number {
    return this.#exports.scan(this.heldAt + from, this.heldAt + to);
  }

  /** Byte of the text where it stopped: in front of an event that is not read here, or that is not whole. */
  get stoppedAt(): number {
    return this.#exports.stoppedAt() - this.heldAt;
  }

  /** It stopped because there is no room for more rows. */
  get isFull(): boolean {
    return this.#exports.isFull() !== 0;
  }

  /** Byte of the text where the event of a row begins. */
  startOf(row: number): number {
    return (this.words[this.rowWord + row * ROW_WORDS + RowWord.START] as number) - this.heldAt;
  }
}
