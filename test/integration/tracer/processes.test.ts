/** Worker threads and child processes are threads and processes of the session, and do not see how. */
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeVersions } from './node-matrix.ts';
import { runTarget, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const counterNames = (): string[] => collector.events.flatMap((event) => (event.kind === 'counter' ? [event.name] : [])).sort();
/** What a child says of itself: its own name as a counter, and what it sees of the studio. */
const CHILD = `const { getTracer, VizCounter } = require('trace-studio');
const report = (name) => {
  new VizCounter(getTracer(), name).a = 1;
  return JSON.stringify([name, process.env.NODE_OPTIONS, Object.keys(process.env).filter((key) => key.startsWith('TRACE_STUDIO')), process.execArgv]);
};`;

/** Starts the file that is named first, with the flags after it, in every way; prints what each child prints. */
const STARTS = `const { spawn, fork, exec, execFileSync, execSync, spawnSync } = require('node:child_process');
const [child, ...flags] = process.argv.slice(2);
const node = process.execPath;
const print = (text) => process.stdout.write(String(text));
const pipe = (started) => { started.stdout.on('data', print); started.stderr.on('data', print); };
const line = (way) => ['"' + node + '"', ...flags, '"' + child + '"', way].join(' ');
const ways = {
  spawn: () => pipe(spawn(node, [...flags, child, 'spawn'])),
  fork: () => pipe(fork(child, ['fork'], { execArgv: flags, silent: true })),
  exec: () => exec(line('exec'), (error, out, err) => print(out + err)),
  execSync: () => print(execSync(line('execSync'))),
  spawnSync: () => print(spawnSync(line('spawnSync'), { shell: true }).stdout),
  execFileSync: () => print(execFileSync(node, [...flags, child, 'execFileSync'])),
  variable: () => pipe(spawn(node, [child, 'variable'], { env: { ...process.env, NODE_OPTIONS: flags.join(' ') } })),
};`;
const WAYS = ['exec', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync', 'variable'];

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  it('traces worker threads, whatever environment and flags they are given', async () => {
    const code = `const { Worker, isMainThread, workerData, SHARE_ENV, parentPort } = require('node:worker_threads');
${CHILD}
if (isMainThread) {
  const env = { LOG: '1' };
  const options = { plain: {}, flags: { execArgv: [] }, otherFlags: { execArgv: ['--no-warnings'] }, env: { env }, shared: { env: SHARE_ENV }, both: { env, execArgv: ['--no-warnings'] } };
  const said = [];
  const workers = Object.entries(options).map(([name, option]) => new Promise((resolve) => {
    const worker = new Worker(__filename, { ...option, workerData: name });
    worker.on('message', (text) => said.push(text)).on('exit', resolve);
  }));
  Promise.all(workers).then((codes) => { for (const text of said.sort()) console.log(text); console.log(codes.join(), Object.keys(env).join()); });
} else {
  parentPort.postMessage(report(workerData));
  if (workerData === 'plain') process.exit(5);
}`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node });
    const none = [null, []];
    const expected = [
      ['both', ...none, ['--no-warnings']],
      ['env', ...none, []],
      ['flags', ...none, []],
      ['otherFlags', ...none, ['--no-warnings']],
      ['plain', ...none, []],
      ['shared', ...none, []],
    ];
    expect(run.stdout.trim().split('\n')).toEqual([...expected.map((line) => JSON.stringify(line)), '5,0,0,0,0,0 LOG']);
    expect(run.stderr).toBe('');
    expect(counterNames()).toEqual(['both', 'env', 'flags', 'otherFlags', 'plain', 'shared']);
    const threads = [...(collector.targets[0]?.threads.values() ?? [])];
    expect(threads).toHaveLength(7);
    expect(threads.filter((thread) => thread.hello.thread !== 0 && !thread.ended)).toEqual([]);
  });

  it('loses nothing of a worker that is terminated, and of one inside another', async () => {
    const code = `const { Worker } = require('node:worker_threads');
const inner = "const { getTracer, VizCounter } = require('trace-studio'); new VizCounter(getTracer(), 'inner').a = 1; require('node:worker_threads').parentPort.postMessage(1);";
const outer = "const { Worker, parentPort } = require('node:worker_threads'); const { getTracer, VizCounter } = require('trace-studio');" +
  "new VizCounter(getTracer(), 'outer').a = 1; new Worker(" + JSON.stringify(inner) + ", { eval: true }).on('exit', () => { parentPort.postMessage(1); setInterval(() => {}, 1000); });";
const worker = new Worker(outer, { eval: true });
worker.on('message', () => worker.terminate()).on('exit', (code) => console.log(code));
console.log(worker.listenerCount('exit'));`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node });
    expect(run).toEqual({ stdout: '1\n1\n', stderr: '', code: 0, signal: null });
    expect(counterNames()).toEqual(['inner', 'outer']);
  });

  it('traces child processes, however they are started', async () => {
    const code = `const { spawn, spawnSync, fork, exec, execFile, execFileSync, execSync } = require('node:child_process');
${CHILD}
if (process.argv[2]) console.log(report(process.argv[2]));
else {
  const [node, env] = [process.execPath, { PATH: process.env.PATH }];
  const print = (text) => process.stdout.write(String(text));
  print(spawnSync(node, [__filename, 'spawnSync'], { env }).stdout);
  print(execFileSync(node, [__filename, 'execFileSync']));
  print(execSync('"' + node + '" "' + __filename + '" execSync', { env }));
  const pipe = (child) => { child.stdout.on('data', print); };
  pipe(spawn(node, [__filename, 'spawn']));
  pipe(spawn(node, [__filename, 'spawnEnv'], { env }));
  pipe(fork(__filename, ['fork'], { silent: true }));
  pipe(fork(__filename, ['forkFlags'], { silent: true, execArgv: ['--no-warnings'], env }));
  execFile(node, [__filename, 'execFile'], (error, text) => print(text));
  exec('"' + node + '" "' + __filename + '" exec', { env }, (error, text) => print(text));
}`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node });
    const names = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'forkFlags', 'spawn', 'spawnEnv', 'spawnSync'];
    expect(run.stderr).toBe('');
    expect(run.stdout.trim().split('\n').sort()).toEqual(
      names.map((name) => JSON.stringify([name, null, [], name === 'forkFlags' ? ['--no-warnings'] : []])).sort(),
    );
    expect(counterNames()).toEqual(names);
    expect(collector.targets).toHaveLength(names.length + 1);
    expect(new Set(collector.targets.map((target) => target.hello?.pid)).size).toBe(names.length + 1);
  });

  it('traces the workers of a cluster, and processes that an ES module starts', async () => {
    const cluster = `import cluster from 'node:cluster';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { getTracer, VizCounter } from 'trace-studio';
if (process.argv[2]) new VizCounter(getTracer(), process.argv[2]).a = 1;
else if (cluster.isPrimary) {
  execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'from a module'], { env: {} });
  cluster.fork();
} else {
  new VizCounter(getTracer(), 'cluster').a = 1;
  process.exit(0);
}`;
    const run = await runTarget(collector, writeScript(collector, { 'script.mjs': cluster }), { node });
    expect(run).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
    expect(counterNames()).toEqual(['cluster', 'from a module']);
  });

  it('gives no tracer to children that may not read it, and one to those that may', async () => {
    const script = writeScript(collector, {
      'script.cjs': `${STARTS}\nfor (const start of Object.values(ways)) start();`,
      'child.cjs': "const runtime = globalThis[Symbol.for('trace-studio.runtime')]; console.log(process.argv[2], runtime !== undefined);",
    });
    const child = path.join(path.dirname(script), 'child.cjs');
    const model = major < 22 ? '--experimental-permission' : '--permission';
    const own = [model, `--allow-fs-read=${path.dirname(script)}/*`, '--no-warnings'];
    const said = (run: { readonly stdout: string }) => run.stdout.trim().split('\n').sort();

    const kept = await runTarget(collector, script, { node, args: [child, ...own] });
    expect({ stderr: kept.stderr, said: said(kept) }).toEqual({ stderr: '', said: WAYS.map((way) => `${way} false`) });
    expect(collector.targets).toHaveLength(1);

    // A path without a space, as a line for a shell is cut at spaces.
    const granted = await runTarget(collector, script, { node, args: [child, ...own, `--allow-fs-read=${collector.folder}/*`] });
    expect({ stderr: granted.stderr, said: said(granted) }).toEqual({ stderr: '', said: WAYS.map((way) => `${way} true`) });
  });

  it('starts children without a tracer once that is gone', async () => {
    const script = writeScript(collector, {
      'script.cjs': `${STARTS}
require('node:fs').rmSync(${JSON.stringify(path.join(collector.tracerFolder, 'preload.cjs'))});
for (const start of Object.values(ways)) start();`,
      'child.cjs': 'console.log(process.argv[2], process.env.NODE_OPTIONS);',
    });
    const run = await runTarget(collector, script, { node, args: [path.join(path.dirname(script), 'child.cjs'), '--no-warnings'] });
    const of = (way: string) => `${way} ${way === 'variable' ? '--no-warnings' : 'undefined'}`;
    expect({ stderr: run.stderr, said: run.stdout.trim().split('\n').sort() }).toEqual({ stderr: '', said: WAYS.map(of) });
    expect(collector.targets).toHaveLength(1);
  });

  it('names processes and threads', async () => {
    const code = `const cluster = require('node:cluster'); const { Worker, isMainThread } = require('node:worker_threads');
if (cluster.isWorker) process.exit(0);
else if (isMainThread) {
  cluster.fork(); cluster.fork();
  new Worker('', { eval: true, name: 'the counter' }); new Worker(__filename, { resourceLimits: { maxOldGenerationSizeMb: 32 }, workerData: new SharedArrayBuffer(8), execArgv: [], env: {} });
  require('node:child_process').spawnSync(process.execPath, ['--title=my title', '-e', '']);
}`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node });
    expect(run).toMatchObject({ stdout: '', stderr: '', code: 0 });
    const greetings = collector.targets.map((target) => target.hello);
    expect(greetings.map((hello) => hello?.title).sort()).toEqual(['cluster worker 1', 'cluster worker 2', 'my title', undefined]);
    const main = collector.targets.find((target) => target.threads.size > 1);
    expect([...(main?.threads.values() ?? [])].map((thread) => thread.hello.name).sort()).toEqual([
      'main',
      'the counter',
      expect.stringMatching(/^worker \d+$/),
    ]);
    for (const hello of greetings) if (hello !== main?.hello) expect(hello?.ppid).toBe(main?.hello?.pid);
    // One clock: no child begins before its parent, and all are of this moment.
    for (const hello of greetings) expect(Number(BigInt(hello?.monotonicNs ?? 0) - BigInt(main?.hello?.monotonicNs ?? 0))).toBeGreaterThanOrEqual(0);
  });

  it('tells of each child that is Node, and starts without the tracer what would die of it', async () => {
    const flag = major === 20 ? '--experimental-permission' : '--permission';
    const code = `const { spawn, spawnSync, execSync, exec } = require('node:child_process'); const node = process.execPath; const print = (text) => process.stdout.write(String(text));
print(spawnSync(node, ['${flag}', '--allow-fs-read=' + __filename, __filename, 'child'], { stdio: ['ignore', 'pipe', 'pipe'] }).stdout);
print(execSync('"' + node + '" ${flag} --allow-fs-read="' + __filename + '" "' + __filename + '" child', { stdio: ['ignore', 'pipe', 'pipe'] }));
spawn('git', ['--version'], { stdio: 'ignore' }).on('error', () => {}); exec('echo node is a word here', () => {});
print(spawnSync('env', ['-i', node, '-p', '"alone"']).stdout);`;
    const files = { 'script.cjs': `if (process.argv[2]) console.log('a child that may do little'); else { ${code} }` };
    const run = await runTarget(collector, writeScript(collector, files), { node });
    expect(run).toMatchObject({ stdout: 'a child that may do little\na child that may do little\nalone\n', stderr: '', code: 0 });
    const [target] = collector.targets;
    expect(collector.targets).toHaveLength(1);
    const why = expect.stringMatching(/permission model.*add --allow-fs-read=.*\/\* --allow-worker\.$/);
    expect(target?.children).toEqual([
      { pid: expect.any(Number), what: expect.stringContaining('script.cjs child'), why },
      { pid: 0, what: expect.stringContaining('script.cjs'), why },
      { pid: expect.any(Number), what: expect.stringContaining('echo node is a word') },
      { pid: expect.any(Number), what: expect.stringMatching(/^env -i .*node/) },
    ]);
  });

  it('leaves children and workers as they are when its files are gone', async () => {
    const code = `const { spawnSync, execSync, fork } = require('node:child_process'); const { Worker, isMainThread } = require('node:worker_threads'); const fs = require('node:fs');
if (!isMainThread || process.argv[2]) console.log('lives');
else {
  fs.rmSync(${JSON.stringify(collector.tracerFolder)}, { recursive: true });
  process.stdout.write(spawnSync(process.execPath, [__filename, 'child']).stdout); process.stdout.write(execSync('"' + process.execPath + '" "' + __filename + '" child'));
  fork(__filename, ['child']).on('exit', () => { new Worker(__filename).on('exit', () => { new Worker(__filename, { env: {}, execArgv: [] }); }); });
}`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node });
    expect(run).toEqual({ stdout: 'lives\nlives\nlives\nlives\nlives\n', stderr: '', code: 0, signal: null });
    expect(collector.targets[0]?.children.map(({ why }) => why)).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('are gone')));
  });
});
