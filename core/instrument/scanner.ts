/**
 * Cuts the text of a program into tokens for `reader.ts`, one at a time and without an object for any of them. It knows what programs are made of and gives up
 * at all that is rare: then the parser reads the file.
 */

import * as T from './tokens.ts';

/** Thrown where a text holds what the reader does not know. */
export const GIVE_UP = new Error('not read in one pass');

export function giveUp(): never {
  throw GIVE_UP;
}

const LINE_FEED = 10;
const RETURN_SIGN = 13;
const BACKSLASH = 92;
const SHORT_STRING = 24;

export class Scanner {
  readonly source: string;
  /** The current token, where it begins, and where it ends. */
  token = T.END;
  start = 0;
  end = 0;
  /** A line ends before it. */
  onNewLine = false;
  /** Where the token before it ends. */
  previousEnd = 0;
  /** Where the next line ends, as far as it is known. */
  #lineEnd = -1;
  /** The same of the next backslash. */
  #backslash = -1;
  /** And of the next `${`. */
  #value = -1;

  constructor(source: string) {
    // Within a text that ends with a line, nobody looks beyond its end: code that has done so once is slower from then on.
    this.source = source.endsWith('\n') ? source : `${source}\n`;
    // Line ends that are none of the usual.
    if (/\r(?!\n)|[\u2028\u2029]/.test(source)) giveUp();
    if (source.startsWith('#!')) this.end = this.#endOfLine(0);
  }

  /** Goes to the next token. */
  next(): void {
    const { source } = this;
    const { length } = source;
    let at = this.end;
    this.previousEnd = at;
    this.onNewLine = false;
    while (at < length) {
      const code = source.charCodeAt(at);
      if (code === 32 || code === 9) at++;
      else if (code === LINE_FEED || code === RETURN_SIGN) {
        this.onNewLine = true;
        at++;
      } else if (code === 47) {
        const second = source.charCodeAt(at + 1);
        if (second === 47) at = this.#endOfLine(at);
        else if (second === 42) at = this.#behindComment(at);
        else {
          this.#is(second === 61 ? T.SLASH_EQUALS : T.SLASH, at, second === 61 ? 2 : 1);
          return;
        }
      } else if (code < 128) {
        if (T.LETTERS[code] === T.PART) this.#word(at);
        else this.#sign(code, at);
        return;
      } else if (code === 0xa0 || code === 0xfeff) at++;
      else {
        this.#word(at);
        return;
      }
    }
    this.#is(T.END, length, 0);
  }

