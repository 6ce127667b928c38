/**
 * Samples of a stack as calls: a call begins at the first sample that has it, and ends at the first one that has it no more. Times never go back: a
 * sample that claims to be earlier is taken at the time of the one before.
 */
import { FunctionFlag } from '../protocol/records.ts';
import type { RecordingBuilder } from './record-writer.ts';

/** Names in brackets and functions without a file are the engine's own. */
const NATIVE_NAME = /^\((root|program|idle|garbage collector|.*)\)$/;

export interface SampledFrame {
  readonly name: string;
  /** '': not known. */
  readonly file: string;
  /** From 1; 0: not known. */
  readonly line: number;
  readonly column: number;
}

/** Deeper frames are left out. */
export const MAX_SAMPLED_DEPTH = 4000;
const MAX_FUNCTIONS = 1_000_000;

export class SampledCalls {
  readonly #builder: RecordingBuilder;
  readonly #stream: number;
  readonly #functions = new Map<string, number>();
  /** Function ids that are open, from the outermost. */
  #open = new Uint32Array(64);
  #depth = 0;
  #high = 0;
  #low = 0;

  constructor(builder: RecordingBuilder, stream: number) {
    this.#builder = builder;
    this.#stream = stream;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Id of a function; the same frame gives the same one. 0: there are too many. */
  function(frame: SampledFrame): number {
    const name = frame.name.slice(0, 4096);
    const file = frame.file.slice(0, 4096);
    const key = `${frame.line}:${frame.column}:${file}\n${name}`;
    let id = this.#functions.get(key);
    if (id === undefined) {
      if (this.#functions.size >= MAX_FUNCTIONS) return 0;
      const flags = NATIVE_NAME.test(name) && file === '' ? FunctionFlag.NATIVE : 0;
      id = this.#builder.functionDefinition(this.#stream, name === '' ? '(anonymous)' : name, file, frame.line, frame.column, flags);
      this.#functions.set(key, id);
    }
    return id;
  }

  /** The stack at a time: `depth` function ids from the outermost. */
  sample(high: number, low: number, stack: ArrayLike<number>, depth: number): void {
    if (high < this.#high || (high === this.#high && low < this.#low)) {
      high = this.#high;
      low = this.#low;
    }
    this.#high = high;
    this.#low = low;
    const wanted = Math.min(depth, MAX_SAMPLED_DEPTH);
    let same = 0;
    while (same < wanted && same < this.#depth && this.#open[same] === stack[same]) same++;
    for (let at = this.#depth - 1; at >= same; at--) this.#builder.exit(this.#stream, high, low, this.#open[at] as number);
    if (wanted > this.#open.length) {
      const grown = new Uint32Array(Math.max(wanted, this.#open.length * 2));
      grown.set(this.#open);
      this.#open = grown;
    }
    for (let at = same; at < wanted; at++) {
      this.#open[at] = stack[at] as number;
      this.#builder.enter(this.#stream, high, low, stack[at] as number);
    }
    this.#depth = wanted;
  }

  /** What is open ends. */
  end(high: number, low: number): void {
    this.sample(high, low, [], 0);
  }
}
