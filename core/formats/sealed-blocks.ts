/** Blocks of a recording that is made: those that wait until it is known what time 0 is, lines and console output that are no block yet, and how a block becomes bytes. */
import type { Nanoseconds } from '../base/time.ts';
import { BlockType, type ConsoleSource, MAX_BLOCK_BYTES, type RecordingHead, type RecordingInfo, type SessionEnd } from '../protocol/recording-format.ts';
import { encodeConsoleRecord, RecordingEncoder } from '../protocol/recording-writer.ts';
import { STUDIO_VERSION } from '../protocol/version.ts';
import { BLOCK_TARGET_BYTES, type DataBlock, DOUBLE, WORD } from './stream-buffer.ts';

/** What is time 0 of the recording, in nanoseconds. `epochNs` 0: not known. Neither may be negative. */
export interface RecordingStart {
  readonly monotonicNs: bigint;
  readonly epochNs: bigint;
}

export interface RecordingBuilderOptions {
  readonly title: string;
  /** UUID; by default that of "no session": another format's trace has none. */
  readonly session?: string;
  readonly launch?: RecordingHead['launch'];
  /** A faster CRC-32 than the portable one, where the platform has it. */
  readonly crc?: (bytes: Uint8Array) => number;
}

const NO_SESSION = '00000000-0000-0000-0000-000000000000';

const encoder = new TextEncoder();

export type SealedBlock =
  | { readonly kind: 'attachment'; readonly attachment: number; readonly payload: Uint8Array }
  | { readonly kind: 'source'; readonly payload: Uint8Array }
  | { readonly kind: 'info'; readonly lines: readonly RecordingInfo[] }
  | { readonly kind: 'definitions'; readonly stream: number; readonly payload: Uint8Array; readonly count: number }
  | { readonly kind: 'console'; readonly payload: Uint8Array; readonly count: number; readonly firstNs: number; readonly lastNs: number }
  | ({ readonly kind: 'data'; readonly stream: number } & DataBlock);

export class SealedBlocks {
  readonly #options: RecordingBuilderOptions;
  #info: RecordingInfo[] = [];
  #infoBytes = 0;
  #sealed: SealedBlock[] = [];
  #sealedBytes = 0;
  #encoder: RecordingEncoder | undefined;
  #startHigh = 0;
  #startLow = DOUBLE;
  #lastNs = DOUBLE;
  #console: Uint8Array[] = [];
  #consoleCount = 0;
  #consoleBytes = 0;
  #consoleFirstNs = 0;
  #consoleLastNs = 0;
  #out: Uint8Array[] = [];

  constructor(options: RecordingBuilderOptions) {
    this.#options = options;
    this.#startLow = this.#lastNs = 0;
  }

  get started(): boolean {
    return this.#encoder !== undefined;
  }

  /** Of blocks that wait for `setStart` or `take`. */
  get waitingBytes(): number {
    return this.#sealedBytes;
  }

  /** Once. From here on `take` gives bytes. */
  setStart(start: RecordingStart): void {
    const { title, session = NO_SESSION, launch, crc } = this.#options;
    const head = { studio: STUDIO_VERSION, session, startMonotonicNs: `${start.monotonicNs}`, startEpochNs: `${start.epochNs}`, title };
    this.#encoder = new RecordingEncoder(launch === undefined ? head : { ...head, launch }, crc === undefined ? {} : { crc });
    this.#startHigh = Number(start.monotonicNs >> 32n);
    this.#startLow = Number(start.monotonicNs & 0xffffffffn);
    this.#out.push(this.#encoder.fileHeader);
  }

