import { createHook, executionAsyncId } from 'node:async_hooks';
import { PluginProblem, PluginTimeout } from '../../plugin-api/plugin-failure.ts';
import { afterMicrotasks } from './after-microtasks.ts';
import { inWords, withTimeLimit } from './time-limit.ts';

// Taken at load: a script may replace its timers and its clock (fake timers do).
const now = performance.now.bind(performance);
const { setTimeout, clearTimeout } = globalThis;
const { nextTick } = process;

interface Unreferable {
  unref?: () => unknown;
}
/** Node's own timers keep what they call under these names. */
type TimerLike = Unreferable & { _onTimeout?: unknown; _onImmediate?: unknown };

type Exit = 'exit' | 'reallyExit' | 'abort';
type Call = (...args: unknown[]) => unknown;
type ProcessFunctions = Record<Exit | 'emitWarning', Call>;

/**
 * What may happen while a plugin runs, and what it leaves behind, without the script noticing: a call is ended when it takes too
 * long, the process is not (`process.exit`, `process.exitCode`), and timers, sockets, children and rejected promises of the
 * plugin's neither keep the process alive nor bring it down.
 *
 * What belongs to a plugin is known from `async_hooks`, which are switched on while one runs, while one of its promises is waited
 * for, and until the next microtasks are through: they cost the script.
 */
export class PluginScope {
  readonly #failed: (plugin: number, error: unknown) => void;
  readonly #hook = createHook({ init: (id, type, _trigger, resource) => this.#made(id, type, resource) });
  /** The plugin that is being called. */
  #running: number | undefined;
  /** Promises that are waited for. */
  #waiting = 0;
  /** Asynchronous resources by the plugin that they belong to, while the hook is on. */
  readonly #owners = new Map<number, number>();
  readonly #promises = new WeakMap<object, number>();
  readonly #threads = new WeakSet<object>();
  #fresh: { readonly plugin: number; readonly type: string; readonly resource: TimerLike }[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #held = false;
  /** A call is over, and what it began in promises has not come up yet. */
  #lingering = 0;
  #hooked = false;
  #restore: (() => void) | undefined;

  /** `failed`: a plugin did something wrong outside of a call: in a timer, in a promise that nobody waits for. */
  constructor(failed: (plugin: number, error: unknown) => void) {
    this.#failed = failed;
  }

  /** Calls into a plugin. Throws what it throws, and a `PluginTimeout` after `ms`, which may be infinite. */
  call<T>(ms: number, plugin: number, run: () => T): T {
    const outer = this.#running;
    const { exitCode } = process;
    let result: T;
    this.#running = plugin;
    this.#watch();
    try {
      if (ms === Number.POSITIVE_INFINITY) result = run();
      else
        withTimeLimit(ms, () => {
          result = run();
        });
      // biome-ignore lint/style/noNonNullAssertion: assigned, or an error has been thrown.
      return result!;
    } finally {
      this.#running = outer;
      if (process.exitCode !== exitCode) process.exitCode = exitCode;
      this.#tidy();
      this.#linger();
      this.#watch();
    }
  }

