/** Reads a `PluginState` that another process or a file told: whatever it is, what comes out has the type and a bounded size. */
import type { PluginFailure, PluginState, PluginWhen } from './plugins.ts';

/** A launch has at most so many plugins; of more than that in a process, with those of the script's own tracers, nothing is told. */
export const MAX_PLUGINS = 100;
export const MAX_FAILURES = 20;
const MAX_WARNINGS = 20;
const MAX_TEXT = 1000;
/** Specs and paths: nobody types a longer one. */
const MAX_SPEC = 4000;
const MAX_STACK = 8000;

const WHENS: readonly PluginWhen[] = ['initialize', 'pre-start', 'post-stop', 'pre-save', 'terminate'];
const DURINGS: readonly PluginFailure['during'][] = ['load', ...WHENS, 'handle_data'];
const STATES: readonly PluginState['state'][] = ['loading', 'ready', 'failed', 'terminated'];
const HANDLERS: readonly PluginState['handler'][] = ['none', 'ran', 'needed'];

/** Undefined if it does not say which plugin it is of. What is too long is cut, what is missing or of a wrong kind gets a harmless value. */
export function readPluginState(value: unknown): PluginState | undefined {
  if (!isObject(value)) return undefined;
  const { index } = value;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= MAX_PLUGINS) return undefined;
  const spec = text(value.spec, MAX_SPEC) ?? '';
  const file = text(value.file, MAX_SPEC);
  const supportVersion = text(value.supportVersion, 100);
  const lastMessage = oneOf(value.lastMessage, WHENS);
  const lastAnswer = text(value.lastAnswer, MAX_TEXT);
  const failures = list(value.failures, -MAX_FAILURES).flatMap(readFailure);
  return {
    index,
    ...(value.ofScript === true && { ofScript: true as const }),
    spec,
    name: text(value.name, MAX_TEXT) ?? spec,
    ...(file !== undefined && { file }),
    ...(supportVersion !== undefined && { supportVersion }),
    state: oneOf(value.state, STATES) ?? 'loading',
    messages: count(value.messages),
    ...(lastMessage !== undefined && { lastMessage }),
    ...(lastAnswer !== undefined && { lastAnswer }),
    spentMs: typeof value.spentMs === 'number' && value.spentMs > 0 && Number.isFinite(value.spentMs) ? value.spentMs : 0,
    handler: oneOf(value.handler, HANDLERS) ?? 'none',
    ranIn: value.ranIn === 'plugin-host' ? 'plugin-host' : 'target',
    failures,
    failureCount: Math.max(count(value.failureCount), failures.length),
    warnings: list(value.warnings, MAX_WARNINGS).flatMap((warning) => text(warning, MAX_TEXT) ?? []),
  };
}

function readFailure(value: unknown): PluginFailure[] {
  if (!isObject(value)) return [];
  const stack = text(value.stack, MAX_STACK);
  return [{ during: oneOf(value.during, DURINGS) ?? 'load', message: text(value.message, MAX_TEXT) ?? 'It failed.', ...(stack !== undefined && { stack }) }];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown, letters: number): string | undefined => (typeof value === 'string' ? value.slice(0, letters) : undefined);
const oneOf = <T extends string>(value: unknown, words: readonly T[]): T | undefined => words.find((word) => word === value);
const count = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0);
/** The first `most` entries; with a negative number, the last ones. */
const list = (value: unknown, most: number): readonly unknown[] => (!Array.isArray(value) ? [] : most < 0 ? value.slice(most) : value.slice(0, most));
