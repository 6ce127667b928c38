import { FRAME_HEADER_BYTES, FrameType, MAX_FRAME_BYTES } from '../../core/protocol/target-wire.ts';

/** Frames that are taken apart as JSON are short; the environment of a process can take up to 2 MB. */
const MAX_JSON_BYTES = 4 * 1024 * 1024;

export interface FrameSink {
  /** A whole frame of any type but DATA. `body` is valid during the call. */
  frame(type: number, thread: number, body: Uint8Array): void;
  /** A piece of a DATA body, as it came. Valid during the call. */
  data(thread: number, piece: Uint8Array): void;
}

/** What came does not keep to target-wire.ts: the socket is closed. */
export class WireError extends Error {}

/** Takes the bytes of a target's socket in any pieces. DATA is passed on at once, so a frame of 16 MB is never held. */
export class FrameParser {
  readonly #sink: FrameSink;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerFill = 0;
  #left = 0;
  #type = 0;
  #thread = 0;
  #body = new Uint8Array(0);
  #bodyFill = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** True between frames: an end here is no cut. */
  get atBorder(): boolean {
    return this.#headerFill === 0;
  }

  /** Throws WireError. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerFill < FRAME_HEADER_BYTES) {
        const taken = Math.min(FRAME_HEADER_BYTES - this.#headerFill, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + taken), this.#headerFill);
        this.#headerFill += taken;
        at += taken;
        if (this.#headerFill === FRAME_HEADER_BYTES) this.#begin();
        continue;
      }
      const piece = chunk.subarray(at, Math.min(chunk.length, at + this.#left));
      at += piece.length;
      this.#left -= piece.length;
      if (this.#type === FrameType.DATA) this.#sink.data(this.#thread, piece);
      else {
        this.#body.set(piece, this.#bodyFill);
        this.#bodyFill += piece.length;
      }
      if (this.#left === 0) this.#finish();
    }
  }

  #begin(): void {
    const bytes = this.#view.getUint32(0, true);
    this.#type = this.#header[4] as number;
    this.#thread = this.#view.getUint32(8, true);
    if (this.#header[5] !== 0 || this.#header[6] !== 0 || this.#header[7] !== 0) throw new WireError('a frame header with unknown fields');
    const limit = this.#type === FrameType.DATA || this.#type === FrameType.DEFS ? MAX_FRAME_BYTES : MAX_JSON_BYTES;
    if (bytes > limit) throw new WireError(`a frame of type ${this.#type} with ${bytes} bytes`);
    this.#left = bytes;
    if (this.#type !== FrameType.DATA && bytes > 0) this.#body = new Uint8Array(bytes);
    this.#bodyFill = 0;
    if (bytes === 0) this.#finish();
  }

  #finish(): void {
    const body = this.#body.subarray(0, this.#bodyFill);
    this.#headerFill = 0;
    this.#body = new Uint8Array(0);
    if (this.#type !== FrameType.DATA) this.#sink.frame(this.#type, this.#thread, body);
  }
}
