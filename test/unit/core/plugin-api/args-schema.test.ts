import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArgValue, formatArguments, parseArguments } from '../../../../core/plugin-api/args-schema.ts';
import { pluginArguments } from '../../../../core/plugin-api/plugin-arguments.ts';
import { quoteWord, splitWords } from '../../../../core/plugin-api/split-words.ts';
import type { ArgOption, ArgsSchema } from '../../../../core/protocol/plugins.ts';

const SCHEMA: ArgsSchema = {
  options: [
    { name: 'frequency', flags: ['-f', '--frequency'], type: 'number', min: 1, max: 1000, unit: 'Hz', default: 50 },
    { name: 'depth', flags: ['--depth'], type: 'integer' },
    { name: 'verbose', flags: ['-v', '--verbose'], type: 'boolean' },
    { name: 'system', flags: ['--system'], type: 'boolean', default: true },
    { name: 'mode', flags: ['--mode'], type: 'choice', choices: ['fast', 'exact'], default: 'fast' },
    { name: 'title', flags: ['-t', '--title'], type: 'string' },
  ],
  positionals: [
    { name: 'input', type: 'path' },
    { name: 'count', type: 'integer', default: 3 },
  ],
};
const DEFAULTS = { frequency: 50, verbose: false, system: true, mode: 'fast', count: 3 };
const ONLY_FREQUENCY: ArgsSchema = { options: [SCHEMA.options?.[0] as ArgOption] };

const valuesOf = (text: string): unknown => {
  const { values, problems } = parseArguments(SCHEMA, text);
  expect(problems).toEqual([]);
  return values;
};
/** Problems as `the marked text: message`. */
const problemsOf = (text: string, schema = SCHEMA): string[] =>
  parseArguments(schema, text).problems.map(({ message, from, to }) => `${text.slice(from, to)}: ${message}`);

