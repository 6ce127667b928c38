/** Runs a config file in a short-lived process of its own, and gives what it exports. Only ever called for a file that may run. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import { pathVariable } from '../launch/find-program.ts';

export const CONFIG_LIMIT_MS = 5000;
const MOST_OUTPUT_BYTES = 1024 * 1024;

export interface ConfigRun {
  readonly node: string;
  /** config-probe.cjs of the tracer. */
  readonly program: string;
  readonly file: string;
  readonly limitMs?: number;
}

/** Rejects with ProblemError in words. */
export function runConfig({ node, program, file, limitMs = CONFIG_LIMIT_MS }: ConfigRun): Promise<unknown> {
  // As with plugins: what it needs to run at all, and nothing of the studio's own.
  const keep = ['HOME', 'USERPROFILE', 'SystemRoot', 'TMPDIR', 'TEMP', 'LD_LIBRARY_PATH', 'NODE_ENV', 'CI'];
  const { name, value } = pathVariable(process.env);
  const env = Object.fromEntries([...keep.map((key) => [key, process.env[key]]), [name, value]].filter((entry) => entry[1] !== undefined));
  const options = { cwd: path.dirname(file), env, timeout: limitMs, killSignal: 'SIGKILL' as const, maxBuffer: MOST_OUTPUT_BYTES, windowsHide: true };
  return new Promise((resolve, reject) => {
    const child = execFile(node, [program, file], options, (error, stdout, stderr) => {
      const answer = lastAnswer(stdout);
      if (answer && 'config' in answer) resolve(answer.config);
      else reject(failure(path.basename(file), answer, error, stderr, limitMs));
    });
    child.stdin?.end();
  });
}

/** The last line that is an object of ours: the file may print. */
function lastAnswer(stdout: string): Readonly<Record<string, unknown>> | undefined {
  for (const line of stdout.trim().split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    try {
      return JSON.parse(line) as Record<string, unknown>;
    } catch {
      // Something of the file's own: the line before may be ours.
    }
  }
  return undefined;
}

function failure(
  name: string,
  answer: Readonly<Record<string, unknown>> | undefined,
  error: (Error & { killed?: boolean }) | null,
  stderr: string,
  limitMs: number,
): ProblemError {
  const remedy = 'Mend it, or go without a config file.';
  const told = (answer?.problem as { readonly message?: unknown } | undefined)?.message;
  if (typeof told === 'string') return new ProblemError({ code: 'config-broken', message: told.slice(0, 2048), remedy });
  if (error?.killed) return new ProblemError({ code: 'config-slow', message: `${name} was not read within ${limitMs / 1000} seconds.`, remedy });
  const said = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  return new ProblemError({ code: 'config-broken', message: `${name} could not be read${said === '' ? '.' : `: ${said.slice(0, 500)}`}`, remedy });
}
