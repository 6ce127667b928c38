/** What a plugin has begun, and what comes up in the middle of the script: it is the plugin's, and the script goes on. */
import { describe, expect, it } from 'vitest';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { plugin, runWithPlugins } from './plugin-run.ts';

/** Each is begun at `initialize` and comes up later, in the middle of the script. `done()` is called before it. */
const LATER: readonly (readonly [title: string, body: string, message: string | RegExp])[] = [
  ['an error in a timer', "setTimeout(() => { done(); throw new Error('a fault') }, 1)", 'Error: a fault'],
  ['a promise that is rejected and that nobody waits for', "done(); Promise.reject(new Error('a fault'))", 'Error: a fault'],
  ['an async function that fails and that nobody waits for', "(async () => { await null; done(); throw new Error('a fault') })()", 'Error: a fault'],
  ['an error in a tick', "process.nextTick(() => { done(); throw new Error('a fault') })", 'Error: a fault'],
  ['an error in a microtask', "queueMicrotask(() => { done(); throw new Error('a fault') })", 'Error: a fault'],
  ['an error in a callback of fs', "fs.readFile(__filename, () => { done(); throw new Error('a fault') })", 'Error: a fault'],
  ['what is thrown is no error', "fs.readFile(__filename, () => { done(); throw 'a fault' })", 'it threw "a fault"'],
  ['a rejection in an async callback of fs', "fs.readFile(__filename, async () => { done(); throw new Error('a fault') })", 'Error: a fault'],
  [
    'an error in a timer that is begun behind awaits',
    "(async () => { await stat('.'); await stat('.'); setTimeout(() => { done(); throw new Error('a fault') }, 1) })()",
    'Error: a fault',
  ],
  [
    'an error in a listener of its own server',
    "const server = require('node:net').createServer(() => { done(); throw new Error('a fault') }).listen(0, () => require('node:net').connect(server.address().port).unref())",
    'Error: a fault',
  ],
  ['a socket that cannot connect, without a listener', "require('node:net').connect('/not/there').on('close', done)", /^Error: connect ENOENT/],
  ['a child that cannot be started, without a listener', "done(); require('node:child_process').spawn('/not/there')", /^Error: spawn \/not\/there ENOENT/],
  [
    'an error in a worker of its own, without a listener',
    `new (require('node:worker_threads').Worker)("throw new Error('a fault')", { eval: true }).on('exit', done)`,
    'Error: a fault',
  ],
  [
    'an error in a subscriber of a channel',
    "require('node:diagnostics_channel').subscribe('of the script', () => { done(); throw new Error('a fault') })",
    'Error: a fault',
  ],
  ...['process.exit(9)', 'process.abort()', 'process.reallyExit(9)', "process.kill(process.pid, 'SIGKILL')"].map(
    (call) =>
      [
        `${call} in a callback of fs`,
        `fs.readFile(__filename, () => { done(); ${call} })`,
        /^it called process\.\w+\(.*\): a plugin may not end the process$/,
      ] as const,
  ),
  ['process.exit in a timer', 'setTimeout(() => { done(); process.exit(9) }, 1)', 'it called process.exit(9): a plugin may not end the process'],
  [
    'process.exit behind awaits that nobody waits for',
    "(async () => { await stat('.'); await stat('.'); done(); process.exit(9) })()",
    'it called process.exit(9): a plugin may not end the process',
  ],
  ['process.chdir', "done(); process.chdir('/')", 'it called process.chdir("/"): a plugin may not change the working directory'],
  ['a listener of SIGTERM', "done(); process.on('SIGTERM', () => {})", 'it listened to SIGTERM: a plugin may not keep the process from being ended'],
  [
    'a callback for all errors',
    'done(); process.setUncaughtExceptionCaptureCallback(() => {})',
    /^it called process\.setUncaughtExceptionCaptureCallback\(.*\): a plugin may not take the script's errors$/,
  ],
  [
    'process.exit in its own listener of beforeExit',
    "done(); process.on('beforeExit', () => process.exit(9))",
    'it called process.exit(9): a plugin may not end the process',
  ],
  [
    'process.exit in its own listener of exit',
    "done(); process.once('exit', () => process.exit(9))",
    'it called process.exit(9): a plugin may not end the process',
  ],
  ['an error in its own listener of exit', "done(); process.prependListener('exit', () => { throw new Error('a fault') })", 'Error: a fault'],
];

