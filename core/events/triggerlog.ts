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
  readonly static?: boolean;
}
/** Whatever can be logged, in either spelling. */
interface Loggable {
  _viztracerLog?(): void;
  _viztracer_log?(): void;
}

const WHEN: readonly unknown[] = ['after', 'before', 'both'];

function log(event: Loggable): void {
  if (event._viztracerLog) event._viztracerLog();
  else if (event._viztracer_log) event._viztracer_log();
  else throw new TypeError('triggerlog is for methods of events: this object has no _viztracerLog');
}

/**
 * A promise, of whatever realm. What merely has a `then` is left alone: to call it may begin a query, and the method has to give what
 * it gave.
 */
const isPromise = (value: unknown): value is Promise<unknown> =>
  value instanceof Promise || (typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Promise]');

/** The logs of a call of `method`: a new function of the same name and length. An async method's "after" is when its promise is fulfilled. */
function wrap<T extends Method>(method: T, when: TriggerWhen): T {
  const [before, after] = [when !== 'after', when !== 'before'];
  const logged = function (this: Loggable, ...args: unknown[]): unknown {
    if (before) log(this);
    const result: unknown = Reflect.apply(method, this, args);
    if (!after) return result;
    if (isPromise(result)) {
      // The promise that is given is the one that is logged: a second branch would leave rejections unhandled, or hide them.
      return result.then((value: unknown) => {
        log(this);
        return value;
      });
    }
    log(this);
    return result;
  };
  for (const key of ['name', 'length'] as const) Object.defineProperty(logged, key, { value: method[key], configurable: true });
  return logged as unknown as T;
}

function readWhen(options: TriggerOptions | TriggerWhen | undefined): TriggerWhen {
  const given: unknown = options;
  const when: unknown = typeof given === 'object' && given !== null ? readOption(given) : given;
  if (when === undefined) return 'after';
  if (!WHEN.includes(when)) throw new Error(`when has to be one of 'after', 'before' or 'both', not ${String(when)}`);
  return when as TriggerWhen;
}

function readOption(options: object): unknown {
  const unknown = Object.keys(options).find((key) => key !== 'when');
  if (unknown !== undefined) throw new TypeError(`triggerlog has no option ${JSON.stringify(unknown)}; its option is when`);
  return 'when' in options ? options.when : undefined;
}

const isContext = (value: unknown): value is DecoratorContextLike => typeof value === 'object' && value !== null && 'kind' in value;

function decorate(when: TriggerWhen, args: readonly unknown[]): unknown {
  const [target, second, third] = args;
  if (typeof second === 'string' || typeof second === 'symbol') {
    if (typeof target === 'function') throw new TypeError(`triggerlog decorates methods of instances; ${String(second)} is static`);
    const descriptor = (third ?? Object.getOwnPropertyDescriptor(target, second)) as PropertyDescriptor | undefined;
    if (typeof descriptor?.value !== 'function') throw new TypeError(`triggerlog decorates methods; ${String(second)} is none`);
    return { ...descriptor, value: wrap(descriptor.value as Method, when) };
  }
  if (isContext(second) && second.kind !== 'method') throw new TypeError(`triggerlog decorates methods, and not a ${second.kind}`);
  if (isContext(second) && second.static) throw new TypeError(`triggerlog decorates methods of instances; ${String(second.name)} is static`);
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
 * Decorators of the language and those of TypeScript's `experimentalDecorators`. A method that throws has no "after"; that of an async one
 * comes when its promise is fulfilled, and not if it is rejected; that of a generator, also an async one, when the generator is made.
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
