import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../../../core/plugin-api/args-schema.ts';
import type { ArgsSchema } from '../../../../../core/protocol/plugins.ts';
import { changeArgument, fieldLabel, joinSpec, nearestAllowed, readForm, splitSpec } from '../../../../../renderer/features/plugins/argument-text.ts';

const SCHEMA: ArgsSchema = {
  options: [
    { name: 'frequency', flags: ['-f', '--frequency'], type: 'number', min: 1, max: 1000, default: 50 },
    { name: 'depth', flags: ['--depth'], type: 'integer', min: 1, max: 256 },
    { name: 'deep', type: 'boolean' },
    { name: 'kind', flags: ['-k'], type: 'choice', choices: ['all', 'some'], default: 'all' },
    { name: 'name', flags: ['--name'], type: 'string' },
  ],
  positionals: [{ name: 'file', type: 'path' }],
};
const field = (text: string, name: string) => readForm(SCHEMA, text).fields.find((each) => each.option.name === name);
const values = (text: string) => parseArguments(SCHEMA, text).values;

describe('text to form', () => {
  it('shows what is given, and leaves the rest to the defaults', () => {
    expect(field('-f 20', 'frequency')).toMatchObject({ given: '20', value: 20, problem: undefined });
    expect(field('', 'frequency')).toMatchObject({ given: undefined, value: 50 });
    expect(field('--name "a b" x.txt', 'name')?.given).toBe('a b');
    expect(field('--name "a b" x.txt', 'file')?.given).toBe('x.txt');
  });
  it('shows a wrong value as it was typed, with what is wrong', () => {
    expect(field('-f 5000', 'frequency')).toMatchObject({ given: '5000', problem: { from: 3, to: 7 } });
    expect(field('-k other', 'kind')).toMatchObject({ given: 'other', problem: expect.anything() });
  });
  it('marks an option whose value is missing', () => {
    expect(field('--depth', 'depth')).toMatchObject({ given: undefined, problem: expect.anything() });
  });
});

describe('form to text', () => {
  it.each([
    ['', 'frequency', '20', '-f 20'],
    ['-f 20', 'frequency', '30', '-f 30'],
    ['--frequency=20', 'depth', '7', '-f 20 --depth 7'],
    ['-f 20', 'frequency', undefined, ''],
    ['-f 20', 'frequency', '50', ''],
    ['', 'deep', true, '--deep'],
    ['--deep', 'deep', false, ''],
    ['-k some', 'kind', 'all', ''],
    ['', 'name', 'a b', '--name "a b"'],
    ['', 'file', '-x', '-- -x'],
  ])('%j with %s = %j is %j', (text, name, value, expected) => {
    expect(changeArgument(SCHEMA, text, name, value)).toBe(expected);
  });
  it('keeps what else was typed, well or not', () => {
    const text = changeArgument(SCHEMA, '-f 5000 --bogus x.txt', 'depth', '7');
    expect(text).toContain('-f 5000');
    expect(text).toContain('--depth 7');
    expect(text).toContain('--bogus');
    expect(text).toContain('x.txt');
  });
  it('a wrong value of the form stands in the text, and is marked there', () => {
    const text = changeArgument(SCHEMA, '', 'depth', 'many');
    expect(text).toBe('--depth many');
    expect(field(text, 'depth')).toMatchObject({ given: 'many', problem: expect.anything() });
  });
  it('whatever is set is read back, and nothing else changes', () => {
    const text = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(
        text.filter((each) => each.trim() !== '' && !/[\0]/.test(each)),
        fc.integer({ min: 1, max: 256 }),
        fc.boolean(),
        (name, depth, deep) => {
          let line = '-f 20 file.txt';
          line = changeArgument(SCHEMA, line, 'name', name);
          line = changeArgument(SCHEMA, line, 'depth', String(depth));
          line = changeArgument(SCHEMA, line, 'deep', deep);
          expect(values(line)).toEqual({ frequency: 20, file: 'file.txt', kind: 'all', name, depth, deep });
        },
      ),
    );
  });
});

describe('a plugin’s text', () => {
  it.each([
    ['vizplugins.gc -f 5', { module: 'vizplugins.gc', text: '-f 5' }],
    ['"./my plugin.ts"  a  b', { module: './my plugin.ts', text: ' a  b' }],
    ['', { module: '', text: '' }],
  ])('%j has a module and arguments', (spec, parts) => expect(splitSpec(spec)).toEqual(parts));
  it('is put together again', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((module) => module.trim() === module && module !== ''),
        fc.string(),
        (module, text) => {
          expect(splitSpec(joinSpec({ module, text }))).toEqual({ module, text });
        },
      ),
    );
  });
});

it('offers the nearest value that is allowed', () => {
  const depth = { name: 'depth', type: 'integer', min: 1, max: 256 } as const;
  expect(nearestAllowed(depth, '640')).toBe(256);
  expect(nearestAllowed(depth, '-3')).toBe(1);
  expect(nearestAllowed(depth, '2.4')).toBe(2);
  expect(nearestAllowed(depth, 'many')).toBeUndefined();
});

it('makes a name readable', () => expect(['max_depth', 'eventLoop', 'dry-run'].map(fieldLabel)).toEqual(['Max depth', 'Event loop', 'Dry run']));
