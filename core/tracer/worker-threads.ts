import { existsSync } from 'node:fs';
import * as Module from 'node:module';
import type { WorkerOptions } from 'node:worker_threads';
import { plainWorker, workerThreads } from './builtins.ts';
import { onDetach } from './detach.ts';
import type { DrainMessage } from './ring-layout.ts';
import type { WorkerMessages } from './runtime/messages.ts';
import { childVariables, type TargetSettings } from './target-settings.ts';
import { makeRing } from './thread-runtime.ts';

/** What the worker threads of this process are given. */
export interface SharedWithWorkers {
  readonly settings: TargetSettings;
  readonly process: SharedArrayBuffer;
  /** The worker's own. */
  readonly ring: SharedArrayBuffer;
}
export const SHARED_KEY = 'trace-studio';

/**
 * Workers inherit the preload from the process, except where they are given an environment or flags of their own: there it is
 * put in, and the worker's preload takes it out again.
 */
export function traceWorkers(
  shared: Omit<SharedWithWorkers, 'ring'>,
  tellDrain: (message: DrainMessage) => void,
  messagesOf?: (thread: number) => WorkerMessages,
): void {
  const PlainWorker = plainWorker();
  const threads = workerThreads();
  const { setEnvironmentData, threadId } = threads;
  const { settings } = shared;

  let ofWorker: (worker: object) => WorkerMessages | undefined = () => undefined;

  class Worker extends PlainWorker {
    readonly #thread: number;
    readonly #messages: WorkerMessages | undefined;

    constructor(filename: string | URL, options?: WorkerOptions) {
      const { ringBytes, buffer } = makeRing(settings, threadId, '');
      setEnvironmentData(SHARED_KEY, { ...shared, ring: buffer } as never);
      super(filename, withPreload(settings, options));
      this.#thread = this.threadId;
      this.#messages = messagesOf?.(this.threadId);
      // The drain has the ring before the thread has begun: even one that is terminated at once loses nothing.
      tellDrain({ kind: 'ring', thread: this.threadId, name: options?.name || `worker ${this.threadId}`, ringBytes, buffer });
    }

    static {
      ofWorker = (worker) => (#thread in worker ? (worker as Worker).#messages : undefined);
    }

    // A listener could be counted or removed by the script; a thread that was terminated says nothing itself.
    override emit(event: string | symbol, ...rest: unknown[]): boolean {
      if (event === 'exit' && #thread in this) tellDrain({ kind: 'ended', thread: this.#thread });
      if (event === 'message' && #thread in this) this.#messages?.arrive();
      return Reflect.apply(super.emit, this, [event, ...rest]) as boolean;
    }
  }
  if (messagesOf) {
    const plain = Object.getOwnPropertyDescriptor(PlainWorker.prototype, 'postMessage');
    const value = function postMessage(this: object, ...args: unknown[]): unknown {
      const send = (): unknown => Reflect.apply(plain?.value, this, args);
      const messages = ofWorker(this);
      return messages ? messages.post(send) : send();
    };
    Object.defineProperty(PlainWorker.prototype, 'postMessage', { ...plain, value });
  }
  const before = threads.Worker;
  threads.Worker = Worker;
  Module.syncBuiltinESMExports();
  onDetach(() => {
    setEnvironmentData(SHARED_KEY, undefined as never);
    if (threads.Worker !== Worker) return;
    threads.Worker = before;
    Module.syncBuiltinESMExports();
  });
}

function withPreload(settings: TargetSettings, options: WorkerOptions | undefined): WorkerOptions | undefined {
  const { env, execArgv } = options ?? {};
  // Gone meanwhile: a worker that inherits the flag would die of it. With flags of its own it looks at NODE_OPTIONS, where it is not.
  if (!existsSync(settings.options.preload)) return { ...options, execArgv: execArgv ?? process.execArgv };
  if (env && typeof env === 'object' && !settings.attached) {
    const { NODE_OPTIONS = '' } = childVariables(settings, env.NODE_OPTIONS);
    return { ...options, env: { ...env, NODE_OPTIONS } };
  }
  // The process has no preload that a worker could inherit.
  if (settings.attached) return { ...options, execArgv: [...preloadFlags(settings), ...(Array.isArray(execArgv) ? execArgv : process.execArgv)] };
  // Flags of its own: then Node looks at NODE_OPTIONS again, which is hidden.
  return Array.isArray(execArgv) ? { ...options, execArgv: [...preloadFlags(settings), ...execArgv] } : options;
}

const preloadFlags = (settings: TargetSettings): string[] => ['--require', settings.options.preload];

/** In a worker: takes out of its flags what `withPreload` has put in. */
export function hideFromFlags(settings: TargetSettings, execArgv: string[]): void {
  const flags = preloadFlags(settings);
  if (flags.every((flag, i) => execArgv[i] === flag)) execArgv.splice(0, flags.length);
}
