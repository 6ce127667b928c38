/**
 * Ways to be told of a call that the script cannot see.
 *
 * - **A function that Node calls back** is given as a proxy whose handler has `apply` as a *getter*: the engine asks for the trap, the getter
 *   records and says that there is none, and the engine calls the script's function itself. No frame of ours is on the stack, whatever
 *   the function throws or prints.
 * - **A function that the script calls** is replaced by one that stands in for it, since there the arguments are wanted: of the same kind, with the same
 *   name, length, properties and text. (A proxy would need none of that, but Node 26 prints `Proxy(…)` for one.) Its frame is on the stack while
 *   Node's function runs; stack-frames.ts leaves it out.
 * - **A method that Node calls on an object** becomes an accessor of the prototype: the getter is told the object.
 */
import { types } from 'node:util';
import { OwnMap } from '../own-map.ts';

// biome-ignore lint/suspicious/noExplicitAny: functions of Node and of the script, with any arguments.
export type AnyFunction = (this: any, ...args: any[]) => any;
/** Called in place of `target`. `args` may be changed. */
export type Trap = (target: AnyFunction, self: unknown, args: unknown[]) => unknown;

/** Of one call of a function that gives a promise. */
export interface Promised {
  resolved(value: unknown): void;
  rejected(error: unknown): void;
}

// Taken at load: a script may replace them.
const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf } = Reflect;
const { isAsyncFunction, isPromise } = types;
const then = Promise.prototype.then;

/** What stands in for a function, and for which. */
export class Functions {
  readonly #standIns = new OwnMap<AnyFunction, AnyFunction>();
  readonly #targets = new WeakMap<object, AnyFunction>();
  #hidden = false;

  /** Has `trap` called in place of `holder[name]`, if that is a function. A function that is found in several places stays one. */
  replace(holder: object, name: PropertyKey, trap: Trap): void {
    this.#put(holder, name, (target) => standIn(target, trap));
  }

  /** `watch` is called before a function that gives a promise, and what it gives when that settles, before anyone who waits for it. */
  replacePromising(holder: object, name: PropertyKey, watch: (self: unknown, args: readonly unknown[]) => Promised | undefined): void {
    this.#put(holder, name, (target) => {
      if (isAsyncFunction(target)) return promisingStandIn(target, watch);
      return standIn(target, (_, self, args) => {
        const promised = watch(self, args);
        const result = apply(target, self, args);
        return promised ? whenSettled(promised, result) : result;
      });
    });
  }

  /** What stood in its place, of a function that was replaced; the function itself of any other. */
  original(value: unknown): unknown {
    return (isObject(value) && this.#targets.get(value)) || value;
  }

  #put(holder: object, name: PropertyKey, make: (target: AnyFunction) => AnyFunction): void {
    const descriptor = getOwnPropertyDescriptor(holder, name);
    const target: unknown = descriptor?.value;
    if (typeof target !== 'function' || !(descriptor?.writable || descriptor?.configurable) || this.#targets.has(target)) return;
    let value = this.#standIns.get(target as AnyFunction);
    if (!value) {
      value = make(target as AnyFunction);
      this.#standIns.set(target as AnyFunction, value);
      this.#targets.set(value, target as AnyFunction);
    }
    defineProperty(holder, name, { ...descriptor, value });
    this.#hide();
  }

  /** `String(fs.readFile)` is the text of Node's function. */
  #hide(): void {
    if (this.#hidden) return;
    this.#hidden = true;
    const targets = this.#targets;
    this.replace(Function.prototype, 'toString', (target, self, args) => apply(target, (isObject(self) && targets.get(self)) || self, args));
  }
}

/** Methods, since they have no `prototype` of their own; the one of `target` comes with its other properties. */
function standIn(target: AnyFunction, trap: Trap): AnyFunction {
  const { method } = {
    method(this: unknown, ...args: unknown[]) {
      return trap(target, this, args);
    },
  };
  return liken(method, target);
}

function promisingStandIn(target: AnyFunction, watch: (self: unknown, args: readonly unknown[]) => Promised | undefined): AnyFunction {
  const { method } = {
    async method(this: unknown, ...args: unknown[]) {
      const promised = watch(this, args);
      try {
        const value: unknown = await apply(target, this, args);
        promised?.resolved(value);
        return value;
      } catch (error) {
        promised?.rejected(error);
        throw error;
      }
    },
  };
  return liken(method, target);
}

/** Gives `method` the properties of `target`, in their order. */
function liken(method: AnyFunction, target: AnyFunction): AnyFunction {
  for (const key of ownKeys(method)) deleteProperty(method, key);
  for (const key of ownKeys(target)) defineProperty(method, key, getOwnPropertyDescriptor(target, key) as PropertyDescriptor);
  setPrototypeOf(method, getPrototypeOf(target));
  return method;
}

/**
 * A promise of the same outcome, which takes the place of the one that was given: one that is looked at is one whose rejection counts as handled.
 */
export function whenSettled(promised: Promised, promise: unknown): unknown {
  if (!isPromise(promise)) return promise;
  return apply(then, promise, [
    (value: unknown) => {
      promised.resolved(value);
      return value;
    },
    (error: unknown) => {
      promised.rejected(error);
      throw error;
    },
  ]);
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

/** False: it cannot be set (`--frozen-intrinsics`, a script that has frozen it). */
function limitStacks(frames: number): boolean {
  try {
    Error.stackTraceLimit = frames;
    return true;
  } catch {
    return false;
  }
}

/**
 * As `call`, where Node may throw. An error's stack has so many frames, and `frames` of them are ours, from the one that stands in to this one: stack-frames.ts leaves
 * them out, and as many others are to take their place.
 */
export function callHidden(frames: number, target: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
  const limit: unknown = Error.stackTraceLimit;
  if (typeof limit !== 'number' || !limitStacks(limit + frames)) return apply(target, self, args);
  try {
    return apply(target, self, args);
  } finally {
    // Unless somebody else has changed it meanwhile.
    if (Error.stackTraceLimit === limit + frames) limitStacks(limit);
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
