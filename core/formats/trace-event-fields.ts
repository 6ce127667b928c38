/** One event of Chrome Trace Event JSON: where its values lie, and those read that every event has. */
import { bytesBefore, hashStep, specialBytes } from './byte-interner.ts';
import { BACKSLASH, CLOSE_BRACE, COLON, COMMA, endOfString, endOfValue, INCOMPLETE, MALFORMED, OPEN_BRACKET, QUOTE, skipSpace } from './json-bytes.ts';

/** Keys of an event that are looked at; all others are stepped over. Index into EventFields. */
export const Field = { NAME: 0, PH: 1, TS: 2, DUR: 3, PID: 4, TID: 5, CAT: 6, ARGS: 7, ID: 8, S: 9, ID2: 10, SCOPE: 11, BP: 12 } as const;
const FIELD_COUNT = 13;
const OTHER_FIELD = -1;
const TRACE_EVENTS = -2;
/** The object is no event but a whole file: it has a list `traceEvents`. */
export const WHOLE_FILE = -3;
/** A value that is not written plainly: read its text. */
export const NOT_PLAIN = -1;
const MAX_PLAIN_DIGITS = 15;
/** For fields that hold doubles: see import-clock.ts. */
const DOUBLE = Number.NaN;

/** Bytes that must follow the `end` of what is read: whole words are looked at. The first of them is a quote, so that every search ends there. */
export const SLACK_BYTES = 8;

/** Four letters as a word of the text. */
const wordOf = (letters: string): number =>
  letters.charCodeAt(0) | (letters.charCodeAt(1) << 8) | (letters.charCodeAt(2) << 16) | ((letters.charCodeAt(3) || 0) << 24);
const PID_KEY = wordOf('pid"');
const TID_KEY = wordOf('tid"');
const DUR_KEY = wordOf('dur"');
const CAT_KEY = wordOf('cat"');
const NAME_KEY = wordOf('name');
const ARGS_KEY = wordOf('args');
const TS_KEY = wordOf('ts"');
const PH_KEY = wordOf('ph"');
const ID_KEY = wordOf('id"');
const POWERS_OF_TEN = Float64Array.from({ length: 10 }, (_, power) => 10 ** power);

/** Where the values of one event lie. `end[f]` 0: absent. A string's borders are inside its quotes. Valid during the call. */
export class EventFields {
  bytes: Uint8Array = new Uint8Array(0);
  /** Of all of `bytes`. */
  view = new DataView(this.bytes.buffer);
  readonly start = new Int32Array(FIELD_COUNT);
  readonly end = new Int32Array(FIELD_COUNT);
  readonly isString = new Uint8Array(FIELD_COUNT);
  /** `hashOf` a name in quotes: made while it is looked for its end. */
  nameHash = 0;
  /** Its letter; 0: absent, or not one letter. */
  phase = 0;
  /** Whole numbers that are written so; else NOT_PLAIN, also when absent. */
  pid = DOUBLE;
  tid = DOUBLE;
  /** Times as digits and a point; else NOT_PLAIN, also when absent. Nanos are rounded, 0 to 1000. */
  tsMicros = DOUBLE;
  tsNanos = 0;
  durMicros = DOUBLE;
  durNanos = 0;
  /** Where `read` found what JSON does not allow. */
  errorAt = 0;
  #whole = DOUBLE;
  #nanos = 0;
  /** The eight bytes at the last short pid and tid, its length and its value: events of one thread come one after the other. */
  readonly #lastIds = new Int32Array(6);
  #lastPid = DOUBLE;
  #lastTid = DOUBLE;

