import * as Module from 'node:module';
import { childProcess } from './builtins.ts';
import { childVariables, type TargetSettings } from './target-settings.ts';

type Call = (...args: unknown[]) => unknown;
interface SpawnOptions {
  envPairs?: string[];
}

/**
 * Gives back to child processes what the preload has taken out of this process's environment, also where a child is given an
 * environment of its own.
 */
export function traceChildProcesses(settings: TargetSettings, paused: () => boolean): void {
  // spawn, fork, exec, execFile and cluster all end here.
  const functions = childProcess() as unknown as Record<string, Call> & typeof import('node:child_process');
  const prototype = functions.ChildProcess.prototype as unknown as { spawn: (options: SpawnOptions) => unknown };
  const { spawn } = prototype;
  prototype.spawn = function (this: unknown, options: SpawnOptions): unknown {
    const envPairs = options?.envPairs ? withVariables(settings, options.envPairs, paused()) : undefined;
    return Reflect.apply(spawn, this, [envPairs ? { ...options, envPairs } : options]);
  };
  const patches = {
    spawnSync: (plain: Call) => (file: unknown, args: unknown, options: unknown) => plain(file, ...withEnvironment(settings, [args, options], paused())),
    execFileSync: (plain: Call) => (file: unknown, args: unknown, options: unknown) => plain(file, ...withEnvironment(settings, [args, options], paused())),
    execSync: (plain: Call) => (command: unknown, options: unknown) => plain(command, ...withEnvironment(settings, [options], paused())),
  };
  for (const [name, patch] of Object.entries(patches)) {
    functions[name] = Object.defineProperty(patch(functions[name] as Call) as Call, 'name', { value: name });
  }
  Module.syncBuiltinESMExports();
}

/** Lists of `NAME=value`, as they are handed to the operating system. */
function withVariables(settings: TargetSettings, pairs: readonly string[], paused: boolean): string[] {
  const nameOf = (pair: string): string => pair.slice(0, pair.indexOf('=', 1));
  const same = (a: string, b: string): boolean => (process.platform === 'win32' ? a.toUpperCase() === b.toUpperCase() : a === b);
  const own = pairs.find((pair) => same(nameOf(pair), 'NODE_OPTIONS'));
  const variables = childVariables(settings, own?.slice('NODE_OPTIONS='.length), paused);
  const names = Object.keys(variables);
  return [...pairs.filter((pair) => !names.some((name) => same(nameOf(pair), name))), ...names.map((name) => `${name}=${variables[name]}`)];
}

/** The arguments after the first of a synchronous call, with the environment in its options. Strange ones are left for Node to refuse. */
function withEnvironment(settings: TargetSettings, given: readonly unknown[], paused: boolean): unknown[] {
  const args = given.filter((value, i) => value !== undefined || given.slice(i + 1).some((later) => later !== undefined));
  const last = args.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !Array.isArray(last);
  const options = hasOptions ? (last as { env?: NodeJS.ProcessEnv | null }) : {};
  const env = options.env ?? process.env;
  if (typeof env !== 'object') return args;
  return [...(hasOptions ? args.slice(0, -1) : args), { ...options, env: { ...env, ...childVariables(settings, env.NODE_OPTIONS, paused) } }];
}
