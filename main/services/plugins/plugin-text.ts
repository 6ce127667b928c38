/** The text of a plugin in a run configuration: a module, then its arguments. */

import type { Problem } from '../../../core/base/result.ts';
import { parseArguments } from '../../../core/plugin-api/args-schema.ts';
import { splitWords } from '../../../core/plugin-api/split-words.ts';
import type { ArgsSchema } from '../../../core/protocol/plugins.ts';

export interface PluginText {
  /** Empty: no module is named. */
  readonly module: string;
  /** As typed, with the space before it. */
  readonly arguments: string;
}

export function readPluginText(spec: string): PluginText {
  const first = splitWords(spec).words[0];
  return first ? { module: first.text, arguments: spec.slice(first.to) } : { module: '', arguments: '' };
}

export function argumentProblem(title: string, schema: ArgsSchema, text: string): Problem | undefined {
  const first = parseArguments(schema, text).problems[0];
  return first && { code: 'plugin-arguments', message: `${title}: ${first.message}`, remedy: 'See Plugins in the run configuration.' };
}
