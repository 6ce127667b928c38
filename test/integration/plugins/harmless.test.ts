/** A script cannot tell that plugins run beside it, whatever they answer: what it prints, how it ends, what it sees of its process. */
import { describe, expect, it } from 'vitest';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { runWithPlugins } from './plugin-run.ts';

/** Silent plugins: one answers at once, one with promises, one is loaded late. */
const PLUGINS = {
  'silent.cjs': `exports.get_vizplugin = () => ({ support_version: () => '0.1.0', message: (type, { when }) => when === 'pre-save' ? { action: 'handle_data', handler() {} } : { success: true } });`,
  'slow.cjs': `const pause = () => new Promise((resolve) => setTimeout(resolve, 15));
exports.get_vizplugin = () => ({ support_version: () => '0.1.0', async message() { await pause(); return { success: true, action: 'handle_data', handler: pause }; } });`,
  'late.mjs': `await new Promise((resolve) => setTimeout(resolve, 5));
export const get_vizplugin = async () => ({ support_version: () => '0.1.0', message: () => ({ success: true }) });`,
};
const SETS = { 'one that answers at once': ['./silent.cjs'], 'ones that take their time': ['./silent.cjs', './slow.cjs', './late.mjs'] };

const SCRIPTS: Readonly<Record<string, string>> = {
  'prints and ends': "console.log('a'); console.error('b');",
  'hears beforeExit and exit once, in order': `process.on('beforeExit', (code) => console.log('before exit', code)).on('exit', (code) => console.log('exit', code)); setTimeout(() => console.log('timer'), 5);`,
  'goes on from beforeExit, by way of promises': `let times = 0;
process.on('beforeExit', async () => { console.log('before exit'); if (times++ === 2) return; await null; await null; process.nextTick(() => Promise.resolve().then(() => setTimeout(() => console.log('again'), 5))); });`,
  'ends by process.exit in beforeExit': `process.on('beforeExit', () => process.exit(6)).on('exit', (code) => console.log('exit', code));`,
  'ends by process.exitCode': `process.exitCode = 5; process.on('exit', (code) => { console.log(code); process.exitCode = 8; });`,
  'ends by process.exit in a listener of exit': `process.on('exit', () => process.exit(9)); setTimeout(() => {}, 3);`,
  'ends by an uncaught error': `setTimeout(() => { throw new Error('uncaught'); }, 3); process.on('exit', (code) => console.log('exit', code));`,
  'ends by a rejection': `Promise.reject(new Error('rejected')); process.on('exit', (code) => console.log('exit', code));`,
  'hears its rejections': `process.on('unhandledRejection', (error) => console.log('unhandled', error.message)).on('rejectionHandled', () => console.log('handled'));
const late = Promise.reject(new Error('mine')); setTimeout(() => late.catch(() => {}), 5);`,
  'never fires what is unreferenced': `setTimeout(() => console.log('never'), 5e5).unref(); setInterval(() => {}, 5e5).unref(); console.log('end');`,
  'sees the process that it would have alone': `const seen = { env: Object.keys(process.env), execArgv: process.execArgv, argv: process.argv.length, own: Object.keys(process).sort(), globals: Object.getOwnPropertyNames(globalThis).sort(),
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]), handles: process._getActiveHandles().length, resources: process.getActiveResourcesInfo(),
  names: [process.exit.name, process.reallyExit.name, process.abort.name, process.emitWarning.name, process.exit.length], extensions: Object.keys(require.extensions), main: require.main === module, limit: Error.stackTraceLimit };
console.log(JSON.stringify(seen, null, 1)); console.error(new Error('a stack').stack);`,
  'replaces timers and its clock': `globalThis.setTimeout = () => { throw new Error('fake'); }; globalThis.queueMicrotask = globalThis.setTimeout; performance.now = () => 0; console.log('end');`,
  'is warned of what it does itself': `process.emitWarning('careful'); process.on('warning', (warning) => console.log(warning.message));`,
};

const withoutPid = (text: string): string =>
  text
    .replaceAll(/\(node:\d+\)/g, '')
    .replaceAll(/scripts-\d+/g, '')
    .replaceAll(/trace-studio-tracer-\w+/g, '');

describe.each(nodeVersions())('$title', ({ path: node }) => {
  // What takes its time is the harder one: the other versions of Node are tried with that.
  const sets = Object.entries(SETS).slice(node === process.execPath ? 0 : 1);
  describe.each(sets)('%s', (_, plugins) => {
    it.each(Object.entries(SCRIPTS))('a script that %s', async (__, script) => {
      const run = { node, files: { 'script.cjs': script, ...PLUGINS }, flags: ['--no-deprecation'] };
      const plain = await runWithPlugins([], run);
      const traced = await runWithPlugins(plugins, run);
      const comparable = ({ stdout, stderr, code, signal }: typeof plain): unknown => ({
        stdout: withoutPid(stdout),
        stderr: withoutPid(stderr.replaceAll(/^\[trace-studio\].*\n/gm, '')),
        code,
        signal,
      });
      expect(comparable(traced)).toEqual(comparable(plain));
      expect(traced.states).toHaveLength(plugins.length);
    });
  });
});
