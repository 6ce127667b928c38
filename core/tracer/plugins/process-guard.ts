import { PluginProblem } from '../../plugin-api/plugin-failure.ts';

type Call = (...args: unknown[]) => unknown;

export interface ProcessGuardOptions {
  /** The plugin whose code calls, if it is one. */
  readonly caller: () => number | undefined;
  /** Whether a plugin is in the middle of a call of ours. */
  readonly isCalled: () => boolean;
  readonly failed: (plugin: number, error: unknown) => void;
  /** Runs `run` as a call into the plugin: what it throws is told. */
  readonly callBack: (plugin: number, run: () => unknown) => void;
}

/** What each function of the process would do to the script, as it stands behind "a plugin may not". */
const REFUSED: Readonly<Record<string, string>> = {
  exit: 'end the process',
  reallyExit: 'end the process',
  abort: 'end the process',
  kill: 'end the process',
  chdir: 'change the working directory',
  setUncaughtExceptionCaptureCallback: "take the script's errors",
};
const LISTENING = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const;
/** What Node asks about, before it ends the process. */
const ASKING: ReadonlySet<string> = new Set(['uncaughtException', 'unhandledRejection']);

/**
 * Stands between plugins and the process that they share with the script: the ways out refuse themselves to plugins, and their
 * listeners are calls into the plugin. Everything passes the script through.
 */
export class ProcessGuard {
  readonly #options: ProcessGuardOptions;
  readonly #undo: (() => void)[] = [];
  /** Listeners of plugins, as they stand in the process's lists. */
  readonly #listeners = new WeakSet<object>();

  constructor(options: ProcessGuardOptions) {
    this.#options = options;
    for (const name of Object.keys(REFUSED)) this.#replace(name, (plain) => this.#refusing(name, plain));
    // Of how plugins are loaded Node need not tell.
    this.#replace('emitWarning', (plain) => (...args) => {
      if (!options.isCalled() || !args.includes('ExperimentalWarning')) Reflect.apply(plain, process, args);
    });
  }

  /** From now on also those of plugins that have been begun by something else than a call of ours. */
  guardListeners(): void {
    for (const name of LISTENING) this.#replace(name, (plain) => this.#listening(name, plain));
  }

  /** Node asks whether somebody takes care of an error, and nobody but plugins listens. */
  isHeardByPluginsOnly(event: string): boolean {
    if (!ASKING.has(event)) return false;
    const listeners = process.rawListeners(event as 'uncaughtException');
    return listeners.length > 0 && listeners.every((listener) => this.#listeners.has(listener));
  }

  remove(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #refusing(name: string, plain: Call): Call {
    return (...args) => {
      const plugin = name === 'kill' && !endsUs(args) ? undefined : this.#options.caller();
      if (plugin === undefined) return Reflect.apply(plain, process, args);
      throw this.#refuse(plugin, `called process.${name}(${args.map(wordOf).join(', ')})`, REFUSED[name] as string);
    };
  }

  #refuse(plugin: number, did: string, what: string): PluginProblem {
    const problem = new PluginProblem(`it ${did}: a plugin may not ${what}`);
    this.#options.failed(plugin, problem); // It may catch what is thrown.
    return problem;
  }

  #listening(name: (typeof LISTENING)[number], plain: Call): Call {
    const { caller, callBack } = this.#options;
    const once = /once/i.test(name);
    const listeners = this.#listeners;
    const guard = this;
    return function (this: unknown, event: unknown, listener: unknown, ...rest: unknown[]) {
      const plugin = typeof listener === 'function' ? caller() : undefined;
      if (plugin === undefined) return Reflect.apply(plain, this, [event, listener, ...rest]) as unknown;
      if (typeof event === 'string' && /^SIG[A-Z]/.test(event)) {
        guard.#refuse(plugin, `listened to ${event}`, 'keep the process from being ended');
        return this;
      }
      const guarded = (...args: unknown[]): void => {
        if (once) process.removeListener(event as string, guarded);
        callBack(plugin, () => Reflect.apply(listener as Call, process, args));
      };
      // By this name Node finds it when the listener itself is to be removed or listed.
      Object.assign(guarded, { listener });
      listeners.add(guarded);
      const add = once ? (name === 'once' ? 'on' : 'prependListener') : name;
      Reflect.apply(eventEmitter[add] as Call, this, [event, guarded]);
      return this;
    };
  }

  /** A function of the process, until `remove`; whatever reads it sees the same name and length. */
  #replace(name: string, make: (plain: Call) => Call): void {
    const target = process as unknown as Record<string, Call>;
    const plain = target[name];
    if (typeof plain !== 'function') return;
    const ours = Object.defineProperties(make(plain), { name: { value: plain.name }, length: { value: plain.length } });
    const own = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { value: ours, writable: true, configurable: true, enumerable: own?.enumerable ?? false });
    this.#undo.push(() => {
      if (target[name] !== ours) return; // The script has put in its own meanwhile.
      if (own) target[name] = plain;
      else Reflect.deleteProperty(target, name);
    });
  }
}

// Taken at load: where a script has put in its own, that is not called for plugins.
const eventEmitter = Object.getPrototypeOf(Object.getPrototypeOf(process)) as Record<string, Call>;

/** The signal goes to this process, or to the group that it is in; 0 is none. */
const endsUs = ([pid, signal]: readonly unknown[]): boolean => signal !== 0 && (pid === process.pid || pid === 0 || pid === -process.pid || pid === -1);

const wordOf = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : String(value));
