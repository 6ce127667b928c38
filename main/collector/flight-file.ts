import { mkdirSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { ProblemError } from '../../core/base/result.ts';
import { BLOCK_HEADER_BYTES, type RecordingHead } from '../../core/protocol/recording-format.ts';
import { blockBytes, decodeBlockHeader } from '../../core/protocol/recording-reader.ts';
import { encodeFileHeader, type RecordingTotals } from '../../core/protocol/recording-writer.ts';
import { handlePieces, headFile, type Pieces, partFile, partsFolder, putTogether } from './flight-parts.ts';
import { KeptState } from './kept-state.ts';
import type { ReadableBytes } from './live-bytes.ts';
import { type AppendFile, readAt } from './recording-file.ts';

/** What is kept is cut into about so many parts, of which the oldest goes as a whole: about an eighth more than was asked for is there. */
const PARTS = 8;
const SHORTEST_PART_NS = 250e6;
const SMALLEST_PART = 256 * 1024;
/** A part is read when it goes: a larger one would take its time. */
const LARGEST_PART = 32 * 1024 * 1024;
const MOST_PARTS = 1000;
const MEGABYTE = 1_000_000;

export interface KeepLimits {
  /** 0: none. */
  readonly seconds: number;
  readonly megabytes: number;
}

interface Part {
  readonly number: number;
  readonly handle: FileHandle;
  /** Offsets in the recording as it would be if all of it were kept. */
  readonly from: number;
  to: number;
  readonly fromNs: number;
  /** Undefined while it is written. */
  toNs: number | undefined;
  events: number;
}

/** The recording as a window began to see it: what went before that is a beginning of its own. Offsets are those of the window. */
export interface FlightView {
  readonly id: number;
  /** Where the window's bytes end that lie at `offset` of the whole recording. */
  placeOf(offset: number): number;
  readonly bytes: ReadableBytes;
}

/**
 * A recording of which only the newest is kept: a file of parts. Offsets stay those of the whole recording, so whoever follows it goes on
 * as with any other; what is gone is told by an error of its own. Whoever comes later gets a view: a beginning that says what is
 * needed of the blocks that are gone, and the blocks that are there. At the end the parts become one ordinary file.
 */
export class FlightFile implements AppendFile {
  readonly #path: string;
  readonly limits: KeepLimits;
  readonly #state: KeptState;
  readonly #headerBytes: number;
  readonly #startNs: bigint;
  /** A part has so many bytes, and those of one write more. */
  readonly partBytes: number;
  readonly #partNs: number;
  readonly #parts: Part[] = [];
  /** What goes before the oldest part. Empty as long as nothing is gone. */
  #preamble: Uint8Array = new Uint8Array(0);
  readonly #views = new Map<number, FlightView>();
  #trimming: Promise<void> = Promise.resolve();
  #pins = 0;
  #joined: { readonly handle: FileHandle; readonly from: number; readonly fromNs: number; readonly preamble: number; readonly size: number } | undefined;
  /** How much of the whole recording may be read: what is written and whole. */
  readable: () => number = () => this.#parts.at(-1)?.to ?? 0;

  private constructor(path: string, limits: KeepLimits, head: RecordingHead) {
    this.#path = path;
    this.limits = limits;
    this.#state = new KeptState(head);
    this.#headerBytes = encodeFileHeader(head).length;
    this.#startNs = BigInt(head.startMonotonicNs);
    const bytes = limits.megabytes * MEGABYTE;
    const wanted = bytes === 0 ? LARGEST_PART : Math.max(SMALLEST_PART, Math.min(LARGEST_PART, bytes / PARTS));
    this.partBytes = Math.max(wanted, bytes / MOST_PARTS);
    this.#partNs = limits.seconds === 0 ? Number.POSITIVE_INFINITY : Math.max(SHORTEST_PART_NS, (limits.seconds * 1e9) / PARTS);
  }

  /** Makes `path`, empty until the end, and the folder of the parts. Fails if there is more than an empty file. */
  static async open(path: string, limits: KeepLimits, head: RecordingHead): Promise<FlightFile> {
    const found = await stat(path).catch(() => undefined);
    if (!found || found.size > 0) writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
    mkdirSync(partsFolder(path), { mode: 0o700 });
    const file = new FlightFile(path, limits, head);
    await file.#begin(0);
    return file;
  }

  /** Time of the oldest that is kept, in ns since the recording's start, and all bytes of what is kept. */
  get kept(): { readonly fromNs: number; readonly bytes: number } {
    if (this.#joined) return { fromNs: this.#joined.fromNs, bytes: this.#joined.size };
    const [oldest] = this.#parts;
    return { fromNs: oldest?.fromNs ?? 0, bytes: this.#preamble.length + this.readable() - (oldest?.from ?? 0) };
  }

  /** Events in what is kept. */
  get events(): number {
    return this.#parts.reduce((sum, part) => sum + part.events, 0);
  }

  async boundary(position: number, events: number): Promise<void> {
    const last = this.#parts.at(-1) as Part;
    if (position - last.from >= this.partBytes || (position > last.from && this.#now() - last.fromNs >= this.#partNs)) {
      last.toNs = this.#now();
      await this.#begin(position);
      void this.trim();
    }
    (this.#parts.at(-1) as Part).events += events;
  }

  async write(parts: readonly Uint8Array[], position: number): Promise<number> {
    const last = this.#parts.at(-1) as Part;
    const { bytesWritten } = await last.handle.writev([...parts], position - last.from);
    last.to = Math.max(last.to, position + bytesWritten);
    return bytesWritten;
  }

  async read(length: number, position: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (let at = position, left = length; left > 0; ) {
      const piece = await this.#readPiece(left, at);
      if (piece.length === 0) break;
      pieces.push(piece);
      at += piece.length;
      left -= piece.length;
    }
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
  }

  async truncate(length: number): Promise<void> {
    const last = this.#parts.at(-1) as Part;
    await last.handle.truncate(length - last.from);
    last.to = length;
  }

  async close(): Promise<void> {
    await this.#trimming;
    await this.#joined?.handle.close();
    for (const { handle } of this.#parts) await handle.close();
  }

  /** Lets go what is older than the limits want, or more. Waits while somebody copies. */
  trim(): Promise<void> {
    this.#trimming = this.#trimming
      .then(async () => {
        while (this.#pins === 0 && this.#isTooMuch()) await this.#dropOldest();
        // A beginning that cannot be written (a full disk) is tried again with the next part; until then nothing goes.
      })
      .catch(() => {});
    return this.#trimming;
  }

  /** While somebody copies, nothing goes. Returns what ends that. */
  pin(): () => void {
    this.#pins++;
    return () => {
      this.#pins--;
      void this.trim();
    };
  }

  /** The recording for who begins to look at it now. */
  view(): FlightView {
    const from = this.#parts[0]?.from ?? 0;
    const known = this.#views.get(from);
    if (known) return known;
    const preamble = this.#preamble;
    const file = this;
    const view: FlightView = {
      id: from,
      placeOf: (offset) => preamble.length + offset - from,
      bytes: {
        get size() {
          return preamble.length + file.readable() - from;
        },
        complete: false,
        read: async (length, position) => {
          const begins = preamble.subarray(position, position + length);
          if (begins.length === length) return begins;
          const rest = await file.read(length - begins.length, from + position + begins.length - preamble.length);
          return begins.length === 0 ? rest : Buffer.concat([begins, rest]);
        },
      },
    };
    this.#views.set(from, view);
    return view;
  }

  /** One that was begun before. */
  viewOf(id: number): FlightView {
    const view = this.#views.get(id);
    if (!view) throw noLongerKept();
    return view;
  }

  /** Everything has been written: makes one file of the parts. */
  async finish(totals: RecordingTotals): Promise<void> {
    await this.trim();
    this.#pins++;
    const [oldest] = this.#parts;
    await putTogether(this.#path, this.#pieces(), { ...totals, events: this.events });
    const handle = await open(this.#path, 'r');
    const { size } = await handle.stat();
    this.#joined = { handle, from: oldest?.from ?? 0, fromNs: oldest?.fromNs ?? 0, preamble: this.#preamble.length, size };
    for (const part of this.#parts.splice(0)) await part.handle.close();
  }

  /** The file that it has become, from its first byte on; where it could not be made, what is kept. */
  get final(): ReadableBytes {
    const joined = this.#joined;
    if (!joined) return this.view().bytes;
    return { size: joined.size, complete: true, read: (length, position) => readAt(joined.handle, length, position) };
  }

  /** What is kept, from the header of the file on. */
  async *#pieces(): Pieces {
    if (this.#preamble.length > 0) yield this.#preamble;
    for (const part of this.#parts) yield* handlePieces(part.handle, part.to - part.from);
  }

  #now(): number {
    return Number(process.hrtime.bigint() - this.#startNs);
  }

  async #begin(from: number): Promise<void> {
    const number = (this.#parts.at(-1)?.number ?? -1) + 1;
    const handle = await open(partFile(this.#path, number), 'wx+', 0o600);
    this.#parts.push({ number, handle, from, to: from, fromNs: from === 0 ? 0 : this.#now(), toNs: undefined, events: 0 });
  }

  async #readPiece(length: number, position: number): Promise<Uint8Array> {
    if (this.#joined) {
      if (position < this.#joined.from) throw noLongerKept();
      return readAt(this.#joined.handle, length, this.#joined.preamble + position - this.#joined.from);
    }
    const part = this.#parts.findLast((each) => each.from <= position);
    if (!part) throw noLongerKept();
    try {
      return await readAt(part.handle, Math.min(length, part.to - position), position - part.from);
    } catch (error) {
      // It went while it was read.
      if (this.#parts.includes(part)) throw error;
      return this.#readPiece(length, position);
    }
  }

  #isTooMuch(): boolean {
    const [oldest, next] = this.#parts;
    if (!oldest || !next || oldest.toNs === undefined) return false;
    const { seconds, megabytes } = this.limits;
    const isEnough = megabytes > 0 && this.kept.bytes - (oldest.to - oldest.from) >= megabytes * MEGABYTE;
    return isEnough || (seconds > 0 && this.#now() - oldest.toNs > seconds * 1e9);
  }

  /** What of it must survive goes into a new beginning, which is there before the part is gone. */
  async #dropOldest(): Promise<void> {
    const [oldest, next] = this.#parts as [Part, Part];
    for await (const { header, payload } of blocksOf(oldest, oldest.number === 0 ? this.#headerBytes : 0)) this.#state.take(header, payload);
    const preamble = Buffer.concat(this.#state.preamble({ kind: 'kept', fromNs: next.fromNs, timeNs: next.fromNs }));
    const file = headFile(this.#path, next.number);
    await writeFile(`${file}.tmp`, preamble, { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    this.#parts.shift();
    this.#preamble = preamble;
    await oldest.handle.close();
    await rm(partFile(this.#path, oldest.number), { force: true });
    await rm(headFile(this.#path, oldest.number), { force: true });
  }
}

/** Of our own making, so headers are believed; what lies at the end may be the beginning of a block that could not be written. */
async function* blocksOf(part: Part, from: number) {
  let held: Uint8Array = new Uint8Array(0);
  let skip = from;
  for await (const piece of handlePieces(part.handle, part.to - part.from)) {
    const bytes = held.length === 0 ? piece : Buffer.concat([held, piece]);
    let at = Math.min(skip, bytes.length);
    skip -= at;
    while (at + BLOCK_HEADER_BYTES <= bytes.length) {
      const header = decodeBlockHeader(bytes, at);
      if (!header) return;
      const size = blockBytes(header);
      if (at + size > bytes.length) break;
      const payload = at + BLOCK_HEADER_BYTES;
      yield { header, payload: bytes.subarray(payload, payload + header.payloadBytes) };
      at += size;
    }
    held = bytes.subarray(at);
  }
}

const noLongerKept = (): ProblemError =>
  new ProblemError({ code: 'no-longer-kept', message: 'This part of the recording is no longer kept: only the newest is.' });