describe('parseArguments', () => {
  it('gives defaults for an empty text', () => expect(valuesOf('')).toEqual(DEFAULTS));

  it.each([
    ['-f 20', { frequency: 20 }],
    ['-f=20', { frequency: 20 }],
    ['-f20', { frequency: 20 }],
    ['--frequency 20', { frequency: 20 }],
    ['  --frequency=20  ', { frequency: 20 }],
    ['-f 20 -f 1.5e2', { frequency: 150 }],
    ['--depth -5', { depth: -5 }],
    ['--depth=-5', { depth: -5 }],
    ['-v', { verbose: true }],
    ['-v --verbose=false', { verbose: false }],
    ['--no-system', { system: false }],
    ['--mode exact', { mode: 'exact' }],
    ['-t "two words"', { title: 'two words' }],
    [`--title='say "hi"'`, { title: 'say "hi"' }],
    [String.raw`-t "a \"b\" \\ C:\x"`, { title: String.raw`a "b" \ C:\x` }],
    [String.raw`C:\data\in.json 7`, { input: String.raw`C:\data\in.json`, count: 7 }],
    ['- -4', { input: '-', count: -4 }],
    ['-- --mode', { input: '--mode' }],
    ['-t ""', { title: '' }],
  ])('takes %s', (text, expected) => expect(valuesOf(text)).toEqual({ ...DEFAULTS, ...expected }));

  it.each([
    ['-f 0', ['0: -f has to be between 1 and 1000 Hz, not 0.']],
    ['-v -f fast', ['fast: -f needs a number, not “fast”.']],
    ['--frequency=1e999', ['1e999: --frequency needs a number, not “1e999”.']],
    ['-f 0x10', ['0x10: -f needs a number, not “0x10”.']],
    ['-f', ['-f: -f needs a number (Hz) after it.']],
    ['-f -v', ['-f: -f needs a number (Hz) after it.']],
    ['--depth 1.5', ['1.5: --depth needs a whole number, not “1.5”.']],
    ['--mode exakt', ['exakt: --mode is one of fast, exact, not “exakt”; did you mean exact.']],
    ['--verbose=maybe', ['maybe: --verbose is either true or false, not “maybe”.']],
    ['--freq 20', ['--freq: There is no option --freq. Did you mean --frequency?']],
    ['--dept=2', ['--dept=2: There is no option --dept. Did you mean --depth?']],
    ['in.json 1 more', ['more: “more” is one word too many.']],
    [`-t "open`, ['"open: This quote is never closed.']],
    ['in.json x -f 0', ['x: count needs a number, not “x”.', '0: -f has to be between 1 and 1000 Hz, not 0.']],
  ])('says at its place what is wrong with %s', (text, expected) => expect(problemsOf(text)).toEqual(expected));

  it('names the known options where none is near, and takes the value for the unknown one’s', () => {
    expect(problemsOf('--colour red', ONLY_FREQUENCY)).toEqual(['--colour: There is no option --colour. Known: -f, --frequency.']);
    expect(problemsOf('--colour', {})).toEqual(['--colour: There is no option --colour. This plugin takes none.']);
    expect(problemsOf('red', ONLY_FREQUENCY)).toEqual(['red: “red” belongs to no option, and this plugin takes no other words.']);
  });

  it('says at the end of the text what is missing', () => {
    const schema: ArgsSchema = {
      options: [{ name: 'out', flags: ['-o', '--out'], type: 'path', required: true }],
      positionals: [{ name: 'input', type: 'path', required: true }],
    };
    const { problems } = parseArguments(schema, ' -- ');
    expect(problems).toEqual([
      { message: '-o or --out is missing.', from: 4, to: 4 },
      { message: 'input is missing.', from: 4, to: 4 },
    ]);
    expect(problemsOf('a -o', schema)).toEqual(['-o: -o needs a path after it.']);
  });

  it('tells what was given', () => expect(parseArguments(SCHEMA, '--no-system -f 50').given).toEqual(['frequency', 'system']));

  it('never throws, and marks within the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { from, to } of parseArguments(SCHEMA, text).problems) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});

describe('formatArguments', () => {
  it('writes what differs from the defaults', () => {
    expect(formatArguments(SCHEMA, DEFAULTS)).toBe('');
    expect(formatArguments(SCHEMA, { ...DEFAULTS, frequency: 20, verbose: true, system: false, title: 'a b' })).toBe('-f 20 -v --system=false -t "a b"');
  });
  it('writes a default that was given', () => expect(formatArguments(SCHEMA, DEFAULTS, ['frequency', 'verbose'])).toBe('-f 50 -v=false'));
  it('keeps the places of words without a flag', () => {
    expect(formatArguments(SCHEMA, { input: '--mode', count: 4, depth: -1 })).toBe('--depth=-1 -- --mode 4');
    expect(formatArguments(SCHEMA, { count: 4 })).toBe('"" 4');
  });
});

/** Any schema whose values can be written: names and flags of their own, defaults of the option's type. */
const optionType = fc.constantFrom('string', 'number', 'integer', 'boolean', 'choice', 'path' as const);
const CHOICES = ['one', 'two words', '-3', `it's "so" \\`];
function drawnValue(type: ArgOption['type']): fc.Arbitrary<ArgValue> {
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  if (type === 'integer') return fc.maxSafeInteger().map((value) => value + 0);
  if (type === 'boolean') return fc.boolean();
  return type === 'choice' ? fc.constantFrom(...CHOICES) : fc.oneof(fc.string(), fc.constantFrom('--', '-v', '-f=1', '"', "'", '\\', 'a\\"b\'', '-'));
}
const drawn = fc
  .tuple(fc.array(optionType, { maxLength: 5 }), fc.array(optionType, { maxLength: 3 }))
  .chain(([options, positionals]) => {
    const one = (type: ArgOption['type'], flags?: readonly string[]) => (name: string) =>
      fc.record({ value: drawnValue(type), preset: fc.option(drawnValue(type), { nil: undefined }), given: fc.boolean() }).map(({ value, preset, given }) => ({
        option: {
          name,
          type,
          ...(flags ? { flags } : {}),
          ...(type === 'choice' ? { choices: CHOICES } : {}),
          ...(preset === undefined ? {} : { default: preset }),
        } as ArgOption,
        value,
        given,
      }));
    const letters = ['-a', '-b', '--no-a', '--a', '-3'];
    return fc.tuple(
      fc.tuple(...options.map((type, i) => one(type, i === 4 ? undefined : [letters[i] as string, `--long-${i}`])(`option${i}`))),
      fc.tuple(...positionals.map((type, i) => one(type)(`word${i}`))),
    );
  })
  .map(([options, positionals]) => {
    const all = [...options, ...positionals];
    return {
      schema: { options: options.map(({ option }) => option), positionals: positionals.map(({ option }) => option) } satisfies ArgsSchema,
      values: Object.fromEntries(all.map(({ option, value }) => [option.name, value])),
      given: all.filter(({ given }) => given).map(({ option }) => option.name),
    };
  });

describe('one is the inverse of the other', () => {
  it('values written and read are the same values', () => {
    fc.assert(
      fc.property(drawn, ({ schema, values, given }) => {
        const text = formatArguments(schema, values, given);
        expect(parseArguments(schema, text)).toMatchObject({ values, problems: [] });
      }),
      { numRuns: 1000 },
    );
  });

  it('text read and written means the same, and stays as it is from then on', () => {
    const word = fc.oneof(fc.constantFrom('-f', '--frequency=7', '20', '-v', '--no-system', '--mode', 'exact', '-t', '"a b"', '--', 'x', '-2'), fc.string());
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const { values, given } = parseArguments(SCHEMA, words.join(' '));
        const text = formatArguments(SCHEMA, values, given);
        const again = parseArguments(SCHEMA, text);
        expect(again.values).toEqual(values);
        expect(formatArguments(SCHEMA, again.values, again.given)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('a quoted word is one word again', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const split = splitWords(words.map(quoteWord).join(' '));
        expect(split.words.map(({ text }) => text)).toEqual(words);
        expect(split.openQuote).toBeUndefined();
      }),
    );
  });
});

describe('pluginArguments', () => {
  it('reads what stands behind the word of the module', () => {
    expect(pluginArguments(ONLY_FREQUENCY, 'vizplugins.cpu_usage -f 20')).toEqual({ frequency: 20 });
    expect(pluginArguments(ONLY_FREQUENCY, '"./my plugins/a.ts" -f20')).toEqual({ frequency: 20 });
    expect(pluginArguments(ONLY_FREQUENCY, '')).toEqual({ frequency: 50 });
  });
  it('throws one message with all that is wrong', () => {
    expect(() => pluginArguments(ONLY_FREQUENCY, 'p -f 0 --colour red')).toThrow(
      new Error('-f has to be between 1 and 1000 Hz, not 0. There is no option --colour. Known: -f, --frequency.'),
    );
  });
});
