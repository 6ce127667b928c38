import { MAX_OPEN_FRAMES, OPEN_FRAME_WORDS } from '../protocol/open-stack.ts';

const WORD = 2 ** 32;
const FIRST_FRAMES = 16;

/**
 * The calls that are open while a recording is being written whose time 0 may not be known yet: as `OpenStack`, with times in the two words of
 * the clock.
 */
export class OpenFrames {
  depth = 0;
  #highs = new Uint32Array(FIRST_FRAMES);
  #lows = new Uint32Array(FIRST_FRAMES);
  #functions = new Uint32Array(FIRST_FRAMES);
  #calls = new Uint32Array(FIRST_FRAMES);

  push(high: number, low: number, functionId: number, call: number): void {
    const at = this.depth++;
    if (at >= MAX_OPEN_FRAMES) return;
    if (at === this.#lows.length) this.#grow();
    this.#highs[at] = high;
    this.#lows[at] = low;
    this.#functions[at] = functionId;
    this.#calls[at] = call;
  }

  /** An end that is not of the innermost call ends all calls down to its own; one without a beginning changes nothing. */
  pop(functionId: number, call: number): void {
    if (this.depth > MAX_OPEN_FRAMES) {
      this.depth--;
      return;
    }
    for (let at = this.depth - 1; at >= 0; at--) {
      if (this.#functions[at] !== functionId || this.#calls[at] !== call) continue;
      this.depth = at;
      return;
    }
  }

  /** After a gap: the stack as the target knew it. A call that was open before keeps its start, the others begin at the gap. */
  replace(functions: Uint32Array, high: number, low: number): void {
    const kept = Math.min(this.depth, MAX_OPEN_FRAMES);
    let same = 0;
    while (same < kept && same < functions.length && this.#functions[same] === functions[same]) same++;
    this.depth = same;
    for (let at = same; at < functions.length; at++) this.push(high, low, functions[at] as number, 0);
  }

  /** Those that are named, as they are now. */
  copy(): OpenFrames {
    const copy = new OpenFrames();
    const named = Math.min(this.depth, MAX_OPEN_FRAMES);
    copy.depth = this.depth;
    copy.#highs = this.#highs.slice(0, named);
    copy.#lows = this.#lows.slice(0, named);
    copy.#functions = this.#functions.slice(0, named);
    copy.#calls = this.#calls.slice(0, named);
    return copy;
  }

  /** The first bytes of a block, at most `room` of them: the outermost frames. Time 0 is `startHigh`, `startLow`. */
  bytes(startHigh: number, startLow: number, room: number): Uint8Array {
    const frames = Math.min(this.depth, MAX_OPEN_FRAMES, Math.floor(room / (OPEN_FRAME_WORDS * 4)));
    const words = new Uint32Array(frames * OPEN_FRAME_WORDS);
    const doubles = new Float64Array(words.buffer);
    for (let at = 0; at < frames; at++) {
      doubles[at * 2] = ((this.#highs[at] as number) - startHigh) * WORD + ((this.#lows[at] as number) - startLow);
      words[at * OPEN_FRAME_WORDS + 2] = this.#functions[at] as number;
      words[at * OPEN_FRAME_WORDS + 3] = this.#calls[at] as number;
    }
    return new Uint8Array(words.buffer);
  }

  #grow(): void {
    const grown = (list: Uint32Array): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(list.length * 2);
      larger.set(list);
      return larger;
    };
    this.#highs = grown(this.#highs);
    this.#lows = grown(this.#lows);
    this.#functions = grown(this.#functions);
    this.#calls = grown(this.#calls);
  }
}
