import { ProblemError } from '../base/result.ts';
import { hashStep } from './byte-interner.ts';
import {
  BACKSLASH,
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

/** Keys of an event that are looked at; all others are stepped over. Index into EventFields. */
export const Field = { NAME: 0, PH: 1, TS: 2, DUR: 3, PID: 4, TID: 5, CAT: 6, ARGS: 7, ID: 8, S: 9, ID2: 10, SCOPE: 11 } as const;
const FIELD_COUNT = 12;
const OTHER_FIELD = -1;

/** Where the values of one event lie. `end[f]` 0: absent. A string's borders are inside its quotes. Valid during the call. */
export class EventFields {
  bytes: Uint8Array = new Uint8Array(0);
  readonly start = new Int32Array(FIELD_COUNT);
  readonly end = new Int32Array(FIELD_COUNT);
  readonly isString = new Uint8Array(FIELD_COUNT);
  /** Of the bytes of a name in quotes, see `hashStep`: made while it is looked for its end. */
  nameHash = 0;
}

export interface TraceEventSink {
  event(fields: EventFields): void;
  /** A member beside `traceEvents`. `json` undefined: longer than is kept. */
  member(key: string, json: Uint8Array | undefined, bytes: number): void;
}

/** How the text ended. */
export type TraceEventEnd =
  | { readonly kind: 'whole' }
  /** At byte `at` nothing more came, inside of something that begins at byte `from`. */
  | { readonly kind: 'cut'; readonly at: number; readonly from: number }
  /** Byte `at` is none that JSON allows there: what follows was not read. */
  | { readonly kind: 'damaged'; readonly at: number }
  /** Whole, but more text follows from byte `at` on. */
  | { readonly kind: 'trailing'; readonly at: number };

/** An event longer than this is stepped over. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;
const MAX_KEY_BYTES = 64 * 1024;
/** Members beside `traceEvents` are kept up to here. */
export const MAX_MEMBER_BYTES = 64 * 1024;
const PIECE_BYTES = 256 * 1024;

const decoder = new TextDecoder();

/**
 * Cuts Chrome Trace Event JSON that arrives in pieces of any size into its events. Holds the event that is not whole yet and
 * one piece; what comes out does not depend on where the pieces end.
 */
export class TraceEventTokenizer {
  /** Objects seen in the list of events. */
  objects = 0;
  /** Elements of the list that are no objects. */
  others = 0;
  /** Events longer than MAX_EVENT_BYTES. */
  tooLong = 0;
  readonly #sink: TraceEventSink;
  readonly #fields = new EventFields();
  #held = new Uint8Array(PIECE_BYTES * 2);
  #from = 0;
  #to = 0;
  /** Offset in the text of `#held[0]`. */
  #base = 0;
  /** Unread bytes below which another try to read an event is in vain: it doubles, so that a long event is not read again and again. */
  #wanted = 0;
  #state: 'start' | 'list' | 'member' | 'skip' | 'after' | 'done' = 'start';
  #form: 'array' | 'object' = 'array';
  #sawEvents = false;
  #end: TraceEventEnd | undefined;
  readonly #skip = { from: 0, depth: 0, inString: false, escaped: false, scalar: false, back: 'list' as 'list' | 'member', key: '' };
  #captured: Uint8Array[] = [];
  #capturedBytes = 0;
  #errorAt = 0;

  constructor(sink: TraceEventSink) {
    this.#sink = sink;
  }

  get offset(): number {
    return this.#base + this.#from;
  }

  /** Nothing that follows matters any more. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /** Throws a ProblemError `not-a-trace` when the bytes cannot be one. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.#state !== 'done'; at += PIECE_BYTES) {
      this.#hold(chunk.subarray(at, at + PIECE_BYTES));
      if (this.#to - this.#from >= this.#wanted) this.#advance();
    }
  }

  end(): TraceEventEnd {
    if (this.#state !== 'done') this.#advance();
    if (this.#end !== undefined) return this.#end;
    const at = this.#base + this.#to;
    const whole = { kind: 'whole' } as const;
    switch (this.#state) {
      case 'start':
        throw notATrace(at === 0 ? 'the file is empty' : 'there is nothing in it');
      case 'after':
        return this.#sawEvents ? whole : this.#noEvents();
      case 'list':
        // The closing bracket of the array form is optional by the format's own words.
        return this.#form === 'array' && this.#from === this.#to ? whole : { kind: 'cut', at, from: this.offset };
      case 'skip':
        return this.#sawEvents ? { kind: 'cut', at, from: this.#skip.from } : this.#noEvents();
      default:
        if (!this.#sawEvents) return this.#noEvents();
        return { kind: 'cut', at, from: this.offset };
    }
  }

  #noEvents(): never {
    throw notATrace('it is JSON, but has no list "traceEvents"');
  }

  #hold(piece: Uint8Array): void {
    if (this.#to + piece.length > this.#held.length) {
      const length = this.#to - this.#from;
      const needed = length + piece.length;
      const target = needed <= this.#held.length ? this.#held : new Uint8Array(Math.max(needed, this.#held.length * 2));
      target.set(this.#held.subarray(this.#from, this.#to));
      this.#held = target;
      this.#base += this.#from;
      this.#from = 0;
      this.#to = length;
    }
    this.#held.set(piece, this.#to);
    this.#to += piece.length;
  }

  #advance(): void {
    let going = true;
    while (going) {
      switch (this.#state) {
        case 'start':
          going = this.#start();
          break;
        case 'list':
          going = this.#list();
          break;
        case 'member':
          going = this.#member();
          break;
        case 'skip':
          going = this.#skipOn();
          break;
        case 'after':
          going = this.#after();
          break;
        default:
          going = false;
      }
    }
    const unread = this.#to - this.#from;
    // Keys and first bytes are short; only an event is worth waiting for in doubling steps.
    this.#wanted = this.#state === 'list' && unread > 0 ? Math.min(unread * 2, MAX_EVENT_BYTES) : 0;
  }

  #start(): boolean {
    const held = this.#held;
    if (this.#base === 0 && this.#from === 0 && held[0] === 0xef && this.#to > 0) {
      if (this.#to < 3) return false;
      if (held[1] === 0xbb && held[2] === 0xbf) this.#from = 3;
    }
    this.#from = skipSpace(held, this.#from, this.#to);
    if (this.#from >= this.#to) return false;
    const c = held[this.#from];
    if (c === OPEN_BRACKET) {
      this.#state = 'list';
      this.#sawEvents = true;
    } else if (c === OPEN_BRACE) {
      this.#state = 'member';
      this.#form = 'object';
    } else throw notATrace('it does not begin with "{" or "["');
    this.#from++;
    return true;
  }

  #list(): boolean {
    const held = this.#held;
    const to = this.#to;
    let at = this.#from;
    for (;;) {
      while (at < to && (held[at] === COMMA || (held[at] as number) <= 0x20)) at++;
      this.#from = at;
      if (at >= to) return false;
      const c = held[at];
      if (c !== OPEN_BRACE) break;
      const limit = Math.min(to, at + MAX_EVENT_BYTES);
      const end = this.#readEvent(held, at, limit);
      if (end === MALFORMED) return this.#damaged(this.#errorAt);
      if (end === INCOMPLETE) {
        if (to - at < MAX_EVENT_BYTES) return false;
        this.tooLong++;
        return this.#beginSkip('list', '');
      }
      // `{}` behind the last comma is a habit of writers that cannot take the comma back.
      if (skipSpace(held, at + 1, end) < end - 1) {
        this.objects++;
        this.#sink.event(this.#fields);
      }
      at = end;
    }
    if (held[at] === CLOSE_BRACKET) {
      this.#from++;
      this.#state = this.#form === 'array' ? 'after' : 'member';
      return true;
    }
    if (held[at] === CLOSE_BRACE || held[at] === COLON) return this.#damaged(at);
    if (this.objects === 0 && this.#form === 'array') throw notATrace('it is a JSON list, but not one of events');
    this.others++;
    return this.#beginSkip('list', '');
  }

  #member(): boolean {
    const held = this.#held;
    const to = this.#to;
    let at = this.#from;
    while (at < to && (held[at] === COMMA || (held[at] as number) <= 0x20)) at++;
    this.#from = at;
    if (at >= to) return false;
    if (held[at] === CLOSE_BRACE) {
      this.#from++;
      this.#state = 'after';
      return true;
    }
    if (held[at] !== QUOTE) return this.#damaged(at);
    const limit = Math.min(to, at + MAX_KEY_BYTES);
    const keyEnd = endOfString(held, at + 1, limit);
    const colon = keyEnd < 0 ? limit : skipSpace(held, keyEnd + 1, limit);
    const value = colon >= limit ? limit : skipSpace(held, colon + 1, limit);
    if (colon < limit && held[colon] !== COLON) return this.#damaged(colon);
    if (value >= limit) return limit - at < MAX_KEY_BYTES ? false : this.#damaged(at);
    const key = decodeString(held, at + 1, keyEnd);
    this.#from = value;
    if (key === 'traceEvents' && held[value] === OPEN_BRACKET) {
      this.#from++;
      this.#sawEvents = true;
      this.#state = 'list';
      return true;
    }
    return this.#beginSkip('member', key);
  }

  #beginSkip(back: 'list' | 'member', key: string): true {
    const first = this.#held[this.#from];
    const container = first === OPEN_BRACE || first === OPEN_BRACKET;
    Object.assign(this.#skip, { from: this.offset, depth: 0, inString: false, escaped: false, scalar: !container && first !== QUOTE, back, key });
    this.#captured = [];
    this.#capturedBytes = 0;
    this.#state = 'skip';
    return true;
  }

  /** Steps over a value of any length, byte by byte, holding none of it. */
  #skipOn(): boolean {
    const skip = this.#skip;
    const held = this.#held;
    const begin = this.#from;
    let at = begin;
    let found = false;
    while (at < this.#to && !found) {
      const c = held[at] as number;
      if (skip.scalar) {
        if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET || c <= 0x20) {
          found = true;
          break;
        }
        if (c === QUOTE || c === COLON || c === OPEN_BRACE || c === OPEN_BRACKET) return this.#damaged(at);
      } else if (skip.inString) {
        if (skip.escaped) skip.escaped = false;
        else if (c === BACKSLASH) skip.escaped = true;
        else if (c === QUOTE) {
          skip.inString = false;
          found = skip.depth === 0;
        } else {
          // Hot for embedded sources: on to the next byte that means something.
          while (at + 1 < this.#to && held[at + 1] !== QUOTE && held[at + 1] !== BACKSLASH) at++;
        }
      } else if (c === QUOTE) skip.inString = true;
      else if (c === OPEN_BRACE || c === OPEN_BRACKET) skip.depth++;
      else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) found = --skip.depth === 0;
      at++;
    }
    this.#from = at;
    if (skip.back === 'member') {
      if (this.#capturedBytes + (at - begin) <= MAX_MEMBER_BYTES) this.#captured.push(held.slice(begin, at));
      this.#capturedBytes += at - begin;
    }
    if (!found) return false;
    if (skip.scalar && this.offset === skip.from) return this.#damaged(at);
    this.#state = skip.back;
    if (skip.back === 'member') this.#sink.member(skip.key, this.#takeCaptured(), this.#capturedBytes);
    return true;
  }

  #takeCaptured(): Uint8Array | undefined {
    if (this.#capturedBytes > MAX_MEMBER_BYTES) return undefined;
    const json = new Uint8Array(this.#capturedBytes);
    let at = 0;
    for (const part of this.#captured) {
      json.set(part, at);
      at += part.length;
    }
    this.#captured = [];
    return json;
  }

  #after(): boolean {
    this.#from = skipSpace(this.#held, this.#from, this.#to);
    if (this.#from >= this.#to) return false;
    if (!this.#sawEvents) this.#noEvents();
    this.#end = { kind: 'trailing', at: this.offset };
    this.#state = 'done';
    return false;
  }

  #damaged(at: number): false {
    if (!this.#sawEvents) throw notATrace(`its JSON is broken at byte ${this.#base + at}`);
    this.#end = { kind: 'damaged', at: this.#base + at };
    this.#state = 'done';
    return false;
  }

  /** Fills `#fields` from the object at `at`; returns the byte after it, INCOMPLETE, or MALFORMED with `#errorAt`. Hot. */
  #readEvent(bytes: Uint8Array, at: number, end: number): number {
    const { start: starts, end: ends, isString } = this.#fields;
    this.#fields.bytes = bytes;
    // A loop: `fill` is a call into the engine, dearer than twelve stores.
    for (let f = 0; f < FIELD_COUNT; f++) ends[f] = 0;
    at++;
    for (;;) {
      while (at < end && ((bytes[at] as number) <= 0x20 || bytes[at] === COMMA)) at++;
      if (at >= end) return INCOMPLETE;
      if (bytes[at] === CLOSE_BRACE) return at + 1;
      if (bytes[at] !== QUOTE) return this.#malformed(at);
      at++;
      let field = OTHER_FIELD;
      // The keys of nearly all members are known by their letters, and end where those end.
      let keyEnd = at + 6 < end ? endOfKnownKey(bytes, at) : -1;
      if (keyEnd >= 0) field = fieldOf(bytes, at, keyEnd - at);
      else {
        keyEnd = endOfString(bytes, at, end);
        if (keyEnd < 0) return INCOMPLETE;
        field = bytes.subarray(at, keyEnd).includes(BACKSLASH) ? fieldOfText(decodeString(bytes, at, keyEnd)) : fieldOf(bytes, at, keyEnd - at);
      }
      at = keyEnd + 1;
      if (bytes[at] !== COLON) at = skipSpace(bytes, at, end);
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== COLON) return this.#malformed(at);
      at = skipSpace(bytes, at + 1, end);
      if (at >= end) return INCOMPLETE;
      let valueStart = at;
      let valueEnd = INCOMPLETE;
      const quoted = bytes[at] === QUOTE;
      if (quoted) {
        valueStart++;
        if (field === Field.NAME) {
          let hash = 0;
          let v = valueStart;
          while (v < end) {
            const c = bytes[v] as number;
            if (c === QUOTE) {
              valueEnd = v;
              break;
            }
            hash = hashStep(hash, c);
            v++;
            if (c === BACKSLASH && v < end) hash = hashStep(hash, bytes[v++] as number);
          }
          this.#fields.nameHash = hash;
        } else valueEnd = endOfString(bytes, valueStart, end);
        at = valueEnd + 1;
      } else {
        valueEnd = endOfValue(bytes, at, end);
        if (valueEnd === MALFORMED) return this.#malformed(at);
        at = valueEnd;
      }
      if (valueEnd < 0) return INCOMPLETE;
      if (field !== OTHER_FIELD) {
        starts[field] = valueStart;
        ends[field] = valueEnd;
        isString[field] = quoted ? 1 : 0;
      }
    }
  }

  #malformed(at: number): typeof MALFORMED {
    this.#errorAt = at;
    return MALFORMED;
  }
}

