import { Script } from 'node:vm';
import { PluginTimeout } from '../../plugin-api/plugin-failure.ts';

const CALL = Symbol.for('trace-studio.call');
// Parsed once. Node can end what runs in a script of its own, also a loop that never comes back, and nothing else.
const script = new Script(`globalThis[Symbol.for('trace-studio.call')]()`, { filename: 'trace-studio' });

export const inWords = (ms: number): string => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`);

/**
 * Runs `run` for at most `ms`, then ends it wherever it is and throws a `PluginTimeout`. What is ended runs no `finally`. A call
 * into the system (`execSync`, `readSync`) is not ended.
 */
export function withTimeLimit(ms: number, run: () => void): void {
  let failed: { readonly error: unknown } | undefined;
  const call = (): void => {
    Reflect.deleteProperty(globalThis, CALL);
    try {
      run();
    } catch (error) {
      failed = { error }; // Passed around the script, which would add its own lines to the stack.
    }
  };
  Object.defineProperty(globalThis, CALL, { value: call, configurable: true, enumerable: false });
  try {
    script.runInThisContext({ timeout: ms, displayErrors: false });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new PluginTimeout(`it took longer than ${inWords(ms)}, and was ended`);
    throw error;
  } finally {
    Reflect.deleteProperty(globalThis, CALL);
  }
  if (failed) throw failed.error;
}
