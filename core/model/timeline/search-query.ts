import { SliceFlag } from '../../protocol/summary/slice-table.ts';
import type { NameId } from '../timeline-types.ts';
import type { Names } from './names.ts';

/** What of a slice a query looks at beside its name. */
export interface Candidate {
  readonly durationNs: number;
  readonly selfNs: number;
  /** See SliceFlag. */
  readonly flags: number;
  readonly isAsync: boolean;
  readonly thread: string;
}

type NameTest = (text: string, category: string, file: string) => boolean;
type SliceTest = (candidate: Candidate) => boolean;
/** `json`: the recorded arguments. */
type ArgsTest = (json: string) => boolean;

interface Alternative {
  readonly names: NameTest[];
  readonly slices: SliceTest[];
  readonly args: ArgsTest[];
}

export type ParsedQuery =
  | { readonly kind: 'query'; readonly query: CompiledQuery }
  | { readonly kind: 'problem'; readonly message: string; readonly at: number };

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9 };
const COMPARISON = /(dur|self)\s*(>=|<=|>|<|=)\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m)?(?=$|[\s,])/y;
const REGEX = /\/((?:[^/\\]|\\.)+)\/([a-z]*)(?=$|[\s,])/y;
const FIELD = /(cat|file|thread|is|args(?:\.[^\s:,"]+)?):("([^"]*)"|[^\s,]*)/y;
const QUOTED = /"([^"]*)"/y;
const WORD = /[^\s,]+/y;
const MAX_QUERY = 1000;

/** See SearchQuery. */
export function parseSearch(text: string): ParsedQuery {
  const alternatives: Alternative[] = [emptyAlternative()];
  let at = 0;
  const source = text.slice(0, MAX_QUERY);
  while (at < source.length) {
    const letter = source[at] as string;
    if (/\s/.test(letter)) {
      at++;
      continue;
    }
    if (letter === ',') {
      alternatives.push(emptyAlternative());
      at++;
      continue;
    }
    const isNot = letter === '-' && at + 1 < source.length && !/[\s,]/.test(source[at + 1] as string);
    const from = isNot ? at + 1 : at;
    const found = termAt(source, from);
    if (found.kind === 'problem') return found;
    take(alternatives[alternatives.length - 1] as Alternative, found, isNot);
    at = found.end;
  }
  // A comma at an end, or two in a row, is no alternative that matches everything.
  const told = alternatives.filter((one) => one.names.length + one.slices.length + one.args.length > 0);
  return { kind: 'query', query: new CompiledQuery(told) };
}

const emptyAlternative = (): Alternative => ({ names: [], slices: [], args: [] });

type Term =
  | { readonly kind: 'name'; readonly test: NameTest; readonly end: number }
  | { readonly kind: 'slice'; readonly test: SliceTest; readonly end: number }
  | { readonly kind: 'args'; readonly test: ArgsTest; readonly end: number }
  | { readonly kind: 'problem'; readonly message: string; readonly at: number };

function take(alternative: Alternative, term: Exclude<Term, { kind: 'problem' }>, isNot: boolean): void {
  switch (term.kind) {
    case 'name':
      alternative.names.push(isNot ? (...about) => !term.test(...about) : term.test);
      return;
    case 'slice':
      alternative.slices.push(isNot ? (candidate) => !term.test(candidate) : term.test);
      return;
    case 'args':
      alternative.args.push(isNot ? (json) => !term.test(json) : term.test);
  }
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function termAt(source: string, at: number): Term {
  const comparison = matchAt(COMPARISON, source, at);
  if (comparison) return { kind: 'slice', test: comparisonTest(comparison), end: at + comparison[0].length };
  if (/^(dur|self)\s*[<>=]/.test(source.slice(at))) return { kind: 'problem', message: 'A duration is a number and ns, us, ms or s, such as dur>1ms.', at };
  const regex = matchAt(REGEX, source, at);
  if (regex) {
    try {
      const pattern = new RegExp(regex[1] as string, (regex[2] as string).replace('g', ''));
      return { kind: 'name', test: (text) => pattern.test(text), end: at + regex[0].length };
    } catch (error) {
      return { kind: 'problem', message: `This is no regular expression: ${error instanceof Error ? error.message : String(error)}`, at };
    }
  }
  const field = matchAt(FIELD, source, at);
  if (field) return fieldTerm(field, at);
  const quoted = matchAt(QUOTED, source, at);
  const word = quoted ?? matchAt(WORD, source, at);
  const wanted = (quoted ? (quoted[1] as string) : ((word as RegExpExecArray)[0] as string)).toLowerCase();
  return { kind: 'name', test: (text) => text.toLowerCase().includes(wanted), end: at + (word as RegExpExecArray)[0].length };
}

function comparisonTest(found: RegExpExecArray): SliceTest {
  const [, field, operator, number, unit] = found;
  const limit = Number(number) * (UNITS[unit ?? 'ns'] as number);
  const of = (candidate: Candidate): number => (field === 'dur' ? candidate.durationNs : candidate.selfNs);
  switch (operator) {
    case '>':
      return (candidate) => of(candidate) > limit;
    case '<':
      return (candidate) => of(candidate) < limit;
    case '>=':
      return (candidate) => of(candidate) >= limit;
    case '<=':
      return (candidate) => of(candidate) <= limit;
    default:
      return (candidate) => of(candidate) === limit;
  }
}

const STATES: Readonly<Record<string, SliceTest>> = {
  open: ({ flags }) => (flags & SliceFlag.LEFT) !== 0,
  error: ({ flags }) => (flags & SliceFlag.ERROR) !== 0,
  async: ({ isAsync, flags }) => isAsync || (flags & SliceFlag.RUN) !== 0,
};

function fieldTerm(found: RegExpExecArray, at: number): Term {
  const [whole, key, plain, quoted] = found as unknown as [string, string, string, string | undefined];
  const value = (quoted ?? plain).toLowerCase();
  const end = at + whole.length;
  switch (key) {
    case 'cat':
      return { kind: 'name', test: (_text, category) => category.toLowerCase().includes(value), end };
    case 'file':
      return { kind: 'name', test: (_text, _category, file) => file.toLowerCase().includes(value), end };
    case 'thread':
      return { kind: 'slice', test: ({ thread }) => thread.toLowerCase().includes(value), end };
    case 'is': {
      const test = STATES[value];
      if (!test) return { kind: 'problem', message: `There is no is:${value}; there are is:${Object.keys(STATES).join(', is:')}.`, at };
      return { kind: 'slice', test, end };
    }
    default: {
      const member = key === 'args' ? undefined : key.slice('args.'.length);
      return { kind: 'args', test: (json) => argsMatch(json, member, value), end };
    }
  }
}

function argsMatch(json: string, member: string | undefined, value: string): boolean {
  if (member === undefined) return json.toLowerCase().includes(value);
  let args: unknown;
  try {
    args = JSON.parse(json);
  } catch {
    // Arguments of a file are outside data: what is no JSON has no members.
    return false;
  }
  let at = args;
  for (const key of member.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<string, unknown>)[key];
  }
  return (typeof at === 'string' ? at : (JSON.stringify(at) ?? '')).toLowerCase().includes(value);
}

/** A query that was understood. Names are tested once each. */
export class CompiledQuery {
  readonly #alternatives: readonly Alternative[];
  /** By alternative and name: 0 not tested, 1 no, 2 yes. */
  readonly #tested: Uint8Array[];
  /** It looks at more of a slice than its name. */
  readonly looksAtSlices: boolean;
  readonly looksAtArgs: boolean;

  constructor(alternatives: readonly Alternative[]) {
    this.#alternatives = alternatives;
    this.#tested = alternatives.map(() => new Uint8Array(256));
    this.looksAtArgs = alternatives.some(({ args }) => args.length > 0);
    this.looksAtSlices = this.looksAtArgs || alternatives.some(({ slices }) => slices.length > 0);
  }

  #nameMatches(alternative: number, names: Names, id: NameId): boolean {
    let tested = this.#tested[alternative] as Uint8Array;
    if (id >= tested.length) {
      const larger = new Uint8Array(Math.max(id + 1, tested.length * 2));
      larger.set(tested);
      tested = larger;
      this.#tested[alternative] = larger;
    }
    if (tested[id] === 0) {
      const { names: tests } = this.#alternatives[alternative] as Alternative;
      const matches = tests.every((test) => test(names.text(id), names.category(id), names.file(id)));
      tested[id] = matches ? 2 : 1;
    }
    return tested[id] === 2;
  }

  /** A slice of this name may match. */
  mayMatch(names: Names, id: NameId): boolean {
    for (let a = 0; a < this.#alternatives.length; a++) if (this.#nameMatches(a, names, id)) return true;
    return false;
  }

  /** All but its arguments matches. */
  matches(names: Names, id: NameId, candidate: Candidate): boolean {
    for (let a = 0; a < this.#alternatives.length; a++) {
      if (this.#nameMatches(a, names, id) && (this.#alternatives[a] as Alternative).slices.every((test) => test(candidate))) return true;
    }
    return false;
  }

  /** All of it matches. `json`: its arguments; empty: it has none. */
  matchesWithArgs(names: Names, id: NameId, candidate: Candidate, json: string): boolean {
    for (let a = 0; a < this.#alternatives.length; a++) {
      const { slices, args } = this.#alternatives[a] as Alternative;
      if (this.#nameMatches(a, names, id) && slices.every((test) => test(candidate)) && args.every((test) => test(json))) return true;
    }
    return false;
  }
}
