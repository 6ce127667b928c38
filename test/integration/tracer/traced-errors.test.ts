/** What a script prints of its errors with every call recorded: the same, to the letter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { nodeVersions } from './node-matrix.ts';
import { runTarget, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const options = { capture: { ...DEFAULT_CAPTURE, calls: 'exact' as const } };

async function both(
  files: Readonly<Record<string, string>>,
  run: { node: string; args?: string[]; flags?: string[] },
): Promise<{ plain: unknown; traced: unknown }> {
  const script = writeScript(collector, files);
  return { plain: await runTarget(collector, script, { ...run, traced: false }), traced: await runTarget(collector, script, { ...run, options }) };
}

/** One line, so that whatever is put in stands before something. */
const UNCAUGHT: Readonly<Record<string, string>> = {
  'a thrown error': "function f() { throw new Error('x'); } f();",
  'a rethrown error': "function f() { const e = new Error('x'); try { throw e; } catch (again) { g(again); } }\nfunction g(e) { throw e; } f();",
  'a text': "const f = () => { throw 'text'; }; f();",
  null: 'const f = () => { throw null; }; f();',
  'an object': 'const f = () => { throw { a: 1 }; }; f();',
  'a frozen error': "const f = () => { throw Object.freeze(new Error('frozen')); }; f();",
  'an error of the engine': '\tconst f = (o) => { const a = 1; return o.x.y; }; f({});',
  'a rejection': "const f = async () => { await null; throw new Error('later'); }; f();",
  'a rejection with a text': "const f = async () => { await null; throw 'text'; }; f();",
  'a rejection that a catch has met':
    "const f = async () => { try { await null; throw new Error('later'); } catch (error) { await null; throw error; } }; f();",
  'an error whose message a catch has changed':
    "const f = () => { try { throw new Error('why'); } catch (error) { error.message = ['how:', error.message].join(' '); throw error; } }; try { f(); } catch (error) { console.log(error.stack); throw error; }",
  'in a timer': "setTimeout(() => { const a = 1; throw new TypeError('t'); }, 1);",
  'with a cause': "const f = () => { throw new Error('outer', { cause: new RangeError('inner') }); }; f();",
  'several at once': "const f = () => { throw new AggregateError([new Error('one'), new TypeError('two')], 'many'); }; f();",
  'of a class with fields': "class Odd extends Error { constructor(m) { super(m); this.code = 7; } } const f = () => { throw new Odd('odd'); }; f();",
  'thrown by Node': "const f = () => require('fs').readFileSync('/not/there'); f();",
  emitted: "const { EventEmitter } = require('events'); const f = () => new EventEmitter().emit('error', new Error('e')); f();",
  'of JSON': "const f = () => JSON.parse('{bad'); f();",
  'a syntax error of another file': "const f = () => require('./broken.cjs'); f();",
  'after listeners of the script':
    "process.on('exit', (code) => console.log('exit', code)); process.on('uncaughtExceptionMonitor', (e) => console.log(e.stack)); const f = () => { throw new Error('x'); }; f();",
  'out of a listener for errors':
    "process.on('uncaughtException', (e) => { console.log('handled', e.message); }); const f = () => { throw new Error('x'); }; f();",
};

