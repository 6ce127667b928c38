/** What a plugin says of itself, as the probe's line or our own file tells it: checked and bounded, for anyone may have written it. */
import type { ArgOption, ArgsSchema } from '../../../core/protocol/plugins.ts';
import { type Check, filled, flag, list, oneOf, refuse, shape, text } from '../checks.ts';

export interface PluginFacts {
  readonly version?: string;
  readonly description?: string;
  readonly argsSchema?: ArgsSchema;
}

const number: Check<number> = (value, where) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(where, 'must be a number'));
const plain: Check<string | number | boolean> = (value, where) =>
  typeof value === 'boolean' ? value : typeof value === 'number' ? number(value, where) : text(1024)(value, where);
const flagWord: Check<string> = (value, where) =>
  typeof value === 'string' && /^-[^\s='"]{1,63}$/.test(value) ? value : refuse(where, 'must begin with a dash');

const option = shape<ArgOption>(
  {
    name: filled(64),
    flags: list(flagWord, 8),
    type: oneOf('string', 'number', 'integer', 'boolean', 'choice', 'path'),
    choices: list(text(256), 200),
    min: number,
    max: number,
    unit: text(32),
    default: plain,
    required: flag,
    help: text(2048),
  },
  ['flags', 'choices', 'min', 'max', 'unit', 'default', 'required', 'help'],
);

export const argsSchema = shape<ArgsSchema>({ description: text(2048), options: list(option, 100), positionals: list(option, 20) }, [
  'description',
  'options',
  'positionals',
]);

export const pluginFacts = shape<PluginFacts>({ version: text(64), description: text(2048), argsSchema }, ['version', 'description', 'argsSchema']);
