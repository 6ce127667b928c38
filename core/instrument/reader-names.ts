/** How `reader.ts` names functions: it learns what a function is assigned to, and whether it is the whole of the value, only behind it. */
import { oneLine } from './function-names.ts';
import type { Owner } from './insertions.ts';
import { giveUp } from './scanner.ts';

/** What the text of a key is. */
export const AS_IT_IS = 0;
export const TEXT = 1;
export const NUMERAL = 2;
/** In brackets, and no value of its own. */
export const EXPRESSION = 3;
/** Not in the source: `fixed`. */
export const FIXED = 4;

export const UNKNOWN = 5;

/** Where the owner of a name comes from. */
export const NOBODY = 0;
/** What `this` is called. */
export const SELF = 1;
/** A name, or a key, in the source. */
export const WRITTEN = 2;

/** How a function declaration counts for the function around it. */
export const NOT_DECLARED: number = 0;
export const IN_BODY: number = 1;
export const IN_BLOCK: number = 2;

/** A name of a function or of an object with some in it, as far as it is known: parts of the source, put together when all is read. */
export class Name {
  readonly key: number;
  start: number;
  end: number;
  /** `get `, `set `, `new `. */
  prefix = '';
  owner: Name | undefined;
  fixed = '';
  /** Of an object's property: the offset of the property, which is where an anonymous function in it is said to be. */
  at = -1;
  /** What is called so if it has a name of its own. */
  instead: Name | undefined;
  /** Where `owner` is SELF. */
  self: ReadFunction | undefined;
  /** The value was more than the function: it has no name. */
  isVoid = false;

  constructor(key: number, start: number, end: number) {
    this.key = key;
    this.start = start;
    this.end = end;
  }

  /** It is written elsewhere. */
  moveTo(start: number, end: number): void {
    this.start = start;
    this.end = end;
  }

  static fixed(text: string): Name {
    const name = new Name(FIXED, 0, 0);
    name.fixed = text;
    return name;
  }
}

/** A function while its text is read. */
export class ReadFunction implements Owner {
  readonly parent: ReadFunction | undefined;
  readonly flags: number;
  readonly isArrow: boolean;
  strict: boolean;
  waits: boolean;
  leftAlone: string | undefined = undefined;
  /** How often it has waited so far. */
  waited = 0;
  evals = false;
  /** Function declarations directly in it, and in its blocks. */
  declared: string[] | undefined = undefined;
  declaredInBlocks: string[] | undefined = undefined;
  /** The class or object of a method. */
  methodOf: Name | undefined = undefined;
  /** An anonymous function as the value of a property. */
  isProperty = false;
  readonly #source: string;
  readonly #name: Name | undefined;
  readonly #start: number;

  constructor(source: string, parent: ReadFunction | undefined, name: Name | undefined, start: number, flags: number, isArrow: boolean, strict: boolean) {
    this.#source = source;
    this.parent = parent;
    this.#name = name;
    this.#start = start;
    this.flags = flags;
    this.isArrow = isArrow;
    this.strict = strict;
    this.waits = (flags & 3) !== 0;
  }

  get name(): string | undefined {
    return textOf(this.#source, this.#name);
  }

  get at(): number {
    return this.isProperty && this.#name?.isVoid === false ? this.#name.at : this.#start;
  }

  /** What `this` is called in it. */
  get self(): string | undefined {
    if (this.isArrow) return this.parent?.self;
    if (!this.parent || this.#name?.isVoid) return undefined;
    return textOf(this.#source, this.methodOf) ?? this.name;
  }
}

export function textOf(source: string, name: Name | undefined): string | undefined {
  if (!name || name.isVoid) return undefined;
  const given = textOf(source, name.instead);
  if (given !== undefined) return name.prefix + given;
  const owner = name.self ? name.self.self : textOf(source, name.owner);
  const key = keyText(source, name);
  return `${name.prefix}${owner === undefined ? '' : `${owner}.`}${key}`;
}

function keyText(source: string, { key, start, end, fixed }: Name): string {
  if (key === FIXED) return fixed;
  const text = source.slice(start, end);
  if (key === AS_IT_IS) return text;
  if (key === TEXT) return oneLine(textValue(text));
  if (key === NUMERAL) return oneLine(numeralValue(text));
  if (key === UNKNOWN) giveUp();
  return `[${oneLine(text)}]`;
}

/** Of a string with its quotes. */
export function textValue(quoted: string): string {
  const text = quoted.slice(1, -1);
  return text.includes('\\') ? text.replaceAll(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]+)\}|(\r\n|[\s\S]))/g, unescaped) : text;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '\n': '', '\r\n': '' };

function unescaped(_: string, x: string | undefined, u: string | undefined, point: string | undefined, letter = ''): string {
  const code = x ?? u ?? point;
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  // Octal ones, and those that are none.
  if (/[\dxu]/.test(letter)) giveUp();
  return Object.hasOwn(ESCAPES, letter) ? (ESCAPES[letter] as string) : letter;
}

function numeralValue(text: string): string {
  const digits = text.replaceAll('_', '');
  return digits.endsWith('n') ? String(BigInt(digits.slice(0, -1))) : String(Number(digits));
}
