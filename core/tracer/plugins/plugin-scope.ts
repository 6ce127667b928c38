import { type AsyncHook, createHook, type HookCallbacks } from 'node:async_hooks';
import { PluginTimeout } from '../../plugin-api/plugin-failure.ts';
import { afterMicrotasks } from './after-microtasks.ts';
import { PluginCode, promisesAreTracked } from './plugin-code.ts';
import type { Presence } from './presence.ts';
import { ProcessGuard } from './process-guard.ts';
import { inWords, withTimeLimit } from './time-limit.ts';

// Taken at load: a script may replace its timers and its clock (fake timers do).
const now = performance.now.bind(performance);
const { setTimeout, clearTimeout, setImmediate } = globalThis;
const { nextTick } = process;

interface Unreferable {
  unref?: () => unknown;
}
/** Under these names Node's own timers and servers keep what they call. */
const CALLED = { Timeout: '_onTimeout', Immediate: '_onImmediate', TCPSERVERWRAP: 'onconnection', PIPESERVERWRAP: 'onconnection' } as const;
type Resource = Unreferable & { -readonly [K in keyof typeof CALLED as (typeof CALLED)[K]]?: unknown };
/** What comes back once: files, names, connections, keys. */
const REQUEST = /REQ|CONNECTWRAP|QUERYWRAP/;

/** A promise that is waited for. */
interface Waiting {
  readonly plugin: number;
  readonly reject: (error: unknown) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * What may happen while a plugin runs, and what it leaves behind, without the script noticing: a call is ended when it takes too
 * long, the process is not (`process.exit`, `process.exitCode`), and timers, sockets, children and rejected promises of the
 * plugin's neither keep the process alive nor bring it down.
 *
 * What a plugin makes is seen by `async_hooks`. Where these can leave promises alone (Node 24.12 and newer) they stay on; else they cost
 * the script, and are on while a plugin runs, while one of its promises is waited for, while a request of its own is under way, and
 * until the next microtasks are through.
 */
export class PluginScope {
  readonly #failed: (plugin: number, error: unknown) => void;
  readonly code: PluginCode;
  readonly #hook: AsyncHook;
  #presence: Presence | undefined;
  /** Promises that are waited for. */
  readonly #waiting = new Set<Waiting>();
  /** Before the outermost call that is under way. */
  #exitCode: typeof process.exitCode;
  /** The timer whose turn it is. */
  #turn: Resource | undefined;
  readonly #promises = new WeakMap<object, number>();
  readonly #threads = new WeakSet<object>();
  #fresh: { readonly plugin: number; readonly type: string; readonly resource: Resource }[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #held = false;
  /** A call is over, and what it began in promises has not come up yet. */
  #lingering = 0;
  /** Requests of plugins that are under way. */
  readonly #requests = new Set<number>();
  #hooked = false;
  /** The hook stays on, and the guard as well. */
  #keepsHook = false;
  #keepsGuard = false;
  #guard: ProcessGuard | undefined;

  /** `failed`: a plugin did something wrong outside of a call: in a timer, in a promise that nobody waits for. */
  constructor(tracerFolder: string, failed: (plugin: number, error: unknown) => void) {
    this.#failed = failed;
    this.code = new PluginCode(tracerFolder);
    const init: HookCallbacks['init'] = (id, type, _trigger, resource) => this.#made(id, type, resource);
    const after: HookCallbacks['after'] = (id) => this.#requests.delete(id) && this.#linger();
    // Node before 24.12 does not know the option, and tells of promises.
    this.#hook = createHook({ init, ...(!this.code.hasContexts && { after }), trackPromises: false } as HookCallbacks);
  }

  /**
   * From now on the process is guarded also outside of calls, to its end: against what runs in callbacks that a plugin has left
   * behind, and in its listeners.
   */
  guardForLife(presence?: Presence): void {
    this.#presence = presence;
    this.#keepsGuard = true;
    this.#watch();
    this.#guard?.guardListeners();
    if (!this.code.hasContexts) return;
    this.#hook.enable();
    this.#keepsHook = !promisesAreTracked();
    this.#hook.disable();
    this.#watch();
  }

  /** Calls into a plugin. Throws what it throws, and a `PluginTimeout` after `ms`, which may be infinite. */
  call<T>(ms: number, plugin: number, run: () => T): T {
    const { code } = this;
    const outer = code.running;
    const { exitCode } = process;
    const isLimited = ms !== Number.POSITIVE_INFINITY;
    let result: T;
    if (outer === undefined) this.#exitCode = exitCode;
    if (isLimited) this.#presence?.allow(ms);
    code.running = plugin;
    this.#watch();
    try {
      code.run(plugin, () => {
        if (!isLimited) result = run();
        else
          withTimeLimit(ms, () => {
            result = run();
          });
      });
      // biome-ignore lint/style/noNonNullAssertion: assigned, or an error has been thrown.
      return result!;
    } finally {
      code.running = outer;
      if (isLimited) this.#presence?.over();
      if (process.exitCode !== exitCode) process.exitCode = exitCode;
      this.#tidy();
      this.#linger();
      this.#watch();
    }
  }

