import { accessSync, constants } from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import { isGranted, nodePermissions } from '../protocol/node-permissions.ts';
import { childProcess } from './builtins.ts';
import { childVariables, type TargetSettings } from './target-settings.ts';

type Call = (...args: unknown[]) => unknown;
interface SpawnOptions {
  envPairs?: string[];
  args?: readonly unknown[];
  cwd?: unknown;
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
    const envPairs =
      options?.envPairs && bearsTracer(settings, options.args ?? [], options.cwd, pairValue(options.envPairs, 'NODE_OPTIONS'))
        ? withVariables(settings, options.envPairs, paused())
        : undefined;
    return Reflect.apply(spawn, this, [envPairs ? { ...options, envPairs } : options]);
  };
  const patches = {
    spawnSync: (plain: Call) => (file: unknown, args: unknown, options: unknown) =>
      plain(file, ...withEnvironment(settings, commandOf(file, args), [args, options], paused())),
    execFileSync: (plain: Call) => (file: unknown, args: unknown, options: unknown) =>
      plain(file, ...withEnvironment(settings, commandOf(file, args), [args, options], paused())),
    execSync: (plain: Call) => (command: unknown, options: unknown) => plain(command, ...withEnvironment(settings, [command], [options], paused())),
  };
  for (const [name, patch] of Object.entries(patches)) {
    functions[name] = Object.defineProperty(patch(functions[name] as Call) as Call, 'name', { value: name });
  }
  Module.syncBuiltinESMExports();
}

/**
 * Whether a child would run with the tracer: a Node ends that cannot load what NODE_OPTIONS names. What flags an older Node gets
 * inside of a program, which is all that is seen from here, cannot be told.
 */
function bearsTracer({ options: { preload } }: TargetSettings, command: readonly unknown[], cwd: unknown, nodeOptions: string | undefined): boolean {
  const words = [...command, nodeOptions].filter((word) => typeof word === 'string');
  if (words.some((word) => MODEL.test(word))) {
    // A line for a shell, or several options.
    const permissions = nodePermissions(words.flatMap((word) => (MODEL.test(word) ? word.split(/[\s"']+/) : [word])));
    const rules = { resolve: (file: string) => path.resolve(typeof cwd === 'string' ? cwd : '.', file), sep: path.sep };
    if (permissions && !isGranted(permissions.read, path.resolve(preload), rules)) return false;
  }
  try {
    access(preload, constants.R_OK);
    return true;
  } catch {
    return false; // A new version of the studio has cleaned up, long after this process was started.
  }
}

const MODEL = /--(experimental[-_])?permission\b/;
/** The script may put something else in its place. */
const access = accessSync;

const commandOf = (file: unknown, args: unknown): readonly unknown[] => [file, ...(Array.isArray(args) ? args : [])];

const nameOf = (pair: string): string => pair.slice(0, pair.indexOf('=', 1));
const same = (a: string, b: string): boolean => (process.platform === 'win32' ? a.toUpperCase() === b.toUpperCase() : a === b);
const pairValue = (pairs: readonly string[], name: string): string | undefined => pairs.find((pair) => same(nameOf(pair), name))?.slice(name.length + 1);

/** Lists of `NAME=value`, as they are handed to the operating system. */
function withVariables(settings: TargetSettings, pairs: readonly string[], paused: boolean): string[] {
  const variables = childVariables(settings, pairValue(pairs, 'NODE_OPTIONS'), paused);
  const names = Object.keys(variables);
  return [...pairs.filter((pair) => !names.some((name) => same(nameOf(pair), name))), ...names.map((name) => `${name}=${variables[name]}`)];
}

/** The arguments after the first of a synchronous call, with the environment in its options. Strange ones are left for Node to refuse. */
function withEnvironment(settings: TargetSettings, command: readonly unknown[], given: readonly unknown[], paused: boolean): unknown[] {
  const args = given.filter((value, i) => value !== undefined || given.slice(i + 1).some((later) => later !== undefined));
  const last = args.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !Array.isArray(last);
  const options = hasOptions ? (last as { env?: NodeJS.ProcessEnv | null }) : {};
  const env = options.env ?? process.env;
  if (typeof env !== 'object' || !bearsTracer(settings, command, (options as { cwd?: unknown }).cwd, env.NODE_OPTIONS)) return args;
  return [...(hasOptions ? args.slice(0, -1) : args), { ...options, env: { ...env, ...childVariables(settings, env.NODE_OPTIONS, paused) } }];
}
