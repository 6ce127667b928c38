/**
 * An EventEmitter whose unknown members throw, as `notImplemented` does for plain objects: the guard stands at the end of the
 * prototype chain, so that private fields and `this` work as usual.
 */
import { EventEmitter } from 'node:events';

export class GuardedEmitter extends EventEmitter {}

Object.setPrototypeOf(
  GuardedEmitter.prototype,
  new Proxy(EventEmitter.prototype, {
    get(target, key, receiver: object) {
      // `then`, `toJSON` and `domain` are asked of any object by promises, JSON and Node's own emitter.
      if (key in target || typeof key === 'symbol' || key === 'then' || key === 'toJSON' || key === 'domain') return Reflect.get(target, key, receiver);
      throw new Error(`stand-in: ${receiver.constructor.name}.${key} is not implemented`);
    },
  }),
);

/** An event object whose `preventDefault` was or was not called. */
export interface Preventable {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
}

/** Emits and tells whether a listener prevented the default. */
export function emitPreventable(emitter: EventEmitter, name: string, details: object = {}, ...args: unknown[]): boolean {
  let prevented = false;
  const event: Preventable = {
    ...details,
    get defaultPrevented() {
      return prevented;
    },
    preventDefault: () => {
      prevented = true;
    },
  };
  emitter.emit(name, event, ...args);
  return prevented;
}
