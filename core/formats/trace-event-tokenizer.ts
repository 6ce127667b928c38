import { assert } from '../base/assert.ts';
import { ProblemError } from '../base/result.ts';
import { type EventScanner, SCANNER_SLACK_BYTES } from './event-scanner.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  endOfString,
  INCOMPLETE,
  MALFORMED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from './json-bytes.ts';
import { decodeString, EventFields, Field, SLACK_BYTES, WHOLE_FILE } from './trace-event-fields.ts';

export interface TraceEventSink {
  /** The event begins at byte `offset` of the text. */
  event(fields: EventFields, offset: number): void;
  /** Runs of calls from `run` on that the scanner read. Gives the first one that it does not take: those events are to come plainly. */
  runs(scanner: EventScanner, run: number, count: number): number;
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
  /** Whole, but something that is no JSON follows from byte `at` on. */
  | { readonly kind: 'trailing'; readonly at: number };

/** An event longer than this is stepped over. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;
const MAX_KEY_BYTES = 64 * 1024;
/** Members beside `traceEvents` are handed on up to here. */
export const MAX_MEMBER_BYTES = 64 * 1024 * 1024;
const MAX_TEXTS_WITHOUT_EVENTS = 1000;
const PIECE_BYTES = 256 * 1024;
const SLACK = Math.max(SLACK_BYTES, SCANNER_SLACK_BYTES);
/** A file of other events: the scanner is tried now and then. */
const MAX_FRUITLESS = 32;
const TRIED_EACH = 64;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;
const RECORD_SEPARATOR = 0x1e;
const NEW_LINE = 0x0a;

/**
 * Cuts Chrome Trace Event JSON that arrives in pieces of any size into its events. The text is one or more of: an array of events (its
 * closing bracket may be missing), an object with `traceEvents`, an event of its own (NDJSON and the like); nothing, commas or white space
 * may lie between them. Holds the event that is not whole yet and one piece; what comes out does not depend on where the pieces end.
 */
export class TraceEventTokenizer {
  /** Objects seen where events should be. */
  objects = 0;
  /** Elements of the list that are no objects, and lines that are no JSON. */
  others = 0;
  /** Events longer than MAX_EVENT_BYTES. */
  tooLong = 0;
  /** Whole texts in it: files that were put one behind the other. */
  texts = 0;
  readonly #sink: TraceEventSink;
  readonly #fields = new EventFields();
  #held: Uint8Array<ArrayBuffer>;
  readonly #scanner: EventScanner | undefined;
  /** Times after another that the scanner found nothing. */
  #fruitless = 0;
  #from = 0;
  #to = 0;
  /** Offset in the text of `#held[0]`. */
  #base = 0;
  /** Unread bytes below which another try to read an event is in vain: it doubles, so that a long event is not read again and again. */
  #wanted = 0;
  #state: 'top' | 'list' | 'member' | 'skip' | 'line' | 'done' = 'top';
  #form: 'array' | 'object' | 'lines' = 'array';
  #sawEvents = false;
  #end: TraceEventEnd | undefined;
  readonly #skip = { from: 0, depth: 0, inString: false, escaped: false, scalar: false, back: 'list' as 'list' | 'member' | 'top', key: '' };
  #captured: Uint8Array[] = [];
  #capturedBytes = 0;

  constructor(sink: TraceEventSink, scanner?: EventScanner) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#held = scanner?.reserve(PIECE_BYTES * 2 + SLACK) ?? new Uint8Array(PIECE_BYTES * 2 + SLACK);
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
      if (this.#to - this.#from >= this.#wanted) this.#advance(false);
    }
  }

