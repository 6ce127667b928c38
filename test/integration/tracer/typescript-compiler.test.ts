/** TypeScript that takes a compiler, in a project that has none: decorators of both kinds, JSX, imports in a package that says CommonJS. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { nodeVersions } from './node-matrix.ts';
import { runTarget, type TargetRun, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

interface CompiledRun extends Pick<TargetRun, 'stdout' | 'stderr' | 'code'> {
  readonly typescript: readonly string[] | undefined;
  /** Functions that were called, with the places where they were written. */
  readonly places: readonly string[];
}

async function run(node: string, files: Readonly<Record<string, string>>, capture = DEFAULT_CAPTURE): Promise<CompiledRun> {
  const script = writeScript(collector, files);
  const cacheFolder = path.join(collector.folder, 'cache');
  const { stdout, stderr, code } = await runTarget(collector, script, { node, options: { cacheFolder, capture: { ...capture, calls: 'exact' } } });
  const target = collector.targets.at(-1);
  const called = new Set((target?.threads.get(0)?.stream.calls ?? []).map((call) => call.function));
  const places = [...called].map(({ name, file, line, column }) => `${name} ${path.basename(file)}:${line}:${column}`);
  return { stdout, stderr, code, typescript: target?.capture?.typescript, places };
}

const tsconfig = (compilerOptions: object): string => JSON.stringify({ compilerOptions });
const HERE = "new Error('here').stack?.split('\\n')[1]?.replace(/^.*[(/]/, '')";

/** Those of the language: in a Node that does not know them, with a target that would leave them as they are. */
const DECORATORS = {
  'main.ts': `interface Gone { readonly a: 1 }
const log: string[] = [];
function twice(method: (n: number) => number, { name }: ClassMethodDecoratorContext): (n: number) => number {
  log.push(String(name));
  return function (this: unknown, n: number): number {
    return method.call(this, n) * 2;
  };
}
class Till {
  @twice sum(n: number): number {
    return n + 1;
  }
  accessor open: boolean = true;
}
const till = new Till();
console.log(till.sum(2), log.join(), till.open, ${HERE});
`,
  'tsconfig.json': tsconfig({ target: 'esnext' }),
};

/** Those of TypeScript itself, also of parameters, with the types that they are told. */
const LEGACY_DECORATORS = {
  'main.ts': `import { told } from './metadata.ts';
const seen: string[] = [];
const inject = (_target: object, key: string | undefined, index: number): void => {
  seen.push(\`\${key ?? 'new'}[\${index}]\`);
};
function service(_class: new (...args: never[]) => object): void {
  seen.push('service');
}
class Store {}
@service
class Shop {
  constructor(private readonly store: Store, @inject readonly name: string) {}
  @log order(@inject count: number): string {
    return this.name + count + (this.store instanceof Store);
  }
}
function log(_target: object, key: string): void {
  seen.push(key);
}
console.log(new Shop(new Store(), 'a').order(3), seen.join(), told.join());
`,
  // What the package reflect-metadata does.
  'metadata.ts': `export const told: string[] = [];
(Reflect as { metadata?: unknown }).metadata = (key: string, value: unknown) => () => {
  told.push(key + '=' + [value].flat().map((type) => (type as { name?: string } | undefined)?.name).join('+'));
};
`,
  'tsconfig.json': tsconfig({ experimentalDecorators: true, emitDecoratorMetadata: true }),
};

