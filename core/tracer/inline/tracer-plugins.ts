/** Plugins of a `VizTracer` that the script has made itself. Built into a file of its own, loaded where a tracer has plugins. */
import { PluginManager } from '../../plugin-api/plugin-manager.ts';
import type { VizPluginBase } from '../../plugin-api/viz-plugin-base.ts';
import { nodeEnvironment } from '../plugins/node-environment.ts';
import { PluginScope } from '../plugins/plugin-scope.ts';
import { currentRuntime } from '../runtime.ts';

export interface TracerPlugins {
  readonly manager: PluginManager;
  /** Until this is called the process does not wait for promises of plugins. */
  hold(): void;
}

/** Throws a TypeError for what is neither a text nor a plugin; whatever else goes wrong is told on stderr. */
export function makePlugins(plugins: readonly (string | VizPluginBase)[], tracerFolder: string): TracerPlugins {
  const scope = new PluginScope(tracerFolder, (plugin, error) => manager.failed(plugin, error));
  const environment = nodeEnvironment({
    scope,
    tracerFolder,
    script: process.argv[1],
    cwd: process.cwd(),
    limits: undefined,
    changed: currentRuntime()?.ownPlugins?.(plugins.length) ?? (() => {}),
  });
  const manager: PluginManager = new PluginManager(plugins, environment);
  void manager.load();
  return { manager, hold: () => scope.hold() };
}
