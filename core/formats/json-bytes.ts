/**
 * JSON as bytes: finding the end of a value, the members of an object, and copying a value so that what comes out is valid and
 * compact JSON whatever went in. Nothing here makes a string or an object of what it reads.
 */

export const INCOMPLETE = -1;
export const MALFORMED = -2;

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;

export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] as number) <= 0x20) at++;
  return at;
}

/** From the byte after the opening quote to that of the closing quote, or INCOMPLETE. */
export function endOfString(bytes: Uint8Array, at: number, end: number): number {
  // Hot: most bytes of a trace lie in strings.
  while (at < end) {
    const c = bytes[at] as number;
    if (c === QUOTE) return at;
    at += c === BACKSLASH ? 2 : 1;
  }
  return INCOMPLETE;
}

/** The byte after the value that starts at `at`, by brackets and quotes only: `JsonCopier` looks closer. INCOMPLETE or MALFORMED otherwise. */
export function endOfValue(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return INCOMPLETE;
  let c = bytes[at] as number;
  if (c === QUOTE) {
    const close = endOfString(bytes, at + 1, end);
    return close < 0 ? close : close + 1;
  }
  if (c === OPEN_BRACE || c === OPEN_BRACKET) {
    let depth = 0;
    while (at < end) {
      c = bytes[at] as number;
      if (c === QUOTE) {
        at = endOfString(bytes, at + 1, end);
        if (at < 0) return INCOMPLETE;
      } else if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
      else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && --depth === 0) return at + 1;
      at++;
    }
    return INCOMPLETE;
  }
  const start = at;
  // Most values are numbers: - . / and digits, at one comparison a byte.
  while (at < end && c >= 0x2d && c <= 0x39) c = bytes[++at] as number;
  while (at < end) {
    c = bytes[at] as number;
    if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET || c <= 0x20) return at === start ? MALFORMED : at;
    if (c === QUOTE || c === COLON || c === OPEN_BRACE || c === OPEN_BRACKET) return MALFORMED;
    at++;
  }
  return INCOMPLETE;
}

/** Where the members of an object lie: four offsets a member (key without quotes, value). Made once and filled again. */
export class JsonMembers {
  count = 0;
  /** Members beyond the limit. */
  skipped = 0;
  readonly offsets: Int32Array;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
    this.offsets = new Int32Array(max * 4);
  }

  /** False when `bytes[start..end)` is not an object. Trailing commas are let pass. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.count = 0;
    this.skipped = 0;
    if (bytes[start] !== OPEN_BRACE) return false;
    let at = start + 1;
    for (;;) {
      at = skipSpace(bytes, at, end);
      if (at >= end) return false;
      const c = bytes[at];
      if (c === CLOSE_BRACE) return true;
      if (c === COMMA) {
        at++;
        continue;
      }
      if (c !== QUOTE) return false;
      const keyStart = at + 1;
      const keyEnd = endOfString(bytes, keyStart, end);
      if (keyEnd < 0) return false;
      at = skipSpace(bytes, keyEnd + 1, end);
      if (bytes[at] !== COLON) return false;
      const valueStart = skipSpace(bytes, at + 1, end);
      const valueEnd = endOfValue(bytes, valueStart, end);
      if (valueEnd < 0) return false;
      at = valueEnd;
      if (this.count === this.#max) this.skipped++;
      else {
        const o = this.count * 4;
        this.offsets[o] = keyStart;
        this.offsets[o + 1] = keyEnd;
        this.offsets[o + 2] = valueStart;
        this.offsets[o + 3] = valueEnd;
        this.count++;
      }
    }
  }
}

const MAX_DEPTH = 100;
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const DEEP = text('{"$ts":"deep","type":"object","size":0}');
const NAN = text('{"$ts":"number","text":"NaN"}');
const INFINITE = text('{"$ts":"number","text":"Infinity"}');
const MINUS_INFINITE = text('{"$ts":"number","text":"-Infinity"}');
const TRUE = text('true');
const FALSE = text('false');
const NULL = text('null');
const WORDS: readonly (readonly [Uint8Array, Uint8Array])[] = [
  [TRUE, TRUE],
  [FALSE, FALSE],
  [NULL, NULL],
  // What Python's json module writes. JSON cannot hold them, markers of snapshots can.
  [text('NaN'), NAN],
  [text('Infinity'), INFINITE],
  [text('-Infinity'), MINUS_INFINITE],
];
const HEX = text('0123456789abcdef');

/**
 * Copies one JSON value without its spaces into `bytes`. What is not JSON is refused, except what tools are known to write:
 * trailing commas, NaN and infinities (which become markers, see snapshot-value.ts), control characters inside strings.
 */
