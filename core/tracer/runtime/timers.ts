import { inspect } from 'node:util';
import { FlowPhase } from '../../protocol/records.ts';
import { type AnyFunction, call, callHidden, type Functions, memory, type Trap } from './invisible.ts';
import { Operation, type OperationSource } from './operation.ts';
import { PromisedOperation } from './promised.ts';

type TimerProperty = '_onTimeout' | '_onImmediate';
type Timer = Record<string, unknown>;

// Taken at load: a script may replace them.
const then = Promise.prototype.then;
const settled = Promise.resolve();

const soon = (run: () => void): unknown => call(then, settled, [run]);

const timers = memory<TimerOperation>();

/**
 * A timer under way, and the handler of the proxy that stands in the timer for its callback (see invisible.ts). As it is called, the callback
 * itself takes its place again: stack traces name it after the place that it is found in (`Timeout._onTimeout`).
 */
class TimerOperation extends Operation {
  readonly #run: AnyFunction;
  readonly #place: TimerProperty;
  readonly #again: (() => void) | undefined;
  readonly callback: AnyFunction;
  timer: Timer = {};

  constructor(source: OperationSource, name: string, run: AnyFunction, place: TimerProperty, repeats: boolean) {
    super(source, name, 'timer');
    this.#run = run;
    this.#place = place;
    this.callback = new Proxy(run, this as object);
    this.#again = repeats ? () => this.putBack() : undefined;
  }

  get apply(): undefined {
    this.show();
    if (this.#again) {
      this.resumes(FlowPhase.STEP);
      // Behind the callback, and before the timer is due again.
      soon(this.#again);
    } else {
      this.resumes();
      this.end('');
    }
    return undefined;
  }

  /** The callback stands in its place. */
  show(): void {
    if (this.timer[this.#place] === this.callback) this.timer[this.#place] = this.#run;
  }

  putBack(): void {
    if (this.open && this.timer[this.#place] === this.#run) this.timer[this.#place] = this.callback;
  }
}

/** Timers: `holders` are the objects that a script finds the functions on. An interval is one operation until it is cleared. */
export function watchTimers(source: OperationSource, functions: Functions, holders: readonly object[]): void {
  for (const holder of holders) {
    functions.replace(holder, 'setTimeout', starts('setTimeout', '_onTimeout', false, source));
    functions.replace(holder, 'setInterval', starts('setInterval', '_onTimeout', true, source));
    functions.replace(holder, 'setImmediate', starts('setImmediate', '_onImmediate', false, source));
    for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) functions.replace(holder, name, clears);
  }
}

function starts(name: string, place: TimerProperty, repeats: boolean, source: OperationSource): Trap {
  return (target, self, args) => {
    const run = args[0];
    if (typeof run !== 'function') return callHidden(3, target, self, args);
    if (!source.writer.recording) return call(target, self, args);
    const operation = new TimerOperation(source, name, run as AnyFunction, place, repeats);
    args[0] = operation.callback;
    const timer = call(target, self, args) as Timer;
    operation.timer = timer;
    timers.put(timer, operation);
    operation.begin(place === '_onTimeout' ? timeOf(args[1]) : '');
    return timer;
  };
}

/** `timers/promises`: `setInterval` of it, an iterator, is not told. */
export function watchTimerPromises(source: OperationSource, functions: Functions, holder: object): void {
  for (const [name, hasTime] of [['setTimeout', true] as const, ['setImmediate', false] as const]) {
    functions.replacePromising(holder, name, (_self, args) => {
      if (!source.writer.recording) return undefined;
      const operation = new Operation(source, `timers.promises.${name}`, 'timer').begin(hasTime ? timeOf(args[0]) : '');
      return new PromisedOperation(operation, () => '');
    });
  }
}

const timeOf = (ms: unknown): string => (typeof ms === 'number' && ms - ms === 0 ? `{"ms":${ms}}` : '');

/** A timer that is printed shows the script's callback, also where Node says of a proxy that it is one. */
export function showPlainTimers(functions: Functions): void {
  if (!showsProxies()) return;
  const timeout = setTimeout(() => {}, 0);
  clearTimeout(timeout);
  functions.replace(Reflect.getPrototypeOf(timeout) as object, inspect.custom, (target, self, args) => {
    const operation = timers.of(self);
    operation?.show();
    const text = call(target, self, args);
    operation?.putBack();
    return text;
  });
  const immediate = setImmediate(() => {});
  clearImmediate(immediate);
  const value = function (this: object): object {
    const operation = timers.of(this);
    operation?.show();
    soon(() => operation?.putBack());
    return this;
  };
  Reflect.defineProperty(Reflect.getPrototypeOf(immediate) as object, inspect.custom, { value, writable: true, enumerable: false, configurable: true });
}

const showsProxies = (): boolean => Number.parseInt(process.versions.node, 10) >= 25 && inspect(new Proxy(() => {}, {})).startsWith('Proxy');

const clears: Trap = (target, self, args) => {
  const operation = timers.of(args[0]);
  if (operation?.open) operation.end('{"cleared":true}');
  return call(target, self, args);
};
