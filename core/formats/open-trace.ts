import { ProblemError } from '../base/result.ts';
import { BlockReader } from '../protocol/recording-reader.ts';
import type { ByteSource } from './byte-source.ts';
import { readCollapsed } from './collapsed-reader.ts';
import { readCpuProfile } from './cpu-profile-reader.ts';
import { readFirefoxProfile } from './firefox-reader.ts';
import { readHeapProfile } from './heap-profile-reader.ts';
import { findEmbedded } from './html-reader.ts';
import { joined } from './joined.ts';
import { PeekedStream } from './peeked-stream.ts';
import { readPerfetto } from './perfetto-reader.ts';
import type { ReadOptions } from './profile-recording.ts';
import { recognise, SNIFFED_BYTES, type TraceFormat, type Wrapping } from './recognise.ts';
import { readSpeedscope } from './speedscope-reader.ts';
import { readTraceEvents } from './trace-event-reader.ts';
import { notATrace } from './trace-event-tokenizer.ts';

export type Decompress = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** What this platform can undo. */
export interface Codecs {
  /** Gives what it could before it fails. For a file that was cut, Node's gunzip needs `finishFlush: Z_SYNC_FLUSH`, or it throws away what it had. */
  readonly gunzip: Decompress;
  readonly zstd?: Decompress;
  /** Of zlib's format; at most `limit` bytes come out, or it throws. */
  readonly inflate?: (bytes: Uint8Array, limit: number) => Promise<Uint8Array>;
}

export interface OpenTraceOptions {
  /** For the recording that another format becomes. */
  readonly title?: string;
  /** A faster CRC-32 than the portable one, where the platform has it. */
  readonly crc?: (bytes: Uint8Array) => number;
}

export type OpenedTrace =
  /** The source is a recording: follow it, and read its blocks again, where it is. */
  | { readonly kind: 'recording' }
  /** The source is something else, and this is the recording that it becomes. Keep it (`KeptRecording`) to read blocks again. */
  | {
      readonly kind: 'converted';
      readonly format: TraceFormat;
      readonly wrappings: readonly Wrapping[];
      readonly recording: AsyncGenerator<Uint8Array, void, undefined>;
    };

/**
 * What is compressed may come out this many times its size, beyond a first part that may in any case: real traces shrink to a tenth or less, and what
 * goes far beyond was made to fill a machine.
 */
export const MAX_INFLATION = 200;
export const MIN_INFLATED_BYTES = 256 * 1024 * 1024;
/** Of what is compressed: decompressors get pieces of this size, large enough that a thread of theirs is not waiting all the time. */
const COMPRESSED_PIECE = 128 * 1024;
/** A page that holds what is compressed: no more than that. */
const MAX_WRAPPINGS = 3;

/**
 * Says by its first bytes what a file is, and gives it as a recording. Throws a ProblemError: `not-a-trace` (with what it looks like), or what a
 * recording is refused for. What is found only further on is thrown by the `recording` itself.
 */
export async function openTrace(source: ByteSource, codecs: Codecs, options: OpenTraceOptions = {}): Promise<OpenedTrace> {
  const first = await source.read(0, SNIFFED_BYTES);
  const found = recognise(first, first.length < SNIFFED_BYTES);
  if (found === 'recording') {
    refuseUnreadable(first);
    return { kind: 'recording' };
  }
  // This reader copies what it takes at once.
  const isBrief = found === 'trace-event';
  return new Opening(codecs, { ...options, title: options.title ?? '' }).open(new PeekedStream(source.follow(0, isBrief)), found);
}

class Opening {
  readonly #codecs: Codecs;
  readonly #options: ReadOptions;
  readonly #notes: string[] = [];
  readonly #wrappings: Wrapping[] = [];

  constructor(codecs: Codecs, options: ReadOptions) {
    this.#codecs = codecs;
    this.#options = { ...options, notes: () => this.#notes };
  }

  async open(bytes: PeekedStream, found: TraceFormat | Wrapping): Promise<OpenedTrace> {
    switch (found) {
      case 'gzip':
      case 'zstd':
        return this.#inside(new PeekedStream(this.#decompressed(bytes.all(), found)), found);
      case 'html': {
        const embedded = await findEmbedded(bytes.all());
        return this.#inside(new PeekedStream(embedded.bytes), found, embedded.kind === 'json');
      }
      default:
        return this.#converted(bytes, found, false);
    }
  }

