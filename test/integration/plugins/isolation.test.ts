/** The reference's exception table: there nothing is isolated. Here a plugin that fails is told of, and everything else goes on. */
import { describe, expect, it } from 'vitest';
import type { TraceData } from '../../../core/plugin-api/trace-data.ts';
import type { PluginState } from '../../../core/protocol/plugins.ts';
import { plugin, runWithPlugins, SHORT_LIMITS, told } from './plugin-run.ts';

const WHENS = ['initialize', 'pre-start', 'post-stop', 'pre-save', 'terminate'] as const;
const GOOD = told({ name: 'B', handler: 'added' });
const MESSAGES_OF_B = [...WHENS.slice(0, 4).map((when) => `B event {"when":"${when}"}`), 'B command {"cmd_type":"terminate"}'];

const MISDEEDS = [
  { does: 'throw', title: 'throws', message: 'Error: a fault of the plugin', stack: true },
  { does: 'reject', title: 'rejects', message: 'Error: a fault of the plugin', stack: true },
  { does: 'loop', title: 'hangs in a loop', message: 'it took longer than 700 ms, and was ended' },
  { does: 'loopLater', title: 'hangs in a loop behind an await', message: 'it kept the thread to itself for longer than 700 ms, and was ended' },
  { does: 'never', title: 'answers with a promise that never settles', message: 'its promise was not settled within 700 ms' },
  { does: 'exit', title: 'calls process.exit', message: 'it called process.exit(7): a plugin may not end the process' },
  { does: 'exitLater', title: 'calls process.exit after an await', message: 'it called process.exit(7): a plugin may not end the process' },
  { does: 'caughtExit', title: 'calls process.exit and catches what that throws', message: 'it called process.exit(7): a plugin may not end the process' },
];

const messagesOf = (state: PluginState | undefined): unknown => state?.failures.map(({ during, message }) => ({ during, message }));

describe.each(MISDEEDS)('a plugin that $title', ({ does, message, stack = false }) => {
  it.each(WHENS)('Raised in %s: it is told of, the script, the other plugin and the report go on', async (when) => {
    const run = await runWithPlugins([told({ name: 'A', at: { [when]: does } }), GOOD], { options: { pluginLimits: SHORT_LIMITS } });
    expect(run.code).toBe(0);
    expect(run.lines.filter((line) => line.startsWith('the script'))).toEqual(['the script begins', 'the script ends']);
    expect(run.lines.filter((line) => line.startsWith('B'))).toEqual(MESSAGES_OF_B);
    const [a, b] = run.states;
    expect(messagesOf(a)).toEqual([{ during: when, message }]);
    expect(a?.failures[0]?.stack !== undefined).toBe(stack);
    expect(a?.lastMessage).toBe('terminate');
    expect(b).toMatchObject({ state: 'terminated', messages: 5, handler: 'ran', failures: [] });
    expect(run.processed?.traceEvents.map((event) => event.name)).toContain('added of B');
    expect(run.told).toEqual([`[trace-studio] Plugin Told failed at ${when}: ${message}`]);
    expect(run.stderr).toBe(`${run.told[0]}\n`);
  });

  // The table's "pre-save or handler".
  it('Raised in handler: nothing of what it has done stays, and the data of before goes to the next plugin', async () => {
    if (does === 'caughtExit') return; // Nothing is raised: the handler comes to its end.
    const bad = (edits: string): string => told({ name: 'A', edits, handler: does });
    const plugins = [bad('replace'), told({ name: 'first', handler: 'added' }), bad('splice'), GOOD, bad('edit')];
    const run = await runWithPlugins(plugins, { options: { pluginLimits: SHORT_LIMITS } });
    expect(run.code).toBe(0);
    for (const i of [0, 2, 4]) {
      expect(messagesOf(run.states[i])).toEqual([{ during: 'handle_data', message }]);
      expect(run.states[i]).toMatchObject({ state: 'terminated', handler: 'none' });
    }
    const { traceEvents, ...others } = run.processed as TraceData;
    expect(traceEvents.filter(({ ph }) => ph !== 'M').map(({ name, args }) => [name, args])).toEqual([
      ['work', { done: 1 }],
      ['work', { done: 2 }],
      ['added of first', undefined],
      ['added of B', undefined],
    ]);
    expect(Object.keys(others).sort()).toEqual(['displayTimeUnit', 'viztracer_metadata']);
    expect(others.viztracer_metadata).not.toHaveProperty('note');
    expect(run.told).toHaveLength(3);
  });
});

describe('what a plugin leaves behind', () => {
  it.each([
    ['an interval', 'setInterval(() => {}, 5)'],
    ['an interval from node:timers', "require('node:timers').setInterval(() => {}, 5)"],
    ['a server', "require('node:net').createServer().listen(0)"],
    ['a worker', "new (require('node:worker_threads').Worker)('setInterval(() => {}, 5)', { eval: true, execArgv: [] })"],
    ['a child process', "require('node:child_process').spawn(process.execPath, ['-e', 'process.stdin.resume()'])"],
    ['an interval that is begun later', 'Promise.resolve().then(() => setTimeout(() => setInterval(() => {}, 5), 1))'],
    ['an interval that is begun behind a file', "require('node:fs').stat('.', () => setInterval(() => {}, 5))"],
    [
      'an interval that is begun behind awaits',
      "(async () => { for (let i = 0; i < 3; i++) await require('node:fs/promises').stat('.'); setInterval(() => {}, 5); })()",
    ],
    [
      'a connection to a server of its own',
      "const server = require('node:net').createServer(() => {}).listen(0, () => require('node:net').connect(server.address().port))",
    ],
  ])('%s does not keep the process alive', async (_, body) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: plugin(body) });
    expect(run).toMatchObject({ code: 0, stderr: '', lines: ['the script begins', 'the script ends'] });
  });

  it('a loop in a timer is told of, and the script neither ends nor hears of it', async () => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: plugin('setTimeout(() => { for (;;); }, 1)') });
    expect(run).toMatchObject({ code: 0, lines: ['the script begins', 'the script ends'] });
    expect(run.states[0]?.failures.map((failure) => failure.message)).toEqual(['it took longer than 1 s, and was ended']);
  });

  it('process.exitCode is what the script has set', async () => {
    const files = { 'script.cjs': 'process.exitCode = 4; setTimeout(() => {}, 1);', ...plugin('process.exitCode = 9;') };
    expect(await runWithPlugins(['./plugin.cjs'], { files })).toMatchObject({ code: 4, stderr: '' });
  });
});