  info(line: RecordingInfo): void {
    // A character of JSON is at most three bytes.
    const bytes = JSON.stringify(line).length * 3;
    if (this.#infoBytes + bytes > BLOCK_TARGET_BYTES) this.sealInfo();
    this.#info.push(line);
    this.#infoBytes += bytes;
  }

  add(block: Exclude<SealedBlock, { readonly kind: 'info' }>): void {
    this.#sealed.push(block);
    this.#sealedBytes += block.payload.length;
  }

  /** A file that the recording carries. `number` is its own, from 1. */
  attachment(number: number, name: string, content: readonly Uint8Array[]): void {
    const bytes = content.reduce((sum, part) => sum + part.length, 0);
    this.info({ kind: 'attachment', attachment: number, name, bytes, timeNs: 0 });
    this.sealInfo();
    for (const part of content) {
      for (let at = 0; at < part.length; at += MAX_BLOCK_BYTES) {
        const piece = part.subarray(at, at + MAX_BLOCK_BYTES);
        this.add({ kind: 'attachment', attachment: number, payload: piece });
      }
    }
  }

  /** A chunk of console output; `timeNs` since the start of the recording. */
  console(timeNs: Nanoseconds, text: string | Uint8Array, source: ConsoleSource): void {
    const bytes = typeof text === 'string' ? encoder.encode(text) : text;
    for (let from = 0; from === 0 || from < bytes.length; from += BLOCK_TARGET_BYTES) {
      const part = bytes.subarray(from, from + BLOCK_TARGET_BYTES);
      if (this.#consoleBytes + part.length > BLOCK_TARGET_BYTES) this.#sealConsole();
      const record = encodeConsoleRecord(timeNs, source, part);
      if (this.#consoleCount === 0) this.#consoleFirstNs = timeNs;
      this.#consoleLastNs = timeNs;
      this.#console.push(record);
      this.#consoleCount++;
      this.#consoleBytes += record.length;
    }
  }

  /** What is ready, in order; nothing before `setStart`. */
  take(): Uint8Array[] {
    const encoder = this.#encoder;
    if (encoder === undefined) return [];
    for (const block of this.#sealed) this.#lay(encoder, block);
    this.#sealed = [];
    this.#sealedBytes = 0;
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** Gives what was not taken yet, with index and footer. */
  finish(counts: { readonly events: number; readonly dropped: number }, end: SessionEnd | undefined): Uint8Array[] {
    const out = this.take();
    const encoder = this.#encoder;
    if (encoder === undefined) return out;
    if (end !== undefined) out.push(...encoder.info([{ kind: 'session-end', end, timeNs: this.#lastNs }]));
    const totals = { ...counts, durationNs: this.#lastNs };
    out.push(...encoder.closing(end === undefined ? totals : { ...totals, end }));
    return out;
  }

  /** Lines and console output become blocks. */
  seal(): void {
    this.sealInfo();
    this.#sealConsole();
  }

  sealInfo(): void {
    if (this.#info.length === 0) return;
    this.#sealed.push({ kind: 'info', lines: this.#info });
    this.#info = [];
    this.#infoBytes = 0;
  }

  #sealConsole(): void {
    if (this.#consoleCount === 0) return;
    const payload = joined(this.#console, this.#consoleBytes);
    this.#sealed.push({ kind: 'console', payload, count: this.#consoleCount, firstNs: this.#consoleFirstNs, lastNs: this.#consoleLastNs });
    this.#sealedBytes += payload.length;
    this.#console = [];
    this.#consoleCount = 0;
    this.#consoleBytes = 0;
  }

  #lay(encoder: RecordingEncoder, block: SealedBlock): void {
    switch (block.kind) {
      case 'info':
        this.#out.push(...encoder.info(block.lines));
        return;
      case 'definitions':
        this.#out.push(...encoder.block({ type: BlockType.DEFS, stream: block.stream, count: block.count, firstNs: 0, lastNs: 0 }, block.payload));
        return;
      case 'console': {
        const { count, firstNs, lastNs } = block;
        this.#lastNs = Math.max(this.#lastNs, lastNs);
        this.#out.push(...encoder.block({ type: BlockType.CONSOLE, stream: 0, count, firstNs, lastNs }, block.payload));
        return;
      }
      case 'attachment': {
        const { attachment: stream, payload } = block;
        this.#out.push(...encoder.block({ type: BlockType.ATTACHMENT, stream, count: 0, firstNs: 0, lastNs: 0 }, payload));
        return;
      }
      case 'source':
        this.#out.push(...encoder.block({ type: BlockType.SOURCE, stream: 0, count: 0, firstNs: 0, lastNs: 0 }, block.payload));
        return;
      case 'data': {
        // Slices are recorded at their end: the block's range covers all of them.
        const firstNs = (block.firstHigh - this.#startHigh) * WORD + (block.firstLow - this.#startLow) - block.startsBefore;
        const lastNs = (block.lastHigh - this.#startHigh) * WORD + (block.lastLow - this.#startLow);
        this.#lastNs = Math.max(this.#lastNs, lastNs);
        const { stream, count, droppedBefore, payload, open } = block;
        const fields = { type: BlockType.DATA, stream, count, firstNs, lastNs, clockHigh: block.firstHigh, droppedBefore };
        const stack = open?.bytes(this.#startHigh, this.#startLow, MAX_BLOCK_BYTES - payload.length);
        if (stack === undefined || stack.length === 0) this.#out.push(...encoder.block(fields, payload));
        else this.#out.push(...encoder.block({ ...fields, openStackWords: stack.length / 4 }, joined([stack, payload], stack.length + payload.length)));
      }
    }
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
