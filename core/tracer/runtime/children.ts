import type { ChildProcess } from 'node:child_process';
import { getSystemErrorName } from 'node:util';
import type { RingWriter } from '../ring-writer.ts';
import { type AnyFunction, callHidden } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import { Operation, type OperationSource } from './operation.ts';

// Taken at load: a script may replace it.
const then = Promise.prototype.then;
const settled = Promise.resolve();

/** Node's own side of a child, which the script does not see. */
interface Handle {
  onexit?: AnyFunction;
}

/** Child processes, told by child-processes.ts. */
export interface ChildWatch {
  /** It runs, or could not be started, of which Node tells by the same way as of its end. */
  started(child: ChildProcess): void;
  /** What waits for a child: a slice among the calls. */
  waits<T>(name: string, command: unknown, run: () => T): T;
}

export function watchChildren(source: OperationSource): ChildWatch {
  const { writer } = source;
  return {
    started(child) {
      const handle = (child as unknown as { readonly _handle?: Handle | null })._handle;
      if (!handle || typeof handle.onexit !== 'function') return;
      const operation = new ChildOperation(source, child, handle, handle.onexit);
      operation.begin(jsonArgs({ pid: child.pid, command: child.spawnargs.join(' ') }));
      handle.onexit = operation.callback;
    },
    waits(name, command, run) {
      return waitsFor(writer, name, command, run);
    },
  };
}

/** The handler of the proxy in the place of `onexit`: see invisible.ts and timers.ts. */
class ChildOperation extends Operation {
  readonly #child: ChildProcess;
  readonly #handle: Handle;
  readonly #onexit: AnyFunction;
  readonly callback: AnyFunction;

  constructor(source: OperationSource, child: ChildProcess, handle: Handle, onexit: AnyFunction) {
    super(source, `spawn ${child.spawnfile.split(/[\\/]/).at(-1)}`, 'child process');
    this.#child = child;
    this.#handle = handle;
    this.#onexit = onexit;
    this.callback = new Proxy(onexit, this as object);
  }

  get apply(): undefined {
    this.#handle.onexit = this.#onexit;
    this.resumes();
    const endNs = this.source.writer.now();
    // How it ended is known behind the call.
    then.call(settled, () => this.end(howItEnded(this.#child), endNs));
    return undefined;
  }
}

function howItEnded({ exitCode, signalCode }: ChildProcess): string {
  // It could not be started.
  if (exitCode !== null && exitCode < 0) return jsonArgs({ error: getSystemErrorName(exitCode) });
  return jsonArgs({ code: exitCode ?? undefined, signal: signalCode ?? undefined });
}

function waitsFor<T>(writer: RingWriter, name: string, command: unknown, run: () => T): T {
  const startNs = writer.now();
  try {
    return callHidden(7, run, undefined, []) as T;
  } finally {
    writer.slice(name, 'child process', startNs, jsonArgs({ command: typeof command === 'string' ? command : undefined }));
  }
}
