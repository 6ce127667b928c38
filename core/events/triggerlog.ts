export type TriggerWhen = 'after' | 'before' | 'both';
export interface TriggerOptions {
  readonly when?: TriggerWhen;
}

type Method = (this: never, ...args: never[]) => unknown;
type MethodDecorator = {
  <T extends Method>(method: T, context: DecoratorContextLike): T;
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
};
interface DecoratorContextLike {
  readonly kind: string;
  readonly name: string | symbol;
}
interface Loggable {
  _viztracerLog(): void;
}

const WHEN: readonly unknown[] = ['after', 'before', 'both'];

/** The logs of a call of `method`: a new function of the same name and length. An async method's "after" is when it settles. */
function wrap<T extends Method>(method: T, when: TriggerWhen): T {
  const [before, after] = [when !== 'after', when !== 'before'];
  const logged = function (this: Loggable, ...args: unknown[]): unknown {
    if (before) this._viztracerLog();
    const result: unknown = Reflect.apply(method, this, args);
    if (!after) return result;
    if (result instanceof Promise) {
      return result.then((value: unknown) => {
        this._viztracerLog();
        return value;
      });
    }
    this._viztracerLog();
    return result;
  };
  for (const key of ['name', 'length'] as const) Object.defineProperty(logged, key, { value: method[key], configurable: true });
  return logged as unknown as T;
}

function readWhen(options: TriggerOptions | TriggerWhen | undefined): TriggerWhen {
  const when: unknown = typeof options === 'object' && options !== null && 'when' in options ? options.when : options;
  const empty = typeof when === 'object' && when !== null;
  if (when === undefined || empty) return 'after';
  if (!WHEN.includes(when)) throw new Error(`when has to be one of 'after', 'before' or 'both', not ${String(when)}`);
  return when as TriggerWhen;
}

const isContext = (value: unknown): value is DecoratorContextLike => typeof value === 'object' && value !== null && 'kind' in value;

function decorate(when: TriggerWhen, args: readonly unknown[]): unknown {
  const [target, second, third] = args;
  if (typeof second === 'string' || typeof second === 'symbol') {
    const descriptor = (third ?? Object.getOwnPropertyDescriptor(target, second)) as PropertyDescriptor | undefined;
    if (typeof descriptor?.value !== 'function') throw new TypeError(`triggerlog decorates methods; ${String(second)} is none`);
    return { ...descriptor, value: wrap(descriptor.value as Method, when) };
  }
  if (isContext(second) && second.kind !== 'method') throw new TypeError(`triggerlog decorates methods, and not a ${second.kind}`);
  return wrap(target as Method, when);
}

/**
 * Logs the event that a method belongs to when the method is called: after it (the default), before it, or both.
 *
 *     class Cart extends VizObject {
 *       @triggerlog add(item) { … }
 *       @triggerlog({ when: 'both' }) clear() { … }
 *     }
 *     Cart.prototype.remove = triggerlog(function remove(item) { … }, { when: 'before' });
 *
 * Decorators of the language and those of TypeScript's `experimentalDecorators`. A method that throws has no "after".
 * Another `when` throws at once.
 */
export function triggerlog<T extends Method>(method: T, context: DecoratorContextLike): T;
export function triggerlog(target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
export function triggerlog<T extends Method>(method: T, options?: TriggerOptions | TriggerWhen): T;
export function triggerlog(options?: TriggerOptions | TriggerWhen): MethodDecorator;
export function triggerlog(...args: unknown[]): unknown {
  const [first, second] = args;
  const keyed = typeof second === 'string' && args.length > 2;
  if (typeof second === 'symbol' || keyed || isContext(second)) return decorate('after', args);
  if (typeof first === 'function') return wrap(first as unknown as Method, readWhen(second as TriggerOptions | undefined));
  const when = readWhen(first as TriggerOptions | TriggerWhen | undefined);
  return (...given: unknown[]): unknown => decorate(when, given);
}
