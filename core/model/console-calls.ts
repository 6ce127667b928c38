import { float64Column, uint32Column } from './column.ts';

/** Calls of `console` that are linked with their lines; of later ones nothing is kept. */
const MAX_CALLS = 500_000;
/** A line is stamped when it is read from the script's pipe, which may be a while after the call. */
const MOST_BEHIND_NS = 5e9;
const MOST_AHEAD_NS = 50e6;

const SOURCES = ['stdout', 'stderr'] as const;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What is known of a line of the console. `offset`: bytes of its source before it. */
export interface LinePlace {
  readonly source: string;
  readonly offset: number;
  readonly timeNs: number;
  readonly text: string;
}

export interface ConsoleCall {
  readonly stream: number;
  readonly timeNs: number;
  readonly source: (typeof SOURCES)[number];
  /** Bytes of the source before what it printed; undefined: it could not be told. */
  readonly offset: number | undefined;
}

/**
 * Calls of `console.*` as they were recorded, for the way from a line to its call and back. A call tells how many bytes its process had written before;
 * where it could not, the first line of its text and its time must do.
 */
export class ConsoleCalls {
  readonly #time = float64Column();
  readonly #stream = uint32Column();
  readonly #source = uint32Column();
  /** NaN: not known. */
  readonly #offset = float64Column();
  /** Of its text; Infinity: it was cut. */
  readonly #bytes = float64Column();
  readonly #hash = uint32Column();

  add(stream: number, timeNs: number, args: Uint8Array): void {
    if (this.#time.length >= MAX_CALLS) return;
    const told = toldIn(args);
    if (!told) return;
    this.#time.push(timeNs);
    this.#stream.push(stream);
    this.#source.push(SOURCES.indexOf(told.stream));
    this.#offset.push(told.offset);
    this.#bytes.push(told.text.endsWith('…') ? Number.POSITIVE_INFINITY : encoder.encode(told.text).length + 1);
    this.#hash.push(hashOf(firstLine(told.text)));
  }

  #call(k: number): ConsoleCall {
    const offset = this.#offset.get(k);
    return {
      stream: this.#stream.get(k),
      timeNs: this.#time.get(k),
      source: SOURCES[this.#source.get(k)] ?? 'stdout',
      offset: Number.isNaN(offset) ? undefined : offset,
    };
  }

  /** The call that printed a line. `isMain`: streams whose process wrote to the pipe itself, so that its bytes are those of the console. */
  callOf(line: LinePlace, isMain: (stream: number) => boolean): ConsoleCall | undefined {
    const source = SOURCES.indexOf(line.source as (typeof SOURCES)[number]);
    if (source < 0) return undefined;
    const hash = hashOf(firstLine(withoutCodes(line.text)));
    let byBytes = -1;
    let byText = -1;
    for (let k = 0; k < this.#time.length; k++) {
      if (this.#source.get(k) !== source) continue;
      const behind = line.timeNs - this.#time.get(k);
      if (behind > MOST_BEHIND_NS || behind < -MOST_AHEAD_NS) continue;
      const offset = this.#offset.get(k);
      // A call that was cut is said to print no more than its first line: what else is not known.
      const bytes = this.#bytes.get(k);
      const isWithin = offset === line.offset || (Number.isFinite(bytes) && offset <= line.offset && line.offset < offset + bytes);
      if (isWithin && isMain(this.#stream.get(k))) byBytes = k;
      if (this.#hash.get(k) === hash && (byText < 0 || Math.abs(behind) <= Math.abs(line.timeNs - this.#time.get(byText)))) byText = k;
    }
    const found = byBytes >= 0 ? byBytes : byText;
    return found < 0 ? undefined : this.#call(found);
  }

  /** The call at a moment of a thread. */
  at(stream: number, timeNs: number): (ConsoleCall & { readonly isText: (line: string) => boolean }) | undefined {
    for (let k = 0; k < this.#time.length; k++) {
      if (this.#time.get(k) !== timeNs || this.#stream.get(k) !== stream) continue;
      const hash = this.#hash.get(k);
      return { ...this.#call(k), isText: (line) => hashOf(firstLine(withoutCodes(line))) === hash };
    }
    return undefined;
  }
}

/** Recorded arguments are outside data. */
function toldIn(args: Uint8Array): { readonly stream: 'stdout' | 'stderr'; readonly offset: number; readonly text: string } | undefined {
  try {
    const { stream, offset, text } = JSON.parse(decoder.decode(args)) as Record<string, unknown>;
    if (stream !== 'stdout' && stream !== 'stderr') return undefined;
    return { stream, offset: typeof offset === 'number' && offset >= 0 ? offset : Number.NaN, text: typeof text === 'string' ? text : '' };
  } catch {
    return undefined;
  }
}

/** As much of it as both sides have in any case. */
const MOST_LETTERS = 200;
const firstLine = (text: string): string => (text.split('\n', 1)[0] as string).replace(/\r$/, '').trim().slice(0, MOST_LETTERS);
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with one.
const withoutCodes = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  return hash >>> 0;
}
