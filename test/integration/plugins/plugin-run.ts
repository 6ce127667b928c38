import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TraceData } from '../../../core/plugin-api/trace-data.ts';
import type { PluginState } from '../../../core/protocol/plugins.ts';
import { type RunOptions, runTarget, type TargetRun, writeScript } from '../tracer/run-target.ts';
import { type Target, TestCollector } from '../tracer/test-collector.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/plugins');
/** Without a hanging plugin nothing takes nearly as long. */
export const SHORT_LIMITS = { messageMs: 700, handlerMs: 700, loadMs: 1500, blockedMs: 700 };

export interface PluginRun extends TargetRun {
  /** Of the first process. */
  readonly states: readonly PluginState[];
  /** What its handlers left. */
  readonly processed: TraceData | undefined;
  readonly targets: readonly Target[];
  /** Lines of stdout. */
  readonly lines: readonly string[];
  /** What the tracer says on stderr. */
  readonly told: readonly string[];
}

export interface PluginRunOptions extends RunOptions {
  /** More files of the script's folder, or others in place of the fixtures. The first is the script. */
  readonly files?: Readonly<Record<string, string>>;
  readonly script?: string;
}

/** The text of the fixture that does as it is told. */
export const told = (does: object): string => `./told.cjs ${JSON.stringify(does)}`;

/** The files of a plugin, `./plugin.cjs`, that runs `body` at `initialize`. */
export const plugin = (body: string): Record<string, string> => ({
  'plugin.cjs': `exports.get_vizplugin = () => ({ support_version: () => '0.1.0', message(type, { when }) { if (when === 'initialize') { ${body} } return { success: true }; } });`,
});

/** A script with the fixtures beside it, traced with `plugins`. Without any, plain Node runs it. */
export async function runWithPlugins(plugins: readonly string[], { files = {}, script, ...run }: PluginRunOptions = {}): Promise<PluginRun> {
  const collector = new TestCollector();
  await collector.listen();
  try {
    const all = {
      'script.cjs': '',
      ...Object.fromEntries(readdirSync(fixtures).map((file) => [file, readFileSync(path.join(fixtures, file), 'utf8')])),
      ...files,
    };
    const main = writeScript(collector, all);
    const options = { ...run.options, plugins: plugins.map((spec) => ({ spec })) };
    const traced = run.traced ?? plugins.length > 0;
    const result = await runTarget(collector, script === undefined ? main : path.join(path.dirname(main), script), { ...run, traced, options });
    const target = collector.targets[0];
    const file = path.join(collector.spillFolder, `${target?.hello?.pid}.processed.json`);
    return {
      ...result,
      states: [...(target?.plugins.values() ?? [])].sort((a, b) => a.index - b.index),
      processed: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TraceData) : undefined,
      targets: collector.targets,
      lines: result.stdout.split('\n').filter((line) => line !== ''),
      told: result.stderr.split('\n').filter((line) => line.startsWith('[trace-studio] ')),
    };
  } finally {
    await collector.close();
  }
}
