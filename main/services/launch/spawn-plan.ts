/** What the collector executes, from an examined launch. */
import type { LaunchConfig, SpawnPlan } from '../../../core/protocol/session-types.ts';
import type { Start } from './examine.ts';

/** `tracerFolder`: the installed copy. Forward slashes, because NODE_OPTIONS takes a backslash for an escape. */
export function makeSpawnPlan(config: LaunchConfig, start: Start, tracerFolder: string): SpawnPlan {
  const named = config.environment.filter(({ name }) => name !== '');
  return {
    title: start.title,
    file: start.file,
    args: start.args,
    cwd: start.cwd,
    environment: start.environment,
    ...(start.script !== undefined && { script: start.script }),
    nodePath: start.node.path,
    ...(start.node.version !== undefined && { nodeVersion: start.node.version }),
    recordedEnvironment: {
      names: named.map(({ name }) => name),
      ...(config.recordEnvironmentValues && { values: Object.fromEntries(named.map(({ name, value }) => [name, value])) }),
    },
    preload: `${tracerFolder.replaceAll('\\', '/')}/preload.cjs`,
    whenFull: config.whenFull,
    maskSecrets: config.maskSecrets,
  };
}