  /** What a plugin's promise gives; rejects with a `PluginTimeout` after `ms`. Keeps the process alive only when `hold` was called. */
  settle(ms: number, plugin: number, promise: PromiseLike<unknown>): Promise<unknown> {
    let waiting: Waiting | undefined;
    this.#presence?.allow(ms);
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => reject(new PluginTimeout(`its promise was not settled within ${inWords(ms)}`)), ms);
      this.#timers.add(timer);
      if (!this.#held) timer.unref();
      waiting = { plugin, reject, timer };
      this.#waiting.add(waiting);
      this.#watch();
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
      if (waiting) this.#waiting.delete(waiting);
      this.#presence?.over();
      this.#tidy();
      this.#linger();
      this.#watch();
    });
  }

  /** The plugin whose promise is waited for. */
  get waitsFor(): number | undefined {
    return [...this.#waiting][0]?.plugin;
  }

  /** What a plugin does at this moment is about to be ended in the middle: nothing of what would come behind it, here as well, is going to run. */
  giveUp(plugin: number, problem: PluginTimeout): void {
    if (this.code.running !== undefined) {
      this.code.running = undefined;
      if (process.exitCode !== this.#exitCode) process.exitCode = this.#exitCode;
    }
    if (this.#turn) clearTimeout(this.#turn as unknown as ReturnType<typeof setTimeout>);
    this.#turn = undefined;
    this.#requests.clear();
    const given = [...this.#waiting].filter((waiting) => waiting.plugin === plugin);
    for (const { timer } of given) clearTimeout(timer);
    // Microtasks that wait are thrown away with what is ended.
    setImmediate(() => {
      for (const { reject } of given) reject(problem);
      this.#tidy();
      this.#watch();
    });
  }

  /** From now on the process lives until promises are settled, or have taken too long. */
  hold(): void {
    this.#held = true;
    for (const timer of this.#timers) timer.ref();
  }

  /** The plugin whose fault it is that nobody handles the rejection of a promise. */
  ownerOfRejection(promise: unknown): number | undefined {
    const plugin = this.ownerOf(promise) ?? this.code.current();
    if (plugin !== undefined && typeof promise === 'object' && promise !== null) this.#promises.set(promise, plugin);
    return plugin;
  }

  /** The plugin that a promise belongs to, as far as that is known. */
  ownerOf(promise: unknown): number | undefined {
    return typeof promise === 'object' && promise !== null ? this.#promises.get(promise) : undefined;
  }

  /** Node asks whether somebody takes care of an error, and nobody but plugins listens: then it is not taken care of. */
  isHeardByPluginsOnly(event: string): boolean {
    return this.#guard?.isHeardByPluginsOnly(event) ?? false;
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
    const called = this.code.running !== undefined || this.#waiting.size > 0;
    if (called || this.#keepsGuard) this.#guard ??= this.#guardProcess();
    else {
      this.#guard?.remove();
      this.#guard = undefined;
    }
    const hooked = called || this.#lingering > 0 || this.#requests.size > 0 || this.#keepsHook;
    if (hooked === this.#hooked) return;
    this.#hooked = hooked;
    if (hooked) this.#hook.enable();
    else this.#hook.disable();
  }

  #guardProcess(): ProcessGuard {
    return new ProcessGuard({
      caller: () => this.code.caller(),
      isCalled: () => this.code.running !== undefined,
      failed: this.#failed,
      callBack: (plugin, run) => void this.#callBack(TIMER_MS, plugin, run),
    });
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
    const plugin = this.code.current();
    if (plugin === undefined) return;
    this.code.note(id, plugin);
    if (!this.code.hasContexts && REQUEST.test(type)) this.#requests.add(id);
    if (type === 'WORKER') this.#threads.add(resource);
    if (type === 'PROMISE') this.#promises.set(resource, plugin);
    else if (type !== 'TickObject' && type !== 'Microtask') {
      // Not finished yet: a timer is put into its list, and would be counted, only after this.
      this.#fresh.push({ plugin, type, resource });
      if (this.code.running === undefined && this.#fresh.length === 1) nextTick(() => this.#tidy());
    }
  }

  #tidy(): void {
    for (const { plugin, type, resource } of this.#fresh.splice(0)) {
      try {
        if (type in CALLED) this.#guardCalled(resource, CALLED[type as keyof typeof CALLED], plugin);
        resource.unref?.();
      } catch {
        // It is over already.
      }
    }
  }

  /** What a timer of the plugin's calls is a call into the plugin again, and so is what a server does with a new connection. */
  #guardCalled(resource: Resource, key: (typeof CALLED)[keyof typeof CALLED], plugin: number): void {
    const run = resource[key];
    if (typeof run !== 'function') return;
    const scope = this;
    let quickTurns = 0;
    resource[key] = function guarded(this: unknown, ...args: unknown[]): void {
      for (const one of args) scope.#takeOver(one, plugin);
      const began = now();
      const ms = quickTurns < TRUSTED_AFTER ? TIMER_MS : Number.POSITIVE_INFINITY;
      scope.#turn = resource;
      if (!scope.#callBack(ms, plugin, () => Reflect.apply(run, this, args))) clearTimeout(resource as unknown as ReturnType<typeof setTimeout>);
      scope.#turn = undefined;
      quickTurns = now() - began < QUICK_MS ? quickTurns + 1 : 0;
    };
  }

  /** A connection to a server of the plugin's: it has been made before its server is called. */
  #takeOver(given: unknown, plugin: number): void {
    const handle = given as (Unreferable & { getAsyncId?: () => number }) | null | undefined;
    if (typeof handle?.getAsyncId !== 'function') return;
    this.code.note(handle.getAsyncId(), plugin);
    handle.unref?.();
  }

  /** A call into a plugin that nobody waits for: what it throws is told. False: it took longer than it may. */
  #callBack(ms: number, plugin: number, run: () => unknown): boolean {
    try {
      this.call(ms, plugin, run);
    } catch (error) {
      this.#failed(plugin, error);
      return !(error instanceof PluginTimeout);
    }
    return true;
  }
}

/** A timer of a plugin's runs between the script's own work. */
const TIMER_MS = 1000;
/** To limit the time of a turn takes a thread for each: more than most turns take. A timer that was quick so often in a row is trusted. */
const TRUSTED_AFTER = 10;
const QUICK_MS = 5;
