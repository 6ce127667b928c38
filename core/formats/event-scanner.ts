/**
 * The part of reading trace events that is worth a language of its own: calls (X) as nearly all tools write them, up to records of a recording.
 * Made of scan/trace-event-scan.as, which says what it takes and gives. All else, and all of it where WebAssembly may not be used, is read by EventFields, and
 * what comes out is the same to the byte.
 */
import { SCAN_MODULE } from './scan-module.ts';

/** Bytes that must follow the text: more than are asked of by EventFields. */
export const SCANNER_SLACK_BYTES = 32;
const PAGE_BYTES = 64 * 1024;
/** Numbers that the scanner gives to names. */
export const SCANNED_NAMES = 32 * 1024;

interface ScanExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heldAt(): number;
  runsAt(): number;
  namesAt(): number;
  stoppedAt(): number;
  isFull(): number;
  scan(from: number, to: number): number;
}

/** Of a run, in doubles and in words of 32 bits from its begin. */
export const RunNumber = { PID: 0, TID: 1 } as const;
export const RunWord = { HIGH: 4, FROM: 5, TO: 6, COUNT: 7, TEXT_FROM: 8, TEXT_TO: 9 } as const;
export const RUN_WORDS = 12;
export const RUN_NUMBERS = 6;

/** As much of it as is used: not every environment that this is compiled for knows its types. */
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

let compiled: object | undefined;

export class EventScanner {
  /** The memory that text and records lie in; made anew by `reserve`. */
  bytes!: Uint8Array<ArrayBuffer>;
  words!: Int32Array<ArrayBuffer>;
  numbers!: Float64Array<ArrayBuffer>;
  /** The text begins here. */
  readonly heldAt: number;
  /** The first run, in words and in doubles. */
  readonly runWord: number;
  readonly runNumber: number;
  /** The first name, in words: two for each, where its bytes begin, and how many there are. */
  readonly nameWord: number;
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
    this.runWord = exports.runsAt() / 4;
    this.runNumber = exports.runsAt() / 8;
    this.nameWord = exports.namesAt() / 4;
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

  /** Reads calls from byte `from` of the text on, which ends at `to` with a quote. Gives how many runs there are. */
  scan(from: number, to: number): number {
    return this.#exports.scan(this.heldAt + from, this.heldAt + to);
  }

  /** Byte of the text where it stopped: in front of an event that is not read here, or that is not whole. */
  get stoppedAt(): number {
    return this.#exports.stoppedAt() - this.heldAt;
  }

  /** It stopped because there is no room for more. */
  get isFull(): boolean {
    return this.#exports.isFull() !== 0;
  }

  /** How many calls are in a run. */
  countOf(run: number): number {
    return this.words[this.runWord + run * RUN_WORDS + RunWord.COUNT] as number;
  }

  /** Bytes of the text where a run begins, and ends. */
  textFrom(run: number): number {
    return (this.words[this.runWord + run * RUN_WORDS + RunWord.TEXT_FROM] as number) - this.heldAt;
  }

  textTo(run: number): number {
    return (this.words[this.runWord + run * RUN_WORDS + RunWord.TEXT_TO] as number) - this.heldAt;
  }
}
