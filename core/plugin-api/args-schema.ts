/**
 * The argument text of a plugin by its `args_schema`: text to values, with every problem at its place, and values to text.
 *
 * Taken: `-f 50`, `-f=50`, `-f50`, `--frequency 50`, `--frequency=50`, `--verbose`, `--verbose=false`, `--no-verbose`, words without
 * a flag, `--` before words that begin with a dash. An option that is given twice: the last counts.
 */
import type { ArgOption, ArgsSchema } from '../protocol/plugins.ts';
import { type PlacedWord, quoteWord, splitWords } from './split-words.ts';

export type ArgValue = string | number | boolean;
/** By `name` of the option. What was not given and has no default is not in it; a boolean always is. */
export type ArgValues = Readonly<Record<string, ArgValue>>;

/** `from` and `to` are places in the text, `to` behind the last character. Something that is missing is at the text's end. */
export interface ArgProblem {
  /** One sentence. */
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

export interface ParsedArguments {
  /** With defaults. A value that has a problem is not taken. */
  readonly values: ArgValues;
  /** Names that the text gives, in the order of the schema. */
  readonly given: readonly string[];
  /** In the order of the text. */
  readonly problems: readonly ArgProblem[];
}

/** `text` is what stands behind the word of the module. Never throws. */
export function parseArguments(schema: ArgsSchema, text: string): ParsedArguments {
  return new Parser(schema, text).parse();
}

/**
 * The text whose values these are. Written is what differs from its default, and what `given` names. Values that the schema
 * does not know are left out; a word without a flag is written also where a later one needs it to keep its place.
 */
export function formatArguments(schema: ArgsSchema, values: ArgValues, given: readonly string[] = []): string {
  const isWritten = (option: ArgOption): boolean => {
    const value = values[option.name];
    return value !== undefined && (value !== defaultOf(option) || given.includes(option.name));
  };
  const options = (schema.options ?? []).filter(isWritten).map((option) => formatOption(option, values[option.name] as ArgValue));
  const positionals = schema.positionals ?? [];
  const words = positionals
    .slice(0, positionals.findLastIndex(isWritten) + 1)
    .map((positional) => String(values[positional.name] ?? defaultOf(positional) ?? ''));
  return [...options, ...(words.some((word) => word.startsWith('-')) ? ['--'] : []), ...words.map(quoteWord)].join(' ');
}

function formatOption(option: ArgOption, value: ArgValue): string {
  const flag = flagsOf(option)[0] as string;
  if (option.type === 'boolean') return value === true ? flag : `${flag}=false`;
  const text = String(value);
  return text.startsWith('-') ? `${flag}=${quoteWord(text)}` : `${flag} ${quoteWord(text)}`;
}

/** As they are typed, the first of them being the one that is written. */
export const flagsOf = (option: ArgOption): readonly string[] => (option.flags?.length ? option.flags : [`--${option.name}`]);

/** What counts where nothing is given. */
export const defaultOf = (option: ArgOption): ArgValue | undefined => option.default ?? (option.type === 'boolean' ? false : undefined);

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

class Parser {
  readonly #schema: ArgsSchema;
  readonly #end: number;
  readonly #words: readonly PlacedWord[];
  readonly #flags = new Map<string, ArgOption>();
  readonly #values = new Map<string, ArgValue>();
  /** Given in the text, well or not. */
  readonly #given = new Set<ArgOption>();
  readonly #problems: ArgProblem[] = [];
  #at = 0;
  #positionals = 0;