  /**
   * Reads the object at `at`; returns the byte after it, INCOMPLETE, WHOLE_FILE, or MALFORMED with `errorAt`. Behind `end` there are SLACK_BYTES.
   * Hot: all of a trace passes here.
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    if (bytes !== this.bytes) this.#look(bytes);
    const { view, start: starts, end: ends, isString } = this;
    // A loop: `fill` is a call into the engine, dearer than these stores.
    for (let f = 0; f < FIELD_COUNT; f++) ends[f] = 0;
    this.phase = 0;
    this.pid = NOT_PLAIN;
    this.tid = NOT_PLAIN;
    this.tsMicros = NOT_PLAIN;
    this.durMicros = NOT_PLAIN;
    at++;
    for (;;) {
      let c = bytes[at] as number;
      while (c <= 0x20 || c === COMMA) c = bytes[++at] as number;
      if (at >= end) return INCOMPLETE;
      if (c !== QUOTE) return c === CLOSE_BRACE ? at + 1 : this.#malformed(at);
      at++;
      // The keys of nearly all members are known by their letters, and end where those end.
      const key = view.getInt32(at, true);
      let field: number;
      if (key === NAME_KEY && bytes[at + 4] === QUOTE) {
        field = Field.NAME;
        at += 5;
      } else if (key === PID_KEY) {
        field = Field.PID;
        at += 4;
      } else if (key === TID_KEY) {
        field = Field.TID;
        at += 4;
      } else if (key === DUR_KEY) {
        field = Field.DUR;
        at += 4;
      } else if (key === CAT_KEY) {
        field = Field.CAT;
        at += 4;
      } else if (key === ARGS_KEY && bytes[at + 4] === QUOTE) {
        field = Field.ARGS;
        at += 5;
      } else if ((key & 0xffffff) === TS_KEY) {
        field = Field.TS;
        at += 3;
      } else if ((key & 0xffffff) === PH_KEY) {
        field = Field.PH;
        at += 3;
      } else if ((key & 0xffffff) === ID_KEY) {
        field = Field.ID;
        at += 3;
      } else {
        const keyEnd = endOfString(bytes, at, end);
        if (keyEnd < 0) return INCOMPLETE;
        field = bytes.subarray(at, keyEnd).includes(BACKSLASH) ? fieldOfText(bytes, at, keyEnd) : fieldOf(bytes, at, keyEnd - at);
        at = keyEnd + 1;
      }
      if (bytes[at] !== COLON) at = skipSpace(bytes, at, end);
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== COLON) return this.#malformed(at);
      c = bytes[++at] as number;
      while (c <= 0x20) c = bytes[++at] as number;
      if (at >= end) return INCOMPLETE;
      const valueStart = c === QUOTE ? at + 1 : at;
      if (c === QUOTE) {
        const valueEnd = field === Field.NAME ? this.#endOfName(bytes, valueStart, end) : endOfText(bytes, view, valueStart, end);
        if (valueEnd < 0) return INCOMPLETE;
        at = valueEnd + 1;
        if (field < 0) continue;
        starts[field] = valueStart;
        ends[field] = valueEnd;
        isString[field] = 1;
        if (field === Field.PH) this.phase = valueEnd - valueStart === 1 ? (bytes[valueStart] as number) : 0;
        else if (field >= Field.TS && field <= Field.TID) this.#notPlain(field);
        continue;
      }
      if (field === TRACE_EVENTS && c === OPEN_BRACKET) return WHOLE_FILE;
      if (field >= Field.TS && field <= Field.TID) {
        at = field >= Field.PID ? this.#id(field, at) : this.#time(field, at);
        if (at >= end) return INCOMPLETE;
        c = bytes[at] as number;
        if (at === valueStart || !(c === COMMA || c === CLOSE_BRACE || c <= 0x20)) {
          this.#notPlain(field);
          at = endOfValue(bytes, valueStart, end);
        }
      } else at = endOfValue(bytes, at, end);
      if (at === MALFORMED) return this.#malformed(valueStart);
      if (at < 0) return INCOMPLETE;
      if (field < 0) continue;
      starts[field] = valueStart;
      ends[field] = at;
      isString[field] = 0;
      if (field === Field.PH) this.phase = 0;
    }
  }

  #look(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #endOfName(bytes: Uint8Array, at: number, end: number): number {
    const { view } = this;
    let hash = 0;
    for (;;) {
      const word = view.getInt32(at, true);
      const special = specialBytes(word);
      if (special === 0) {
        hash = hashStep(hash, word);
        at += 4;
        continue;
      }
      const before = bytesBefore(special);
      if (before > 0) hash = hashStep(hash, word & (-1 >>> (32 - 8 * before)));
      at += before;
      if (at >= end) return INCOMPLETE;
      const c = bytes[at] as number;
      if (c === QUOTE) {
        this.nameHash = hash;
        return at;
      }
      hash = hashStep(hash, c | ((bytes[at + 1] as number) << 8));
      at += 2;
      if (at >= end) return INCOMPLETE;
    }
  }

  #id(field: number, at: number): number {
    const last = this.#lastIds;
    const { view } = this;
    const f = field === Field.PID ? 0 : 3;
    if (view.getInt32(at, true) === last[f] && view.getInt32(at + 4, true) === last[f + 1]) {
      if (f === 0) this.pid = this.#lastPid;
      else this.tid = this.#lastTid;
      return at + (last[f + 2] as number);
    }
    const end = this.#plainNumber(this.bytes, at);
    const id = this.#nanos === 0 ? this.#whole : NOT_PLAIN;
    if (f === 0) this.pid = this.#lastPid = id;
    else this.tid = this.#lastTid = id;
    // With the byte behind it, or it might be the begin of a longer one.
    const isShort = end > at && end < at + 8;
    last[f] = isShort ? view.getInt32(at, true) : 0;
    last[f + 1] = isShort ? view.getInt32(at + 4, true) : 0;
    last[f + 2] = isShort ? end - at : 0;
    return end;
  }

  #time(field: number, at: number): number {
    const end = this.#plainNumber(this.bytes, at);
    this.#keepNumber(field);
    return end;
  }

  /** Digits, and a point with digits behind it. Returns where they end; `#whole` is NOT_PLAIN where they are too many. */
  #plainNumber(bytes: Uint8Array, at: number): number {
    // In two halves, as whole numbers of 32 bits: a double would wait ten cycles for each digit.
    const first = at;
    let head = 0;
    let digit = (bytes[at] as number) - 48;
    while (digit >= 0 && digit <= 9 && at < first + 9) {
      head = (Math.imul(head, 10) + digit) | 0;
      digit = (bytes[++at] as number) - 48;
    }
    let whole = head;
    if (digit >= 0 && digit <= 9) {
      let tail = 0;
      while (digit >= 0 && digit <= 9) {
        tail = (Math.imul(tail, 10) + digit) | 0;
        digit = (bytes[++at] as number) - 48;
      }
      const digits = at - first;
      whole = digits > MAX_PLAIN_DIGITS ? NOT_PLAIN : head * (POWERS_OF_TEN[digits - 9] as number) + tail;
    }
    let nanos = 0;
    if (digit === -2 && at > first) {
      const point = at++;
      digit = (bytes[at] as number) - 48;
      while (digit >= 0 && digit <= 9) {
        const place = at - point;
        if (place <= 3) nanos = (Math.imul(nanos, 10) + digit) | 0;
        else if (place === 4 && digit >= 5) nanos++;
        digit = (bytes[++at] as number) - 48;
      }
      const places = at - point - 1;
      if (places < 3) nanos = Math.imul(nanos, places === 2 ? 10 : places === 1 ? 100 : 1000);
      // "1." is no number.
      if (places === 0) whole = NOT_PLAIN;
    }
    this.#whole = whole;
    this.#nanos = nanos;
    return at;
  }

  #keepNumber(field: number): void {
    const whole = this.#whole;
    switch (field) {
      case Field.TS:
        this.tsMicros = whole;
        this.tsNanos = this.#nanos;
        return;
      case Field.DUR:
        this.durMicros = whole;
        this.durNanos = this.#nanos;
        return;
      case Field.PID:
        this.pid = this.#nanos === 0 ? whole : NOT_PLAIN;
        return;
      default:
        this.tid = this.#nanos === 0 ? whole : NOT_PLAIN;
    }
  }

  #notPlain(field: number): void {
    this.#whole = NOT_PLAIN;
    this.#nanos = 0;
    this.#keepNumber(field);
  }

  #malformed(at: number): typeof MALFORMED {
    this.errorAt = at;
    return MALFORMED;
  }
}

