/** Plugins that users write in TypeScript compile without a cast: the example of the manual, those of the examples, and an asynchronous one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pluginTemplate } from '../../../main/services/plugins/template.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-plugin-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ASYNC = `import { type ArgsSchema, pluginArguments, type PluginMessageType, type PluginPayload, type PluginReply, VizPluginBase } from 'trace-studio';
export const args_schema: ArgsSchema = { options: [{ name: 'limit', type: 'number', default: 1 }] };
class Slow extends VizPluginBase {
  override supportVersion(): string { return '0.1.0'; }
  override async message(type: PluginMessageType, payload: PluginPayload): Promise<PluginReply> {
    await Promise.resolve();
    if (payload.when === 'pre-save') return { action: 'handle_data', handler: async (data) => ({ ...data, traceEvents: data.traceEvents.slice(0, 10) }) };
    return { success: type === 'command' };
  }
}
class Idle extends VizPluginBase {
  override support_version(): string { return '0.1.0'; }
  override message(): void {}
}
export const getVizPlugin = async (text: string): Promise<VizPluginBase> => (Number(pluginArguments(args_schema, text).limit) > 1 ? new Slow() : new Idle());
`;

it('compile', () => {
  const manual = /```ts\n\/\/ longest\.ts\n(.*?)```/s.exec(readFileSync(path.join(root, 'docs/write-a-plugin.md'), 'utf8'))?.[1];
  writeFileSync(path.join(folder, 'manual.ts'), manual as string);
  writeFileSync(path.join(folder, 'async.ts'), ASYNC);
  writeFileSync(path.join(folder, 'template.ts'), pluginTemplate('template.ts'));
  const config = {
    extends: path.join(root, 'core/tracer/tsconfig.json'),
    include: ['*.ts', path.join(root, 'examples/plugins/*.ts')],
    compilerOptions: { paths: { 'trace-studio': [path.join(root, 'core/tracer/api.ts')] }, typeRoots: [path.join(root, 'node_modules/@types')] },
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  const run = spawnSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(run.status).toBe(0);
});
