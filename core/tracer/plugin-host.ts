/**
 * A process of its own that lets a launch's plugins handle the events of a process which could not do it itself: it was killed, or
 * had too many. `PluginHostTask` says what goes in and out. Loads the plugins anew from their texts: they get `initialize`,
 * `pre-save` and `terminate`, since no recording starts or stops here.
 */
import { writeSync } from 'node:fs';
import path from 'node:path';
import { PluginManager } from '../plugin-api/plugin-manager.ts';
import type { PluginHostTask, PluginState } from '../protocol/plugins.ts';
import { nodeEnvironment } from './plugins/node-environment.ts';
import { PluginScope } from './plugins/plugin-scope.ts';
import { loadSave } from './plugins/process-data.ts';
import { resolveApi } from './resolve-api.ts';

const STATES = 3;

async function run(task: PluginHostTask): Promise<void> {
  const tracerFolder = path.dirname(process.argv[1] as string);
  resolveApi(tracerFolder);
  // What the plugins would have seen in the process itself.
  process.argv.splice(1, 2, ...(task.script === undefined ? [] : [task.script]));
  const scope = new PluginScope(tracerFolder, (plugin, error) => manager.failed(plugin, error));
  const environment = nodeEnvironment({ scope, tracerFolder, script: task.script, cwd: task.cwd, limits: task.limits, changed: tellState });
  const manager = new PluginManager(task.plugins, environment, 'plugin-host', task.skip);
  process.on('unhandledRejection', (reason, promise) => {
    const plugin = scope.ownerOfRejection(promise);
    if (plugin === undefined) throw reason;
    manager.failed(plugin, reason);
  });
  process.on('uncaughtException', (error) => {
    const plugin = scope.code.ofError(error);
    if (plugin === undefined) giveUp(error);
    else manager.failed(plugin, error);
  });
  scope.guardForLife();
  scope.hold();
  const save = loadSave(tracerFolder);
  await manager.load();
  await manager.preSave(() => save.traceDataOfRecording(task.recording, task.process));
  if (manager.handled) save.writeTraceData(task.output, manager.handled);
  await manager.terminate();
  await new Promise((resolve) => setImmediate(resolve)); // Rejections that nobody handles are told after all microtasks.
}

function tellState(state: PluginState): void {
  const line = Buffer.from(`${JSON.stringify(state)}\n`);
  for (let at = 0; at < line.length; ) {
    try {
      at += writeSync(STATES, line, at);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') return; // Nobody listens.
    }
  }
}

function giveUp(error: unknown): never {
  writeSync(2, `${error instanceof Error ? error.message : String(error)}\n`);
  return exit(1);
}

const { exit } = process;
run(JSON.parse(process.argv[2] as string) as PluginHostTask).then(() => exit(0), giveUp);
