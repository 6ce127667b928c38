/**
 * What a short-lived process is made of that loads one module and answers a question about it. `program.cjs <file>`.
 *
 * The answer is the last line of stdout, one JSON object; with `problem`, what went wrong in words. Nothing of the module is called
 * but its own code at load. It may print, throw, end the process (told), or hang (the caller's time limit).
 */
import { existsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveApi } from './resolve-api.ts';

const MAX_TEXT = 2000;
const { exit } = process;

export interface ProbedModule {
  readonly module: unknown;
  /** Base name of the file. */
  readonly name: string;
  answer(facts: Readonly<Record<string, unknown>>): void;
}

/** A property of the module, of its default export, or of that of a CommonJS module that was compiled from an ES module. */
export function exported(module: unknown, keys: readonly string[], isIt: (value: unknown) => boolean): unknown {
  for (let holder = module, depth = 0; holder && depth < 3; holder = (holder as { default?: unknown }).default, depth++) {
    for (const key of keys) {
      const value = (holder as Readonly<Record<string, unknown>>)[key];
      if (isIt(value)) return value;
    }
  }
  return undefined;
}

/** Loads the file that the command line names, asks `ask` about it, and ends the process. `program`: a name for this one, as an ES module. */
export function probeModule(program: string, ask: (probed: ProbedModule) => void | Promise<void>): void {
  const file = path.resolve(process.argv[2] ?? '');
  const name = path.basename(file);
  let answered = false;
  let exits = false;

  function answer(facts: Readonly<Record<string, unknown>>): void {
    if (answered) return;
    const bytes = Buffer.from(`\n${JSON.stringify(facts)}\n`);
    answered = true;
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
    // Further lines are of Node's own: a piece of the source, or who required it.
    fail(`${name}${line === undefined ? '' : `, line ${line},`} fails while it is loaded: ${message.split('\n')[0]}`, stack);
  }

  async function probe(): Promise<void> {
    if (!existsSync(file)) return fail(`There is no file ${file}.`);
    const module: unknown = await import(pathToFileURL(file).href);
    await ask({ module, name, answer });
  }

  process.exit = ((code?: number): never => {
    exits = true;
    return exit.call(process, code);
  }) as typeof process.exit;
  process.on('exit', () => {
    fail(exits ? `${name} ends its process while it is loaded.` : `${name} is never loaded: its top-level await does not settle.`);
    process.exitCode = 0;
  });
  process.on('uncaughtException', (error) => {
    failWith(error);
    exit.call(process, 0);
  });
  Error.stackTraceLimit = 50; // Node's own loader is deep, and the line is below it.
  // By its name the script tells whether the hooks of ES modules are needed at once, and whether those for TypeScript are.
  process.argv.splice(1, 2, /\.[mc]?ts$/.test(file) && !(process.features as { typescript?: unknown }).typescript ? file : program);
  resolveApi(__dirname);
  process.argv[1] = file;
  probe()
    .catch(failWith)
    .finally(() => exit.call(process, 0));
}
