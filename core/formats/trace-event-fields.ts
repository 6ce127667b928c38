/** One event of Chrome Trace Event JSON: where its values lie, and those read that every event has. */
import { hashStep } from './byte-interner.ts';
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

/** Where the values of one event lie. `end[f]` 0: absent. A string's borders are inside its quotes. Valid during the call. */
export class EventFields {
  bytes: Uint8Array = new Uint8Array(0);
  readonly start = new Int32Array(FIELD_COUNT);
  readonly end = new Int32Array(FIELD_COUNT);
  readonly isString = new Uint8Array(FIELD_COUNT);
  /** Of the bytes of a name in quotes, see `hashStep`: made while it is looked for its end. */
  nameHash = 0;
  /** Its letter; 0: absent, or not one letter. */
  phase = 0;
  /** Whole numbers that are written so; else NOT_PLAIN, also when absent. */
  pid = NOT_PLAIN;
  tid = NOT_PLAIN;
  /** Times as digits and a point; else NOT_PLAIN, also when absent. Nanos are rounded, 0 to 1000. */
  tsMicros = NOT_PLAIN;
  tsNanos = 0;
  durMicros = NOT_PLAIN;
  durNanos = 0;
  /** Where `read` found what JSON does not allow. */
  errorAt = 0;
  #whole = 0;
  #nanos = 0;

  /**
   * Reads the object at `at`; returns the byte after it, INCOMPLETE, WHOLE_FILE, or MALFORMED with `errorAt`. `bytes[end]` may be read, and must
   * be no digit. Hot: all of a trace passes here.
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    const { start: starts, end: ends, isString } = this;
    this.bytes = bytes;
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
      while (at < end && (c <= 0x20 || c === COMMA)) c = bytes[++at] as number;
      if (at >= end) return INCOMPLETE;
      if (c === CLOSE_BRACE) return at + 1;
      if (c !== QUOTE) return this.#malformed(at);
      at++;
      let field = OTHER_FIELD;
      // The keys of nearly all members are known by their letters, and end where those end.
      let keyEnd = at + 6 < end ? endOfKnownKey(bytes, at) : -1;
      if (keyEnd >= 0) field = fieldOf(bytes, at, keyEnd - at);
      else {
        keyEnd = endOfString(bytes, at, end);
        if (keyEnd < 0) return INCOMPLETE;
        field = bytes.subarray(at, keyEnd).includes(BACKSLASH) ? fieldOfText(bytes, at, keyEnd) : fieldOf(bytes, at, keyEnd - at);
      }
      at = keyEnd + 1;
      if (bytes[at] !== COLON) at = skipSpace(bytes, at, end);
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== COLON) return this.#malformed(at);
      c = bytes[++at] as number;
      while (at < end && c <= 0x20) c = bytes[++at] as number;
      if (at >= end) return INCOMPLETE;
      if (c === QUOTE) {
        const valueStart = at + 1;
        const valueEnd = field === Field.NAME ? this.#endOfName(bytes, valueStart, end) : endOfString(bytes, valueStart, end);
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
      const valueStart = at;
      if (field >= Field.TS && field <= Field.TID) {
        at = this.#plainNumber(bytes, at);
        if (at >= end) return INCOMPLETE;
        c = bytes[at] as number;
        if (at > valueStart && (c === COMMA || c === CLOSE_BRACE || c <= 0x20)) this.#keepNumber(field);
        else {
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

  #endOfName(bytes: Uint8Array, at: number, end: number): number {
    let hash = 0;
    while (at < end) {
      const c = bytes[at] as number;
      if (c === QUOTE) {
        this.nameHash = hash;
        return at;
      }
      hash = hashStep(hash, c);
      at++;
      if (c === BACKSLASH && at < end) hash = hashStep(hash, bytes[at++] as number);
    }
    return INCOMPLETE;
  }

  /** Digits, and a point with digits behind it. Returns where they end; `#whole` is NOT_PLAIN where they are too many. */
  #plainNumber(bytes: Uint8Array, at: number): number {
    const first = at;
    let value = 0;
    let digit = (bytes[at] as number) - 48;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = (bytes[++at] as number) - 48;
    }
    const digits = at - first;
    let nanos = 0;
    if (digit === -2 && digits > 0) {
      const point = at++;
      digit = (bytes[at] as number) - 48;
      while (digit >= 0 && digit <= 9) {
        const place = at - point;
        if (place <= 3) nanos = nanos * 10 + digit;
        else if (place === 4 && digit >= 5) nanos++;
        digit = (bytes[++at] as number) - 48;
      }
      const places = at - point - 1;
      if (places < 3) nanos *= places === 2 ? 10 : places === 1 ? 100 : 1000;
      // "1." is no number.
      if (places === 0) value = NOT_PLAIN;
    }
    this.#whole = digits > MAX_PLAIN_DIGITS ? NOT_PLAIN : value;
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
