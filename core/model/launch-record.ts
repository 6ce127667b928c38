import { validCapture } from '../protocol/capture-options.ts';
import type { LaunchRecord } from '../protocol/recording-format.ts';

/** A command line that a system would take is far below it. */
const MAX_LETTERS = 1024 * 1024;

/** What was run, out of the head of a file that anyone may have written. Undefined: it does not say, or not in a way that can be used. */
export function launchRecordOf(value: unknown): LaunchRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { command, cwd, script, nodePath, nodeVersion, environmentNames, environment, plugins, capture } = value as Record<string, unknown>;
  if (!isTexts(command) || command.length === 0 || typeof cwd !== 'string') return undefined;
  const names = isTexts(environmentNames) ? environmentNames : [];
  const record: LaunchRecord = {
    command,
    cwd,
    ...(typeof script === 'string' && { script }),
    ...(typeof nodePath === 'string' && { nodePath }),
    ...(typeof nodeVersion === 'string' && { nodeVersion }),
    environmentNames: names,
    ...(isTextTable(environment) && { environment }),
    ...(isTexts(plugins) && { plugins }),
    ...(isTable(capture) && { capture: validCapture(capture) }),
  };
  return JSON.stringify(record).length <= MAX_LETTERS ? record : undefined;
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');
const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTextTable = (value: unknown): value is Readonly<Record<string, string>> => isTable(value) && isTexts(Object.values(value));