  #is(token: number, start: number, length: number): void {
    this.token = token;
    this.start = start;
    this.end = start + length;
  }

  #endOfLine(at: number): number {
    if (this.#lineEnd < at) {
      const end = this.source.indexOf('\n', at);
      this.#lineEnd = end < 0 ? this.source.length : end;
    }
    return this.#lineEnd;
  }

  #behindComment(at: number): number {
    const end = this.source.indexOf('*/', at + 2);
    if (end < 0) giveUp();
    if (this.#endOfLine(at) < end) this.onNewLine = true;
    return end + 2;
  }

  #word(start: number): void {
    const { source } = this;
    let at = start;
    let code = source.charCodeAt(at);
    while (code < 128 && (T.LETTERS[code] as number) !== 0) code = source.charCodeAt(++at);
    if (code >= 128 || code === BACKSLASH) {
      this.#rareWord(start);
      return;
    }
    this.start = start;
    this.end = at;
    const length = at - start;
    this.token = T.NAME;
    if (length > T.LONGEST_WORD || length < 2) return;
    const index = T.wordNumber(source, start, length);
    const word = T.WORD_TEXTS[index];
    if (word === undefined || word.length !== length) return;
    for (let i = 0; i < length; i++) if (word.charCodeAt(i) !== source.charCodeAt(start + i)) return;
    this.token = T.WORD_TOKENS[index] as number;
  }

  /** Letters beyond ASCII. */
  #rareWord(start: number): void {
    const name = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
    name.lastIndex = start;
    const [found] = name.exec(this.source) ?? giveUp();
    if (this.source.charCodeAt(start + found.length) === BACKSLASH) giveUp();
    this.#is(T.NAME, start, found.length);
  }

  #sign(code: number, at: number): void {
    const { source } = this;
    const one = T.SIGNS[code] as number;
    if (one !== 0) {
      this.#is(one, at, 1);
      return;
    }
    const second = source.charCodeAt(at + 1);
    switch (code) {
      case 34: // "
      case 39: // '
        this.#string(code, at);
        return;
      case 46: // .
        if (second >= 48 && second <= 57) this.#number(at);
        else if (second === 46 && source.charCodeAt(at + 2) === 46) this.#is(T.ELLIPSIS, at, 3);
        else this.#is(T.DOT, at, 1);
        return;
      case 61: // =
        if (second === 62) this.#is(T.ARROW, at, 2);
        else if (second !== 61) this.#is(T.EQUALS, at, 1);
        else this.#is(T.BETWEEN, at, source.charCodeAt(at + 2) === 61 ? 3 : 2);
        return;
      case 33: // !
        if (second !== 61) this.#is(T.PREFIX_SIGN, at, 1);
        else this.#is(T.BETWEEN, at, source.charCodeAt(at + 2) === 61 ? 3 : 2);
        return;
      case 43: // +
      case 45: // -
        if (second === code) {
          // `-->` at the start of a line is a comment of old.
          if (code === 45 && source.charCodeAt(at + 2) === 62 && (this.onNewLine || this.previousEnd === 0)) giveUp();
          this.#is(T.STEP, at, 2);
        } else if (second === 61) this.#is(T.ASSIGNMENT, at, 2);
        else this.#is(T.SIGN, at, 1);
        return;
      case 42: // *
        if (second === 61) this.#is(T.ASSIGNMENT, at, 2);
        else if (second !== 42) this.#is(T.STAR, at, 1);
        else this.#between(at, 2);
        return;
      case 37: // %
      case 94: // ^
        this.#between(at, 1);
        return;
      case 38: // &
      case 124: // |
        this.#between(at, second === code ? 2 : 1);
        return;
      case 60: // <
        if (second === 33 && source.startsWith('<!--', at)) giveUp();
        this.#between(at, second === 60 ? 2 : 1, second === 60);
        return;
      case 62: // >
        if (second !== 62) this.#between(at, 1, false);
        else this.#between(at, source.charCodeAt(at + 2) === 62 ? 3 : 2);
        return;
      case 63: {
        // ?
        const third = source.charCodeAt(at + 2);
        if (second === 63) this.#between(at, 2);
        else if (second === 46 && !(third >= 48 && third <= 57)) this.#is(T.OPTIONAL, at, 2);
        else this.#is(T.QUESTION, at, 1);
        return;
      }
      case 35: // #
        this.#word(at + 1);
        if (this.start === this.end || (T.LETTERS[second] as number) & T.DIGIT) giveUp();
        this.token = T.PRIVATE;
        this.start = at;
        return;
      default:
        if (code >= 48 && code <= 57) this.#number(at);
        else if (code === 11 || code === 12) {
          // White space, but who writes it?
          this.end = at + 1;
          giveUp();
        } else giveUp();
    }
  }

  /** An operator of `length`, or the assignment with it. */
  #between(at: number, length: number, assigns = true): void {
    if (this.source.charCodeAt(at + length) !== 61) this.#is(T.BETWEEN, at, length);
    else this.#is(assigns ? T.ASSIGNMENT : T.BETWEEN, at, length + 1);
  }

  /** Short ones letter by letter, long ones in strides. */
  #string(quote: number, start: number): void {
    const { source } = this;
    let at = start + 1;
    const near = at + SHORT_STRING;
    let end = -1;
    for (;;) {
      const code = source.charCodeAt(at);
      if (code === quote) break;
      if (code === BACKSLASH) at += source.charCodeAt(at + 1) === RETURN_SIGN ? 3 : 2;
      else if (code === LINE_FEED || code === RETURN_SIGN) giveUp();
      else if (++at > near) {
        if (end < at) end = source.indexOf(quote === 34 ? '"' : "'", at);
        if (end < 0) giveUp();
        at = Math.min(end, this.#nextBackslash(at), this.#endOfLine(at));
      }
    }
    this.#is(T.STRING, start, at + 1 - start);
  }

  #nextBackslash(at: number): number {
    if (this.#backslash < at) {
      const found = this.source.indexOf('\\', at);
      this.#backslash = found < 0 ? this.source.length : found;
    }
    return this.#backslash;
  }

  #number(start: number): void {
    const { source } = this;
    let at = start;
    const second = source.charCodeAt(start + 1);
    if (source.charCodeAt(start) === 48 && second < 128 && T.LETTERS[second] !== 0) {
      // 0x…, 0o…, 0b…, 0n; not 017.
      if (second >= 48 && second <= 57) giveUp();
      do at++;
      while ((T.LETTERS[source.charCodeAt(at)] ?? 0) !== 0);
      if (!/^0(?:[xX][\da-fA-F_]+|[oO][0-7_]+|[bB][01_]+)?n?$/.test(source.slice(start, at)) && !/^0[eE]\d/.test(source.slice(start, at))) giveUp();
    } else {
      at = this.#digits(at);
      if (source.charCodeAt(at) === 46) at = this.#digits(at + 1);
      const exponent = source.charCodeAt(at);
      if (exponent === 101 || exponent === 69) {
        const sign = source.charCodeAt(at + 1);
        const from = sign === 43 || sign === 45 ? at + 2 : at + 1;
        at = this.#digits(from);
        if (at === from) giveUp();
      } else if (exponent === 110) at++;
      const behind = source.charCodeAt(at);
      if (behind >= 128 || behind === BACKSLASH || (T.LETTERS[behind] ?? 0) !== 0) giveUp();
    }
    this.#is(T.NUMBER, start, at - start);
  }

  #digits(from: number): number {
    let at = from;
    for (;;) {
      const code = this.source.charCodeAt(at);
      if (!((code >= 48 && code <= 57) || code === 95)) return at;
      at++;
    }
  }

  /** At a T.SLASH or T.SLASH_EQUALS where a value is expected: the token becomes the whole regular expression. */
  regularExpression(): void {
    const { source, start } = this;
    let inClass = false;
    let at = start + 1;
    for (;;) {
      const code = source.charCodeAt(at);
      if (code === LINE_FEED || code === RETURN_SIGN) giveUp();
      if (code === BACKSLASH) at++;
      else if (code === 91) inClass = true;
      else if (code === 93) inClass = false;
      else if (code === 47 && !inClass) break;
      at++;
    }
    let end = at + 1;
    while ((T.LETTERS[source.charCodeAt(end)] ?? 0) !== 0) end++;
    // Throws where this engine does not know it.
    new RegExp(source.slice(start + 1, at), source.slice(at + 1, end));
    this.end = end;
  }

  /** From behind a backquote, or the bracket behind a value: up to the next value, then true, or behind the end of the template. */
  templateGoesOn(from: number): boolean {
    const { source } = this;
    let at = from;
    for (;;) {
      const end = source.indexOf('`', at);
      if (end < 0) giveUp();
      if (this.#value < at) {
        const found = source.indexOf('${', at);
        this.#value = found < 0 ? source.length : found;
      }
      const value = this.#value;
      const backslash = this.#nextBackslash(at);
      if (backslash < end && backslash < value) at = backslash + 2;
      else {
        this.end = value < end ? value + 2 : end + 1;
        return value < end;
      }
    }
  }
}
