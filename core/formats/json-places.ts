/**
 * JSON of any size, read as a stream: who wants something of it says for each place what is done with the value there, and everything else is stepped
 * over. Never holds more than one string or number of the text.
 */
import { ProblemError } from '../base/result.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, endOfString, endOfValue, INCOMPLETE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';
import { decodeString } from './trace-event-fields.ts';

/** What is done with the value at one place. What is left out is stepped over. */
export interface JsonPlace {
  /** The place of a member's value. */
  member?(key: string): JsonPlace | undefined;
  /** The place of every element. */
  readonly element?: JsonPlace | undefined;
  /** The value is an object or a list, and begins or ends. */
  begin?(): void;
  end?(): void;
  /** Numbers, also those that stand in quotes. */
  number?(value: number): void;
  text?(value: string): void;
  literal?(value: boolean | null): void;
  /** The text of an object or list; one that is longer than 512 KB is stepped over. Instead of all of the above. */
  raw?(bytes: Uint8Array, start: number, end: number): void;
}

export interface JsonEnd {
  readonly kind: 'whole' | 'cut' | 'damaged' | 'trailing';
  readonly at: number;
}

const PIECE_BYTES = 256 * 1024;
/** A longer string is cut there. */
const MAX_JSON_BYTES = 512 * 1024;
const MAX_STRING_BYTES = 16 * 1024 * 1024;
/** Deeper ones are stepped over and counted. */
const MAX_DEPTH = 10_000;
/** Deeper ones are damage: each level is a byte here. */
const MAX_LEVELS = 10_000_000;
const MAX_KEYS = 10_000;
const EXPECT_VALUE = 0;
const EXPECT_KEY = 1;
const EXPECT_COMMA = 2;

const NOTHING: JsonPlace = {};

export class JsonPlaces {
  /** Containers nested deeper than is looked at. */
  tooDeep = 0;
  /** Of the containers that are open, from the outermost. */
  readonly #places: JsonPlace[] = [];
  readonly #isObject: boolean[] = [];
  /** Containers that are stepped over, inside of the innermost place. */
  #skipped = 0;
  /** A value or key is due, or a comma. */
  #expect = EXPECT_VALUE;
  #place: JsonPlace | undefined;
  #held = new Uint8Array(PIECE_BYTES * 2);
  #from = 0;
  #to = 0;
  #base = 0;
  #wanted = 0;
  #end: JsonEnd | undefined;
  #isDone = false;
  readonly #keys = new Map<string, string>();

  constructor(root: JsonPlace) {
    this.#place = root;
  }

  get done(): boolean {
    return this.#end !== undefined;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.#end === undefined; at += PIECE_BYTES) {
      this.#hold(chunk.subarray(at, at + PIECE_BYTES));
      if (this.#to - this.#from >= this.#wanted) this.#advance(false);
    }
  }