/** Where a key of two to four letters ends, if it is one that is looked at; -1 otherwise. Reads up to five bytes. */
function endOfKnownKey(bytes: Uint8Array, at: number): number {
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  const c = bytes[at + 2] as number;
  if (c === QUOTE) return (a === 0x74 && b === 0x73) || (a === 0x70 && b === 0x68) || (a === 0x69 && b === 0x64) ? at + 2 : -1;
  const d = bytes[at + 3] as number;
  if (d === QUOTE) {
    const known =
      (b === 0x69 && c === 0x64 && (a === 0x70 || a === 0x74)) || (a === 0x64 && b === 0x75 && c === 0x72) || (a === 0x63 && b === 0x61 && c === 0x74);
    return known ? at + 3 : -1;
  }
  if (bytes[at + 4] !== QUOTE) return -1;
  return (a === 0x6e && b === 0x61 && c === 0x6d && d === 0x65) || (a === 0x61 && b === 0x72 && c === 0x67 && d === 0x73) ? at + 4 : -1;
}

/** By length and letters, so that no string is made. */
function fieldOf(bytes: Uint8Array, at: number, length: number): number {
  const a = bytes[at];
  const b = bytes[at + 1];
  const c = bytes[at + 2];
  switch (length) {
    case 1:
      return a === 0x73 ? Field.S : OTHER_FIELD;
    case 2:
      if (a === 0x74 && b === 0x73) return Field.TS;
      if (a === 0x70 && b === 0x68) return Field.PH;
      return a === 0x69 && b === 0x64 ? Field.ID : OTHER_FIELD;
    case 3:
      if (b === 0x69 && c === 0x64) return a === 0x70 ? Field.PID : a === 0x74 ? Field.TID : OTHER_FIELD;
      if (a === 0x64 && b === 0x75 && c === 0x72) return Field.DUR;
      if (a === 0x63 && b === 0x61 && c === 0x74) return Field.CAT;
      return a === 0x69 && b === 0x64 && c === 0x32 ? Field.ID2 : OTHER_FIELD;
    case 4: {
      const d = bytes[at + 3];
      if (a === 0x6e && b === 0x61 && c === 0x6d && d === 0x65) return Field.NAME;
      return a === 0x61 && b === 0x72 && c === 0x67 && d === 0x73 ? Field.ARGS : OTHER_FIELD;
    }
    case 5:
      return a === 0x73 && b === 0x63 && c === 0x6f && bytes[at + 3] === 0x70 && bytes[at + 4] === 0x65 ? Field.SCOPE : OTHER_FIELD;
    default:
      return OTHER_FIELD;
  }
}

const fieldOfText = (key: string): number => (Field as Readonly<Record<string, number>>)[key === key.toLowerCase() ? key.toUpperCase() : ''] ?? OTHER_FIELD;

/** The text between two quotes; what are no escapes of JSON stay as they are. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  const text = decoder.decode(bytes.subarray(start, end));
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text.replaceAll(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`) as string;
  } catch {
    // Outside data: a text with a broken escape is shown as it was written.
    return text;
  }
}

export const notATrace = (why: string): ProblemError =>
  new ProblemError({
    code: 'not-a-trace',
    message: `This is not a trace: ${why}.`,
    remedy: 'Open a recording (.tsr) or a trace in Chrome Trace Event JSON (.json, .json.gz).',
  });
