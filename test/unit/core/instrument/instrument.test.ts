import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ID } from '../../../../core/instrument/inserted-text.ts';
import { instrument } from '../../../../core/instrument/instrument.ts';
import { originalText } from '../../../../core/instrument/original-positions.ts';
import { OPTIONS, runProgram } from './run-instrumented.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/instrument');
const read = (name: string): string => readFileSync(path.join(fixtures, name), 'utf8');

const namesOf = (source: string, options: Partial<Parameters<typeof instrument>[1]> = {}): string[] =>
  instrument(source, { ...OPTIONS, ...options }).functions.map(({ name, flags }) => `${name ?? '(anonymous)'} ${flags}`);

describe('instrumented programs do what they did', () => {
  const programs = readdirSync(fixtures).filter((name) => name.endsWith('.js'));
  it('finds the programs', () => expect(programs.length).toBeGreaterThan(20));

  it.each(programs)('%s', async (name) => {
    const source = read(name);
    const plain = await runProgram(source, undefined);
    for (const options of [{}, { arguments: true, results: true }]) {
      const { printed, calls, instrumented } = await runProgram(source, options);
      expect(printed).toEqual(plain.printed);
      // Whatever begins ends: as a whole, and in its turn.
      expect(calls.filter((line) => /did not end|is (not )?open/.test(line))).toEqual([]);
      expect(originalText((instrumented?.code ?? '').replaceAll(ID, '7'))).toBe(source);
      expect(instrumented?.code.split('\n').length).toBe(source.split('\n').length);
    }
    expect(plain.printed.at(-1)).not.toMatch(/^threw/);
  });
});

describe('calls', () => {
  const calls = async (source: string): Promise<readonly string[]> => (await runProgram(source, {})).calls;

  it('nest, also where they throw', async () => {
    const source = `function a() { try { b(); } catch { c(); } }
function b() { throw new Error('no'); }
const c = () => 1;
a();`;
    expect(await calls(source)).toEqual(['program.js', '  a', '    b', '    c']);
  });

  it('of async functions are in runs, and go on in a catch or finally where what they awaited failed', async () => {
    const source = `async function f() { try { await Promise.reject(1); } catch (e) { g(); } finally { g(); } await null; }
async function silent() { await Promise.reject(2); }
function g() {}
f(); silent().catch(() => {});`;
    expect(await calls(source)).toEqual(['program.js', '  f…', '  silent…', '…f…', '  g', '  g', 'silent ends while it waits', '…f', '(anonymous 4)']);
  });

  it('of generators end where they are closed, and never where they are dropped', async () => {
    const source = `function* g() { try { yield 1; yield 2; } finally { h(); } }
function h() {}
for (const x of g()) break;
g().next();
const i = g(); i.next(); try { i.throw(new Error('x')); } catch {}`;
    expect(await calls(source)).toEqual(['program.js', '  g…', '  …g', '    h', '  g…', '  g…', '  …g', '    h']);
  });

  it('wait in each round of a for await, also behind a label', async () => {
    const source = `async function f() { outer: for await (const x of [1, 2, 3]) { if (x === 2) continue outer; if (x === 3) break; g(x); } h(); }
function g() {} function h() {}
f();`;
    expect(await calls(source)).toEqual(['program.js', '  f…', '…f…', '  g', '…f…', '…f…', '…f', '  h']);
  });
});

