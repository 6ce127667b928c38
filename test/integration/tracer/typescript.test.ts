/** TypeScript that this Node cannot run by itself: a file at a time, with the places of its source, and told how. */
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { callLines } from './call-lines.ts';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, type TargetRun, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const capture = { ...DEFAULT_CAPTURE, calls: 'exact' as const };
const compiler = path.resolve(import.meta.dirname, '../../../node_modules/typescript-js');

/** A compiler with an API, as the project's own. */
function installCompiler(script: string): void {
  const folder = path.join(path.dirname(script), 'node_modules');
  mkdirSync(folder);
  symlinkSync(compiler, path.join(folder, 'typescript'));
}

async function run(
  script: string,
  options: RunOptions,
): Promise<TargetRun & { readonly typescript: readonly string[] | undefined; readonly places: string[] }> {
  const ended = await runTarget(collector, script, { ...options, options: { capture } });
  const target = collector.targets.at(-1);
  const called = new Set((target?.threads.get(0)?.stream.calls ?? []).map((call) => call.function));
  const places = [...called].map(({ name, file, line, column }) => `${name} ${path.basename(file)}:${line}:${column}`);
  return { ...ended, typescript: target?.capture?.typescript, places };
}

const WITH_ENUM = {
  'main.ts': `// Lines that go, so that places move.
interface Shop { readonly name: string }
import { Color, type Paint } from './color';
import { twice } from '@lib/twice';
class Box {
  constructor(private readonly inside: number) {}
  open(): number {
    return this.inside;
  }
}
const paint: Paint = { color: Color.Green };
console.log(twice(new Box(paint.color).open()), Color[2], new Error('here').stack?.split('\\n')[1]?.replace(/^.*\\//, ''));
`,
  'color.ts': 'export interface Paint { color: Color }\nexport enum Color {\n  Red = 1,\n  Green,\n}\n',
  'lib/twice.ts': 'export const twice = (n: number): number => n * 2;\n',
  'tsconfig.json': '{\n  // As it is written by hand.\n  "compilerOptions": { "target": "es2020", "paths": { "@lib/*": ["./lib/*"] }, },\n}\n',
};

const WITH_DECORATORS = {
  'main.ts': `const seen: string[] = [];
function log(target: object, key: string): void {
  seen.push(key);
}
class Till {
  @log
  sum(): number {
    return 3;
  }
}
console.log(new Till().sum(), seen.join());
`,
  'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
};

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  it.each(['module', 'commonjs', undefined])('runs enums, parameter properties and paths of tsconfig.json in a package of type %s', async (type) => {
    const script = writeScript(collector, { ...WITH_ENUM, ...(type && { 'package.json': JSON.stringify({ type }) }) });
    const { stdout, stderr, code, typescript, places } = await run(script, { node });
    expect({ stdout, stderr, code }).toEqual({ stdout: '4 Green main.ts:12:59)\n', stderr: '', code: 0 });
    // In a package that says CommonJS an import takes the compiler.
    expect(typescript).toEqual(type === 'commonjs' ? ['bundled'] : [major > 20 ? 'node' : 'blanks', 'amaro']);
    expect(places).toEqual(expect.arrayContaining(['new Box main.ts:6:3', 'Box.open main.ts:7:3', expect.stringMatching(/^twice twice.ts:1:\d+$/)]));
  });

  it('runs decorators by the compiler of the project, with its settings', async () => {
    const script = writeScript(collector, WITH_DECORATORS);
    installCompiler(script);
    const { stdout, stderr, code, typescript, places } = await run(script, { node });
    expect({ stdout, stderr, code }).toEqual({ stdout: '3 sum\n', stderr: '', code: 0 });
    expect(typescript).toEqual(['project']);
    expect(places).toEqual(expect.arrayContaining(['log main.ts:2:1', 'Till.sum main.ts:7:3']));
  });

  it('says where a file is wrong that takes the compiler', async () => {
    const { stderr, code } = await run(writeScript(collector, { 'main.tsx': 'const a = 1;\nconst page = <main>{a</main>;\n' }), { node });
    expect(code).toBe(1);
    expect(stderr).toMatch(/SyntaxError: '[^']+' expected\.\n.*main\.tsx:2/);
  });

  it('tells of an uncaught error by the lines of the source', async () => {
    const script = writeScript(collector, {
      'main.ts': "enum Way { Out = 3 }\ninterface Gone { a: 1 }\nfunction leave(): never {\n  throw new RangeError('way ' + Way.Out);\n}\nleave();\n",
    });
    const { stderr, code } = await run(script, { node });
    expect(code).toBe(1);
    expect(stderr).toMatch(/main\.ts:4\n {2}throw new RangeError/);
    expect(stderr).toMatch(/at leave \(.*main\.ts:4:9\)/);
    expect(callLines(collector.targets.at(-1)?.threads.get(0)?.stream.calls ?? [])).toEqual(['main.ts', '  (anonymous main.ts:1)', '  leave']);
  });

  it('leaves a file alone that is no TypeScript at all: Node says so', async () => {
    const { stderr, code } = await run(writeScript(collector, { 'main.ts': 'enum A { B }\nconst x: number = ;\n' }), { node });
    expect(code).toBe(1);
    expect(stderr).toContain('SyntaxError');
  });
});
