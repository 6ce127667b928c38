import { nameOf } from './trace-data.ts';

export type ReadAnswer =
  /** Nothing to do. */
  | { readonly kind: 'nothing'; readonly warning?: string }
  | { readonly kind: 'handle_data'; readonly handler: (data: unknown) => unknown }
  | { readonly kind: 'junk'; readonly problem: string };

/**
 * What an answer to an event means. Reads properties of the plugin's own, which may throw. Nothing, an empty object or list and
 * a text are what plugins answer who have nothing to say; an action that is not known is worth a word, since it may be misspelt.
 */
export function readEventAnswer(answer: unknown): ReadAnswer {
  if (answer === undefined || answer === null || typeof answer === 'string') return { kind: 'nothing' };
  if (typeof answer !== 'object') return { kind: 'junk', problem: `it answered with ${nameOf(answer)}, not with an object` };
  const { action, handler } = answer as { action?: unknown; handler?: unknown };
  if (action === undefined || action === null) return { kind: 'nothing' };
  if (action !== 'handle_data')
    return { kind: 'nothing', warning: `it answered with the action ${shortText(action)}, which is not known: there is handle_data` };
  if (handler === undefined) return { kind: 'junk', problem: 'it answered handle_data without a handler' };
  if (typeof handler !== 'function') return { kind: 'junk', problem: `the handler of its handle_data is ${nameOf(handler)}, not a function` };
  return { kind: 'handle_data', handler: (data) => Reflect.apply(handler, answer, [data]) as unknown };
}

/** True if `terminate` was answered as it has to be. */
export function isSuccess(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && Boolean((answer as { success?: unknown }).success);
}

const MAX_ANSWER = 200;

/** An answer as the window shows it. Reads only what lies there: no getter runs. */
export function answerText(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return shortText(answer);
  if (Array.isArray(answer)) return `[${answer.length} entries]`;
  const fields = Object.entries(Object.getOwnPropertyDescriptors(answer)).map(([key, { value }]) => `${key}: ${shortText(value)}`);
  return cut(fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`);
}

function shortText(value: unknown): string {
  if (typeof value === 'string') return cut(JSON.stringify(value.slice(0, MAX_ANSWER)));
  if (typeof value === 'function') return `function ${cut(String(value.name))}`.trimEnd();
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}';
  return cut(String(value));
}

const cut = (text: string): string => (text.length > MAX_ANSWER ? `${text.slice(0, MAX_ANSWER)}…` : text);
