import { ProblemError } from '../base/result.ts';
import { BlockReader, looksLikeRecording } from '../protocol/recording-reader.ts';
import type { ByteSource } from './byte-source.ts';
import { readTraceEvents } from './trace-event-reader.ts';
import { notATrace } from './trace-event-tokenizer.ts';

export type Decompress = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

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
      readonly format: 'recording' | 'trace-event';
      readonly compressed: boolean;
      readonly recording: AsyncGenerator<Uint8Array, void, undefined>;
    };

const SNIFFED_BYTES = 4096;
const GZIP = [0x1f, 0x8b];

/**
 * Says by its first bytes what a file is, and gives it as a recording. `decompress` undoes gzip. Throws a ProblemError: `not-a-trace`
 * (with what it looks like), or what a recording is refused for. What is found only further on is thrown by the `recording` itself.
 */
export async function openTrace(source: ByteSource, decompress: Decompress, options: OpenTraceOptions = {}): Promise<OpenedTrace> {
  const first = await source.read(0, SNIFFED_BYTES);
  if (looksLikeRecording(first)) {
    refuseUnreadable(first);
    return { kind: 'recording' };
  }
  if (!startsWith(first, GZIP)) {
    refuseOthers(first);
    return {
      kind: 'converted',
      format: 'trace-event',
      compressed: false,
      recording: readTraceEvents(source.follow(0), { ...options, title: options.title ?? '' }),
    };
  }
  const notes: string[] = [];
  const inflated = new PeekedStream(wholePart(decompress(source.follow(0)), notes));
  const inside = await inflated.peek(SNIFFED_BYTES);
  if (looksLikeRecording(inside)) {
    refuseUnreadable(inside);
    return { kind: 'converted', format: 'recording', compressed: true, recording: inflated.all() };
  }
  if (inside.length === 0 && notes.length > 0) throw notATrace('it is compressed with gzip, and damaged at its start');
  refuseOthers(inside);
  const recording = readTraceEvents(inflated.all(), { ...options, title: options.title ?? '', notes: () => notes });
  return { kind: 'converted', format: 'trace-event', compressed: true, recording };
}

/** A recording of a later version is refused here, before a window opens for it. */
function refuseUnreadable(first: Uint8Array): void {
  for (const item of new BlockReader().push(first)) if (item.kind === 'refused') throw new ProblemError(item.problem);
}

/** What could be decompressed of a damaged or cut file is good: the rest is a note. */
async function* wholePart(bytes: AsyncIterable<Uint8Array>, notes: string[]): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  try {
    for await (const part of bytes) {
      length += part.length;
      yield part;
    }
  } catch (error) {
    notes.push(
      `The file is compressed, and cut or damaged (${error instanceof Error ? error.message : String(error)}): ${length} bytes of its content could be read.`,
    );
  }
}

/** A stream whose first bytes are looked at before it is read. */
class PeekedStream {
  readonly #parts: AsyncIterator<Uint8Array>;
  #peeked: Uint8Array[] = [];
  #ended = false;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#parts = bytes[Symbol.asyncIterator]();
  }

  async peek(length: number): Promise<Uint8Array> {
    let have = 0;
    while (have < length) {
      const next = await this.#parts.next();
      if (next.done === true) {
        this.#ended = true;
        break;
      }
      this.#peeked.push(next.value);
      have += next.value.length;
    }
    const whole = new Uint8Array(have);
    let at = 0;
    for (const part of this.#peeked) {
      whole.set(part, at);
      at += part.length;
    }
    return whole.subarray(0, length);
  }

  async *all(): AsyncGenerator<Uint8Array, void, undefined> {
    const peeked = this.#peeked;
    this.#peeked = [];
    try {
      yield* peeked;
      while (!this.#ended) {
        const next = await this.#parts.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await this.#parts.return?.();
    }
  }
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((byte, i) => bytes[i] === byte);
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

const KNOWN_STARTS: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe], 'it is text in UTF-16; save it as UTF-8'],
  [[0xfe, 0xff], 'it is text in UTF-16; save it as UTF-8'],
  [ascii('PK'), 'it looks like a ZIP archive; unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'it is compressed with zstd; decompress it first'],
  [ascii('BZh'), 'it is compressed with bzip2; decompress it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'it is compressed with xz; decompress it first'],
  [GZIP, 'it is compressed twice'],
  [ascii('SQLite format 3'), 'it looks like a SQLite database'],
  [[0x7f, 0x45, 0x4c, 0x46], 'it looks like a program'],
  [ascii('MZ'), 'it looks like a program'],
  [[0x89, 0x50, 0x4e, 0x47], 'it looks like a picture'],
  [[0xff, 0xd8, 0xff], 'it looks like a picture'],
  [ascii('%PDF'), 'it looks like a PDF'],
  [ascii('#!'), 'it looks like a script; run it instead'],
];

const KNOWN_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^<(?:!doctype html|html|!--|head)/i, 'it looks like an HTML page; save the report as JSON instead'],
  [/^<\?xml|^<svg/i, 'it looks like XML'],
  [/^\{\s*"snapshot"\s*:\s*\{\s*"meta"/, 'it looks like a V8 heap snapshot (.heapsnapshot), which is not read yet'],
  [/^\{\s*"head"\s*:\s*\{\s*"callFrame"/, 'it looks like a V8 heap profile (.heapprofile), which is not read yet'],
  [/^\{\s*"nodes"\s*:\s*\[\s*\{\s*"id"/, 'it looks like a V8 CPU profile (.cpuprofile), which is not read yet'],
  [/^\{[\s\S]*"\$schema"\s*:\s*"https:\/\/www\.speedscope\.app/, 'it looks like a speedscope profile, which is not read yet'],
];

const decoder = new TextDecoder();

function refuseOthers(first: Uint8Array): void {
  if (first.length === 0) throw notATrace('the file is empty');
  for (const [start, what] of KNOWN_STARTS) if (startsWith(first, start)) throw notATrace(what);
  const text = decoder.decode(first).trimStart();
  if (text.includes('"traceEvents"')) return;
  for (const [pattern, what] of KNOWN_TEXTS) if (pattern.test(text)) throw notATrace(what);
  if (text !== '' && !text.startsWith('{') && !text.startsWith('[')) {
    throw notATrace(first.includes(0) ? 'it holds binary data of a kind that is not read' : 'it is text, but does not begin with "{" or "["');
  }
}
