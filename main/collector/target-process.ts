import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { ConsoleSource } from '../../core/protocol/recording-format.ts';
import type { SpawnPlan, TracerAddress } from '../../core/protocol/session-types.ts';
import { TargetEnvironment, type TargetOptions } from '../../core/protocol/target-wire.ts';

/**
 * `recorded`: pipes, whose text goes into the recording. `inherited`: the target has the terminal of the collector's own
 * process, and stays in its process group, so that Ctrl+C of the terminal reaches it.
 */
export type TargetStdio = 'recorded' | 'inherited';

export type TargetEnd = { readonly code: number } | { readonly signal: string };

export interface TargetListener {
  output(source: ConsoleSource, chunk: Uint8Array): void;
  ended(end: TargetEnd): void;
  /** stdout and stderr are closed, or the target is gone for longer than their grace. */
  outputClosed(): void;
}

/** After the target's exit a process that it left behind may hold stdout open for ever; so long is waited for its last words. */
const OUTPUT_GRACE_MS = 1000;

/** The plan's own environment, without a tracer. */
export function plainEnvironment(plan: SpawnPlan): Record<string, string> {
  // The studio may itself run inside Electron: what makes Electron behave like Node must not reach the script.
  return Object.fromEntries(Object.entries(plan.environment).filter(([name]) => !/^ELECTRON_/i.test(name)));
}

/** On Windows the name may be written in any case, and two of them would be undefined behaviour. */
function nodeOptionsOf(environment: Readonly<Record<string, string>>): { readonly name: string; readonly value: string } {
  const name = Object.keys(environment).find((each) => (process.platform === 'win32' ? each.toUpperCase() : each) === 'NODE_OPTIONS') ?? 'NODE_OPTIONS';
  return { name, value: environment[name] ?? '' };
}

/** The environment of a target: the plan's own, and what tells the preload where to send. */
export function targetEnvironment(plan: SpawnPlan, address: TracerAddress): Record<string, string> {
  const environment = plainEnvironment(plan);
  const options: TargetOptions = {
    preload: plan.preload,
    whenFull: plan.capture?.whenFull ?? 'exact',
    spillFolder: address.spillFolder,
    maskSecrets: plan.capture?.maskSecrets ?? true,
    ...(plan.capture && { ringBytes: plan.capture.ringMegabytes * 1024 * 1024 }),
    ...(plan.capture?.startPaused && { paused: true }),
    ...(plan.plugins && plan.plugins.length > 0 && { plugins: plan.plugins }),
    ...(plan.capture && { capture: plan.capture }),
    ...(plan.cacheFolder !== undefined && { cacheFolder: plan.cacheFolder }),
  };
  const { name, value: users } = nodeOptionsOf(environment);
  environment[name] = `--require ${quoteNodeOption(plan.preload)}${users.trim() === '' ? '' : ` ${users}`}`;
  environment[TargetEnvironment.SOCKET] = address.socket;
  environment[TargetEnvironment.SECRET] = address.secret;
  environment[TargetEnvironment.OPTIONS] = JSON.stringify(options);
  return environment;
}

