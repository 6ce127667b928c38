import type { PluginFailure } from '../protocol/plugins.ts';

/** Told to the user as it is: a stack would say nothing more. */
export class PluginProblem extends Error {}

/** The plugin took longer than it may. */
export class PluginTimeout extends PluginProblem {}

const MAX_MESSAGE = 500;
const MAX_STACK = 8000;

/** Whatever a plugin throws, in words. Never throws itself: what is thrown may be an object that does. */
export function failureOf(during: PluginFailure['during'], error: unknown): PluginFailure {
  try {
    if (error instanceof PluginProblem) return { during, message: error.message };
    if (typeof error !== 'object' || error === null)
      return { during, message: `it threw ${firstLine(typeof error === 'string' ? `"${error}"` : String(error))}` };
    const { name, message, stack } = error as { name?: unknown; message?: unknown; stack?: unknown };
    const text = firstLine(`${typeof name === 'string' && name !== '' ? name : 'Error'}: ${String(message)}`);
    return { during, message: text, ...(typeof stack === 'string' && { stack: stack.slice(0, MAX_STACK) }) };
  } catch {
    return { during, message: 'it threw something that cannot be shown' };
  }
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] as string).slice(0, MAX_MESSAGE);
