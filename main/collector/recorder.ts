import { crc32 as zlibCrc32 } from 'node:zlib';
import { type MonotonicTime, splitMonotonic } from '../../core/base/time.ts';
import { RecordStream } from '../../core/protocol/record-stream.ts';
import {
  BlockType,
  type ConsoleSource,
  MAX_BLOCK_BYTES,
  type RecordingHead,
  type RecordingInfo,
  type SessionEnd,
} from '../../core/protocol/recording-format.ts';
import { consoleRecordBytes, RecordingEncoder, type RecordingTotals, writeConsoleRecord } from '../../core/protocol/recording-writer.ts';
import { recordBytes } from '../../core/protocol/records.ts';
import { SliceTable } from '../../core/protocol/summary/slice-table.ts';
import { StreamSummaries } from '../../core/protocol/summary/stream-summaries.ts';
import type { RecordingFile } from './recording-file.ts';

/**
 * Blocks are written no more often than this. What comes after a pause is written at once: it is part of the way from a write in the
 * target to the pixel.
 */
const FLUSH_MS = 10;
const INDEX_MS = 10_000;
/** A chunk of console output above this is cut into several records. */
const MAX_CONSOLE_CHUNK = 256 * 1024;
/** A letter takes at most 3 bytes: a block of so many is below the limit. */
const INFO_BLOCK_LETTERS = MAX_BLOCK_BYTES / 4;
const CONSOLE_BLOCK_BYTES = 512 * 1024;
/** Blocks that wait for the end of their segment, of all streams: beyond it segments end early. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

export interface RecorderOptions {
  readonly consoleQuotaBytes: number;
  /** False: whoever puts the file together ends it, with an index of its own; and it has no summaries, which count from a stream's first block. Default true. */
  readonly closes?: boolean;
}

/** Puts what arrives into blocks and hands these to the file. One for each session; knows nothing of sockets. */
export class Recorder {
  readonly #file: RecordingFile;
  readonly #encoder: RecordingEncoder;
  readonly start: MonotonicTime;
  readonly #startNs: bigint;
  readonly #streams: RecordStream[] = [];
  readonly #summaries: StreamSummaries[] = [];
  /** Room for one segment at a time. */
  readonly #scratch = new SliceTable();
  #heldBytes = 0;
  readonly #dirty = new Set<RecordStream>();
  #info: RecordingInfo[] = [];
  #console: Uint8Array[] = [];
  #consoleBytes = 0;
  #consoleTimes: number[] = [];
  #consoleTotal = 0;
  readonly #consoleQuota: number;
  readonly #closes: boolean;
  #consoleLost = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #indexedAt = 0;
  #lastNs = 0;
  #ended = false;
  #taken = 0;
  #attachments = 0;
  #failureWords: string | undefined;
  #failureTold: Promise<unknown> = Promise.resolve();
  #stoppedNs: number | undefined;