  async #inside(bytes: PeekedStream, wrapping: Wrapping, isEmbeddedJson = false): Promise<OpenedTrace> {
    if (wrapping !== 'html' && this.#wrappings.some((one) => one !== 'html')) throw notATrace('it is compressed twice');
    this.#wrappings.push(wrapping);
    const first = await bytes.peek(SNIFFED_BYTES);
    if (first.length === 0 && this.#notes.length > 0) throw notATrace(`it is compressed with ${wrapping}, and damaged at its start`);
    const found = recognise(first, first.length < SNIFFED_BYTES);
    if (isEmbeddedJson) return this.#converted(bytes, 'trace-event', true);
    if (this.#wrappings.length >= MAX_WRAPPINGS && (found === 'gzip' || found === 'zstd' || found === 'html')) throw notATrace('it is wrapped too often');
    if (found === 'recording') refuseUnreadable(first);
    return this.open(bytes, found);
  }

  #converted(bytes: PeekedStream, format: TraceFormat, isEmbedded: boolean): OpenedTrace {
    return { kind: 'converted', format, wrappings: this.#wrappings, recording: this.#recording(bytes.all(), format, isEmbedded) };
  }

  #recording(bytes: AsyncGenerator<Uint8Array, void, undefined>, format: TraceFormat, isEmbedded: boolean): AsyncGenerator<Uint8Array, void, undefined> {
    const options = this.#options;
    switch (format) {
      case 'recording':
        return bytes;
      case 'trace-event':
        return readTraceEvents(bytes, { ...options, isEmbedded });
      case 'cpuprofile':
        return readCpuProfile(bytes, options);
      case 'heapprofile':
        return readHeapProfile(bytes, options);
      case 'speedscope':
        return readSpeedscope(bytes, options);
      case 'collapsed':
        return readCollapsed(bytes, options);
      case 'perfetto': {
        const { inflate } = this.#codecs;
        return readPerfetto(bytes, { ...options, ...(inflate && { inflate }) });
      }
      case 'firefox':
        return readFirefoxProfile(bytes, options);
    }
  }

  /** What could be decompressed of a damaged, cut or endless file is good: the rest is a note. */
  async *#decompressed(bytes: AsyncIterable<Uint8Array>, wrapping: 'gzip' | 'zstd'): AsyncGenerator<Uint8Array, void, undefined> {
    const decompress = wrapping === 'gzip' ? this.#codecs.gunzip : this.#codecs.zstd;
    if (decompress === undefined) {
      throw new ProblemError({
        code: 'no-zstd',
        message: 'The file is compressed with zstd, which this program cannot undo.',
        remedy: 'Decompress it first (zstd -d), or use Node 22.15 or newer.',
      });
    }
    let taken = 0;
    let given = 0;
    async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const part of inEvenPieces(bytes)) {
        taken += part.length;
        yield part;
      }
    }
    try {
      for await (const part of decompress(counted())) {
        given += part.length;
        if (given > Math.max(MIN_INFLATED_BYTES, taken * MAX_INFLATION)) {
          this.#notes.push(
            `The file is compressed, and its content is more than ${MAX_INFLATION} times as large as itself: reading stopped after ${given} bytes.`,
          );
          return;
        }
        yield part;
      }
    } catch (error) {
      if (error instanceof ProblemError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#notes.push(`The file is compressed, and cut or damaged (${why}): ${given} bytes of its content could be read.`);
    }
  }
}

/** Where there is damage, decompressors throw away what came of the same piece: how much is kept must not depend on how a file came in. */
async function* inEvenPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Uint8Array[] = [];
  let held = 0;
  for await (let part of bytes) {
    for (let missing = COMPRESSED_PIECE - held; part.length >= missing; missing = COMPRESSED_PIECE) {
      yield held === 0 ? part.subarray(0, missing) : joined(...rest, part.subarray(0, missing));
      part = part.subarray(missing);
      rest = [];
      held = 0;
    }
    if (part.length > 0) rest.push(part);
    held += part.length;
  }
  if (held > 0) yield joined(...rest);
}

/** A recording of a later version is refused here, before a window opens for it. */
function refuseUnreadable(first: Uint8Array): void {
  for (const item of new BlockReader().push(first)) if (item.kind === 'refused') throw new ProblemError(item.problem);
}