const RUNTIME = {
  'node_modules/tiny/package.json': '{ "name": "tiny", "exports": { "./jsx-runtime": { "require": "./jsx.cjs", "import": "./jsx.mjs" } } }',
  'node_modules/tiny/jsx.cjs': `exports.jsx = exports.jsxs = (type, { children, ...props }) =>
  typeof type === 'string' ? '<' + type + '>' + [children].flat().join('') + '</>' : type({ children, ...props });
`,
  'node_modules/tiny/jsx.mjs': "import tiny from './jsx.cjs';\nexport const { jsx, jsxs } = tiny;",
};
const AUTOMATIC_JSX = {
  'main.tsx': `import { Title, type TitleProps } from './title.js';
import { shout } from './shout';

const props: TitleProps = { text: 'a' };
const page = <main><Title {...props} />{shout('b')}</main>;
console.log(page, ${HERE});
`,
  'title.tsx': `export interface TitleProps {
  readonly text: string;
}
export function Title({ text }: TitleProps) {
  return <h1>{text}</h1>;
}
`,
  'shout.jsx': 'export const shout = (text) => <b>{text}!</b>;\n',
  'tsconfig.json': tsconfig({ jsx: 'preserve', jsxImportSource: 'tiny' }),
  ...RUNTIME,
};
const CLASSIC_JSX = {
  'main.tsx': `import { h } from './h';
const item = <T,>(of: T) => <li id={1}>{of}</li>;
console.log(<ul>{item<string>('a')}</ul>, ${HERE});
`,
  'h.ts': `export const h = (type: string, props: object | null, ...children: string[]): string =>
  '<' + type + (props ? JSON.stringify(props) : '') + '>' + children.join('') + '</>';
`,
  'tsconfig.json': tsconfig({ jsx: 'react', jsxFactory: 'h' }),
};

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  it('runs decorators of the language', async () => {
    const { stdout, stderr, code, typescript, places } = await run(node, DECORATORS);
    expect({ stdout, stderr, code }).toEqual({ stdout: '6 sum true main.ts:16:49)\n', stderr: '', code: 0 });
    expect(typescript).toEqual(['bundled']);
    expect(places).toEqual(expect.arrayContaining(['twice main.ts:3:1', expect.stringMatching(/sum main.ts:10:/)]));
  });

  it('runs decorators of TypeScript, of parameters, and with the types that they are told', async () => {
    const { stdout, stderr, code, typescript, places } = await run(node, LEGACY_DECORATORS);
    expect({ stdout, stderr, code }).toEqual({
      stdout: 'a3true order[0],order,new[1],service design:returntype=String,design:paramtypes=Number,design:type=Function,design:paramtypes=Store+String\n',
      stderr: '',
      code: 0,
    });
    expect(typescript).toEqual([major > 20 ? 'node' : 'blanks', 'bundled']);
    expect(places).toEqual(expect.arrayContaining(['Shop.order main.ts:13:8', 'log main.ts:17:1']));
    // Nothing of what the compiler puts into the file.
    expect(places.filter((place) => place.startsWith('(anonymous main.ts'))).toEqual([]);
  });

  it.each(['module', 'commonjs', undefined])('runs .tsx and .jsx with the automatic runtime in a package of type %s', async (type) => {
    const { stdout, stderr, code, typescript, places } = await run(node, { ...AUTOMATIC_JSX, ...(type && { 'package.json': JSON.stringify({ type }) }) });
    expect({ stdout, stderr, code }).toEqual({ stdout: '<main><h1>a</><b>b!</></> main.tsx:6:19)\n', stderr: '', code: 0 });
    expect(typescript).toEqual(['bundled']);
    expect(places).toEqual(expect.arrayContaining([expect.stringMatching(/^Title title.tsx:4:/), 'shout shout.jsx:1:22']));
  });

  it('runs .tsx with a factory of its own', async () => {
    const { stdout, stderr, code, places } = await run(node, CLASSIC_JSX);
    expect({ stdout, stderr, code }).toEqual({ stdout: '<ul><li{"id":1}>a</></> main.tsx:3:43)\n', stderr: '', code: 0 });
    expect(places).toEqual(expect.arrayContaining(['item main.tsx:2:14']));
  });

  it('keeps what it has compiled, until the file or its settings are others', async () => {
    const files = (factory: string): Readonly<Record<string, string>> => ({
      'main.tsx': "const h = () => 'h';\nconst k = () => 'k';\nconsole.log(<a />, h !== k);\n",
      'tsconfig.json': tsconfig({ jsx: 'react', jsxFactory: factory }),
    });
    const script = writeScript(collector, files('h'));
    const options = { cacheFolder: path.join(collector.folder, 'cache'), capture: DEFAULT_CAPTURE };
    const again = async (): Promise<string> => (await runTarget(collector, script, { node, options })).stdout;
    expect([await again(), await again()]).toEqual(['h true\n', 'h true\n']);
    writeFileSync(path.join(path.dirname(script), 'tsconfig.json'), files('k')['tsconfig.json'] as string);
    expect(await again()).toBe('k true\n');
    writeFileSync(script, "const k = () => 'other';\nconsole.log(<a />);\n");
    expect(await again()).toBe('other\n');
  });

  it('makes `require` of imports in a package that says CommonJS, and leaves import() to Node', async () => {
    const { stdout, stderr, code, typescript } = await run(node, {
      'main.ts': `import path, { basename } from 'node:path';
import type { Name } from './name';
import { name } from './name';
const later = import('./only-import.mjs');
export const all: Name = name;
console.log(basename(path.join('a', all)), typeof require, typeof module, __filename.endsWith('main.ts'));
later.then(({ here }) => console.log(here, ${HERE}));
`,
      'name.ts': "export type Name = string;\nexport const name: Name = 'b';\n",
      'only-import.mjs': 'await null;\nexport const here = import.meta.url.slice(-15);\n',
      'package.json': '{ "type": "commonjs" }',
    });
    expect({ stdout, stderr, code }).toEqual({ stdout: 'b function object true\nonly-import.mjs main.ts:7:44)\n', stderr: '', code: 0 });
    expect(typescript).toEqual(['bundled']);
  });

  it('tells of an uncaught error by the lines of the source', async () => {
    const { stderr, code } = await run(node, {
      'main.tsx': "interface Gone { a: 1 }\nfunction leave(): never {\n  throw new RangeError('way');\n}\nleave();\n",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/main\.tsx:3\n {2}throw new RangeError/);
    expect(stderr).toMatch(/at leave \(.*main\.tsx:3:9\)/);
  });
});
