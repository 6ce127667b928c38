/**
 * The processed view of a recording: what plugins left of their processes' events in place of what was recorded of them, and
 * everything else as it was recorded: other processes, console, names, ends. It is a recording itself, with the same time 0.
 *
 * Numbers of processes and streams stay as they are in the recording; what plugins added gets new ones.
 */
import { type Problem, ProblemError } from '../base/result.ts';
import { splitMonotonic } from '../base/time.ts';
import { Attachments, type ProcessedPart } from '../model/attachments.ts';
import { decodeRecords, IgnoringVisitor } from '../model/record-decoder.ts';
import { findIndex, readBlock } from '../model/recording-index.ts';
import { BLOCK_HEADER_BYTES, BlockType, type RecordingHead, type RecordingInfo } from '../protocol/recording-format.ts';
import { BlockReader, decodeInfo, type RecordingItem } from '../protocol/recording-reader.ts';
import { encodeBlock, encodeBlockHeader, encodeFileHeader, encodeInfo } from '../protocol/recording-writer.ts';
import { padTo8 } from '../protocol/records.ts';
import type { ByteSource } from './byte-source.ts';
import type { RecordingPiece } from './kept-recording.ts';
import { readTraceEvents } from './trace-event-reader.ts';

/** Pieces of the JSON that are looked at before it is believed to be trace events. */
const TRIAL_BYTES = 2 * 1024 * 1024;

type Block = Extract<RecordingItem, { readonly kind: 'block' }>;

/**
 * The attachments of a recording, found by its index without reading the whole of it. Undefined where there is no index: the recording
 * was cut or is still written, and only who reads all of it knows.
 */
export async function findAttachments(source: ByteSource): Promise<Attachments | undefined> {
  const size = await source.size();
  const index = size === undefined ? undefined : await findIndex(source, size);
  if (!index?.footer) return undefined;
  const { rows } = index;
  const attachments = new Attachments();
  const first = rows.findIndex(({ header }) => header.type === BlockType.ATTACHMENT);
  if (first < 0) return attachments;
  // What an attachment is stands right before its bytes, and what it is for behind them.
  const from = rows.findLastIndex(({ header }, row) => row < first && header.type === BlockType.INFO);
  for (const { offset, header } of rows.slice(Math.max(0, from))) {
    attachments.block(header, offset);
    if (header.type !== BlockType.INFO) continue;
    const block = await readBlock(source, offset);
    for (const line of block ? decodeInfo(block.payload) : []) attachments.info(line);
  }
  return attachments;
}

/** The same for any recording: by its index, or where there is none by reading all of it. */
export async function readAttachments(source: ByteSource): Promise<Attachments> {
  const found = await findAttachments(source);
  if (found) return found;
  const attachments = new Attachments();
  const reader = new BlockReader();
  for await (const chunk of source.follow(0)) {
    for (const item of reader.push(chunk)) {
      if (item.kind !== 'block') continue;
      attachments.block(item.header, item.offset);
      if (item.header.type === BlockType.INFO) for (const line of decodeInfo(item.payload)) attachments.info(line);
    }
  }
  return attachments;
}

/** Bytes of an attachment. Throws a ProblemError where its blocks are not what they were. */
export async function* attachedBytes(source: ByteSource, part: ProcessedPart): AsyncGenerator<Uint8Array, void, undefined> {
  for (const piece of part.pieces) {
    const block = await readBlock(source, piece.offset);
    if (block?.header.type !== BlockType.ATTACHMENT || block.header.stream !== part.attachment) {
      throw new ProblemError({ code: 'attachment-damaged', message: `It is damaged at byte ${piece.offset} of the recording.` });
    }
    yield block.payload;
  }
}

export interface UsableParts {
  readonly parts: readonly ProcessedPart[];
  /** Why others are not among them. */
  readonly problems: readonly Problem[];
}

/** Those parts whose bytes are good and hold trace events. Reads all of them once: a view that finds damage halfway would be neither. */
export async function usableParts(source: ByteSource, found: readonly ProcessedPart[]): Promise<UsableParts> {
  const parts: ProcessedPart[] = [];
  const problems: Problem[] = [];
  for (const part of found) {
    try {
      await tryOut(source, part);
      parts.push(part);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `What plugins left of a process's events cannot be shown: ${why} What was recorded of it is shown instead.`;
      problems.push({ code: 'attachment-damaged', message });
    }
  }
  return { parts, problems };
}

