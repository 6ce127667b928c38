/**
 * The calls that are open at a place of a thread's stream. A block of a recording begins with them, from the outermost, four words each: the
 * start as f64 in ns since the recording's start, function id, number of the activation (0: a plain call). So a block decodes alone.
 */
export const OPEN_FRAME_WORDS = 4;
/** Deeper calls are counted, not named. */
export const MAX_OPEN_FRAMES = 4096;
const FIRST_FRAMES = 64;

export class OpenStack {
  #depth = 0;
  #starts = new Float64Array(FIRST_FRAMES);
  #functions = new Uint32Array(FIRST_FRAMES);
  #calls = new Uint32Array(FIRST_FRAMES);

  /** All of them, also those that are not named. */
  get depth(): number {
    return this.#depth;
  }

  get #named(): number {
    return Math.min(this.#depth, MAX_OPEN_FRAMES);
  }

  get unnamed(): number {
    return this.#depth - this.#named;
  }

  /** What `write` takes. */
  get words(): number {
    return this.#named * OPEN_FRAME_WORDS;
  }

  /** Function ids, from the outermost. A view: valid until the next change. */
  get functions(): Uint32Array {
    return this.#functions.subarray(0, this.#named);
  }

  clear(): void {
    this.#depth = 0;
  }

  push(startNs: number, functionId: number, call: number): void {
    const at = this.#depth++;
    if (at >= MAX_OPEN_FRAMES) return;
    if (at === this.#starts.length) this.#grow();
    this.#starts[at] = startNs;
    this.#functions[at] = functionId;
    this.#calls[at] = call;
  }

  /** An end that is not of the innermost call ends all calls down to its own; one without a beginning changes nothing. */
  pop(functionId: number, call: number): void {
    if (this.#depth > MAX_OPEN_FRAMES) {
      this.#depth--;
      return;
    }
    for (let at = this.#depth - 1; at >= 0; at--) {
      if (this.#functions[at] !== functionId || this.#calls[at] !== call) continue;
      this.#depth = at;
      return;
    }
  }

  /** After a gap: the stack as the target knows it. A call that was open before keeps its start, the others begin at the gap. */
  replace(functions: Uint32Array, timeNs: number): void {
    const kept = this.#named;
    const count = Math.min(functions.length, MAX_OPEN_FRAMES);
    while (this.#starts.length < count) this.#grow();
    let same = 0;
    while (same < kept && same < count && this.#functions[same] === functions[same]) same++;
    for (let at = same; at < count; at++) {
      this.#starts[at] = timeNs;
      this.#functions[at] = functions[at] as number;
      this.#calls[at] = 0;
    }
    this.#depth = functions.length;
  }

  write(words: Uint32Array): void {
    const starts = new Uint32Array(this.#starts.buffer);
    for (let frame = 0; frame < this.#named; frame++) {
      const at = frame * OPEN_FRAME_WORDS;
      words[at] = starts[frame * 2] as number;
      words[at + 1] = starts[frame * 2 + 1] as number;
      words[at + 2] = this.#functions[frame] as number;
      words[at + 3] = this.#calls[frame] as number;
    }
  }

  /** Takes the place of what it held: `words` are those in front of a block's records. */
  read(words: Uint32Array): void {
    this.#depth = 0;
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    for (let at = 0; at + OPEN_FRAME_WORDS <= words.length; at += OPEN_FRAME_WORDS) {
      this.push(view.getFloat64(at * 4, true), words[at + 2] as number, words[at + 3] as number);
    }
  }

  /** Frame `at`, 0 the outermost. */
  startNs(at: number): number {
    return this.#starts[at] as number;
  }
  functionId(at: number): number {
    return this.#functions[at] as number;
  }
  call(at: number): number {
    return this.#calls[at] as number;
  }

  #grow(): void {
    const frames = Math.min(MAX_OPEN_FRAMES, this.#starts.length * 2);
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
