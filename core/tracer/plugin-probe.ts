/**
 * A process of its own, for one question: what a plugin's module says of itself. `plugin-probe.cjs <file>`.
 *
 * The answer is the last line of stdout, one JSON object: `{ version, description, args_schema, hook }`, or with `problem`, what
 * went wrong in words. Nothing of the module is called but its own code at load. It may print, throw, end the process (told), or
 * hang (the caller's time limit).
 */
import { writeSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveApi } from './resolve-api.ts';

const MAX_TEXT = 2000;
const { exit } = process;
const file = path.resolve(process.argv[2] ?? '');
const name = path.basename(file);
let answered = false;
let exits = false;

function answer(facts: Readonly<Record<string, unknown>>): void {
  if (answered) return;
  answered = true;
  const bytes = Buffer.from(`\n${JSON.stringify(facts)}\n`);
  // A pipe may be full of what the module has printed, and Node makes it non-blocking.
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return; // Nobody listens.
    }
  }
}

function fail(message: string, stack?: string): void {
  answer({ problem: { message: message.slice(0, MAX_TEXT), ...(stack !== undefined && { stack: stack.slice(0, MAX_TEXT) }) } });
}

function failWith(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  // The stack of a syntax error begins with its place.
  const at = stack?.split('\n').find((line) => line.includes(`${name}:`));
  const line = at === undefined ? undefined : /:(\d+)(?::\d+)?\)?$/.exec(at)?.[1];
  fail(`${name}${line === undefined ? '' : `, line ${line},`} fails while it is loaded: ${message}`, stack);
}

/** A property of the module, of its default export, or of that of a CommonJS module that was compiled from an ES module. */
function exported(module: unknown, keys: readonly string[], isIt: (value: unknown) => boolean): unknown {
  for (let holder = module, depth = 0; holder && depth < 3; holder = (holder as { default?: unknown }).default, depth++) {
    for (const key of keys) {
      const value = (holder as Readonly<Record<string, unknown>>)[key];
      if (isIt(value)) return value;
    }
  }
  return undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isFunction = (value: unknown): boolean => typeof value === 'function';

async function probe(): Promise<void> {
  const module: unknown = await import(pathToFileURL(file).href);
  answer({
    version: exported(module, ['version'], isText),
    description: exported(module, ['description'], isText),
    args_schema: exported(module, ['args_schema', 'argsSchema'], (value) => value !== undefined),
    hook: exported(module, ['get_vizplugin', 'getVizPlugin'], isFunction) !== undefined,
  });
}

process.exit = ((code?: number): never => {
  exits = true;
  return exit.call(process, code);
}) as typeof process.exit;
process.on('exit', () => fail(exits ? `${name} ends its process while it is loaded.` : `${name} is never loaded: its top-level await does not settle.`));
process.on('uncaughtException', (error) => {
  failWith(error);
  exit.call(process, 0);
});
// What the module looks at is what it would find in a script's process.
process.argv.splice(1, 2, file);
resolveApi(__dirname);
probe()
  .catch(failWith)
  .finally(() => exit.call(process, 0));
