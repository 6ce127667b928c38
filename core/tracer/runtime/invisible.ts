/**
 * Ways to be told of a call that the script cannot see.
 *
 * - **A function that Node calls back** is given as a proxy whose handler has `apply` as a *getter*: the engine asks for the trap, the getter
 *   records and says that there is none, and the engine calls the script's function itself. No frame of ours is on the stack, whatever
 *   the function throws or prints.
 * - **A function that the script calls** is replaced by a proxy with a trap, since there the arguments are wanted. It keeps its name, its length, its
 *   properties and (by `hideProxies`) its text. Its frame is on the stack while Node's function runs: `withoutOwnFrames` is for errors that Node throws.
 * - **A method that Node calls on an object** becomes an accessor of the prototype: the getter is told the object.
 */

/** Of functions: what a proxy may stand for. */
// biome-ignore lint/suspicious/noExplicitAny: functions of Node and of the script, with any arguments.
export type AnyFunction = (this: any, ...args: any[]) => any;
/** `args` is the trap's own: it may be changed. */
export type Trap = (target: AnyFunction, self: unknown, args: unknown[]) => unknown;

// Taken at load: a script may replace them.
const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

/** What stands for a function in a replaced place, and what it stands for. */
export class Functions {
  readonly #proxies = new Map<AnyFunction, AnyFunction>();
  readonly #targets = new WeakMap<object, AnyFunction>();
  #hidden = false;

  /** Puts a proxy in the place of `holder[name]`, if that is a function. A function that stands in several places becomes one proxy. */
  replace(holder: object, name: PropertyKey, trap: Trap): void {
    const descriptor = getOwnPropertyDescriptor(holder, name);
    const target: unknown = descriptor?.value;
    if (typeof target !== 'function' || !(descriptor?.writable || descriptor?.configurable)) return;
    const proxy = this.#proxyOf(target as AnyFunction, trap);
    if (proxy !== target) defineProperty(holder, name, { ...descriptor, value: proxy });
  }

  /** What stood in its place, of a function that was replaced; the function itself of any other. */
  original(value: unknown): unknown {
    return (isObject(value) && this.#targets.get(value)) || value;
  }

  #proxyOf(target: AnyFunction, trap: Trap): AnyFunction {
    if (this.#targets.has(target)) return target;
    const known = this.#proxies.get(target);
    if (known) return known;
    const proxy = new Proxy(target, { apply: trap });
    this.#proxies.set(target, proxy);
    this.#targets.set(proxy, target);
    this.#hide();
    return proxy;
  }

  /** `String(fs.readFile)` is the text of the function, and not that of a proxy, which has none. */
  #hide(): void {
    if (this.#hidden) return;
    this.#hidden = true;
    const targets = this.#targets;
    this.replace(Function.prototype, 'toString', (target, self, args) => apply(target, (isObject(self) && targets.get(self)) || self, args));
  }
}

const isObject = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function';

/**
 * Makes `name` of `prototype` an accessor, whose getter calls `read` with the object that the method is about to be called on. Whoever assigns to it
 * gets what an assignment to a plain method gives.
 */
export function onMethod(prototype: object, name: PropertyKey, read: (self: object) => void): void {
  const descriptor = getOwnPropertyDescriptor(prototype, name);
  if (typeof descriptor?.value !== 'function' || !descriptor.configurable) return;
  let { value } = descriptor;
  // A stack trace names a method after the property that holds it, and an accessor holds none.
  if (value.name === '' && typeof name === 'string') defineProperty(value, 'name', { value: name, configurable: true });
  defineProperty(prototype, name, {
    get(this: object) {
      if (this !== prototype) unlessItThrows(read, this);
      return value;
    },
    set(this: object, next: unknown) {
      if (this === prototype) value = next;
      else defineProperty(this, name, { value: next, writable: true, enumerable: true, configurable: true });
    },
    enumerable: descriptor.enumerable ?? false,
    configurable: true,
  });
}

/** What is thrown there would be thrown in the middle of Node's own work, in the script: what `read` would have told is missing instead. */
function unlessItThrows(read: (self: object) => void, self: object): void {
  try {
    read(self);
  } catch {
    // A script may have replaced anything that the tracer is made of.
  }
}

/** The object of `from`'s prototype chain that has `name` of its own. */
export function ownerOf(from: object, name: PropertyKey): object | undefined {
  for (let at: object | null = from; at; at = getPrototypeOf(at)) if (getOwnPropertyDescriptor(at, name)) return at;
  return undefined;
}

/** Calls `target` as the engine would. */
export const call = (target: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown => apply(target, self, args);

const limit = getOwnPropertyDescriptor(Error, 'stackTraceLimit');
const canRaiseLimit = limit?.writable === true;

/** As `call`, where Node may throw: an error's stack has so many frames, and `frames` of them are ours, which stack-frames.ts leaves out. */
export function callHidden<T>(frames: number, run: () => T): T {
  const before = Error.stackTraceLimit;
  if (!canRaiseLimit || typeof before !== 'number') return run();
  Error.stackTraceLimit = before + frames;
  try {
    return run();
  } finally {
    // Unless somebody else has changed it meanwhile.
    if (Error.stackTraceLimit === before + frames) Error.stackTraceLimit = before;
  }
}

/** Only a constructor that returns another object can put a private field on it. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: see above.
    return object;
  }
}

/**
 * Remembers something on an object of Node's or the script's, where nobody sees it: a private field, at a twentieth of what a WeakMap costs.
 * Each kind of memory is a class of its own: `class OfTimer extends memory<Timer>() {}`.
 */
export function memory<Value>(): {
  readonly put: (object: object, value: Value) => void;
  readonly of: (object: unknown) => Value | undefined;
} {
  class Memory extends Given {
    #value: Value | undefined;

    static put(object: object, value: Value): void {
      const known = #value in object ? (object as Memory) : (new Memory(object) as Memory);
      known.#value = value;
    }
    static of(object: unknown): Value | undefined {
      return isObject(object) && #value in object ? (object as Memory).#value : undefined;
    }
  }
  return Memory;
}