  constructor(schema: ArgsSchema, text: string) {
    this.#schema = schema;
    this.#end = text.length;
    const { words, openQuote } = splitWords(text);
    this.#words = words;
    for (const option of schema.options ?? []) for (const flag of flagsOf(option)) if (!this.#flags.has(flag)) this.#flags.set(flag, option);
    if (openQuote !== undefined) this.#problem('This quote is never closed.', openQuote, text.length);
  }

  parse(): ParsedArguments {
    let onlyWords = false;
    while (this.#at < this.#words.length) {
      const word = this.#words[this.#at++] as PlacedWord;
      if (!onlyWords && word.text === '--') onlyWords = true;
      else if (!onlyWords && this.#looksLikeOption(word.text)) this.#option(word);
      else this.#positional(word);
    }
    const all = [...(this.#schema.options ?? []), ...(this.#schema.positionals ?? [])];
    for (const option of all) {
      const value = defaultOf(option);
      if (!this.#values.has(option.name) && value !== undefined) this.#values.set(option.name, value);
      else if (option.required && !this.#given.has(option) && !this.#values.has(option.name)) {
        this.#problem(`${this.#schema.options?.includes(option) ? flagsOf(option).join(' or ') : option.name} is missing.`, this.#end, this.#end);
      }
    }
    return {
      values: Object.fromEntries(this.#values),
      given: all.filter((option) => this.#given.has(option)).map((option) => option.name),
      problems: this.#problems.sort((a, b) => a.from - b.from),
    };
  }

  /** `-` alone is a word, and so is a negative number. */
  #looksLikeOption(text: string): boolean {
    return text.startsWith('-') && text !== '-' && (!NUMBER.test(text) || this.#flags.has(text));
  }

  #option(word: PlacedWord): void {
    const { text, from, to } = word;
    const exact = this.#flags.get(text);
    if (exact) {
      if (exact.type === 'boolean') this.#set(exact, true);
      else this.#valueFromNextWord(exact, word);
      return;
    }
    const equals = text.indexOf('=');
    const flag = equals < 0 ? text : text.slice(0, equals);
    const assigned = this.#flags.get(flag);
    if (equals > 0 && assigned) {
      this.#take(assigned, flag, { text: text.slice(equals + 1), from: Math.min(from + equals + 1, to), to });
      return;
    }
    const negated = text.startsWith('--no-') ? this.#flags.get(`--${text.slice(5)}`) : undefined;
    if (negated?.type === 'boolean') {
      this.#set(negated, false);
      return;
    }
    const short = text.slice(0, 2);
    const attached = short === '--' ? undefined : this.#flags.get(short);
    if (attached && attached.type !== 'boolean') {
      this.#take(attached, short, { text: text.slice(2), from: Math.min(from + 2, to), to });
      return;
    }
    this.#unknown(flag, equals < 0, word);
  }

  #valueFromNextWord(option: ArgOption, word: PlacedWord): void {
    this.#given.add(option);
    const next = this.#words[this.#at];
    if (!next || next.text === '--' || this.#looksLikeOption(next.text)) {
      this.#problem(`${word.text} needs ${kindOfValue(option)} after it.`, word.from, word.to);
      return;
    }
    this.#at++;
    this.#take(option, word.text, next);
  }

  #unknown(flag: string, mayHaveValue: boolean, { from, to }: PlacedWord): void {
    const known = [...this.#flags.keys()];
    const near = nearest(flag, known);
    const help = near ? ` Did you mean ${near}?` : known.length > 0 ? ` Known: ${known.join(', ')}.` : ' This plugin takes none.';
    this.#problem(`There is no option ${flag}.${help}`, from, to);
    // Its value is not a problem of its own, where it can be nothing else.
    const next = this.#words[this.#at];
    if (mayHaveValue && next && !this.#schema.positionals?.length && !this.#looksLikeOption(next.text)) this.#at++;
  }

  #positional(word: PlacedWord): void {
    const positional = this.#schema.positionals?.[this.#positionals++];
    if (positional) this.#take(positional, positional.name, word);
    else if (this.#schema.positionals?.length) this.#problem(`“${word.text}” is one word too many.`, word.from, word.to);
    else this.#problem(`“${word.text}” belongs to no option, and this plugin takes no other words.`, word.from, word.to);
  }

  #take(option: ArgOption, label: string, word: PlacedWord): void {
    this.#given.add(option);
    const read = readValue(option, word.text);
    if ('value' in read) this.#set(option, read.value);
    else this.#problem(`${label} ${read.complaint}.`, word.from, word.to);
  }

  #set(option: ArgOption, value: ArgValue): void {
    this.#given.add(option);
    this.#values.set(option.name, value);
  }

  #problem(message: string, from: number, to: number): void {
    this.#problems.push({ message, from, to });
  }
}

/** One value by its option: for the fields of a form as for text. The complaint goes behind the option's name. */
export function readValue(option: ArgOption, text: string): { readonly value: ArgValue } | { readonly complaint: string } {
  switch (option.type) {
    case 'number':
    case 'integer':
      return readNumber(option, text);
    case 'boolean':
      return text === 'true' || text === 'false' ? { value: text === 'true' } : { complaint: `is either true or false, not “${text}”` };
    case 'choice': {
      const choices = option.choices ?? [];
      if (choices.includes(text)) return { value: text };
      const near = nearest(text, choices);
      return { complaint: `is one of ${choices.join(', ')}, not “${text}”${near ? `; did you mean ${near}?` : ''}`.replace(/\?$/, '') };
    }
    default:
      return { value: text };
  }
}

function readNumber({ type, min, max, unit }: ArgOption, text: string): { value: number } | { complaint: string } {
  const value = Number(text) + 0; // Minus zero is zero.
  if (!NUMBER.test(text) || !Number.isFinite(value)) return { complaint: `needs a number, not “${text}”` };
  if (type === 'integer' && !Number.isSafeInteger(value)) return { complaint: `needs a whole number, not “${text}”` };
  if ((min === undefined || value >= min) && (max === undefined || value <= max)) return { value };
  const range = min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `between ${min} and ${max}`;
  return { complaint: `has to be ${range}${unit ? ` ${unit}` : ''}, not ${text}` };
}

function kindOfValue({ type, choices, unit }: ArgOption): string {
  if (type === 'choice') return `one of ${(choices ?? []).join(', ')}`;
  if (type === 'path') return 'a path';
  if (type === 'string') return 'a text';
  return `a ${type === 'integer' ? 'whole number' : 'number'}${unit ? ` (${unit})` : ''}`;
}

/** The one that was probably meant: begins like it, or differs in few characters. */
function nearest(typed: string, known: readonly string[]): string | undefined {
  if (typed.length > 2) {
    const longer = known.find((one) => one.startsWith(typed));
    if (longer) return longer;
  }
  const limit = typed.replace(/^-+/, '').length > 3 ? 2 : 1;
  const ranked = known.map((one) => ({ one, distance: editDistance(typed, one) })).filter(({ one, distance }) => distance <= limit && one.length > 2);
  return ranked.sort((a, b) => a.distance - b.distance)[0]?.one;
}

/** Characters to insert, remove or replace, counted up to a length that nobody types by accident. */
function editDistance(a: string, b: string): number {
  if (a.length > 40 || b.length > 40) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    row = next;
  }
  return row[b.length] as number;
}
