import { FlowPhase } from '../../protocol/records.ts';
import { type AnyFunction, call, callHidden, type Functions, memory, type Trap } from './invisible.ts';
import { Operation, type OperationSource } from './operation.ts';
import { whenSettled } from './promised.ts';

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
    this.#again = repeats ? () => this.#putBack() : undefined;
  }

  get apply(): undefined {
    if (this.timer[this.#place] === this.callback) this.timer[this.#place] = this.#run;
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

  #putBack(): void {
    if (this.timer[this.#place] === this.#run) this.timer[this.#place] = this.callback;
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
    if (typeof run !== 'function') return callHidden(4, () => call(target, self, args));
    if (!source.writer.recording) return call(target, self, args);
    const operation = new TimerOperation(source, name, run as AnyFunction, place, repeats);
    args[0] = operation.callback;
    const timer = call(target, self, args) as Timer;
    operation.timer = timer;
    timers.put(timer, operation);
    const ms = args[1];
    operation.begin(place === '_onTimeout' && typeof ms === 'number' && ms - ms === 0 ? `{"ms":${ms}}` : '');
    return timer;
  };
}

/** `timers/promises`: `setInterval` of it, an iterator, is not told. */
export function watchTimerPromises(source: OperationSource, functions: Functions, holder: object): void {
  const promised = (name: string, hasTime: boolean): Trap => {
    return (target, self, args) => {
      if (!source.writer.recording) return call(target, self, args);
      const ms = args[0];
      const operation = new Operation(source, `timers.promises.${name}`, 'timer').begin(
        hasTime && typeof ms === 'number' && ms - ms === 0 ? `{"ms":${ms}}` : '',
      );
      return whenSettled(operation, call(target, self, args), () => '');
    };
  };
  functions.replace(holder, 'setTimeout', promised('setTimeout', true));
  functions.replace(holder, 'setImmediate', promised('setImmediate', false));
}

const clears: Trap = (target, self, args) => {
  const operation = timers.of(args[0]);
  if (operation?.open) operation.end('{"cleared":true}');
  return call(target, self, args);
};
