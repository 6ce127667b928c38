import { Script } from 'node:vm';
import { NAMES } from '../../instrument/inserted-text.ts';

/**
 * Gives the names that instrumented code calls to all code of this thread: as constants in the global scope of scripts, where the
 * engine finds them as fast as its own, and nothing is to be seen on `globalThis`.
 */
export function bindNames(values: Readonly<Partial<Record<keyof typeof NAMES, unknown>>>): void {
  const key = Symbol.for('trace-studio.calls');
  Object.defineProperty(globalThis, key, { value: values, configurable: true });
  try {
    const constants = Object.keys(values).map((name) => `${NAMES[name as keyof typeof NAMES]}=bound.${name}`);
    new Script(`const ${constants.join().replaceAll('bound', "globalThis[Symbol.for('trace-studio.calls')]")};`).runInThisContext();
  } finally {
    delete (globalThis as { [key]?: unknown })[key];
  }
}