export class JsonCopier {
  bytes = new Uint8Array(1 << 12);
  length = 0;
  /** The last value held an object with a key `$ts`: it could be taken for a marker. */
  hasMarkerKey = false;
  readonly #containers = new Uint8Array(MAX_DEPTH + 1);

  /** Starts anew with the value in `source[start..end)`. False when it is not one whole JSON value. */
  copy(source: Uint8Array, start: number, end: number): boolean {
    this.length = 0;
    return this.append(source, start, end);
  }

  /** The same, after what is there. On false, the length is as before. */
  append(source: Uint8Array, start: number, end: number): boolean {
    // Only a control character and a marker come out longer than they went in, and these ask for room themselves.
    this.#reserve(end - start + 8);
    const before = this.length;
    this.hasMarkerKey = false;
    const at = this.#value(source, skipSpace(source, start, end), end);
    if (at < 0 || skipSpace(source, at, end) !== end) {
      this.length = before;
      return false;
    }
    return true;
  }

  push(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  #value(source: Uint8Array, at: number, end: number): number {
    let depth = 0;
    let needsComma = false;
    for (;;) {
      // Between values: at a value, a key, a comma or the end of the container.
      const container = depth === 0 ? 0 : (this.#containers[depth] as number);
      if (depth > 0) {
        at = skipSpace(source, at, end);
        while (at < end && source[at] === COMMA && needsComma) {
          at = skipSpace(source, at + 1, end);
          // A comma before the end of the container is a trailing one; two in a row are not JSON of anybody.
          if (source[at] === COMMA) return MALFORMED;
          if (source[at] !== CLOSE_BRACE && source[at] !== CLOSE_BRACKET) this.#byte(COMMA);
          needsComma = false;
        }
        if (at >= end) return INCOMPLETE;
        const c = source[at] as number;
        if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
          if (c !== container + 2) return MALFORMED;
          this.#byte(c);
          at++;
          needsComma = true;
          if (--depth === 0) return at;
          continue;
        }
        if (needsComma) return MALFORMED;
        if (container === OPEN_BRACE) {
          if (c !== QUOTE) return MALFORMED;
          if (isMarkerKey(source, at, end)) this.hasMarkerKey = true;
          at = this.#string(source, at, end);
          if (at < 0) return at;
          at = skipSpace(source, at, end);
          if (source[at] !== COLON || at >= end) return MALFORMED;
          this.#byte(COLON);
          at = skipSpace(source, at + 1, end);
        }
      }
      if (at >= end) return INCOMPLETE;
      const c = source[at] as number;
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (depth === MAX_DEPTH) {
          this.push(DEEP);
          this.#reserve(end - at + 8);
          at = endOfValue(source, at, end);
          if (at < 0) return at;
        } else {
          depth++;
          this.#containers[depth] = c;
          this.#byte(c);
          at++;
          needsComma = false;
          continue;
        }
      } else {
        at = c === QUOTE ? this.#string(source, at, end) : this.#scalar(source, at, end);
        if (at < 0) return at;
      }
      if (depth === 0) return at;
      needsComma = true;
    }
  }

  #byte(c: number): void {
    this.bytes[this.length++] = c;
  }

  #string(source: Uint8Array, at: number, end: number): number {
    // Hot: copied byte by byte while it is looked at, since most strings are short.
    const start = at++;
    const out = this.bytes;
    let to = this.length;
    out[to++] = QUOTE;
    while (at < end) {
      const c = source[at] as number;
      if (c === QUOTE) {
        out[to] = c;
        this.length = to + 1;
        return at + 1;
      }
      if (c < 0x20) return this.#oddString(source, start, end);
      if (c !== BACKSLASH) {
        out[to++] = c;
        at++;
        continue;
      }
      const next = endOfEscape(source, at, end);
      if (next < 0) return next;
      while (at < next) out[to++] = source[at++] as number;
    }
    return INCOMPLETE;
  }

  /** A string with bare control characters: they are escaped. */
  #oddString(source: Uint8Array, start: number, end: number): number {
    this.#reserve((end - start) * 6 + 8);
    this.#byte(QUOTE);
    let at = start + 1;
    while (at < end) {
      const c = source[at] as number;
      if (c === BACKSLASH) {
        const next = endOfEscape(source, at, end);
        if (next < 0) return next;
        while (at < next) this.#byte(source[at++] as number);
        continue;
      }
      at++;
      if (c < 0x20) {
        this.push(UNICODE_ESCAPE);
        this.#byte(HEX[c >> 4] as number);
        this.#byte(HEX[c & 15] as number);
      } else {
        this.#byte(c);
        if (c === QUOTE) return at;
      }
    }
    return INCOMPLETE;
  }

  #scalar(source: Uint8Array, at: number, end: number): number {
    let stop = at;
    while (stop < end) {
      const c = source[stop] as number;
      if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET || c <= 0x20) break;
      stop++;
    }
    if (isNumber(source, at, stop)) {
      while (at < stop) this.bytes[this.length++] = source[at++] as number;
      return stop;
    }
    for (const [word, written] of WORDS) {
      if (!equals(source, at, stop, word)) continue;
      this.push(written);
      this.#reserve(end - stop + 8);
      return stop;
    }
    return MALFORMED;
  }
}

