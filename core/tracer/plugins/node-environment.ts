import { writeSync } from 'node:fs';
import type { LimitOf, PluginEnvironment } from '../../plugin-api/plugin-environment.ts';
import type { PluginLaunch, PluginLimits, PluginState } from '../../protocol/plugins.ts';
import { STUDIO_VERSION } from '../../protocol/version.ts';
import { copyData } from './copy-data.ts';
import { findModule } from './find-module.ts';
import { loadModule } from './load-module.ts';
import type { PluginScope } from './plugin-scope.ts';

// Taken at load: a script may replace its clock.
const now = performance.now.bind(performance);

export interface NodeEnvironmentOptions {
  readonly scope: PluginScope;
  readonly tracerFolder: string;
  /** Absolute path of the script, if there is one: modules are looked for beside it. */
  readonly script: string | undefined;
  readonly cwd: string;
  readonly limits: PluginLimits | undefined;
  readonly found?: (plugin: PluginLaunch, file: string) => void;
  readonly changed: (state: PluginState) => void;
  /** Nothing is said on stderr: whoever is told of each change says it. */
  readonly quiet?: boolean | undefined;
}

/** Where plugins run in Node: a target, a plugin host. */
export function nodeEnvironment(options: NodeEnvironmentOptions): PluginEnvironment {
  const { scope, tracerFolder, limits = {} } = options;
  const msOf: Record<LimitOf, number> = { load: limits.loadMs ?? 10_000, message: limits.messageMs ?? 5000, handler: limits.handlerMs ?? 30_000 };
  return {
    version: STUDIO_VERSION,
    now,
    find(plugin) {
      const file = findModule(plugin, options.script, options.cwd, tracerFolder);
      options.found?.(plugin, file);
      return file;
    },
    load(file) {
      scope.code.isModule(file);
      return loadModule(file, tracerFolder);
    },
    call: (limit, index, run) => scope.call(msOf[limit], index, limit === 'load' ? () => scope.code.loading(run) : run),
    settle: (limit, index, promise) => scope.settle(msOf[limit], index, promise),
    copy: copyData,
    changed: options.changed,
    tell: options.quiet ? () => {} : tell,
  };
}

/** To stderr, around `process.stderr`: to open that stream would be seen by the script. */
export function tell(line: string): void {
  try {
    writeSync(2, `[trace-studio] ${line.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  } catch {
    // Nobody reads it.
  }
}
