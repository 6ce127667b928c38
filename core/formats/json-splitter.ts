import { ProblemError } from '../base/result.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  endOfString,
  endOfValue,
  INCOMPLETE,
  MALFORMED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from './json-bytes.ts';

/** The text of a value as it stands there. Valid until the next piece is asked for. */
export type JsonPiece =
  /** An element of the list `traceEvents`. */
  | { readonly kind: 'event'; readonly json: Uint8Array }
  /** Another member of the object. `key`: between its quotes. */
  | { readonly kind: 'member'; readonly key: string; readonly json: Uint8Array };

const MAX_VALUE_BYTES = 64 * 1024 * 1024;
const EVENTS = 'traceEvents';
const decoder = new TextDecoder();

/** Cuts an object with a list `traceEvents` into the texts of its values, by brackets and quotes. Throws a ProblemError where it is none. */
export async function* splitTraceEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<JsonPiece, void, undefined> {
  const splitter = new JsonSplitter();
  for await (const chunk of bytes) {
    splitter.push(chunk);
    yield* splitter.pieces();
  }
  yield* splitter.end();
}

class JsonSplitter {
  #held = new Uint8Array(0);
  #at = 0;
  #to = 0;
  /** Offset of `#held[0]` in the text. */
  #base = 0;
  /** Unread bytes below which another try is in vain: it doubles, so that a long value is not read again and again. */
  #wanted = 0;
  #state: 'start' | 'object' | 'list' | 'done' = 'start';

  push(chunk: Uint8Array): void {
    if (this.#to + chunk.length > this.#held.length) {
      const rest = this.#held.subarray(this.#at, this.#to);
      const held = rest.length + chunk.length <= this.#held.length ? this.#held : new Uint8Array(2 * (rest.length + chunk.length));
      held.set(rest);
      this.#held = held;
      this.#base += this.#at;
      this.#to = rest.length;
      this.#at = 0;
    }
    this.#held.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  *pieces(): Generator<JsonPiece, void, undefined> {
    if (this.#to - this.#at < this.#wanted) return;
    this.#wanted = 0;
    for (let piece = this.#next(); piece; piece = this.#next()) yield piece;
  }

  *end(): Generator<JsonPiece, void, undefined> {
    this.#wanted = 0;
    yield* this.pieces();
    if (this.#state !== 'done') throw this.#damaged();
  }

  /** Undefined: more bytes are needed, or nothing follows. */
  #next(): JsonPiece | undefined {
    for (;;) {
      const at = this.#skipTo();
      if (at === this.#to || this.#state === 'done') return undefined;
      const c = this.#held[at];
      if (this.#state === 'start') {
        if (c !== OPEN_BRACE) throw this.#damaged();
        this.#state = 'object';
        this.#at++;
      } else if (this.#state === 'object' && c === CLOSE_BRACE) {
        this.#state = 'done';
        this.#at++;
      } else if (this.#state === 'list' && c === CLOSE_BRACKET) {
        this.#state = 'object';
        this.#at++;
      } else if (this.#state === 'list') {
        const end = this.#endOf(at);
        if (end < 0) return undefined;
        this.#at = end;
        return { kind: 'event', json: this.#held.subarray(at, end) };
      } else {
        const piece = this.#member(at);
        if (piece !== 'list') return piece;
      }
    }
  }

  /** Behind spaces and commas. */
  #skipTo(): number {
    do this.#at = skipSpace(this.#held, this.#at, this.#to);
    while (this.#at < this.#to && this.#held[this.#at] === COMMA && this.#at++ >= 0);
    return this.#at;
  }

  #member(at: number): JsonPiece | 'list' | undefined {
    if (this.#held[at] !== QUOTE) throw this.#damaged();
    const keyEnd = endOfString(this.#held, at + 1, this.#to);
    const colon = keyEnd < 0 ? this.#to : skipSpace(this.#held, keyEnd + 1, this.#to);
    const from = colon < this.#to ? skipSpace(this.#held, colon + 1, this.#to) : this.#to;
    if (from === this.#to) return this.#incomplete();
    if (this.#held[colon] !== COLON) throw this.#damaged();
    const key = decoder.decode(this.#held.subarray(at + 1, keyEnd));
    if (key === EVENTS && this.#held[from] === OPEN_BRACKET) {
      this.#state = 'list';
      this.#at = from + 1;
      return 'list';
    }
    const end = this.#endOf(from);
    if (end < 0) return undefined;
    this.#at = end;
    return { kind: 'member', key, json: this.#held.subarray(from, end) };
  }

  #endOf(from: number): number {
    const end = endOfValue(this.#held, from, this.#to);
    if (end === MALFORMED) throw this.#damaged();
    if (end === INCOMPLETE) this.#incomplete();
    return end;
  }

  #incomplete(): undefined {
    const unread = this.#to - this.#at;
    if (unread > MAX_VALUE_BYTES) throw this.#damaged();
    this.#wanted = unread * 2;
    return undefined;
  }

  #damaged(): ProblemError {
    return new ProblemError({ code: 'attachment-damaged', message: `It is no trace from its byte ${this.#base + this.#at} on.` });
  }
}
