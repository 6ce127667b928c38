import { MAX_OPEN_FRAMES, OPEN_FRAME_WORDS } from '../protocol/open-stack.ts';

/** Where ended calls go. `call`: number of the activation; 0: a plain call. `args` and `result` are JSON. */
export interface CallEnds {
  callOpened(startNs: number, functionId: number, call: number): void;
  callEnded(startNs: number, endNs: number, functionId: number, call: number, args: Uint8Array | undefined, result: Uint8Array | undefined): void;
  /** Nothing ended it; `endNs` is the end of the trace. */
  callLeft(startNs: number, endNs: number, functionId: number, call: number, args: Uint8Array | undefined): void;
}

const FIRST_FRAMES = 64;
/** A stack deeper than V8 allows is damage; what is beyond is counted. */
const MAX_FRAMES = 1_000_000;

/** The calls of a stream that are open while it is read, with what they were given. Tells each when it ends. */
export class OpenCalls {
  #depth = 0;
  #starts = new Float64Array(0);
  #functions = new Uint32Array(0);
  #calls = new Uint32Array(0);
  /** By depth, of those that have any. */
  readonly #args = new Map<number, Uint8Array>();
  readonly #results = new Map<number, Uint8Array>();

  get depth(): number {
    return this.#depth;
  }

  /** Begin of the innermost; NaN: none is open. */
  get innermostStartNs(): number {
    return this.#depth > 0 ? (this.#starts[Math.min(this.#depth, MAX_FRAMES) - 1] as number) : Number.NaN;
  }

  push(startNs: number, functionId: number, call: number, ends: CallEnds): void {
    const at = this.#depth++;
    if (at >= MAX_FRAMES) return;
    if (at >= this.#starts.length) this.#grow();
    this.#starts[at] = startNs;
    this.#functions[at] = functionId;
    this.#calls[at] = call;
    ends.callOpened(startNs, functionId, call);
  }

  /** An end that is not of the innermost call ends all calls down to its own; one without a beginning means nothing. */
  pop(timeNs: number, functionId: number, call: number, ends: CallEnds): void {
    if (this.#depth > MAX_FRAMES) {
      this.#depth--;
      return;
    }
    let at = this.#depth - 1;
    while (at >= 0 && (this.#functions[at] !== functionId || this.#calls[at] !== call)) at--;
    if (at >= 0) this.#endDownTo(at, timeNs, ends);
  }

  /** Those that are open, from the outermost. */
  *frames(): Generator<{ readonly startNs: number; readonly functionId: number; readonly call: number }, void, undefined> {
    for (let at = 0; at < Math.min(this.#depth, MAX_FRAMES); at++) {
      yield { startNs: this.#starts[at] as number, functionId: this.#functions[at] as number, call: this.#calls[at] as number };
    }
  }

  setArguments(json: Uint8Array): void {
    if (this.#depth > 0) this.#args.set(this.#depth - 1, json);
  }

  setResult(json: Uint8Array): void {
    if (this.#depth > 0) this.#results.set(this.#depth - 1, json);
  }

  /** After a gap the stack is what the target knew: what is not in it ended somewhere in the gap. */
  replace(timeNs: number, payload: Uint8Array, stackAt: number, depth: number, ends: CallEnds): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const functionAt = (frame: number): number => view.getUint32(stackAt + frame * 4, true);
    let same = 0;
    while (same < depth && same < this.#depth && this.#functions[same] === functionAt(same)) same++;
    this.#endDownTo(same, timeNs, ends);
    for (let frame = same; frame < depth; frame++) this.push(timeNs, functionAt(frame), 0, ends);
  }

  /** A block tells the stack that it begins with: what was known is wrong where blocks before it are missing. */
  beginBlock(payload: Uint8Array, words: number, timeNs: number, isFirst: boolean, ends: CallEnds): void {
    const frames = Math.min(Math.floor(words / OPEN_FRAME_WORDS), Math.floor(payload.length / (OPEN_FRAME_WORDS * 4)));
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const at = (frame: number, word: number): number => view.getUint32(frame * OPEN_FRAME_WORDS * 4 + word * 4, true);
    let same = 0;
    while (same < frames && same < this.#depth && this.#functions[same] === at(same, 2) && this.#calls[same] === at(same, 3)) same++;
    // Frames beyond those that a block names are known from before.
    if (!isFirst && same === frames && frames === Math.min(this.#depth, MAX_OPEN_FRAMES)) return;
    this.#endDownTo(same, timeNs, ends);
    for (let frame = same; frame < frames; frame++) this.push(view.getFloat64(frame * OPEN_FRAME_WORDS * 4, true), at(frame, 2), at(frame, 3), ends);
  }

  finish(timeNs: number, ends: CallEnds): void {
    // From the outermost: a reader that nests by order has them as they were.
    for (let at = 0; at < Math.min(this.#depth, MAX_FRAMES); at++) {
      ends.callLeft(this.#starts[at] as number, timeNs, this.#functions[at] as number, this.#calls[at] as number, this.#args.get(at));
    }
    this.#depth = 0;
    this.#args.clear();
    this.#results.clear();
  }

  #endDownTo(depth: number, endNs: number, ends: CallEnds): void {
    for (let at = Math.min(this.#depth, MAX_FRAMES) - 1; at >= depth; at--) {
      let args: Uint8Array | undefined;
      let result: Uint8Array | undefined;
      if (this.#args.size > 0) {
        args = this.#args.get(at);
        if (args !== undefined) this.#args.delete(at);
      }
      if (this.#results.size > 0) {
        result = this.#results.get(at);
        if (result !== undefined) this.#results.delete(at);
      }
      this.#depth = at;
      ends.callEnded(this.#starts[at] as number, endNs, this.#functions[at] as number, this.#calls[at] as number, args, result);
    }
  }

  #grow(): void {
    const frames = Math.max(FIRST_FRAMES, this.#starts.length * 2);
    const starts = new Float64Array(frames);
    starts.set(this.#starts);
    this.#starts = starts;
    const functions = new Uint32Array(frames);
    functions.set(this.#functions);
    this.#functions = functions;
    const calls = new Uint32Array(frames);
    calls.set(this.#calls);
    this.#calls = calls;
  }
}