describe('names', () => {
  it('are those that people use', () => {
    const source = `function plain() {}
const assigned = () => {}; let later; later = function () {};
class Shop { constructor() {} open() {} get size() { return 1; } set size(x) {} static make() {} #hidden() {} [Symbol.iterator]() {} 'quoted name'() {} field = () => {}; static { plain(); } async wait() {} *each() {} }
const Other = class { m() {} };
const table = { method() {}, arrow: () => {}, get now() { return 1; }, inner: { deep() {} } };
exports.given = () => {}; module.exports.more = function () {}; module.exports = { last() {} };
Shop.prototype.added = function () {}; a.b.c = () => {}; this.own = () => {};
function Old() { this.method = function () {}; }
[1].map((x) => x); (function () {})(); (function named() {})();
function withDefault(f = () => 1) {}
const { x = () => 2 } = {}; const kept = __name(() => 1, 'kept');`;
    expect(namesOf(source)).toEqual([
      'program.js 8',
      'plain 0',
      'assigned 0',
      'later 0',
      'new Shop 4',
      'Shop.open 0',
      'get Shop.size 0',
      'set Shop.size 0',
      'Shop.make 0',
      'Shop.#hidden 0',
      'Shop.[Symbol.iterator] 0',
      'Shop.quoted name 0',
      'Shop.field 0',
      'Shop.<static> 0',
      'Shop.wait 1',
      'Shop.each 2',
      'Other.m 0',
      'table.method 0',
      'table.arrow 0',
      'get table.now 0',
      'table.inner.deep 0',
      'given 0',
      'more 0',
      'last 0',
      'Shop.added 0',
      'b.c 0',
      'own 0',
      'Old 0',
      'Old.method 0',
      '(anonymous) 0',
      '(anonymous) 0',
      'named 0',
      'f 0',
      'withDefault 0',
      'x 0',
      'kept 0',
    ]);
  });

  it('of ES modules', () => {
    const source = `import { a } from 'a';
export default function () {}
export const b = async () => {};
export class C { async *m() {} }`;
    expect(namesOf(source, { kind: 'module', fileName: 'c.mjs' })).toEqual(['c.mjs 8', 'default 0', 'b 1', 'C.m 3']);
  });
});

describe('what is left alone', () => {
  it('is what would change its meaning in a block, and says why', () => {
    const reasons = (body: string): string[] => instrument(`function f() { ${body} }`, OPTIONS).leftAlone.map(({ reason }) => reason);
    expect(reasons('var g; function g() {}')).toEqual(['declares a variable and a function of one name']);
    expect(reasons('for (var g of []); function g() {}')).toEqual(['declares a variable and a function of one name']);
    expect(reasons('function g() {} { function g() {} }')).toEqual(['declares a variable and a function of one name']);
    expect(reasons('"use strict"; function g() {} { function g() {} }')).toEqual([]);
    expect(reasons('function g() {} function g() {}')).toEqual(['declares a function twice']);
    expect(reasons("function g() {} eval('var g = 1')")).toEqual(['has functions and eval']);
    expect(reasons('function g() { var h; } function h() {}')).toEqual([]);
  });

  it('is what the magic comment stands in or above, with all that is in it', () => {
    const source = `const kept = () => {};
// !viztracer: ignore
function ignored() { return () => 1; }
const also = () => 2; // !viztracer: ignore
class A {
  // !viztracer: ignore
  method() {}
  other() {} /* !viztracer: ignore */
  last() {}
}
const text = '// !viztracer: ignore is not said of this'; function after() {}`;
    expect(namesOf(source).map((name) => name.replace(/ \d$/, ''))).toEqual(['program.js', 'kept', 'A.last']);
  });

  it('is as the user page shows it', () => {
    const page = readFileSync(path.resolve(fixtures, '../../../docs/function-tracing.md'), 'utf8');
    const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
    expect(code).toContain('function hash');
    expect(namesOf(code)).toEqual(['program.js 8']);
  });

  it('is a whole file where the comment stands at its top', () => {
    for (const top of [
      '// !viztracer: ignore\n\n',
      '#!/usr/bin/env node\n// !viztracer: ignore\n// More words.\n',
      "/* !viztracer: ignore */\n'use strict';\n",
    ]) {
      const source = `${top}function f() {}\n`;
      expect(instrument(source, OPTIONS)).toEqual({ code: source, functions: [], leftAlone: [] });
    }
  });

  it('is refused where it cannot be parsed, or nests too deeply', () => {
    expect(() => instrument('let a = ;', OPTIONS)).toThrow(SyntaxError);
    expect(() => instrument(`${'('.repeat(100_000)}1${')'.repeat(100_000)}`, OPTIONS)).toThrow(RangeError);
  });
});

describe('an ES module', () => {
  it('is a call without a block, or a run where it waits itself', () => {
    const code = (source: string): string => instrument(source, { ...OPTIONS, kind: 'module' }).code.replaceAll(ID, '#');
    expect(code('import a from "a"; a()')).toBe('let _$tsT=_$tsM(#);import a from "a"; a();;_$tsX(_$tsT);');
    expect(code("'use strict'\nawait 1 // end")).toBe("'use strict';;let _$tsT=_$tsB(#);\n_$tsR(await _$tsS(( 1),_$tsT),_$tsT);;_$tsF(_$tsT); // end");
  });
});
