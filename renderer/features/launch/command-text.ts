import { captureFlags } from '../../../core/protocol/capture-text.ts';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import type { LaunchInspection } from '../../../core/protocol/studio-api.ts';
import { commandText, quoted } from '../../state/shell-words.ts';

/**
 * The run as a command line of its own, without a window. Undefined while the form would not run. Values of environment
 * variables are part of it: whoever copies it wants the same run.
 */
export function runCommand(config: LaunchConfig, inspection: LaunchInspection | undefined): string | undefined {
  if (!inspection || inspection.problems.length > 0 || inspection.command.length === 0) return undefined;
  const environment = config.environment.filter(({ name }) => name !== '').map(({ name, value }) => `${name}=${quoted(value)}`);
  const plugins = (config.plugins ?? []).filter(({ enabled }) => enabled).flatMap(({ spec }) => ['--plugins', spec]);
  const words = [
    'trace-studio',
    'run',
    ...plugins,
    ...(config.nodePath === '' ? [] : ['--node', config.nodePath]),
    ...(config.nodeFlags === '' || config.target.kind !== 'script' ? [] : ['--node-flags', config.nodeFlags]),
    ...(config.configFile === '' ? ['--no-config'] : []),
    ...captureFlags(config.capture ?? {}),
    '-o',
    'result.json',
    '--',
  ];
  // A script is run by the Node that the options name; anything else is the command as it is.
  const target = config.target.kind === 'script' ? behind(inspection.command, config) : inspection.command;
  return `${['cd', inspection.cwd].map(quoted).join(' ')} && ${[...environment, commandText([...words, ...target])].join(' ')}`;
}

/** The script and its arguments: what stands behind Node and its flags. */
function behind(command: readonly string[], { target }: LaunchConfig): readonly string[] {
  const name = target.kind === 'script' ? (target.path.split(/[/\\]/).at(-1) ?? '') : '';
  const at = command.findIndex((word, index) => index > 0 && word.split(/[/\\]/).at(-1) === name);
  return at < 0 ? command.slice(1) : command.slice(at);
}