describe.concurrent.each(nodeVersions())('$title', ({ path: node }) => {
  const script = `console.log('begin'); const channel = require('node:diagnostics_channel').channel('of the script');
(function wait(turns) { if (!globalThis.wasDone) channel.publish({}); setTimeout(() => (turns === 0 ? console.log('end', process.cwd() === __dirname) : wait(globalThis.wasDone ? turns - 1 : turns)), 2); })(5);`;
  const head = "const fs = require('node:fs'), { stat } = require('node:fs/promises'), done = () => { globalThis.wasDone = true; }; ";

  it.each(LATER)('%s is told of, and the script neither ends nor hears of it', async (_, body, message) => {
    const run = await runWithPlugins(['./plugin.cjs'], { node, files: { 'script.cjs': script, ...plugin(head + body) } });
    expect(run).toMatchObject({ code: 0, signal: null, lines: ['begin', 'end true'] });
    expect(run.states[0]?.failures.map((failure) => failure.message)).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
    expect(run.stderr).toBe(`${run.told.join('\n')}\n`);
    expect(run.told).toHaveLength(1);
  });

  it.each(LATER.slice(0, 14))('%s is not heard by the listeners of the script', async (_, body) => {
    const listening = `process.on('unhandledRejection', () => console.log('a rejection of the script')).on('uncaughtException', () => console.log('an error of the script'))
  .on('uncaughtExceptionMonitor', () => console.log('an error of the script'));`;
    const run = await runWithPlugins(['./plugin.cjs'], { node, files: { 'script.cjs': listening + script, ...plugin(head + body) } });
    expect(run).toMatchObject({ code: 0, lines: ['begin', 'end true'] });
    expect(run.told).toHaveLength(1);
  });

  it.each([
    ['its own listener of exit sets process.exitCode', "process.on('exit', () => { process.exitCode = 9; })"],
    ['its own listener of beforeExit sets process.exitCode', "process.on('beforeExit', () => { process.exitCode = 9; })"],
  ])('%s: the exit code is that of the script', async (_, body) => {
    const files = { 'script.cjs': 'process.exitCode = 4; setTimeout(() => {}, 1);', ...plugin(body) };
    expect(await runWithPlugins(['./plugin.cjs'], { node, files })).toMatchObject({ code: 4, stderr: '' });
  });

  it('process.exitCode is set behind an await at the end: the exit code is that of the script', async () => {
    const text = `exports.get_vizplugin = () => ({ support_version: () => '0.1.0', async message(type, { when }) { if (when === 'initialize' || when === 'pre-start') return; await new Promise((resolve) => setTimeout(resolve, 2)); process.exitCode = 9; return { success: true }; } });`;
    const files = { 'script.cjs': 'setTimeout(() => { process.exitCode = 4; }, 40);', 'plugin.cjs': text };
    expect(await runWithPlugins(['./plugin.cjs'], { node, files })).toMatchObject({ code: 4, stderr: '' });
  });

  it.each(['uncaughtException', 'unhandledRejection'])('its own listener of %s does not hide that the script fails', async (event) => {
    const fails = event === 'uncaughtException' ? "throw new Error('of the script')" : "Promise.reject(new Error('of the script'))";
    const files = {
      'script.cjs': `setTimeout(() => { ${fails}; }, 1);`,
      ...plugin(`process.on('${event}', (error) => console.log('plugin hears', error.message));`),
    };
    const run = await runWithPlugins(['./plugin.cjs'], { node, files });
    expect(run).toMatchObject({ code: 1, lines: ['plugin hears of the script'] });
    expect(run.stderr).toContain('Error: of the script');
  });

  it('its listeners can be removed and listed as any others', async () => {
    const body = `const heard = (code) => console.log('heard', code), once = () => console.log('once');
process.on('a', heard); process.on('b', heard); process.off('b', heard); process.once('c', once); process.once('d', once); process.removeListener('d', once);
console.log(process.listeners('a')[0] === heard, ['a', 'b', 'c', 'd'].map((name) => process.listenerCount(name)).join());`;
    const files = { 'script.cjs': "for (const name of ['a', 'b', 'c', 'c', 'd']) process.emit(name, 1);", ...plugin(body) };
    expect((await runWithPlugins(['./plugin.cjs'], { node, files })).lines).toEqual(['true 1,0,1,0', 'heard 1', 'once']);
  });
});
