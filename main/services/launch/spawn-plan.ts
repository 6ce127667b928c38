/** What the collector executes, from an examined launch. */
import path from 'node:path';
import type { PluginLaunch } from '../../../core/protocol/plugins.ts';
import type { LaunchConfig, SpawnPlan } from '../../../core/protocol/session-types.ts';
import type { LaunchPlugin } from '../plugins/catalogue.ts';
import type { Start } from './examine.ts';
import { whyUntraced } from './permissions.ts';

/** `tracerFolder`: the installed copy. Forward slashes, because NODE_OPTIONS takes a backslash for an escape. */
export function makeSpawnPlan(config: LaunchConfig, start: Start, tracerFolder: string): SpawnPlan {
  const preload = `${tracerFolder.replaceAll('\\', '/')}/preload.cjs`;
  const untraced = whyUntraced(start.permissions, preload, start.cwd);
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
    preload,
    ...(untraced !== undefined && { untraced }),
    capture: start.capture,
    cacheFolder: cacheFolderOf(tracerFolder),
    ...(start.plugins.length > 0 && { plugins: start.plugins.map((plugin) => pluginLaunch(plugin, tracerFolder)) }),
  };
}

/** Beside the tracers, in the user's data folder: it is for all of them. */
export const cacheFolderOf = (tracerFolder: string): string => path.join(tracerFolder, '../../instrumented');

/** A built-in one is that of the installed copy, like the tracer that loads it. */
function pluginLaunch({ spec, file, builtIn }: LaunchPlugin, tracerFolder: string): PluginLaunch {
  const where = builtIn === undefined ? file : path.join(tracerFolder, 'plugins', `${builtIn}.cjs`);
  return { spec, ...(where !== undefined && { file: where }) };
}
