// What the recording of every call costs: the script that runs, instrumentation, and the way to the recording file. Ratios within one run.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const MUTE_AFTER_MS = 300;

/** The Node that runs this, and those of test/node-matrix. */
function nodes(root) {
  const matrix = [20, 22, 24, 26].map((major) => path.join(root, `test/node-matrix/node_modules/node-${major}/bin/node`)).filter((file) => existsSync(file));
  return matrix.length > 0 ? matrix : [process.execPath];
}

export async function benchCalls(root) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-bench-'));
  const rows = [];
  try {
    for (const node of nodes(root)) {
      const title = spawnSync(node, ['--version'], { encoding: 'utf8', env: {} }).stdout.trim();
      rows.push(...callRows(root, folder, node, title), await mutedRow(root, folder, node, title), ...instrumentRows(root, folder, node, title));
      rows.push(...prettierRows(root, folder, node, title));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

function record(root, folder, node, script, args, env = {}) {
  return recordText(root, folder, node, script, args, env)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function recordText(root, folder, node, script, args, env) {
  const file = path.join(folder, 'recording.tsr');
  rmSync(file, { force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'test/bench/targets/record-calls.mjs'), file, node, script, ...args], {
    encoding: 'utf8',
    env: { ...plainEnvironment(), ...env },
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
  return stdout;
}

function callRows(root, folder, node, title) {
  const [cost, recorded] = record(root, folder, node, path.join(root, 'test/bench/targets/call-cost.cjs'), ['27']);
  const [many, sustained] = record(root, folder, node, path.join(root, 'test/bench/targets/many-calls.cjs'), []);
  const ratio = (cost.traced - cost.plain) / (cost.floor - cost.plain);
  return [
    {
      figure: `${title}: enter and exit, fib(27), to the recording file`,
      measured: `× ${ratio.toFixed(2)}`,
      goal: '≤ × 1.35 of two clock readings',
      note: `${(cost.traced - cost.plain).toFixed(0)} ns added to a call, two clock readings ${(cost.floor - cost.plain).toFixed(0)} ns; ${recorded.dropped} lost`,
    },
    {
      figure: `${title}: async call and await`,
      measured: `× ${(cost.tracedAsync / cost.plainAsync).toFixed(2)}`,
      goal: '≤ × 3 of untraced',
      note: `${cost.tracedAsync.toFixed(0)} ns, untraced ${cost.plainAsync.toFixed(0)} ns`,
    },
    {
      figure: `${title}: sustained to the recording file`,
      measured: `${(sustained.events / many.seconds / 1e6).toFixed(1)} M events/s`,
      goal: '≥ 10 M events/s, none lost',
      note: `${(sustained.events / 1e6).toFixed(1)} M events, ${(sustained.bytes / sustained.events).toFixed(1)} bytes each in the file, ${sustained.dropped} lost`,
    },
  ];
}

/** The one figure that needs somebody who mutes: a collector of our own takes the data and throws it away. */
async function mutedRow(root, folder, node, title) {
  const socketPath = path.join(folder, 'socket');
  const script = path.join(root, 'test/bench/targets/call-cost.cjs');
  const sockets = [];
  let connected;
  const connection = new Promise((resolve) => {
    connected = resolve;
  });
  const server = createServer((socket) => {
    sockets.push(socket.on('data', connected).on('error', () => {}));
  });
  await new Promise((resolve) => server.listen(socketPath, resolve));
  const preload = path.join(root, 'dist/tracer/preload.cjs');
  const capture = { calls: 'exact', include: [], exclude: [], packages: [], maxDepth: 0, minDurationUs: 0, logExceptions: true };
  const child = spawn(node, [script, '27', 'muted'], {
    env: {
      ...plainEnvironment(),
      NODE_OPTIONS: `--require ${preload}`,
      TRACE_STUDIO_SOCKET: socketPath,
      TRACE_STUDIO_SECRET: 'bench',
      TRACE_STUDIO_OPTIONS: JSON.stringify({ preload, whenFull: 'exact', spillFolder: folder, capture }),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  const ready = new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (text === 'ready\n') resolve();
    });
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  await Promise.all([ready, connection]);
  const body = Buffer.from(JSON.stringify({ command: 'mute', muted: true, functions: [{ file: script, name: 'muted' }] }));
  const head = Buffer.alloc(12);
  head.writeUInt32LE(body.length, 0);
  head[4] = 64;
  for (const socket of sockets) socket.write(Buffer.concat([head, body]));
  setTimeout(() => child.stdin.end('go\n'), MUTE_AFTER_MS);
  await closed;
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  const cost = JSON.parse(text.split('\n')[1]);
  return {
    figure: `${title}: muted function`,
    measured: `${(cost.muted - cost.plain).toFixed(1)} ns`,
    goal: '≤ 2 ns',
    note: `a call of fib(27) takes ${cost.plain.toFixed(1)} ns`,
  };
}

/** Real files of several megabytes, loaded one after the other. Each is the body of a function that nobody calls: only loading is measured. */
function instrumentRows(root, folder, node, title) {
  const script = path.join(root, 'test/bench/targets/load-files.cjs');
  const files = sources(root).map((source, number) => {
    const file = path.join(folder, `program-${number}.cjs`);
    writeFileSync(file, `module.exports = function (module, exports, require) {\n${readFileSync(source, 'utf8')}\n};\n`);
    return file;
  });
  const cache = path.join(folder, `cache-${title}`);
  const run = (env) => record(root, folder, node, script, files, env)[0].ms;
  const untraced = Math.min(run({ BENCH_UNTRACED: '1' }), run({ BENCH_UNTRACED: '1' }));
  const cold = run({ BENCH_CACHE: cache });
  const warm = Math.min(run({ BENCH_CACHE: cache }), run({ BENCH_CACHE: cache }));
  const megabytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0) / 1e6;
  return [
    {
      figure: `${title}: instrumentation, cold`,
      measured: `${(megabytes / ((cold - untraced) / 1000)).toFixed(1)} MB/s`,
      goal: /v20/.test(title) ? '≥ 4 MB/s' : '≥ 12 MB/s',
      note: `${megabytes.toFixed(1)} MB in ${files.length} files: ${untraced.toFixed(0)} ms untraced, ${cold.toFixed(0)} ms cold, ${warm.toFixed(0)} ms warm, of processor time`,
    },
    {
      figure: `${title}: instrumentation, warm`,
      measured: `${(megabytes / ((warm - untraced) / 1000)).toFixed(0)} MB/s`,
      goal: '≥ 100 MB/s',
      note: 'to load and run; from the cache of an earlier run',
    },
  ];
}

/** A whole program: prettier formats a file of 220 KB, all of its packages recorded, or the user's own code alone (its configuration, a plugin). */
function prettierRows(root, folder, node, title) {
  const packages = path.join(root, 'test/programs/node_modules');
  const every = { figure: `${title}: prettier, every call of all packages`, goal: '≤ × 3 of untraced, by the clock' };
  const own = { figure: `${title}: prettier, calls of the user's own code`, goal: '≤ × 1.3 of untraced, by the clock' };
  if (!existsSync(path.join(packages, 'prettier'))) {
    return [{ ...every, measured: '', note: 'not measured: npm install --no-package-lock --ignore-scripts in test/programs' }];
  }
  const project = path.join(folder, 'prettier');
  cpSync(path.join(root, 'test/fixtures/programs/prettier'), project, { recursive: true });
  if (!existsSync(path.join(project, 'node_modules'))) symlinkSync(packages, path.join(project, 'node_modules'));
  mkdirSync(path.join(project, 'src'), { recursive: true });
  cpSync(path.join(packages, 'webpack/lib/Compilation.js'), path.join(project, 'src/large.js'));
  const script = path.join(project, 'node_modules/prettier/bin/prettier.cjs');
  const args = ['--config', path.join(project, 'prettier.config.mjs'), '--check', path.join(project, 'src/large.js')];
  const cache = path.join(folder, `prettier-cache-${title}`);
  const once = (env) => {
    const began = performance.now();
    const lines = recordText(root, folder, node, script, args, { ...env, BENCH_CACHE: cache })
      .trim()
      .split('\n');
    return { ms: performance.now() - began, ...JSON.parse(lines.at(-1)) };
  };
  const best = (env) => {
    const runs = [once(env), once(env), once(env)];
    return runs.reduce((least, run) => (run.ms < least.ms ? run : least));
  };
  const [untraced, ownCode, all] = [best({ BENCH_UNTRACED: '1' }), best({}), best({ BENCH_PACKAGES: '*' })];
  const ratio = (run) => `× ${(run.ms / untraced.ms).toFixed(2)}`;
  const note = (run) =>
    `${run.ms.toFixed(0)} ms, untraced ${untraced.ms.toFixed(0)} ms; ${(run.events / 1e6).toFixed(1)} M events, ${run.dropped} lost; best of three, instrumented before`;
  return [
    { ...every, measured: ratio(all), note: note(all) },
    { ...own, measured: ratio(ownCode), note: note(ownCode) },
  ];
}

/** CommonJS files of packages that the studio is built and tested with. */
function sources(root) {
  const names = ['react-dom/cjs/react-dom-client.development.js', 'react-dom/cjs/react-dom-profiling.development.js', 'lodash/lodash.js'];
  const more = ['react-dom/cjs/react-dom-server.node.development.js', 'playwright-core/lib/utilsBundle.js', 'playwright/lib/runner/index.js'];
  return [...names, ...more].map((name) => path.join(root, 'node_modules', name)).filter((file) => existsSync(file));
}

function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:NODE_|TRACE_STUDIO_|BENCH_)/.test(name)));
}
