/**
 * Wraps a part of the stand-in so that asking it for a member that it does not have throws. Without this an absent method would be
 * `undefined` and a test could pass although Electron was never imitated.
 */
export function notImplemented<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get(target, key) {
      // Promises are recognised by asking for `then`; Node's inspection asks for symbols.
      if (key in target || typeof key === 'symbol' || key === 'then' || key === 'toJSON') {
        // The target as `this` keeps getters over private fields working.
        const value: unknown = Reflect.get(target, key, target);
        return value;
      }
      throw new Error(`stand-in: ${name}.${key} is not implemented`);
    },
  });
}