  end(): TraceEventEnd {
    if (this.#state !== 'done') this.#advance(true);
    if (this.#end !== undefined) return this.#end;
    const at = this.#base + this.#to;
    if (at === 0) throw notATrace('the file is empty');
    const cut = this.#state !== 'top' && this.#state !== 'line' && !(this.#state === 'list' && this.#form === 'array' && this.#from === this.#to);
    if (!this.#sawEvents) return this.texts > 0 || cut ? this.#noEvents() : this.#nothing();
    // The closing bracket of the array form is optional by the format's own words.
    if (!cut && this.#from === this.#to) return { kind: 'whole' };
    return { kind: 'cut', at, from: this.#state === 'skip' ? this.#skip.from : this.offset };
  }

  #noEvents(): never {
    throw notATrace('it is JSON, but has no list "traceEvents"');
  }

  #nothing(): never {
    throw notATrace('there is nothing in it');
  }

  #hold(piece: Uint8Array): void {
    if (this.#to + piece.length + SLACK > this.#held.length) {
      const length = this.#to - this.#from;
      const needed = length + piece.length + SLACK;
      this.#held.copyWithin(0, this.#from, this.#to);
      if (needed > this.#held.length) this.#grow(needed, length);
      this.#base += this.#from;
      this.#from = 0;
      this.#to = length;
    }
    this.#held.set(piece, this.#to);
    this.#to += piece.length;
    this.#held[this.#to] = QUOTE;
  }

  /** What is held lies at the begin. */
  #grow(needed: number, length: number): void {
    if (this.#scanner !== undefined) {
      // Memory that grows keeps what is in it.
      this.#held = this.#scanner.reserve(needed);
      return;
    }
    const grown = new Uint8Array(Math.max(needed, this.#held.length * 2));
    grown.set(this.#held.subarray(0, length));
    this.#held = grown;
  }

  /** `last`: nothing more comes. */
  #advance(last: boolean): void {
    let going = true;
    while (going) {
      switch (this.#state) {
        case 'top':
          going = this.#top(last);
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
        case 'line':
          going = this.#skipLine();
          break;
        default:
          going = false;
      }
    }
    const unread = this.#to - this.#from;
    // Keys and first bytes are short; only an event is worth waiting for in doubling steps.
    this.#wanted = (this.#state === 'list' || this.#state === 'top') && unread > 0 ? Math.min(unread * 2, MAX_EVENT_BYTES) : 0;
  }

  /** Between whole texts. */
  #top(last: boolean): boolean {
    const held = this.#held;
    const to = this.#to;
    let at = this.#from;
    while (at < to && ((held[at] as number) <= 0x20 || held[at] === COMMA || held[at] === RECORD_SEPARATOR)) at++;
    this.#from = at;
    if (at >= to) return false;
    const c = held[at];
    if (c === BYTE_ORDER_MARK[0]) {
      if (to - at < 3 && !last) return false;
      if (held[at + 1] === BYTE_ORDER_MARK[1] && held[at + 2] === BYTE_ORDER_MARK[2]) {
        this.#from += 3;
        return true;
      }
    }
    if (c === OPEN_BRACKET) {
      this.#from++;
      this.texts++;
      this.#form = 'array';
      this.#state = 'list';
      this.#sawEvents = true;
      return true;
    }
    if (c === OPEN_BRACE) return this.#topObject(last);
    if (this.#form === 'lines' && this.#sawEvents) {
      // A log that something else was printed into.
      this.others++;
      this.#state = 'line';
      return true;
    }
    if (!this.#sawEvents) throw notATrace(this.texts > 0 ? `its JSON is broken at byte ${this.offset}` : 'it does not begin with "{" or "["');
    this.#end = { kind: 'trailing', at: this.offset };
    this.#state = 'done';
    return false;
  }

  /** An event by itself, or the object that holds `traceEvents`: what it is shows when it is read. */
  #topObject(last: boolean): boolean {
    const held = this.#held;
    const at = this.#from;
    const end = this.#fields.read(held, at, Math.min(this.#to, at + MAX_EVENT_BYTES));
    if (end === INCOMPLETE && this.#to - at < MAX_EVENT_BYTES && !last) return false;
    const among = this.#form === 'lines' && this.#sawEvents;
    if (end > 0 && (among || this.#fields.end[Field.PH] !== 0)) {
      this.#from = end;
      this.texts += among ? 0 : 1;
      this.#form = 'lines';
      this.#sawEvents = true;
      this.objects++;
      this.#sink.event(this.#fields, this.#base + at);
      return true;
    }
    if (among) {
      // What is cut or broken among events by themselves is no file either.
      if (end === INCOMPLETE && last) return this.#stop({ kind: 'cut', at: this.#base + this.#to, from: this.offset });
      if (end === MALFORMED) return this.#damaged(this.#fields.errorAt);
    }
    // Lines of objects that are no events are noticed early.
    if (!this.#sawEvents && this.texts >= MAX_TEXTS_WITHOUT_EVENTS) this.#noEvents();
    this.#from++;
    this.texts++;
    this.#form = 'object';
    this.#state = 'member';
    return true;
  }

  #list(): boolean {
    const held = this.#held;
    const to = this.#to;
    const fields = this.#fields;
    const sink = this.#sink;
    const scanner = this.#scanner;
    let at = this.#from;
    for (;;) {
      if (scanner !== undefined && (this.#fruitless < MAX_FRUITLESS || this.objects % TRIED_EACH === 0)) at = this.#scan(scanner, at);
      let c = held[at] as number;
      while (at < to && (c === COMMA || c <= 0x20)) c = held[++at] as number;
      this.#from = at;
      if (at >= to) return false;
      if (c !== OPEN_BRACE) break;
      const limit = Math.min(to, at + MAX_EVENT_BYTES);
      const end = fields.read(held, at, limit);
      if (end < 0) {
        if (end === MALFORMED) return this.#damaged(fields.errorAt);
        if (end === WHOLE_FILE) {
          // The list before it was not closed, and another file follows.
          this.#from++;
          this.texts++;
          this.#form = 'object';
          this.#state = 'member';
          return true;
        }
        if (to - at < MAX_EVENT_BYTES) return false;
        this.tooLong++;
        return this.#beginSkip('list', '');
      }
      // `{}` behind the last comma is a habit of writers that cannot take the comma back.
      if (end - at > 2 && skipSpace(held, at + 1, end) < end - 1) {
        this.objects++;
        sink.event(fields, this.#base + at);
      }
      at = end;
    }
    if (held[at] === CLOSE_BRACKET) {
      this.#from++;
      this.#state = this.#form === 'array' ? 'top' : 'member';
      return true;
    }
    if (held[at] === CLOSE_BRACE || held[at] === COLON) return this.#damaged(at);
    if (held[at] === OPEN_BRACKET && this.#form === 'array' && this.objects > 0) {
      // A list that was not closed, and another file follows.
      this.#from++;
      this.texts++;
      return true;
    }
    if (this.objects === 0 && this.#form === 'array') throw notATrace('it is a JSON list, but not one of events');
    this.others++;
    return this.#beginSkip('list', '');
  }

  /** Hands on what the scanner reads from `at` on; gives where it stopped. */
  #scan(scanner: EventScanner, at: number): number {
    let from = at;
    do {
      const count = scanner.scan(from, this.#to);
      from = scanner.stoppedAt;
      this.#fruitless = count === 0 ? this.#fruitless + 1 : 0;
      for (let run = 0; run < count; run++) this.objects += scanner.countOf(run);
      for (let run = 0; run < count; run++) {
        run = this.#sink.runs(scanner, run, count);
        if (run < count) this.#readPlainly(scanner.textFrom(run), scanner.textTo(run));
      }
    } while (scanner.isFull);
    return from;
  }

  /** Whole calls. */
  #readPlainly(from: number, to: number): void {
    const held = this.#held;
    for (let at = from; at < to; ) {
      while (held[at] === COMMA || (held[at] as number) <= 0x20) at++;
      const end = this.#fields.read(held, at, this.#to);
      assert(end > at, 'what the scanner reads can be read plainly');
      this.#sink.event(this.#fields, this.#base + at);
      at = end;
    }
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
      this.#state = 'top';
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
      else this.#captured = [];
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

  #skipLine(): boolean {
    const at = this.#held.subarray(0, this.#to).indexOf(NEW_LINE, this.#from);
    this.#from = at < 0 ? this.#to : at;
    if (at < 0) return false;
    this.#state = 'top';
    return true;
  }

  #damaged(at: number): false {
    if (!this.#sawEvents) throw notATrace(`its JSON is broken at byte ${this.#base + at}`);
    return this.#stop({ kind: 'damaged', at: this.#base + at });
  }

  #stop(end: TraceEventEnd): false {
    this.#end = end;
    this.#state = 'done';
    return false;
  }
}

export const notATrace = (why: string): ProblemError =>
  new ProblemError({
    code: 'not-a-trace',
    message: `This is not a trace: ${why}.`,
    remedy: 'Open a recording (.tsr), or a trace in one of the formats that the manual lists under “Formats”.',
  });