/** From the byte after the opening quote to that of the closing quote, or INCOMPLETE. */
function endOfText(bytes: Uint8Array, view: DataView, at: number, end: number): number {
  for (;;) {
    const special = specialBytes(view.getInt32(at, true));
    if (special === 0) {
      at += 4;
      continue;
    }
    at += bytesBefore(special);
    if (at >= end) return INCOMPLETE;
    if (bytes[at] === QUOTE) return at;
    at += 2;
    if (at >= end) return INCOMPLETE;
  }
}

const TRACE_EVENTS_KEY = new TextEncoder().encode('traceEvents');

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
      if (a === 0x62 && b === 0x70) return Field.BP;
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
    case 11: {
      for (let i = 0; i < 11; i++) if (bytes[at + i] !== TRACE_EVENTS_KEY[i]) return OTHER_FIELD;
      return TRACE_EVENTS;
    }
    default:
      return OTHER_FIELD;
  }
}

/** A key with escapes. */
function fieldOfText(bytes: Uint8Array, start: number, end: number): number {
  const key = decodeString(bytes, start, end);
  return (Field as Readonly<Record<string, number>>)[key === key.toLowerCase() ? key.toUpperCase() : ''] ?? OTHER_FIELD;
}

const decoder = new TextDecoder();

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
