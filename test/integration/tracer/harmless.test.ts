/** A script cannot tell that it is traced: what it prints, how it ends, what it sees of its process. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, type TargetRun, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

async function both(files: Readonly<Record<string, string>>, run: RunOptions): Promise<{ plain: TargetRun; traced: TargetRun }> {
  const script = writeScript(collector, files);
  return { plain: await runTarget(collector, script, { ...run, traced: false }), traced: await runTarget(collector, script, run) };
}

const LOOK = `
const seen = {
  env: process.env,
  envNames: Object.keys(process.env),
  execArgv: process.execArgv,
  argv: process.argv,
  own: Object.keys(process).sort(),
  globals: Object.getOwnPropertyNames(globalThis).sort(),
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  handles: process._getActiveHandles().length,
  requests: process._getActiveRequests().length,
  resources: process.getActiveResourcesInfo(),
  limit: Error.stackTraceLimit,
  names: [process.emit.name, process.emit.length, process.exit.name],
};
`;

const MODES = [
  { mode: 'custom events only', options: {} },
  { mode: 'every call', options: { capture: { ...DEFAULT_CAPTURE, calls: 'exact' as const } } },
];
const matrix = nodeVersions().flatMap((version) => MODES.map((mode) => ({ ...version, ...mode })));

describe.each(matrix)('$title, $mode', ({ path: node, major, options }) => {
  it('shows a CommonJS script the process that it would have alone', async () => {
    const code = `${LOOK}
seen.main = [require.main === module, module.id, module.parent, Object.keys(require.cache), require.main.children.length, Object.keys(require.extensions)];
console.log(JSON.stringify(seen, null, 1));
console.error(new Error('a stack').stack);
setTimeout(() => { console.log(process.getActiveResourcesInfo().join(), process._getActiveHandles().length); }, 60);
process.on('worker', () => console.log('a worker was made'));`;
    const { plain, traced } = await both({ 'script.cjs': code }, { node, options, flags: ['--no-deprecation'], args: ['x'] });
    expect(traced).toEqual(plain);
    expect(plain.stdout).toContain('"script.cjs"'.slice(1, -1));
  });

  it('shows an ES module the process that it would have alone', async () => {
    const code = `${LOOK} console.log(JSON.stringify(seen, null, 1)); await new Promise((resolve) => setTimeout(resolve, 40)); console.log(process.getActiveResourcesInfo().join());`;
    const { plain, traced } = await both({ 'script.mjs': code }, { node, options });
    // Hooks that Node 20 runs in a thread of its own make it open its output early.
    const comparable = (run: TargetRun): unknown => ({
      ...run,
      stdout: major > 20 ? run.stdout : run.stdout.replaceAll(/"(?:handles|requests)": \d+|"resources": \[[^\]]*\]|^PipeWrap.*$/gm, ''),
    });
    expect(comparable(traced)).toEqual(comparable(plain));
  });

  it('keeps what the user has in NODE_OPTIONS', async () => {
    const script = writeScript(collector, { 'script.cjs': 'console.log(process.env.NODE_OPTIONS, process.noDeprecation)' });
    const { NODE_OPTIONS = '' } = collector.environment();
    for (const env of [`${NODE_OPTIONS} --no-deprecation`, `--no-deprecation ${NODE_OPTIONS}`]) {
      expect(await runTarget(collector, script, { node, options, env: { NODE_OPTIONS: env } })).toMatchObject({
        stdout: '--no-deprecation true\n',
        stderr: '',
      });
    }
    expect(collector.targets).toHaveLength(2);
  });

  it('leaves stdin, warnings and errors of module loading as they are', async () => {
    const code = `process.emitWarning('careful'); let text = ''; process.stdin.on('data', (chunk) => { text += chunk; }).on('end', () => {
  console.log(text.toUpperCase()); try { require('./missing.cjs'); } catch (error) { console.log(error.code, error.stack.includes('tracer.cjs'), error.message); } require('not-there'); });`;
    const { plain, traced } = await both({ 'script.cjs': code }, { node, options, input: 'typed\n' });
    const withoutPid = (run: TargetRun): unknown => ({ ...run, stderr: run.stderr.replaceAll(/\(node:\d+\)/g, '').replaceAll(/^ {4}at .*\n/gm, '') });
    expect(withoutPid(traced)).toEqual(withoutPid(plain));
    expect(traced.stderr).not.toContain('tracer.cjs');
  });

  it('does not keep a script alive, nor end one early', async () => {
    const code = `setTimeout(() => console.log('late'), 80); setTimeout(() => console.log('never'), 1e6).unref(); process.on('beforeExit', () => console.log('before exit'));`;
    const { plain, traced } = await both({ 'script.cjs': code }, { node, options });
    expect(traced).toEqual(plain);
  });

  it('does not keep a script alive whose first event is at beforeExit, and records it', async () => {
    const code = `let n = 0; process.on('beforeExit', () => { globalThis[Symbol.for('trace-studio.runtime')]?.recorder.instant('late', '', 0, ''); console.log('before exit', ++n); });`;
    const { plain, traced } = await both({ 'script.cjs': code }, { node, options });
    expect(traced).toEqual(plain);
    expect(collector.events.filter((event) => 'name' in event && event.name === 'late')).toMatchObject([{ kind: 'instant' }]);
  });

  it('steps aside where threads are forbidden', async () => {
    if (major === 20) return; // The permission model has another flag there.
    const script = writeScript(collector, { 'script.cjs': "setTimeout(() => console.log('goes on'), 50);" });
    const run = await runTarget(collector, script, { node, options, flags: ['--permission', '--allow-fs-read=*'] });
    expect(run).toEqual({ stdout: 'goes on\n', stderr: '', code: 0, signal: null });
  });
});
