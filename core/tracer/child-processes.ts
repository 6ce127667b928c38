import type { ChildProcess } from 'node:child_process';
import * as Module from 'node:module';
import { childProcess } from './builtins.ts';
import type { Children } from './children.ts';
import type { ChildWatch } from './runtime/children.ts';
import { childVariables, type TargetSettings } from './target-settings.ts';

type Call = (...args: unknown[]) => unknown;
interface SpawnOptions {
  envPairs?: string[];
  file?: string;
  /** Its own name first. */
  args?: string[];
  cwd?: unknown;
}

/**
 * Gives back to child processes what the preload has taken out of this process's environment, also where a child is given an
 * environment of its own.
 */
export function traceChildProcesses(settings: TargetSettings, children: Children, paused: () => boolean, watch?: ChildWatch): void {
  // spawn, fork, exec, execFile and cluster all end here.
  const functions = childProcess() as unknown as Record<string, Call> & typeof import('node:child_process');
  const prototype = functions.ChildProcess.prototype as unknown as { spawn: (options: SpawnOptions) => unknown };
  const { spawn } = prototype;
  prototype.spawn = function (this: unknown, options: SpawnOptions): unknown {
    const words = texts(Array.isArray(options?.args) ? [options.file, ...options.args.slice(1)] : []);
    const why = options?.envPairs ? children.keepsOut(words, nodeOptionsOf(options.envPairs), options.cwd) : undefined;
    const envPairs = options?.envPairs && why === undefined ? withVariables(settings, options.envPairs, paused()) : undefined;
    const result: unknown = Reflect.apply(spawn, this, [envPairs ? { ...options, envPairs } : options]);
    children.started((this as ChildProcess).pid, words, why);
    watch?.started(this as ChildProcess);
    return result;
  };
  const waits = <T>(name: string, command: unknown, run: () => T): T => (watch ? watch.waits(name, command, run) : run());
  /** `words`: the command line, as far as it is one. */
  const started = (plain: Call, words: readonly string[], first: unknown, rest: readonly unknown[]): unknown => {
    const given = withEnvironment(settings, rest, paused(), (nodeOptions, cwd) => children.keepsOut(words, nodeOptions, cwd));
    const result = plain(first, ...given.args);
    children.started((result as { pid?: number } | null)?.pid, words, given.why);
    return result;
  };
  const withFile = (name: string) => (plain: Call) => (file: unknown, args: unknown, options: unknown) =>
    waits(name, file, () => started(plain, texts([file, ...(Array.isArray(args) ? args : [])]), file, [args, options]));
  const patches = {
    spawnSync: withFile('spawnSync'),
    execFileSync: withFile('execFileSync'),
    execSync: (plain: Call) => (command: unknown, options: unknown) =>
      waits('execSync', command, () => started(plain, texts(['sh', '-c', command]), command, [options])),
  };
  for (const [name, patch] of Object.entries(patches)) {
    functions[name] = Object.defineProperty(patch(functions[name] as Call) as Call, 'name', { value: name });
  }
  Module.syncBuiltinESMExports();
}

const texts = (words: readonly unknown[]): string[] => words.filter((word): word is string => typeof word === 'string');
const nameOf = (pair: string): string => pair.slice(0, pair.indexOf('=', 1));
const same = (a: string, b: string): boolean => (process.platform === 'win32' ? a.toUpperCase() === b.toUpperCase() : a === b);
const nodeOptionsOf = (pairs: readonly string[]): string | undefined => pairs.find((pair) => same(nameOf(pair), 'NODE_OPTIONS'))?.slice('NODE_OPTIONS='.length);

/** Lists of `NAME=value`, as they are handed to the operating system. */
function withVariables(settings: TargetSettings, pairs: readonly string[], paused: boolean): string[] {
  const variables = childVariables(settings, nodeOptionsOf(pairs), paused);
  const names = Object.keys(variables);
  return [...pairs.filter((pair) => !names.some((name) => same(nameOf(pair), name))), ...names.map((name) => `${name}=${variables[name]}`)];
}

/**
 * The arguments after the first of a synchronous call, with the environment in its options. Strange ones are left for Node to refuse.
 * `keepsOut`: given the NODE_OPTIONS and the folder of the child, why it is to be started without the tracer.
 */
function withEnvironment(
  settings: TargetSettings,
  given: readonly unknown[],
  paused: boolean,
  keepsOut: (nodeOptions: string | undefined, cwd: unknown) => string | undefined,
): { readonly args: unknown[]; readonly why?: string | undefined } {
  const args = given.filter((value, i) => value !== undefined || given.slice(i + 1).some((later) => later !== undefined));
  const last = args.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !Array.isArray(last);
  const options = hasOptions ? (last as { env?: NodeJS.ProcessEnv | null }) : {};
  const env = options.env ?? process.env;
  if (typeof env !== 'object') return { args };
  const why = keepsOut(env.NODE_OPTIONS, (options as { cwd?: unknown }).cwd);
  if (why !== undefined) return { args, why };
  return { args: [...(hasOptions ? args.slice(0, -1) : args), { ...options, env: { ...env, ...childVariables(settings, env.NODE_OPTIONS, paused) } }] };
}
