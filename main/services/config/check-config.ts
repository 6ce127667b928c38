/** What a config file says, against the table of options: a sentence for each key and value that cannot be meant. */
import type { Problem } from '../../../core/base/result.ts';
import { CAPTURE_OPTIONS, type CaptureOptions, captureProblem } from '../../../core/protocol/capture-options.ts';

/** More mistakes than anybody reads. */
const MOST_PROBLEMS = 20;

export interface CheckedConfig {
  /** What is right of it. */
  readonly capture: Partial<CaptureOptions>;
  readonly problems: readonly Problem[];
}

/** `name`: how the file is called in sentences. */
export function checkConfig(value: unknown, name: string): CheckedConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const remedy = 'For example: { "calls": "sampling", "maxDepth": 20 }';
    return { capture: {}, problems: [{ code: 'config-no-object', message: `${name} has to hold an object of options.`, remedy }] };
  }
  const capture: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [key, given] of Object.entries(value)) {
    // Editors read a schema from there.
    if (key === '$schema') continue;
    const option = CAPTURE_OPTIONS.find((each) => each.key === key);
    const refusal = option ? captureProblem(option, given) : undefined;
    if (!option) problems.push(unknownKey(key, name));
    else if (refusal === undefined) capture[key] = given;
    else problems.push({ code: 'config-value', message: `In ${name}, ${key} cannot be ${shown(given)}.`, remedy: refusal });
  }
  return { capture, problems: problems.slice(0, MOST_PROBLEMS) };
}

function unknownKey(key: string, name: string): Problem {
  const letters = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '');
  // A flag of the command line, or another case.
  const meant = CAPTURE_OPTIONS.find((option) => letters(option.flag) === letters(key) || letters(option.key) === letters(key));
  const remedy = meant ? `It is called ${meant.key} there.` : `There are: ${CAPTURE_OPTIONS.map((option) => option.key).join(', ')}.`;
  return { code: 'config-key', message: `${name} has an unknown key ${key.slice(0, 100)}.`, remedy };
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 100);
