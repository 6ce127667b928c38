/** Asks a Node binary who it is. */
import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { pathVariable } from '../launch/find-program.ts';

export type Probe =
  | { readonly ok: true; readonly version: string; readonly arch: string; readonly execPath: string; readonly electron: boolean }
  /** `passes`: a busy machine is a reason of its own; asked again, it may be another answer. */
  | { readonly ok: false; readonly problem: string; readonly passes?: true };

const PROBE_TIMEOUT_MS = 10_000;
const QUESTION = 'JSON.stringify([process.version,process.arch,process.execPath,!!process.versions.electron])';

/**
 * Starts `file -p …` with a small environment (no NODE_OPTIONS: a broken preload of the user must not make a good Node look bad).
 * Never rejects: what went wrong is in the answer. `execPath` is the true binary where `file` is the shim of a version manager.
 */
export function probeNode(file: string, cwd = os.homedir()): Promise<Probe> {
  const keep = ['HOME', 'USERPROFILE', 'SystemRoot', 'VOLTA_HOME', 'ASDF_DIR', 'ASDF_DATA_DIR', 'MISE_DATA_DIR', 'NODENV_ROOT', 'LD_LIBRARY_PATH'];
  const { name, value } = pathVariable(process.env);
  const env = Object.fromEntries([...keep.map((key) => [key, process.env[key]]), [name, value]].filter((entry) => entry[1] !== undefined));
  return new Promise((resolve) => {
    execFile(file, ['-p', QUESTION], { cwd, env, timeout: PROBE_TIMEOUT_MS, killSignal: 'SIGKILL', windowsHide: true }, (error, stdout) => {
      if (error?.killed) return resolve({ ok: false, problem: `did not answer within ${PROBE_TIMEOUT_MS / 1000} seconds`, passes: true });
      if (error) return resolve({ ok: false, problem: failure(file, error) });
      resolve(readAnswer(stdout));
    });
  });
}

function failure(file: string, error: Error & { code?: string | number | null }): string {
  if (error.code === 'ENOENT') return 'is not there';
  if (error.code === 'EACCES') return 'may not be executed';
  if (typeof error.code === 'number') return `ended with code ${error.code} when asked for its version`;
  return `could not be started: ${error.message.split('\n', 1)[0] ?? path.basename(file)}`;
}

function readAnswer(stdout: string): Probe {
  try {
    const [version, arch, execPath, electron] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as [unknown, unknown, unknown, unknown];
    if (typeof version !== 'string' || typeof arch !== 'string' || typeof execPath !== 'string') throw new Error('not our answer');
    return { ok: true, version, arch, execPath, electron: electron === true };
  } catch {
    return { ok: false, problem: 'is not a Node: its answer to a question for its version cannot be read' };
  }
}
