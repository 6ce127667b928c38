import type { ArgsSchema } from '../protocol/plugins.ts';
import { type ArgValues, parseArguments } from './args-schema.ts';
import { splitWords } from './split-words.ts';

/**
 * For a plugin's hook: the values in the text that it is given, by its `args_schema`. `spec` is the whole text, the word of
 * the module included. Throws an Error whose message tells every problem, each with what to do about it where that is known.
 */
export function pluginArguments(schema: ArgsSchema, spec: string): ArgValues {
  const module = splitWords(spec).words[0];
  const { values, problems } = parseArguments(schema, spec.slice(module?.to ?? 0));
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
  return values;
}
