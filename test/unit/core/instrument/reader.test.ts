/** What is put in while a program is read once is to the letter what is put in by way of its tree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instrument } from '../../../../core/instrument/instrument.ts';
import { MODULE_SYNTAX, readOnce } from '../../../../core/instrument/reader.ts';
import { walkTree } from '../../../../core/instrument/tree-walker.ts';
import { randomProgram } from './random-program.ts';
import { OPTIONS } from './run-instrumented.ts';
import { COMMONJS_QUIRKS, MODULE_QUIRKS } from './syntax-quirks.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const fixtures = path.join(root, 'test/fixtures/instrument');

type Kind = 'commonjs' | 'module';

const read = (source: string, kind: Kind = 'commonjs'): ReturnType<typeof readOnce> => {
  try {
    const found = readOnce(source, { ...OPTIONS, kind });
    if (!found || kind === 'commonjs') return found;
    // The tree of a module has no such text.
    const { asBody: _, ...rest } = found;
    return rest;
  } catch (error) {
    if (error === MODULE_SYNTAX) return undefined;
    throw error;
  }
};
const walk = (source: string, kind: Kind = 'commonjs'): ReturnType<typeof walkTree> | undefined => {
  try {
    return walkTree(source, { ...OPTIONS, kind });
  } catch {
    return undefined;
  }
};

describe('one pass and the tree agree', () => {
  it.each([
    ['CommonJS', COMMONJS_QUIRKS, 'commonjs'],
    ['ES modules', MODULE_QUIRKS, 'module'],
  ] as const)('on quirks of %s', (_, quirks, kind) => {
    for (const source of quirks) expect({ source, ...read(source, kind) }).toEqual({ source, ...walkTree(source, { ...OPTIONS, kind }) });
  });

  it('on the programs of the fixtures', () => {
    const programs = readdirSync(fixtures).map((name) => readFileSync(path.join(fixtures, name), 'utf8'));
    const byReading = programs.filter((source) => read(source) !== undefined);
    for (const source of byReading) expect(read(source)).toEqual(walkTree(source, OPTIONS));
    // Two of them have what is rare.
    expect(programs.length - byReading.length).toBeLessThanOrEqual(2);
  });

  it('on what prints of errors are told, and where they are not', () => {
    const source = 'try { a() } catch (e) { b() } try { a() } catch { b() }';
    for (const exceptions of [true, false]) expect(readOnce(source, { ...OPTIONS, exceptions })).toEqual(walkTree(source, { ...OPTIONS, exceptions }));
  });

  // Files of packages that the studio is built with: written by hand, printed by compilers, made small.
  it.each([
    ['lodash/lodash.js', 'commonjs'],
    ['react-dom/cjs/react-dom-server.node.development.js', 'commonjs'],
    ['react-dom/cjs/react-dom-client.production.js', 'commonjs'],
    ['picomatch/lib/parse.js', 'commonjs'],
    ['ws/lib/websocket.js', 'commonjs'],
    ['playwright/lib/runner/index.js', 'commonjs'],
    ['meriyah/dist/meriyah.cjs', 'commonjs'],
    ['meriyah/dist/meriyah.min.mjs', 'module'],
    ['@jridgewell/trace-mapping/dist/trace-mapping.mjs', 'module'],
  ] as const)('on %s', (name, kind) => {
    const file = path.join(root, 'node_modules', name);
    expect(existsSync(file)).toBe(true);
    const source = readFileSync(file, 'utf8');
    const found = read(source, kind);
    expect(found?.functions.length).toBeGreaterThan(5);
    // Not compared by the runner: it would print megabytes where one letter differs.
    expect(JSON.stringify(found) === JSON.stringify(walkTree(source, { ...OPTIONS, kind }))).toBe(true);
  });

  it('on random programs', { timeout: 300_000 }, () => {
    let found = 0;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 50, maxLength: 400 }), (numbers) => {
        const source = randomProgram(numbers);
        const [one, other] = [read(source), walk(source)];
        if (!one || !other) return;
        expect(one).toEqual(other);
        found++;
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 100) },
    );
    expect(found).toBeGreaterThan(20);
  });

  it('on programs with a few letters changed, as far as both read them', { timeout: 300_000 }, () => {
    const texts = [...COMMONJS_QUIRKS, ...MODULE_QUIRKS, ...readdirSync(fixtures).map((name) => readFileSync(path.join(fixtures, name), 'utf8'))];
    const pieces = [
      ...'(){}[];,=/`"\'.+!*?:#0a\n',
      ...['=>', 'async ', 'await ', 'yield ', 'function ', 'class ', 'get ', 'of ', '...', '?.', '${', '//', '/*'],
    ];
    const change = fc.record({ at: fc.nat(), remove: fc.nat(6), piece: fc.constantFrom('', ...pieces) });
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.constantFrom<Kind>('commonjs', 'module'),
        (text, changes, kind) => {
          const source = changes.reduce((changed, { at, remove, piece }) => {
            const place = at % (changed.length + 1);
            return changed.slice(0, place) + piece + changed.slice(place + remove);
          }, text);
          const [one, other] = [read(source, kind), walk(source, kind)];
          if (one && other) expect(one).toEqual(other);
        },
      ),
      // The same ones each time: what is no program may be read in two ways. Others where somebody looks.
      { numRuns: Number(process.env.FUZZ_RUNS ?? 1000), ...(process.env.FUZZ_RUNS === undefined && { seed: 4 }) },
    );
  });
});

describe('what the engine is asked about', () => {
  const refusal = (body = ''): string | undefined => {
    try {
      compileFunction(body);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('of a module is right where the module is', () => {
    const refused = MODULE_QUIRKS.filter((source) => refusal(readOnce(source, { ...OPTIONS, kind: 'module' })?.asBody) !== undefined);
    expect(refused).toEqual(['function f(){}\nfunction f(){}']);
  });

  it.each([
    ['import a from "a"; const b = 1; let b', 'has already been declared'],
    ['export function f() {}\nexport function f() {}', 'has already been declared'],
    ['export default async () => { break }', 'Illegal break'],
    ['export class A { constructor() {} constructor() {} }', 'one constructor'],
    ['#!/usr/bin/env node\nexport { a as b } from "c";\nexport * from "d"; await import.meta.url.f(); var a; let a', 'has already been declared'],
  ])('of a module is wrong where the module is: %s', (source, message) => {
    expect(refusal(readOnce(source, { ...OPTIONS, kind: 'module' })?.asBody)).toContain(message);
  });

  it('of a CommonJS file is the file', () => {
    expect(readOnce('const a = 1; let a', OPTIONS)?.asBody).toBe('const a = 1; let a');
  });
});

describe('what is left to the parser', () => {
  it.each([
    'let a = ;',
    'if (a {}',
    'await_; await(1)',
    'var yield = 1',
    'x = `${a',
    "'a\nb'",
    '/(/',
    '017',
    '\\u0061 = 1',
    'a <!-- b',
    '--> a',
    'a\u2028b',
    '@decorated class A {}',
    '{ using a = b }',
    'async () => { await using a = b }',
    'function f() {} // !viztracer: ignore',
    'for (async of a);',
    'let let = 1',
    '({ a = 1 })',
    '1 = 2',
    '() + 1',
    '(a + b) => 1',
    'class { }',
    'const a;',
    'import.meta',
  ])('%s', (source) => {
    expect(read(source)).toBeUndefined();
  });

  it('is an ES module that was taken for CommonJS, at its first import or export', () => {
    for (const source of ["import a from 'a'", 'export const a = 1', "import 'a'"]) {
      expect(() => readOnce(source, OPTIONS)).toThrow(MODULE_SYNTAX);
      expect(instrument(source, { ...OPTIONS, kind: 'either' })).toMatchObject(walkTree(source, { ...OPTIONS, kind: 'module' }));
      expect(() => instrument(source, OPTIONS)).toThrow(SyntaxError);
    }
  });

  it('is what nests too deeply', () => {
    const nested = (open: string, close: string): string => `${open.repeat(50_000)}a${close.repeat(50_000)}`;
    for (const source of [nested('(', ')'), nested('[', ']'), nested('{', '}'), nested('a => ', ''), nested('!', ''), nested('f(`${', '}`)')]) {
      expect(read(source)).toBeUndefined();
    }
  });

  it('is what records arguments and results', () => {
    const source = 'function f(a) { return a }';
    expect(instrument(source, { ...OPTIONS, arguments: true, results: true }).code).toContain('_$tsA');
  });
});
