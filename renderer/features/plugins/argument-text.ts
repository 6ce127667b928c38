/** The text of a plugin and the form of its arguments: two views of one string, each of which changes the other. */
import { type ArgProblem, type ArgValue, defaultOf, flagsOf, formatArguments, parseArguments } from '../../../core/plugin-api/args-schema.ts';
import { quoteWord, splitWords } from '../../../core/plugin-api/split-words.ts';
import type { ArgOption, ArgsSchema } from '../../../core/protocol/plugins.ts';

export interface SpecParts {
  /** First word, without quotes. */
  readonly module: string;
  /** What stands behind it and the space between. */
  readonly text: string;
}

export function splitSpec(spec: string): SpecParts {
  const first = splitWords(spec).words[0];
  return first ? { module: first.text, text: spec.slice(first.to).replace(/^\s/, '') } : { module: '', text: '' };
}

export const joinSpec = ({ module, text }: SpecParts): string => `${module === '' ? '' : quoteWord(module)}${text === '' ? '' : ` ${text}`}`;

export interface FormField {
  readonly option: ArgOption;
  /** `--frequency`; undefined for a word without a flag. */
  readonly flag: string | undefined;
  /** As the text has it; undefined: not given, the default counts. */
  readonly given: string | undefined;
  readonly value: ArgValue | undefined;
  readonly problem: ArgProblem | undefined;
}

export interface ArgumentForm {
  readonly fields: readonly FormField[];
  readonly problems: readonly ArgProblem[];
}

export function readForm(schema: ArgsSchema, text: string): ArgumentForm {
  const { values, given, problems } = parseArguments(schema, text);
  const fields = allOptions(schema).map(({ option, isFlag }): FormField => {
    const problem = problems.find((each) => isAbout(each, option, isFlag));
    const isGiven = given.includes(option.name);
    const bad = problem && badValue(problem, option, text);
    return {
      option,
      flag: isFlag ? (flagsOf(option).at(-1) as string) : undefined,
      given: bad ?? (isGiven && values[option.name] !== undefined ? String(values[option.name]) : undefined),
      value: values[option.name],
      problem,
    };
  });
  return { fields, problems };
}

/**
 * The text after the form gave `value` to an option; undefined takes it back to its default. What else was typed stays, well or
 * not: other wrong values in their options, words that no option takes at the end.
 */
export function changeArgument(schema: ArgsSchema, text: string, name: string, value: ArgValue | undefined): string {
  const { fields, problems } = readForm(schema, text);
  const values: Record<string, ArgValue> = {};
  const given: string[] = [];
  for (const { option, given: typed, value: parsed, problem } of fields) {
    const isMine = option.name === name;
    const next = isMine ? value : (typed ?? parsed);
    if (next !== undefined) values[option.name] = problem || isMine ? next : (parsed ?? next);
    const isDefault = isMine && String(value) === String(defaultOf(option) ?? '');
    if (isMine ? value !== undefined && !isDefault : typed !== undefined) given.push(option.name);
  }
  const changed = fields.find((field) => field.option.name === name)?.option;
  if (changed && !given.includes(name)) {
    const usual = defaultOf(changed);
    if (usual !== undefined) values[name] = usual;
  }
  const rest = problems
    .filter((problem) => problem.to > problem.from)
    .filter((problem) => !fields.some((field) => field.problem === problem && (field.option.name === name || field.given !== undefined)))
    .map((problem) => text.slice(problem.from, problem.to));
  return [formatArguments(schema, values, given), ...rest].filter((part) => part !== '').join(' ');
}

const allOptions = (schema: ArgsSchema) => [
  ...(schema.options ?? []).map((option) => ({ option, isFlag: true })),
  ...(schema.positionals ?? []).map((option) => ({ option, isFlag: false })),
];

/** A problem's sentence begins with what it is about. */
const isAbout = ({ message }: ArgProblem, option: ArgOption, isFlag: boolean): boolean =>
  (isFlag ? flagsOf(option) : [option.name]).some((label) => message.startsWith(`${label} `));

/** The value that is wrong, without its quotes. Undefined where the value is missing. */
function badValue({ from, to }: ArgProblem, option: ArgOption, text: string): string | undefined {
  const slice = text.slice(from, to);
  return slice === '' || flagsOf(option).includes(slice) ? undefined : (splitWords(slice).words[0]?.text ?? slice);
}

/** The nearest value that is allowed, where there is one. */
export function nearestAllowed({ type, min, max }: ArgOption, typed: string): number | undefined {
  const value = Number(typed);
  if ((type !== 'number' && type !== 'integer') || typed.trim() === '' || !Number.isFinite(value)) return undefined;
  const clamped = Math.min(max ?? Number.POSITIVE_INFINITY, Math.max(min ?? Number.NEGATIVE_INFINITY, type === 'integer' ? Math.round(value) : value));
  return clamped === value ? undefined : clamped;
}

/** "event_loop-delay" as "Event loop delay". */
export function fieldLabel(name: string): string {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