const UNICODE_ESCAPE = text('\\u00');

function isMarkerKey(source: Uint8Array, at: number, end: number): boolean {
  if (at + 4 < end && source[at + 1] === 0x24 && source[at + 2] === 0x74 && source[at + 3] === 0x73 && source[at + 4] === QUOTE) return true;
  // A key spelt with escapes might be the same: said so to be safe, the caller looks closer.
  for (let i = at + 1; i < end && source[i] !== QUOTE; i++) if (source[i] === BACKSLASH) return true;
  return false;
}

function endOfEscape(source: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return INCOMPLETE;
  const c = source[at + 1] as number;
  if (c === 0x75) {
    if (at + 6 > end) return INCOMPLETE;
    for (let i = at + 2; i < at + 6; i++) if (!isHex(source[i] as number)) return MALFORMED;
    return at + 6;
  }
  // " \ / b f n r t
  const simple = c === QUOTE || c === BACKSLASH || c === 0x2f || c === 0x62 || c === 0x66 || c === 0x6e || c === 0x72 || c === 0x74;
  return simple ? at + 2 : MALFORMED;
}

const isHex = (c: number): boolean => (c >= 48 && c <= 57) || ((c | 32) >= 97 && (c | 32) <= 102);
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57;

/** By the grammar of JSON. */
export function isNumber(source: Uint8Array, at: number, end: number): boolean {
  if (source[at] === 0x2d) at++;
  const first = at;
  while (at < end && isDigit(source[at])) at++;
  if (at === first || (source[first] === 48 && at > first + 1)) return false;
  if (at < end && source[at] === 0x2e) {
    const fraction = ++at;
    while (at < end && isDigit(source[at])) at++;
    if (at === fraction) return false;
  }
  if (at < end && ((source[at] as number) | 32) === 0x65) {
    at++;
    if (source[at] === 0x2b || source[at] === 0x2d) at++;
    const exponent = at;
    while (at < end && isDigit(source[at])) at++;
    if (at === exponent) return false;
  }
  return at === end;
}

export function equals(source: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (source[start + i] !== word[i]) return false;
  return true;
}
