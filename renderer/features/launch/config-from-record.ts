import type { LaunchRecord } from '../../../core/protocol/recording-format.ts';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import { BLANK_CONFIG } from '../../state/launch-store.ts';
import { commandText } from '../../state/shell-words.ts';

/** The form that would run again what a recording tells of. Values of variables are empty where the recording has none. */
export function configFromRecord(record: LaunchRecord): LaunchConfig {
  const { command, cwd, script, environmentNames, environment = {}, plugins, capture } = record;
  const at = script === undefined ? -1 : command.findIndex((word, index) => index > 0 && (word === script || script.endsWith(`/${word}`)));
  return {
    ...BLANK_CONFIG,
    ...(script !== undefined && at > 0
      ? {
          target: { kind: 'script', path: script },
          nodeFlags: commandText(command.slice(1, at)),
          arguments: commandText(command.slice(at + 1)),
          nodePath: record.nodePath ?? '',
        }
      : { target: { kind: 'command', command: commandText(command) } }),
    cwd,
    environment: environmentNames.map((name) => ({ name, value: Object.hasOwn(environment, name) ? (environment[name] ?? '') : '' })),
    recordEnvironmentValues: record.environment !== undefined,
    ...(capture && Object.keys(capture).length > 0 && { capture }),
    ...(plugins && plugins.length > 0 && { plugins: plugins.map((spec) => ({ spec, enabled: true })) }),
  };
}

/** Variables that the run had and whose values the recording does not hold. */
export const valuesNotRecorded = ({ environmentNames, environment }: LaunchRecord): readonly string[] =>
  environment === undefined ? environmentNames : environmentNames.filter((name) => !Object.hasOwn(environment, name));
