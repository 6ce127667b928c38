/** Asks a plugin's module who it is, in a short-lived process of its own. Only ever called for a file that the user trusts. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Problem } from '../../../core/base/result.ts';
import { ProblemError } from '../../../core/base/result.ts';
import { pathVariable } from '../launch/find-program.ts';
import { argsSchema, type PluginFacts } from './plugin-facts.ts';

export const PROBE_LIMIT_MS = 5000;
const MOST_OUTPUT_BYTES = 1024 * 1024;

export interface ProbeAnswer {
  readonly facts: PluginFacts;
  readonly problem?: Problem;
}

export interface ProbeOptions {
  readonly node: string;
  /** plugin-probe.cjs of the tracer. */
  readonly program: string;
  readonly file: string;
  readonly limitMs?: number;
}

/** Never rejects: what went wrong is in the answer. */
export function probePlugin({ node, program, file, limitMs = PROBE_LIMIT_MS }: ProbeOptions): Promise<ProbeAnswer> {
  const keep = ['HOME', 'USERPROFILE', 'SystemRoot', 'TMPDIR', 'TEMP', 'LD_LIBRARY_PATH'];
  const { name, value } = pathVariable(process.env);
  const env = Object.fromEntries([...keep.map((key) => [key, process.env[key]]), [name, value]].filter((entry) => entry[1] !== undefined));
  const options = { cwd: path.dirname(file), env, timeout: limitMs, killSignal: 'SIGKILL' as const, maxBuffer: MOST_OUTPUT_BYTES, windowsHide: true };
  return new Promise((resolve) => {
    const child = execFile(node, [program, file], options, (error, stdout, stderr) => {
      const answer = readAnswer(stdout, path.basename(file));
      // A module may print, and may keep its process alive: what counts is that the line came.
      if (answer) resolve(answer);
      else resolve({ facts: {}, problem: failure(path.basename(file), error, stderr, limitMs) });
    });
    child.stdin?.end();
  });
}

/** The last line that is an object of the probe's. */
function readAnswer(stdout: string, name: string): ProbeAnswer | undefined {
  for (const line of stdout.trim().split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    try {
      return understand(JSON.parse(line) as Record<string, unknown>, name);
    } catch (error) {
      if (error instanceof ProblemError) return { facts: {}, problem: { code: error.code, message: error.message } };
      // Something of the module's own: the line before may be ours.
    }
  }
  return undefined;
}

function understand(line: Record<string, unknown>, name: string): ProbeAnswer {
  const facts: PluginFacts = {
    ...(typeof line.version === 'string' && { version: line.version.slice(0, 64) }),
    ...(typeof line.description === 'string' && { description: line.description.slice(0, 2048) }),
  };
  const told = problemOf(line, name);
  if (told) return { facts, problem: told };
  if (line.args_schema === undefined || line.args_schema === null) return { facts };
  try {
    return { facts: { ...facts, argsSchema: argsSchema(line.args_schema, '') } };
  } catch (error) {
    const why = (error as Error).message.replace(/^.*?: /, '');
    return {
      facts,
      problem: { code: 'plugin-schema', message: `The args_schema of ${name} cannot be read: ${why}`, remedy: 'Its arguments can be typed as text.' },
    };
  }
}

function problemOf(line: Record<string, unknown>, name: string): Problem | undefined {
  const { problem, error, hook } = line;
  const told = typeof problem === 'object' && problem !== null ? (problem as { message?: unknown }).message : (problem ?? error);
  if (typeof told === 'string') return { code: 'plugin-broken', message: told.slice(0, 2048) };
  if (hook === false) {
    return {
      code: 'plugin-no-hook',
      message: `${name} has no function get_vizplugin.`,
      remedy: 'A plugin exports get_vizplugin(arg), or getVizPlugin(arg).',
    };
  }
  return undefined;
}

function failure(name: string, error: (Error & { killed?: boolean; code?: unknown }) | null, stderr: string, limitMs: number): Problem {
  const remedy = 'It can be tried again with Reload.';
  if (error?.killed) return { code: 'plugin-probe-slow', message: `${name} did not load within ${limitMs / 1000} seconds.`, remedy };
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const said = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
  return { code: 'plugin-broken', message: `${name} could not be loaded${said === '' ? '.' : `: ${said.slice(0, 500)}`}`, remedy };
}