/** NODE_OPTIONS splits at spaces outside of double quotes; a backslash escapes inside of them. */
function quoteNodeOption(word: string): string {
  const forward = process.platform === 'win32' ? word.replaceAll('\\', '/') : word;
  return /[\s"\\]/.test(forward) ? `"${forward.replaceAll(/["\\]/g, '\\$&')}"` : forward;
}

/** A target and its three streams. */
export class TargetProcess {
  readonly #child: ChildProcess;
  #listener: TargetListener | undefined;
  readonly pid: number;
  readonly ownGroup: boolean;
  /** Why it has no tracer, in words. */
  readonly untraced: string | undefined;
  #outputClosed = false;
  #held = false;
  #end: TargetEnd | undefined;

  private constructor(child: ChildProcess, pid: number, ownGroup: boolean, untraced: string | undefined) {
    this.#child = child;
    this.untraced = untraced;
    this.pid = pid;
    this.ownGroup = ownGroup;
    child.once('exit', (code, signal) => {
      if (this.#end) return;
      this.#end = signal ? { signal } : { code: code ?? 0 };
      this.#listener?.ended(this.#end);
      this.#closeOutputSoon();
    });
    child.once('close', () => this.#closeOutput());
    // The target closed its stdin, or is gone: what was typed then goes nowhere, as in a terminal.
    child.stdin?.on('error', () => {});
    // `spawn` succeeded; a later error is a signal that could not be sent, and the caller sees the process go on.
    child.on('error', () => {});
  }

  /** Resolves when the process runs, rejects with words for the user when it could not be started. `watch` comes next. */
  static start(plan: SpawnPlan, address: TracerAddress, stdio: TargetStdio): Promise<TargetProcess> {
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown) => reject(new Error(startFailure(plan, error as NodeJS.ErrnoException)));
      const ownGroup = stdio === 'recorded';
      const untraced = plan.untraced ?? preloadProblem(plan.preload);
      let child: ChildProcess;
      try {
        child = spawn(plan.file, [...plan.args], {
          cwd: plan.cwd,
          env: untraced === undefined ? targetEnvironment(plan, address) : plainEnvironment(plan),
          shell: false,
          detached: ownGroup && process.platform !== 'win32',
          windowsHide: true,
          stdio: stdio === 'recorded' ? 'pipe' : 'inherit',
        });
      } catch (error) {
        refuse(error);
        return;
      }
      child.once('error', refuse);
      if (child.pid !== undefined) {
        child.off('error', refuse);
        resolve(new TargetProcess(child, child.pid, ownGroup, untraced));
      }
    });
  }

  /** Tells `listener` of everything, also of what has happened before. */
  watch(listener: TargetListener): void {
    this.#listener = listener;
    this.#child.stdout?.on('data', (chunk: Uint8Array) => this.#output(ConsoleSource.STDOUT, chunk));
    this.#child.stderr?.on('data', (chunk: Uint8Array) => this.#output(ConsoleSource.STDERR, chunk));
    if (this.#end) listener.ended(this.#end);
    if (this.#outputClosed) listener.outputClosed();
  }

  get end(): TargetEnd | undefined {
    return this.#end;
  }

  get outputClosed(): boolean {
    return this.#outputClosed;
  }

  /** Holds back a target that prints faster than the disk takes it. */
  hold(held: boolean): void {
    this.#held = held;
    if (this.#outputClosed) return;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (held) stream?.pause();
      else stream?.resume();
    }
  }

  /** False if the target does not read any more. */
  write(text: string, end: boolean): boolean {
    const stdin = this.#child.stdin;
    if (!stdin?.writable) return false;
    if (text !== '') stdin.write(text);
    if (end) stdin.end();
    return true;
  }

  /** Takes a target for ended that was killed and is still there. */
  abandon(): void {
    if (this.#end) return;
    this.#end = { signal: 'SIGKILL' };
    this.#listener?.ended(this.#end);
    this.#closeOutput();
  }

  #closeOutputSoon(): void {
    // What it printed last still lies in the pipe while output is held back.
    setTimeout(() => (this.#held ? this.#closeOutputSoon() : this.#closeOutput()), OUTPUT_GRACE_MS).unref();
  }

  #output(source: ConsoleSource, chunk: Uint8Array): void {
    if (!this.#outputClosed) this.#listener?.output(source, chunk);
  }

  #closeOutput(): void {
    if (this.#outputClosed) return;
    this.#outputClosed = true;
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#child.stdin?.destroy();
    this.#listener?.outputClosed();
  }
}

/** Node ends where it cannot load what NODE_OPTIONS names: a script is not to die of its tracer. */
function preloadProblem(preload: string): string | undefined {
  try {
    accessSync(preload, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `Nothing is recorded: the tracer ${preload} cannot be read (${code}). The script runs without it. Start the studio again, which installs it anew.`;
  }
}

/** Why a program could not be started, for the user. */
export function startFailure(plan: Pick<SpawnPlan, 'file' | 'cwd'>, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      // The system says the same for a missing program and a missing folder.
      return isFolder(plan.cwd)
        ? `${plan.file} was not found. Check the path of the program, or that it is on PATH.`
        : `The working directory ${plan.cwd} does not exist. Choose a folder that does.`;
    case 'EACCES':
    case 'EPERM':
      return isFolder(plan.cwd)
        ? `${plan.file} may not be executed (${error.code}). Check that it is a program and that you may run it.`
        : `The working directory ${plan.cwd} may not be entered (${error.code}).`;
    case 'ENOEXEC':
      return `${plan.file} is not a program for this machine.`;
    case 'E2BIG':
      return `The arguments and the environment of ${plan.file} are too long for the system together.`;
    case 'EAGAIN':
    case 'ENOMEM':
    case 'EMFILE':
    case 'ENFILE':
      return `The system has no room for another process now (${error.code}). Close other programs and try again.`;
    default:
      return `${plan.file} could not be started: ${error.message}`;
  }
}

function isFolder(folder: string): boolean {
  try {
    return statSync(folder).isDirectory();
  } catch {
    // Missing or not readable: both mean that it cannot be entered.
    return false;
  }
}