  constructor(file: RecordingFile, head: RecordingHead, options: RecorderOptions) {
    this.#file = file;
    this.#startNs = BigInt(head.startMonotonicNs);
    this.start = splitMonotonic(this.#startNs);
    this.#consoleQuota = options.consoleQuotaBytes;
    this.#closes = options.closes !== false;
    this.#encoder = new RecordingEncoder(head, { crc: (bytes) => zlibCrc32(bytes), indexed: this.#closes });
    this.#file.append([this.#encoder.fileHeader]);
  }

  /** Nanoseconds since the recording's start; behind `stopClock` always the same. */
  now(): number {
    return this.#stoppedNs ?? Number(process.hrtime.bigint() - this.#startNs);
  }

  /** A time of process.hrtime.bigint() as nanoseconds since the recording's start. */
  timeOf(monotonicNs: bigint): number {
    return Number(monotonicNs - this.#startNs);
  }

  /** The session is over: what is still put in belongs to its end, however long it takes. */
  stopClock(): void {
    this.#stoppedNs ??= this.now();
  }

  /**
   * The file has failed. The recording's time ends here, or graphs would hold their last values to the end of the run. Resolves when
   * the file says so itself, where that still fits: whoever follows it reads it there.
   */
  async stopped(words: string): Promise<void> {
    this.stopClock();
    this.#failureWords = words;
    this.#failureTold = this.#file.appendAfterFailure(this.#encoder.info([this.#diskLoss(words)]));
    await this.#failureTold;
  }

  #diskLoss(message: string): RecordingInfo {
    return { kind: 'loss', what: 'disk', count: this.#file.lostEvents, message, timeNs: this.now() };
  }

  /** Events that are in the file, or on their way into it. */
  get events(): number {
    return this.#taken - this.#file.lostEvents;
  }

  get dropped(): number {
    let dropped = this.#file.lostEvents;
    for (const stream of this.#streams) dropped += stream.dropped;
    return dropped;
  }

  /** Bytes of the file when all is written. */
  get bytes(): number {
    return this.#file.failure ? this.#file.written : this.#encoder.offset;
  }

  info(line: RecordingInfo): void {
    // After a failure only what belongs into the last block is kept.
    if (this.#file.failure && line.kind === 'stats') return;
    this.#info.push(line);
    this.#lastNs = Math.max(this.#lastNs, line.timeNs);
    this.#touch();
  }

  /** A new stream of records; its number is that of the thread in the recording, from 1. */
  addStream(): { readonly stream: number; readonly records: RecordStream } {
    const stream = this.#streams.length + 1;
    const records = new RecordStream(
      stream,
      this.start,
      () => splitMonotonic(process.hrtime.bigint()),
      (fields, payload, events) => {
        this.#flushInfo();
        this.#write(this.#encoder.block(fields, payload), events);
        this.#taken += events;
        this.#lastNs = Math.max(this.#lastNs, fields.lastNs);
        this.#summarize(summaries, () => summaries.add(fields, payload));
        if (this.#heldBytes > MAX_HELD_BYTES) for (const each of this.#summaries) this.#summarize(each, () => each.seal());
      },
    );
    const summaries = new StreamSummaries({
      stream,
      start: this.start,
      scratch: this.#scratch,
      emit: (fields, payload) => this.#write(this.#encoder.block(fields, payload), 0),
    });
    this.#streams.push(records);
    this.#summaries.push(summaries);
    return { stream, records };
  }

  /** Summaries follow the blocks that they are of. After a failed write nothing more is put into the file. */
  #summarize(summaries: StreamSummaries, step: () => void): void {
    if (this.#file.failure || !this.#closes) return;
    const before = summaries.heldBytes;
    step();
    this.#heldBytes += summaries.heldBytes - before;
  }

  /** A thread has ended, and perhaps something of it comes yet: holds no memory for it. */
  rest(stream: number): void {
    this.#streams[stream - 1]?.rest();
    const summaries = this.#summaries[stream - 1];
    if (summaries) this.#summarize(summaries, () => summaries.rest());
  }

  data(records: RecordStream, piece: Uint8Array): void {
    records.push(piece);
    if (records.pending) {
      this.#dirty.add(records);
      this.#touch();
    }
  }

  /** Whole definition records. They go before everything that waits, so before their first use. False: not whole. */
  definitions(stream: number, body: Uint8Array): boolean {
    this.#flushInfo();
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    let from = 0;
    let at = 0;
    let count = 0;
    const write = () => {
      if (at > from) {
        const now = this.now();
        this.#write(this.#encoder.block({ type: BlockType.DEFS, stream, count, firstNs: now, lastNs: now }, body.slice(from, at)), 0);
      }
      from = at;
      count = 0;
    };
    while (at + 8 <= body.length) {
      const size = recordBytes(view.getUint32(at + 4, true));
      if (at + size > body.length || size > MAX_BLOCK_BYTES) break;
      if (at + size - from > MAX_BLOCK_BYTES) write();
      at += size;
      count++;
    }
    write();
    return at === body.length;
  }

  /** A chunk of console output. Behind the quota it is only counted. */
  console(source: ConsoleSource, chunk: Uint8Array): void {
    this.#consoleTotal += chunk.length;
    if (this.#consoleTotal > this.#consoleQuota) {
      if (this.#consoleLost === 0) this.#tellConsoleLoss('so much was printed that the limit for console output in one recording was reached', 0);
      this.#consoleLost += chunk.length;
      return;
    }
    for (let at = 0; at < chunk.length; at += MAX_CONSOLE_CHUNK) {
      const piece = chunk.subarray(at, at + MAX_CONSOLE_CHUNK);
      const record = new Uint8Array(consoleRecordBytes(piece.length));
      const now = this.now();
      writeConsoleRecord(record, 0, now, source, piece);
      if (this.#consoleBytes + record.length > CONSOLE_BLOCK_BYTES) this.#flushConsole();
      this.#console.push(record);
      this.#consoleTimes.push(now);
      this.#consoleBytes += record.length;
    }
    this.#touch();
  }

  /**
   * Puts a whole file into the recording, at the pace of the disk. Its number there, or undefined if not all of it came or the
   * recording's own file has failed: then it stays in the recording as one that is not whole.
   */
  async attach(name: string, bytes: number, chunks: AsyncIterable<Uint8Array>): Promise<number | undefined> {
    const attachment = this.#attachments++;
    const timeNs = this.now();
    this.info({ kind: 'attachment', attachment, name, bytes, timeNs });
    this.#flushInfo();
    let there = 0;
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += MAX_BLOCK_BYTES) {
        const piece = chunk.subarray(at, at + MAX_BLOCK_BYTES);
        this.#write(this.#encoder.block({ type: BlockType.ATTACHMENT, stream: attachment, count: 0, firstNs: timeNs, lastNs: timeNs }, piece), 0);
        there += piece.length;
      }
      await this.#file.whenRelieved();
      if (this.#file.failure) return undefined;
    }
    return there === bytes ? attachment : undefined;
  }

  /** Payload of a SOURCE block: see core/protocol/sources.ts. After a failed write it is left out. */
  source(payload: Uint8Array): void {
    if (this.#file.failure || this.#ended) return;
    const timeNs = this.now();
    this.#write(this.#encoder.block({ type: BlockType.SOURCE, stream: 0, count: 0, firstNs: timeNs, lastNs: timeNs }, payload), 0);
  }

  #tellConsoleLoss(message: string, count: number): void {
    this.info({ kind: 'loss', what: 'console', count, message, timeNs: this.now() });
  }

  /** Everything that waits becomes blocks now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushedAt = performance.now();
    this.#flushInfo();
    for (const records of this.#dirty) records.flush();
    this.#dirty.clear();
    this.#flushConsole();
    if (this.#encoder.blocksSinceIndex > 0 && this.now() - this.#indexedAt > INDEX_MS * 1e6) {
      this.#indexedAt = this.now();
      this.#write(this.#encoder.index(), 0);
    }
  }

  /** What would end the file as it is now, and how long it is without that. */
  closingNow(): { readonly offset: number; readonly parts: readonly Uint8Array[]; readonly totals: RecordingTotals } {
    this.flush();
    const totals = this.totals(undefined);
    return { offset: this.#encoder.offset, parts: this.#encoder.closing(totals), totals };
  }

  /** Ends the recording. Resolves when all is written, or could not be. */
  async finish(end: SessionEnd): Promise<void> {
    for (const stream of this.#streams) stream.end();
    for (const summaries of this.#summaries) this.#summarize(summaries, () => summaries.end());
    if (this.#consoleLost > 0) this.#tellConsoleLoss('more was printed than the limit for console output in one recording', this.#consoleLost);
    this.info({ kind: 'session-end', end, timeNs: this.now() });
    if (!this.#file.failure) {
      this.flush();
      if (this.#closes) this.#write(this.#encoder.closing(this.totals(end)), 0);
    }
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#file.settled();
    await this.#failureTold;
    const failure = this.#file.failure;
    if (failure) {
      // Again, with all that was lost until the end.
      const lines = [this.#diskLoss(this.#failureWords ?? `Recording stopped: ${failure.message}.`), ...this.#info];
      // The index and the footer are left out: their offsets would be those of blocks that were never written.
      await this.#file.appendAfterFailure(this.#encoder.info(lines));
    }
  }

  totals(end: SessionEnd | undefined): RecordingTotals {
    return { events: this.events, dropped: this.dropped, durationNs: Math.max(this.#lastNs, 0), ...(end && { end }) };
  }

  #touch(): void {
    if (this.#timer || this.#ended) return;
    this.#timer = setTimeout(() => this.flush(), Math.max(0, this.#flushedAt + FLUSH_MS - performance.now()));
  }

  #flushInfo(): void {
    if (this.#info.length === 0 || this.#file.failure) return;
    const lines = this.#info;
    this.#info = [];
    let group: RecordingInfo[] = [];
    let letters = 0;
    for (const line of lines) {
      const length = JSON.stringify(line).length;
      if (letters + length > INFO_BLOCK_LETTERS && group.length > 0) {
        this.#write(this.#encoder.info(group), 0);
        group = [];
        letters = 0;
      }
      group.push(line);
      letters += length;
    }
    this.#write(this.#encoder.info(group), 0);
  }

  #flushConsole(): void {
    if (this.#console.length === 0) return;
    const fields = {
      type: BlockType.CONSOLE,
      stream: 0,
      count: this.#console.length,
      firstNs: this.#consoleTimes[0] ?? 0,
      lastNs: this.#consoleTimes.at(-1) ?? 0,
    };
    const payload = Buffer.concat(this.#console);
    this.#console = [];
    this.#consoleTimes = [];
    this.#consoleBytes = 0;
    this.#write(this.#encoder.block(fields, payload), 0);
  }

  #write(parts: readonly Uint8Array[], events: number): void {
    this.#file.append(parts, events);
  }
}