async function tryOut(source: ByteSource, part: ProcessedPart): Promise<void> {
  async function* beginning(): AsyncGenerator<Uint8Array, void, undefined> {
    let taken = 0;
    for await (const bytes of attachedBytes(source, part)) {
      if (taken < TRIAL_BYTES) yield bytes;
      taken += bytes.length;
    }
  }
  for await (const _ of readTraceEvents(beginning(), { title: '' })) {
    // Thrown is what is no trace; what is one is read again when it is shown.
  }
}

export interface ProcessedViewOptions {
  /** A faster CRC-32 than the portable one, where the platform has it. */
  readonly crc?: (bytes: Uint8Array) => number;
  /** Damage of the recording, and where it was cut. */
  readonly onProblem?: (problem: Problem) => void;
}

/** The view as a recording, in pieces. `parts`: those of `usableParts`. Throws a ProblemError if the recording cannot be read at all. */
export async function* processedRecording(
  source: ByteSource,
  parts: readonly ProcessedPart[],
  options: ProcessedViewOptions = {},
): AsyncGenerator<RecordingPiece, void, undefined> {
  const view = new ProcessedView(parts, options);
  const reader = new BlockReader();
  for await (const chunk of source.follow(0)) for (const item of reader.push(chunk)) yield* view.recorded(item);
  for (const item of reader.end()) yield* view.recorded(item);
  for (const part of parts) {
    const imported = new BlockReader();
    view.begin(part);
    for await (const bytes of readTraceEvents(attachedBytes(source, part), { title: '', start: view.start, ...(options.crc && { crc: options.crc }) })) {
      for (const item of imported.push(bytes)) yield* view.imported(item);
    }
  }
  yield* view.end();
}

interface RecordedThread {
  readonly stream: number;
  readonly line: Extract<RecordingInfo, { readonly kind: 'thread' }>;
  /** Records lost, by the headers of its blocks and by the gaps in them. */
  lostBefore: number;
  lostInGaps: number;
}

const lostOf = (thread: RecordedThread | undefined): number => (thread ? Math.max(thread.lostBefore, thread.lostInGaps) : 0);

class GapCounter extends IgnoringVisitor {
  lost = 0;
  override gap(_timeNs: number, lost: number): void {
    if (lost > 0) this.lost += lost;
  }
}

type ProcessLine = Extract<RecordingInfo, { readonly kind: 'process' }>;

/** The part that is being read: how its numbers become those of the recording. */
class PartNumbers {
  readonly part: ProcessedPart;
  readonly processes = new Map<number, number>();
  readonly streams = new Map<number, number>();

  constructor(part: ProcessedPart) {
    this.part = part;
  }
}

class ProcessedView {
  readonly #replaced: ReadonlySet<number>;
  readonly #options: ProcessedViewOptions;
  readonly #gaps = new GapCounter();
  #head: RecordingHead | undefined;
  readonly #processes = new Map<number, ProcessLine>();
  /** By stream. */
  readonly #threads = new Map<number, RecordedThread>();
  #lastProcess = -1;
  #lastStream = 0;
  #sequence = 0;
  #numbers: PartNumbers | undefined;
  #metadata: Record<string, unknown> = {};
  #hasMetadata = false;
  #lastNs = 0;
  #records = 0;
  #dropped = 0;

  constructor(parts: readonly ProcessedPart[], options: ProcessedViewOptions) {
    this.#replaced = new Set(parts.map((part) => part.process));
    this.#options = options;
  }

  /** Time 0 of the recording. */
  get start() {
    const { startMonotonicNs = '0', startEpochNs = '0' } = this.#head ?? {};
    return { monotonicNs: BigInt(startMonotonicNs), epochNs: BigInt(startEpochNs) };
  }

  /** What of the recording belongs to the view. */
  *recorded(item: RecordingItem): Generator<RecordingPiece, void, undefined> {
    switch (item.kind) {
      case 'head':
        this.#head = item.head;
        yield { content: encodeFileHeader(item.head) };
        return;
      case 'block':
        yield* this.#recordedBlock(item);
        return;
      case 'refused':
        throw new ProblemError(item.problem);
      default:
        this.#options.onProblem?.(item.problem);
    }
  }

