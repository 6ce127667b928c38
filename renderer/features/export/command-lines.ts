/** What the dialog does, as command lines of their own. For reading and copying. */
import { captureFlags } from '../../../core/protocol/capture-text.ts';
import type { LaunchRecord } from '../../../core/protocol/recording-format.ts';
import type { ExportQuestion } from '../../../core/protocol/studio-api.ts';
import { commandText } from '../../state/shell-words.ts';

export function convertCommand(
  source: string,
  target: string,
  { format, view, fromNs, toNs, without = [], table, thread }: Omit<ExportQuestion, 'recording'>,
): string {
  const time = (option: string, ns: number | undefined) => (ns === undefined ? [] : [option, String(Math.max(0, Math.round(ns)))]);
  return commandText([
    'trace-studio',
    'convert',
    source,
    '--format',
    format,
    ...time('--from', fromNs),
    ...time('--to', toNs),
    ...(table === undefined || format !== 'csv' ? [] : ['--table', table]),
    ...(thread === undefined ? [] : ['--thread', thread]),
    ...(without.length > 0 ? ['--without', without.join(',')] : []),
    ...(view === 'raw' ? ['--raw'] : []),
    '-o',
    target,
  ]);
}

/** The run again, without a window. Undefined: the recording does not say what was run. */
export function runAgainCommand({ command, cwd, script, plugins = [], capture = {}, nodePath }: LaunchRecord): string | undefined {
  if (command.length === 0) return undefined;
  const at = script === undefined ? -1 : command.findIndex((word, index) => index > 0 && (word === script || script.endsWith(word)));
  // A script is run by the Node that the options name; anything else is the command as it is.
  const target = at < 0 ? command : command.slice(at);
  const flags = at > 1 ? ['--node-flags', commandText(command.slice(1, at))] : [];
  const node = at > 0 && nodePath !== undefined ? ['--node', nodePath] : [];
  const words = [
    'trace-studio',
    'run',
    ...plugins.flatMap((spec) => ['--plugins', spec]),
    ...node,
    ...flags,
    ...captureFlags(capture),
    '-o',
    'result.json',
    '--',
  ];
  return `${commandText(['cd', cwd])} && ${commandText([...words, ...target])}`;
}