  /** What a plugin's promise gives; rejects with a `PluginTimeout` after `ms`. Keeps the process alive only when `hold` was called. */
  settle(ms: number, _plugin: number, promise: PromiseLike<unknown>): Promise<unknown> {
    this.#waiting++;
    this.#watch();
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => reject(new PluginTimeout(`its promise was not settled within ${inWords(ms)}`)), ms);
      this.#timers.add(timer);
      if (!this.#held) timer.unref();
      const end = (then: () => void): void => {
        clearTimeout(timer);
        this.#timers.delete(timer);
        then();
      };
      Promise.resolve(promise).then(
        (value) => end(() => resolve(value)),
        (error) => end(() => reject(error)),
      );
    }).finally(() => {
      this.#waiting--;
      this.#tidy();
      this.#linger();
      this.#watch();
    });
  }

  /** From now on the process lives until promises are settled, or have taken too long. */
  hold(): void {
    this.#held = true;
    for (const timer of this.#timers) timer.ref();
  }

  /** The plugin that a rejected promise belongs to. */
  ownerOf(promise: unknown): number | undefined {
    return typeof promise === 'object' && promise !== null ? this.#promises.get(promise) : undefined;
  }

  /** True for a `Worker` that a plugin has started. Node keeps the resource that is seen here under a symbol of its own. */
  startedThread(worker: unknown): boolean {
    if (typeof worker !== 'object' || worker === null) return false;
    return Object.getOwnPropertySymbols(worker).some((key) => {
      const value = (worker as Record<symbol, unknown>)[key];
      return typeof value === 'object' && value !== null && this.#threads.has(value);
    });
  }

  #watch(): void {
    const called = this.#running !== undefined || this.#waiting > 0;
    if (called !== (this.#restore !== undefined)) {
      this.#restore?.();
      this.#restore = called ? this.#guardProcess() : undefined;
    }
    const hooked = called || this.#lingering > 0;
    if (hooked === this.#hooked) return;
    this.#hooked = hooked;
    if (hooked) this.#hook.enable();
    else {
      this.#hook.disable();
      this.#owners.clear();
    }
  }

  #linger(): void {
    this.#lingering++;
    afterMicrotasks(2, () => {
      this.#lingering--;
      this.#tidy();
      this.#watch();
    });
  }

  #made(id: number, type: string, resource: object): void {
    const plugin = this.#running ?? this.#owners.get(executionAsyncId());
    if (plugin === undefined) return;
    this.#owners.set(id, plugin);
    if (type === 'WORKER') this.#threads.add(resource);
    if (type === 'PROMISE') this.#promises.set(resource, plugin);
    else if (type !== 'TickObject' && type !== 'Microtask') {
      // Not finished yet: a timer is put into its list, and would be counted, only after this.
      this.#fresh.push({ plugin, type, resource });
      if (this.#running === undefined && this.#fresh.length === 1) nextTick(() => this.#tidy());
    }
  }

  #tidy(): void {
    for (const { plugin, type, resource } of this.#fresh.splice(0)) {
      try {
        if (type === 'Timeout') this.#guardTimer(resource, '_onTimeout', plugin);
        if (type === 'Immediate') this.#guardTimer(resource, '_onImmediate', plugin);
        resource.unref?.();
      } catch {
        // It is over already.
      }
    }
  }

  /** What a timer of the plugin's calls is a call into the plugin again. */
  #guardTimer(timer: TimerLike, key: '_onTimeout' | '_onImmediate', plugin: number): void {
    const run = timer[key];
    if (typeof run !== 'function') return;
    const scope = this;
    let quickTurns = 0;
    timer[key] = function guarded(this: unknown, ...args: unknown[]): void {
      const began = now();
      try {
        scope.call(quickTurns < TRUSTED_AFTER ? TIMER_MS : Number.POSITIVE_INFINITY, plugin, () => Reflect.apply(run, this, args));
      } catch (error) {
        scope.#failed(plugin, error);
        if (error instanceof PluginTimeout) clearTimeout(timer as unknown as ReturnType<typeof setTimeout>);
      }
      quickTurns = now() - began < QUICK_MS ? quickTurns + 1 : 0;
    };
  }

  /** The ways out of the process refuse themselves to plugins, and warnings of Node about how plugins are loaded are not told. */
  #guardProcess(): () => void {
    const undo = (['exit', 'reallyExit', 'abort'] as const).map((name) => replaceFunction(name, (plain) => this.#refusing(name, plain)));
    undo.push(
      replaceFunction('emitWarning', (plain) => (...args) => {
        if (this.#running === undefined || !args.includes('ExperimentalWarning')) Reflect.apply(plain, process, args);
      }),
    );
    return () => {
      for (const one of undo) one();
    };
  }

  #refusing(name: Exit, plain: Call): Call {
    return (...args) => {
      const plugin = this.#running ?? this.#owners.get(executionAsyncId());
      if (plugin === undefined) return Reflect.apply(plain, process, args);
      const problem = new PluginProblem(`it called process.${name}(${args.map(String).join()}): a plugin may not end the process`);
      this.#failed(plugin, problem); // It may catch what is thrown.
      throw problem;
    };
  }
}

function replaceFunction(name: keyof ProcessFunctions, make: (plain: Call) => Call): () => void {
  const target = process as unknown as ProcessFunctions;
  const plain = target[name];
  const ours = Object.defineProperties(make(plain), { name: { value: plain.name }, length: { value: plain.length } });
  target[name] = ours;
  return () => {
    if (target[name] === ours) target[name] = plain; // The script may have put in its own meanwhile.
  };
}

/** A timer of a plugin's runs between the script's own work. */
const TIMER_MS = 1000;
/** To limit the time of a turn takes a thread for each: more than most turns take. A timer that was quick so often in a row is trusted. */
const TRUSTED_AFTER = 10;
const QUICK_MS = 5;