  *#recordedBlock(block: Block): Generator<RecordingPiece, void, undefined> {
    const { header, payload } = block;
    this.#sequence = Math.max(this.#sequence, header.sequence + 1);
    switch (header.type) {
      case BlockType.INFO: {
        const lines = decodeInfo(payload);
        for (const line of lines) this.#note(line);
        const shown = lines.filter((line) => line.kind !== 'attachment');
        if (shown.length === lines.length) yield* this.#asItIs(block);
        else if (shown.length > 0) yield* this.#info(shown);
        return;
      }
      case BlockType.DEFS:
      case BlockType.DATA: {
        const thread = this.#threads.get(header.stream);
        if (thread) thread.lostBefore = Math.max(thread.lostBefore, header.droppedBefore);
        if (thread && this.#replaced.has(thread.line.process)) {
          if (header.type === BlockType.DATA) this.#countGaps(thread, block);
          return;
        }
        if (header.type === BlockType.DATA) this.#records += header.count;
        yield* this.#asItIs(block);
        return;
      }
      case BlockType.CONSOLE:
      case BlockType.SOURCE:
        yield* this.#asItIs(block);
        return;
      // Attachments are what is shown, and an index of the recording's own offsets would be wrong here.
      default:
        return;
    }
  }

  /** What is not shown still tells what was lost. */
  #countGaps(thread: RecordedThread, { header, payload }: Block): void {
    this.#gaps.lost = 0;
    const records = payload.subarray(padTo8(header.openStackWords * 4));
    decodeRecords(records, header.clockHigh, splitMonotonic(this.start.monotonicNs), this.#gaps);
    thread.lostInGaps += this.#gaps.lost;
  }

  *#asItIs({ header, payload, offset, bytes }: Block): Generator<RecordingPiece, void, undefined> {
    this.#lastNs = Math.max(this.#lastNs, header.lastNs);
    const content = new Uint8Array(bytes);
    content.set(encodeBlockHeader(header));
    content.set(payload, BLOCK_HEADER_BYTES);
    yield { content, offset };
  }

  #note(line: RecordingInfo): void {
    if (line.kind === 'process') {
      this.#processes.set(line.process, line);
      this.#lastProcess = Math.max(this.#lastProcess, line.process);
    } else if (line.kind === 'thread') {
      const { lostBefore = 0, lostInGaps = 0 } = this.#threads.get(line.stream) ?? {};
      this.#threads.set(line.stream, { stream: line.stream, line, lostBefore, lostInGaps });
      this.#lastStream = Math.max(this.#lastStream, line.stream);
    }
  }

  begin(part: ProcessedPart): void {
    this.#numbers = new PartNumbers(part);
  }

  /** What the importer made of a part. */
  *imported(item: RecordingItem): Generator<RecordingPiece, void, undefined> {
    if (item.kind !== 'block' || !this.#numbers) return;
    const { header, payload } = item;
    if (header.type === BlockType.INFO) {
      const lines = decodeInfo(payload).flatMap((line) => this.#importedLine(line, this.#numbers as PartNumbers) ?? []);
      if (lines.length > 0) yield* this.#info(lines);
    } else if (header.type === BlockType.DEFS || header.type === BlockType.DATA) {
      const stream = this.#numbers.streams.get(header.stream) ?? header.stream;
      const lost = lostOf(this.#threads.get(stream));
      if (header.type === BlockType.DATA) {
        this.#records += header.count;
        this.#lastNs = Math.max(this.#lastNs, header.lastNs);
      }
      yield* this.#block({ ...header, stream, droppedBefore: header.droppedBefore + lost }, payload);
    }
  }

  #importedLine(line: RecordingInfo, numbers: PartNumbers): RecordingInfo | undefined {
    switch (line.kind) {
      case 'process':
        return this.#importedProcess(line, numbers);
      case 'thread':
        return this.#importedThread(line, numbers);
      case 'loss': {
        const pid = this.#processes.get(numbers.part.process)?.pid ?? 0;
        return { ...line, what: 'plugins', message: `In what plugins left of process ${pid}: ${line.message}` };
      }
      case 'imported':
        this.#keepMetadata(line.metadata);
        return undefined;
      default:
        return undefined;
    }
  }

  #importedProcess(line: ProcessLine, numbers: PartNumbers): RecordingInfo | undefined {
    const process = numbers.processes.get(line.process) ?? this.#processOf(line.pid, numbers.part.process);
    numbers.processes.set(line.process, process);
    const known = this.#processes.get(process);
    // The importer's own name for one that has not been told a name.
    if (known && (known.name === line.name || line.name === `Process ${line.pid}`)) return undefined;
    const told = known ? { ...known, name: line.name } : { ...line, process };
    this.#note(told);
    return told;
  }

  /** The process of the part, another one of the recording, or one that a plugin made up. */
  #processOf(pid: number, own: number): number {
    if (this.#processes.get(own)?.pid === pid) return own;
    let found: number | undefined;
    for (const [process, line] of this.#processes) if (line.pid === pid) found = process;
    return found ?? this.#lastProcess + 1;
  }

  #importedThread(line: Extract<RecordingInfo, { readonly kind: 'thread' }>, numbers: PartNumbers): RecordingInfo | undefined {
    const process = numbers.processes.get(line.process) ?? numbers.part.process;
    // The recording's own stream of that thread is free, since nothing of it is shown. Definitions of another process's are not to be mixed with.
    const recorded = process === numbers.part.process ? this.#threadOf(process, line.thread) : undefined;
    const stream = numbers.streams.get(line.stream) ?? recorded?.stream ?? this.#lastStream + 1;
    numbers.streams.set(line.stream, stream);
    const known = this.#threads.get(stream);
    if (known && (known.line.name === line.name || /^Thread \d+$/.test(line.name))) return undefined;
    const told = { ...line, stream, process };
    this.#note(told);
    return told;
  }

  #threadOf(process: number, thread: number): RecordedThread | undefined {
    for (const each of this.#threads.values()) if (each.line.process === process && each.line.thread === thread) return each;
    return undefined;
  }

  /** Members beside the events, of all parts: a later one of the same name counts. */
  #keepMetadata(metadata: Readonly<Record<string, unknown>>): void {
    this.#hasMetadata = true;
    const both = [this.#metadata.viztracer_metadata, metadata.viztracer_metadata].filter((each) => typeof each === 'object' && each !== null);
    this.#metadata = { ...this.#metadata, ...metadata, ...(both.length > 0 && { viztracer_metadata: Object.assign({}, ...both) }) };
  }

  *end(): Generator<RecordingPiece, void, undefined> {
    const timeNs = this.#lastNs;
    const lines: RecordingInfo[] = [];
    // Nothing of these streams tells any more what was lost of them, if their statistics did not come.
    for (const thread of this.#threads.values()) {
      const { stream, line } = thread;
      const lost = lostOf(thread);
      this.#dropped += lost;
      if (lost > 0 && this.#replaced.has(line.process)) lines.push({ kind: 'stats', stream, dropped: lost, stalls: 0, stallNs: 0, timeNs });
    }
    if (this.#hasMetadata) lines.push({ kind: 'imported', format: 'Chrome Trace Event JSON', metadata: this.#metadata, timeNs });
    if (lines.length > 0) yield* this.#info(lines);
    const totals = { lastIndex: -1, blocks: this.#sequence, events: this.#records, dropped: this.#dropped, durationNs: Math.max(0, this.#lastNs) };
    const footer = new TextEncoder().encode(JSON.stringify(totals));
    yield* this.#block({ type: BlockType.FOOTER, stream: 0, count: 1, firstNs: 0, lastNs: totals.durationNs }, footer);
  }

  *#info(lines: readonly RecordingInfo[]): Generator<RecordingPiece, void, undefined> {
    const times = lines.map((line) => line.timeNs);
    yield* this.#block({ type: BlockType.INFO, stream: 0, count: lines.length, firstNs: Math.min(...times), lastNs: Math.max(...times) }, encodeInfo(lines));
  }

  *#block(fields: Parameters<typeof encodeBlock>[0], payload: Uint8Array): Generator<RecordingPiece, void, undefined> {
    for (const content of encodeBlock(fields, payload, this.#sequence++, this.#options.crc)) yield { content };
  }
}