  end(): JsonEnd {
    if (this.#end === undefined) this.#advance(true);
    if (this.#end !== undefined) return this.#end;
    return { kind: this.#isDone ? 'whole' : 'cut', at: this.#base + this.#to };
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

  #stop(kind: JsonEnd['kind']): void {
    this.#end = { kind, at: this.#base + this.#from };
  }

  /** Hot: every value of the text passes here. */
  #advance(last: boolean): void {
    const bytes = this.#held;
    const to = this.#to;
    this.#wanted = 0;
    while (this.#end === undefined) {
      let at = this.#from;
      let c = bytes[at] as number;
      while (at < to && c <= 0x20) c = bytes[++at] as number;
      this.#from = at;
      if (at >= to) return;
      if (this.#isDone) {
        this.#stop('trailing');
        return;
      }
      if (c === COMMA && this.#expect === EXPECT_COMMA) {
        this.#from++;
        this.#expect = this.#isObject.at(-1) === true ? EXPECT_KEY : EXPECT_VALUE;
        continue;
      }
      if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
        if (!this.#close(c)) return;
        continue;
      }
      if (this.#expect === EXPECT_COMMA) {
        this.#stop('damaged');
        return;
      }
      if (this.#expect === EXPECT_KEY) {
        if (!this.#key(last)) return;
        continue;
      }
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (this.#place?.raw !== undefined && this.#skipped === 0) {
          const taken = this.#raw(last);
          if (taken === undefined) return;
          if (taken) {
            this.#valueEnded();
            continue;
          }
        }
        this.#open(c === OPEN_BRACE);
        continue;
      }
      if (!(c === QUOTE ? this.#string() : this.#scalar(last))) return;
      this.#valueEnded();
    }
  }

  /** False: it is too long, and to be stepped over. Undefined: more is to come. */
  #raw(last: boolean): boolean | undefined {
    const limit = Math.min(this.#to, this.#from + MAX_JSON_BYTES);
    const end = endOfValue(this.#held, this.#from, limit);
    if (end < 0) {
      if (end === INCOMPLETE && this.#to - this.#from < MAX_JSON_BYTES && !last) {
        this.#waitForMore();
        return undefined;
      }
      return false;
    }
    this.#place?.raw?.(this.#held, this.#from, end);
    this.#from = end;
    return true;
  }

  #valueEnded(): void {
    this.#expect = EXPECT_COMMA;
    if (this.#isObject.length === 0) this.#isDone = true;
    else this.#place = this.#elementPlace();
  }

  /** Of the next element of the list that is open. */
  #elementPlace(): JsonPlace | undefined {
    if (this.#isObject[this.#isObject.length - 1] === true || this.#skipped > 0) return undefined;
    return this.#places[this.#places.length - 1]?.element;
  }

  #open(isObject: boolean): void {
    if (this.#isObject.length >= MAX_LEVELS) {
      this.#stop('damaged');
      return;
    }
    this.#from++;
    if (this.#isObject.length >= MAX_DEPTH) {
      // Deep nesting costs a byte a level, and is not looked into.
      if (this.#skipped === 0 || this.#place !== undefined) this.tooDeep++;
      this.#place = undefined;
    }
    this.#isObject.push(isObject);
    const place = this.#place;
    const wanted = place !== undefined && (isObject ? place.member !== undefined : place.element !== undefined);
    if (place === undefined || this.#skipped > 0 || !(wanted || place.begin !== undefined)) this.#skipped++;
    else {
      this.#places.push(place);
      place.begin?.();
    }
    this.#expect = isObject ? EXPECT_KEY : EXPECT_VALUE;
    this.#place = this.#elementPlace();
  }

  #close(c: number): boolean {
    const isObject = this.#isObject.at(-1);
    // A comma in front of it is let pass, as is a list that ends where a value was due.
    if (isObject === undefined || isObject !== (c === CLOSE_BRACE)) {
      this.#stop('damaged');
      return false;
    }
    this.#from++;
    this.#isObject.pop();
    if (this.#skipped > 0) this.#skipped--;
    else this.#places.pop()?.end?.();
    this.#valueEnded();
    return true;
  }

  #key(last: boolean): boolean {
    const bytes = this.#held;
    const to = this.#to;
    const start = this.#from + 1;
    if (bytes[this.#from] !== QUOTE) {
      this.#stop('damaged');
      return false;
    }
    const close = endOfString(bytes, start, to);
    if (close < 0) return this.#waitForMore();
    let at = close + 1;
    while (at < to && (bytes[at] as number) <= 0x20) at++;
    if (at >= to) return last ? false : this.#waitForMore();
    if (bytes[at] !== COLON) {
      this.#from = at;
      this.#stop('damaged');
      return false;
    }
    this.#place = this.#skipped > 0 ? undefined : this.#places[this.#places.length - 1]?.member?.(this.#keyText(start, close));
    this.#from = at + 1;
    this.#expect = EXPECT_VALUE;
    return true;
  }

  /** Keys come again and again: each is decoded once. */
  #keyText(start: number, end: number): string {
    const latin = end - start <= 64 ? String.fromCharCode.apply(undefined, this.#held.subarray(start, end) as unknown as number[]) : undefined;
    const known = latin === undefined ? undefined : this.#keys.get(latin);
    if (known !== undefined) return known;
    const text = decodeString(this.#held, start, Math.min(end, start + MAX_STRING_BYTES));
    if (latin !== undefined && this.#keys.size < MAX_KEYS) this.#keys.set(latin, text);
    return text;
  }

  /** A long string is not looked at again for each piece of it. */
  #waitForMore(): false {
    this.#wanted = Math.min((this.#to - this.#from) * 2, MAX_STRING_BYTES);
    return false;
  }

  #string(): boolean {
    const bytes = this.#held;
    const start = this.#from + 1;
    const close = endOfString(bytes, start, this.#to);
    if (close < 0) return this.#waitForMore();
    const place = this.#place;
    this.#from = close + 1;
    if (place === undefined || this.#skipped > 0) return true;
    if (place.text !== undefined) place.text(decodeString(bytes, start, Math.min(close, start + MAX_STRING_BYTES)));
    else if (place.number !== undefined && close > start && close - start < 400) {
      const value = Number(decodeString(bytes, start, close));
      if (!Number.isNaN(value)) place.number(value);
    }
    return true;
  }

  #scalar(last: boolean): boolean {
    const bytes = this.#held;
    const to = this.#to;
    const start = this.#from;
    let at = start;
    let c = bytes[at] as number;
    // Most are whole numbers: they are read on the way.
    let value = 0;
    while (at < to && c >= 48 && c <= 57) {
      value = value * 10 + (c - 48);
      c = bytes[++at] as number;
    }
    const isPlain = at > start && at - start <= 15;
    const endOfDigits = at;
    while (at < to && c !== COMMA && c !== CLOSE_BRACE && c !== CLOSE_BRACKET && c > 0x20 && c !== COLON && c !== QUOTE) c = bytes[++at] as number;
    if (at >= to && !last) return this.#waitForMore();
    if (at === start || at - start > 1000) {
      this.#stop('damaged');
      return false;
    }
    const place = this.#place;
    const isWanted = place !== undefined && this.#skipped === 0;
    if (isPlain && endOfDigits === at) {
      this.#from = at;
      if (isWanted) place.number?.(value);
      return true;
    }
    return this.#odd(start, at, isWanted ? place : NOTHING);
  }

  #odd(start: number, end: number, place: JsonPlace): boolean {
    const text = String.fromCharCode.apply(undefined, this.#held.subarray(start, end) as unknown as number[]);
    switch (text) {
      case 'true':
      case 'false':
        place.literal?.(text === 'true');
        break;
      case 'null':
        place.literal?.(null);
        break;
      default: {
        const value = text === 'NaN' ? Number.NaN : Number(text);
        if (Number.isNaN(value) && text !== 'NaN') {
          this.#stop('damaged');
          return false;
        }
        place.number?.(value);
      }
    }
    this.#from = end;
    return true;
  }
}

/** Reads all of a text, as far as it is good. */
export async function readJson(source: AsyncIterable<Uint8Array>, root: JsonPlace): Promise<JsonEnd> {
  const reader = new JsonPlaces(root);
  for await (const chunk of source) {
    reader.push(chunk);
    if (reader.done) break;
  }
  return reader.end();
}

/** A place of an object whose members are known. */
export const objectPlace = (members: Readonly<Record<string, JsonPlace>>, more: Pick<JsonPlace, 'begin' | 'end'> = {}): JsonPlace => {
  const byKey = new Map(Object.entries(members));
  return { ...more, member: (key) => byKey.get(key) };
};
export const listPlace = (element: JsonPlace, more: Pick<JsonPlace, 'begin' | 'end'> = {}): JsonPlace => ({ ...more, element });
export const numberPlace = (use: (value: number) => void): JsonPlace => ({ number: use });
export const textPlace = (use: (value: string) => void): JsonPlace => ({ text: use });

export const damagedProfile = (what: string, end: JsonEnd): ProblemError =>
  new ProblemError({
    code: 'not-a-trace',
    message: `This ${what} cannot be read: its JSON is ${end.kind === 'cut' ? 'cut' : 'broken'} at byte ${end.at}, before anything that could be shown.`,
    remedy: 'Export it again from the program that made it.',
  });
