/**
 * The PATH of the user's login shell. A desktop app that was started from a dock or a menu has a bare PATH, on which none of the
 * Nodes lie that the user's terminal finds.
 */
import { spawn } from 'node:child_process';

/** Shells with slow start-up files take seconds; beyond this the bare PATH has to do. */
const LIMIT_MS = 10_000;
const MARK = '__TRACE_STUDIO_PATH__';

/** Undefined when there is no shell to ask or it does not answer. Its start-up files run, as in a new terminal. */
export function loginShellPath(environment: Readonly<Record<string, string | undefined>>, limitMs = LIMIT_MS): Promise<string | undefined> {
  const shell = environment.SHELL;
  if (!shell || process.platform === 'win32') return Promise.resolve(undefined);
  return new Promise((resolve) => {
    // printenv rather than $PATH: fish has a list there. The marks tell it from whatever the start-up files print.
    const child = spawn(shell, ['-ilc', `printf ${MARK}; printenv PATH; printf ${MARK}`], {
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let said = '';
    const timer = setTimeout(() => end(undefined), limitMs);
    const end = (answer: string | undefined) => {
      clearTimeout(timer);
      child.stdout.destroy();
      killGroup(child.pid);
      resolve(answer);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
      const answer = said.split(MARK)[1]?.trim();
      if (said.split(MARK).length > 2) end(answer === '' ? undefined : answer);
    });
    child.once('error', () => end(undefined));
    child.once('exit', () => setImmediate(end, undefined));
  });
}

/** With whatever the start-up files have started and wait for. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}
