/** The built command line as a process. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const cli = path.resolve(import.meta.dirname, '../../../dist/cli/trace-studio.cjs');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process whose output can be waited for. Leads a process group of its own, as a job of a shell does. */
export class CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #wakes: (() => void)[] = [];

  constructor(file: string, args: readonly string[], options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
    this.child = spawn(file, args, { ...options, detached: true, stdio: 'pipe' });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk;
      this.#wake();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk;
      this.#wake();
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.#wake();
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Resolves when stdout holds `text`; rejects when the process ends before. */
  async says(text: string | RegExp): Promise<string> {
    const holds = () => (typeof text === 'string' ? this.stdout.includes(text) : text.test(this.stdout));
    while (!holds()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`it ended without saying ${text}: ${this.stdout}${this.stderr}`);
      await new Promise<void>((wake) => this.#wakes.push(wake));
    }
    return this.stdout;
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}

/** A folder to run in, and everything that was started there. */
export class CliFolder {
  readonly path = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'cli-')));
  readonly #started: CliProcess[] = [];

  write(name: string, content: string): string {
    const file = path.join(this.path, name);
    writeFileSync(file, content);
    return file;
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): CliProcess {
    return this.startProgram(process.execPath, [cli, ...args], env);
  }

  /**
   * The command line in a terminal, by util-linux's `script`. Which shell that uses is fixed, and the shell makes way for the command:
   * one that stays would take Ctrl+C as well, and end with 130 whatever the command ended with.
   */
  startInTerminal(args: string): CliProcess {
    return this.startProgram('script', ['-qec', `exec '${process.execPath}' '${cli}' ${args}`, '/dev/null'], { SHELL: '/bin/sh' });
  }

  startProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): CliProcess {
    const started = new CliProcess(file, args, {
      cwd: this.path,
      // No display, so that nothing opens on the machine of who runs the tests.
      env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', TRACE_STUDIO_HOME: path.join(this.path, 'home'), ...env },
    });
    this.#started.push(started);
    return started;
  }

  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
    return this.start(args, env).ended;
  }

  async remove(): Promise<void> {
    for (const { child, ended } of this.#started) {
      try {
        // The whole group: what a failed test left behind would hold the streams open.
        process.kill(-(child.pid as number), 'SIGKILL');
      } catch {
        // All of it has ended.
      }
      await ended;
    }
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** util-linux's `script`, which gives a program a terminal. */
export function hasScriptCommand(): boolean {
  try {
    execFileSync('script', ['--version'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
}