/** Each has something in front of what is wrong that recording would put text into. */
const WRONG: Readonly<Record<string, string>> = {
  'a name twice': 'function f() { return 1; } const a = f(); let a = 2;',
  'a break of nothing': 'function f() { return 1; } function g() { f(); break; }',
  'two constructors': 'class A { constructor() {} constructor() {} m() { return 1; } }',
  'module: a name twice': "import 'node:fs'; const f = () => 1; let f = 2;",
  'module: a function twice': 'export function f() { return 1; }\nexport function f() { return 2; }',
  'module: a break of nothing': 'export default function f() { return 1; }\nexport const g = () => { break; };',
};

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it.each(Object.keys(UNCAUGHT))('uncaught: %s', async (name) => {
    const { plain, traced } = await both({ 'main.cjs': UNCAUGHT[name] as string, 'broken.cjs': 'let a = ;' }, { node });
    expect(traced).toEqual(plain);
  });

  it.each(Object.keys(WRONG))('what Node alone finds wrong: %s', async (name) => {
    const text = WRONG[name] as string;
    const { plain, traced } = await both({ [`main.${name.startsWith('module') ? 'mjs' : 'cjs'}`]: text }, { node });
    expect(plain).toMatchObject({ stderr: expect.stringContaining('SyntaxError') });
    expect(traced).toEqual(plain);
  });

  it('uncaught in an ES module, by its URL', async () => {
    const files = {
      'main.mjs': "import { g } from './other.mjs'; const f = async () => { await null; return g(1); }; await f();",
      'other.mjs': "export const g = (x) => { if (x) throw new Error('from there'); };",
    };
    const { plain, traced } = await both(files, { node });
    expect(traced).toEqual(plain);
  });

  it('stacks, also where the script makes them itself', async () => {
    const code = `const f = () => { return new Error('one').stack; }; console.log(f());
const place = () => { const before = Error.prepareStackTrace; Error.prepareStackTrace = (e, frames) => frames; const { stack } = new Error(); Error.prepareStackTrace = before; return stack.slice(0, 2).map((frame) => [frame.getFunctionName(), frame.getLineNumber(), frame.getColumnNumber(), frame.getPosition(), String(frame)]); }; console.log(place());
const captured = {}; (() => { Error.captureStackTrace(captured, place); })(); console.log(captured.stack);
async function later() { await null; throw new Error('async'); } later().catch((e) => console.log(e.stack));
const deep = (n) => n === 0 ? new Error('deep') : deep(n - 1); console.log(deep(20).stack); Error.stackTraceLimit = 2; console.log(deep(20).stack); console.trace('traced');
console.log(Error.prepareStackTrace.name, Object.keys(Error), require('./second.cjs')(() => new Error('from elsewhere').stack));`;
    const { plain, traced } = await both(
      { 'main.cjs': code, 'second.cjs': 'module.exports = (f) => { const a = 1; return [f(), new Error("here").stack]; };' },
      { node },
    );
    expect(traced).toEqual(plain);
  });

  it('with source maps switched on', async () => {
    const map = { version: 3, sources: ['source.ts'], sourcesContent: ['first\nsecond line\nthird'], names: [], mappings: 'AAAA;AACA,SAAS' };
    const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
    const files = {
      'main.cjs': `const f = require('./mapped.cjs'); const g = () => { f(); };\ntry { f(); } catch (e) { console.log(e.stack); } g();`,
      'mapped.cjs': `\nmodule.exports = () => { throw new Error('mapped'); };\n//# sourceMappingURL=${url}\n`,
    };
    const { plain, traced } = await both(files, { node, flags: ['--enable-source-maps'] });
    expect(traced).toEqual(plain);
    const without = await both({ 'main.cjs': "const f = () => { throw new Error('no map'); }; f();" }, { node, flags: ['--enable-source-maps'] });
    expect(without.traced).toEqual(without.plain);
  });

  it('Function.prototype.toString gives the text of the script', async () => {
    const code = `class A { #x = 1; m(a) { return () => a; } static async *g() { for await (const x of []) yield x; } }
const list = [A, A.prototype.m, A.g, () => 1, async (a) => { await a; }, Function.prototype.toString, Error.prepareStackTrace, require('module').prototype._compile, require('module').register, Math.max];
for (const f of list) console.log(f.toString(), Function.prototype.toString.call(f).length); try { Function.prototype.toString.call({}); } catch (e) { console.log(e.message); }`;
    const { plain, traced } = await both({ 'main.cjs': code }, { node });
    expect(traced).toEqual(plain);
  });
});
