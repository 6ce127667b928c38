/**
 * A traced process looks at its own events: what the drain has sent lies in the copy that it keeps (`event-copy.ts`), what it has
 * not taken yet in the rings. Both are read without asking the drain for anything but to have begun, so that neither a slow
 * collector nor a drain that was never started holds the process up.
 */
import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { encodeFrameHeader, FRAME_HEADER_BYTES, FrameType, SPILL_MAGIC, type ThreadHello } from '../protocol/target-wire.ts';
import { jsonFrame } from './frames.ts';
import { type DrainMessage, DrainState, Keep, ProcessWord } from './ring-layout.ts';
import { type PeekedRing, peekRing } from './ring-reader.ts';
import { currentRuntime, type KeptSource } from './runtime.ts';

/** The drain begins the copy at its next wake-up, some milliseconds; one that does not is left alone. */
const BEGIN_LIMIT_MS = 3000;

// Taken at load: a script may replace its clock.
const clock = performance.now.bind(performance);

type RingMessage = Extract<DrainMessage, { kind: 'ring' }>;

/** From now on the process's own events are kept. Does nothing where nobody records. */
export function keepEvents(): void {
  currentRuntime()?.kept?.keep();
}

/**
 * What this process has recorded since `keepEvents`: whole frames as in target-wire.ts, HELLO first. Undefined where nothing is
 * kept, or where there was more than may be kept: then a part of it would pass for the whole.
 */
export function readKept(): Iterable<Uint8Array> | undefined {
  const kept = currentRuntime()?.kept;
  return kept?.whole ? kept.read() : undefined;
}

export interface KeptEventsOptions {
  readonly process: Int32Array;
  readonly copyFile: string;
  /** The HELLO frame; empty where the copy alone has it. */
  readonly hello: Uint8Array;
  /** Rings that this thread knows of. */
  readonly rings: () => Iterable<RingMessage>;
}

export class KeptEvents implements KeptSource {
  readonly #options: KeptEventsOptions;
  readonly #words: Int32Array;

  constructor(options: KeptEventsOptions) {
    this.#options = options;
    this.#words = options.process;
  }

  keep(): void {
    Atomics.compareExchange(this.#words, ProcessWord.KEEP, Keep.OFF, Keep.ON);
    // Who looks at the events begins anywhere in a row of differences: every object tells all of itself next.
    Atomics.add(this.#words, ProcessWord.GENERATION, 1);
    Atomics.notify(this.#words, ProcessWord.BELL);
  }

  get whole(): boolean {
    return Atomics.load(this.#words, ProcessWord.KEEP) === Keep.ON;
  }

  read(): Iterable<Uint8Array> | undefined {
    if (Atomics.load(this.#words, ProcessWord.KEEP) === Keep.OFF) return undefined;
    this.#waitForCopy();
    // The rings first: what the drain confirms meanwhile, and may be written over, is in the copy by then.
    const peeked = [...this.#options.rings()].map((ring) => ({ ring, ...peekRing(ring) }));
    const copy = CopyFile.open(this.#options.copyFile);
    return this.#frames(copy, peeked);
  }

  /** The process ends. */
  remove(): void {
    if (Atomics.load(this.#words, ProcessWord.KEPT) === 1) rmSync(this.#options.copyFile, { force: true });
  }

  #waitForCopy(): void {
    const ends = clock() + BEGIN_LIMIT_MS;
    const running = (): boolean => {
      const state = Atomics.load(this.#words, ProcessWord.STATE);
      return state === DrainState.CONNECTING || state === DrainState.CONNECTED;
    };
    while (running() && this.whole && Atomics.load(this.#words, ProcessWord.KEPT) === 0) {
      const left = ends - clock();
      if (left <= 0) return;
      Atomics.notify(this.#words, ProcessWord.BELL);
      Atomics.wait(this.#words, ProcessWord.KEPT, 0, Math.min(left, 20));
    }
  }

  *#frames(copy: CopyFile | undefined, peeked: readonly Peeked[]): Generator<Uint8Array, void, undefined> {
    const ends = new Map<number, StreamEnds>();
    if (copy) yield* copy.frames(ends);
    else if (this.#options.hello.length > 0) yield this.#options.hello;
    // A copy that was cut does not reach to the rings.
    if (!this.whole) return;
    for (const { ring, data, definitions } of peeked) {
      const { thread, name, ringBytes } = ring;
      const end = ends.get(thread);
      if (!end) yield jsonFrame(FrameType.THREAD, thread, { thread, name, ringBytes } satisfies ThreadHello);
      for (const [type, piece, from] of [
        [FrameType.DEFS, definitions, end?.definitions],
        [FrameType.DATA, data, end?.data],
      ] as const) {
        const bytes = after(piece, from);
        if (bytes.length > 0) yield Buffer.concat([encodeFrameHeader(bytes.length, type, thread), bytes]);
      }
    }
  }
}

interface Peeked {
  readonly ring: RingMessage;
  readonly data: PeekedRing;
  readonly definitions: PeekedRing;
}

/** Bytes of a thread's streams since its start, up to the end of the copy. */
interface StreamEnds {
  data: number;
  definitions: number;
}

/** What lies behind `end` of the stream. Positions wrap at 2^32 units. */
function after({ from, bytes }: PeekedRing, end: number | undefined): Buffer {
  if (end === undefined) return bytes;
  const skipped = (((end / 8) % 2 ** 32) | 0) - from;
  return bytes.subarray(Math.min(bytes.length, Math.max(0, (skipped | 0) * 8)));
}

/** The copy as it is at this moment: the drain goes on writing behind that. */
class CopyFile {
  readonly #file: number;
  readonly #size: number;

  private constructor(file: number) {
    this.#file = file;
    this.#size = fstatSync(file).size;
  }

  static open(file: string): CopyFile | undefined {
    try {
      return new CopyFile(openSync(file, 'r'));
    } catch {
      return undefined; // Not begun: all is in the rings.
    }
  }

  *frames(ends: Map<number, StreamEnds>): Generator<Uint8Array, void, undefined> {
    try {
      let at = SPILL_MAGIC.length;
      for (;;) {
        const header = this.#read(at, FRAME_HEADER_BYTES);
        if (!header) return;
        const frame = this.#read(at, FRAME_HEADER_BYTES + header.readUInt32LE(0));
        if (!frame) return;
        at += frame.length;
        const [type, thread] = [frame[4], frame.readUInt32LE(8)];
        const bytes = frame.length - FRAME_HEADER_BYTES;
        const end = ends.get(thread);
        if (type === FrameType.THREAD) {
          const { dataBefore = 0, definitionsBefore = 0 } = JSON.parse(frame.toString('utf8', FRAME_HEADER_BYTES)) as ThreadHello;
          ends.set(thread, { data: dataBefore, definitions: definitionsBefore });
        } else if (end && type === FrameType.DATA) end.data += bytes;
        else if (end && type === FrameType.DEFS) end.definitions += bytes;
        yield frame;
      }
    } finally {
      closeSync(this.#file);
    }
  }

  /** Undefined where the file ends before. */
  #read(at: number, length: number): Buffer | undefined {
    if (at + length > this.#size) return undefined;
    const bytes = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; ) {
      const count = readSync(this.#file, bytes, filled, length - filled, at + filled);
      if (count === 0) return undefined;
      filled += count;
    }
    return bytes;
  }
}
