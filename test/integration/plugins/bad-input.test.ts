/** Bad input, in a traced process: each plugin is told of once, and the script, the other plugin and the report go on. */
import { describe, expect, it } from 'vitest';
import { BAD_PLUGIN_FILES, BAD_PLUGINS } from '../../helpers/bad-plugins.ts';
import { runWithPlugins, SHORT_LIMITS, told } from './plugin-run.ts';

describe('one clear message, and the report exists', () => {
  it.each(BAD_PLUGINS)('$title', async ({ spec, during, message }) => {
    const run = await runWithPlugins([spec, told({ name: 'B', handler: 'added' })], {
      files: { 'script.cjs': SCRIPT, ...BAD_PLUGIN_FILES },
      options: { pluginLimits: SHORT_LIMITS },
    });
    expect(run.code).toBe(0);
    expect(run.lines.filter((line) => !line.startsWith('B '))).toEqual(['begin', 'end']);
    expect(run.states[0]?.failures.map((failure) => [failure.during, failure.message])).toEqual([[during, expect.stringMatching(message)]]);
    expect(run.states[1]).toMatchObject({ state: 'terminated', handler: 'ran', failures: [] });
    expect(run.processed?.traceEvents.filter(({ ph }) => ph !== 'M').map(({ name }) => name)).toEqual(['work', 'added of B']);
    expect(run.told).toHaveLength(1);
    expect(run.stderr).toBe(`${run.told[0]}\n`);
  });
});

const SCRIPT = "console.log('begin'); require('trace-studio').getTracer().counter('work', { a: 1 }); setTimeout(() => console.log('end'), 5);";
