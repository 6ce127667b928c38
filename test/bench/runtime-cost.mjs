// What recording the runtime costs: the same work in plain Node, traced without it, and traced with it, each the quickest of several runs in turns. CPU time of the
// process beside that of plain Node; and what it adds to a start. Takes about a minute.
//
//     node test/bench/runtime-cost.mjs [node…]
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { median } from './table.mjs';

const RUNS = 5;
const STARTS = 21;
const NONE = { asyncOperations: false, asyncHooks: false, gc: false, eventLoop: false, consoleCalls: false, marks: false, warnings: false, modules: false };
const ALL = { ...Object.fromEntries(Object.keys(NONE).map((key) => [key, true])), asyncHooks: false };

/** Each prints the time of one operation in ns, by the CPU time of its thread, where other processes have no part. */
const MEASURE = `
const measure = async (count, run) => { await run(Math.ceil(count / 10)); globalThis.gc?.(); const before = process.cpuUsage(); const began = process.hrtime.bigint(); await run(count);
  const { user, system } = process.cpuUsage(before); console.error(JSON.stringify({ cpu: ((user + system) * 1000) / count, wall: Number(process.hrtime.bigint() - began) / count })); };`;
const WORK = {
  setTimeout: [
    'asyncOperations',
    'measure(100_000, (n) => new Promise((done) => { let left = n; for (let i = 0; i < n; i++) setTimeout(() => { if (--left === 0) done(); }, 1); }));',
  ],
  setImmediate: [
    'asyncOperations',
    'measure(200_000, (n) => new Promise((done) => { let left = n; const next = () => { if (--left === 0) done(); else setImmediate(next); }; next(); }));',
  ],
  'fs.stat': [
    'asyncOperations',
    "const fs = require('fs'); measure(20_000, (n) => new Promise((done) => { let left = n; const next = () => { if (--left === 0) done(); else fs.stat(__filename, next); }; next(); }));",
  ],
  'fs.promises.readFile': [
    'asyncOperations',
    "const fs = require('fs').promises; measure(5_000, async (n) => { for (let i = 0; i < n; i++) await fs.readFile(__filename); });",
  ],
  'http request, both ends': [
    'asyncOperations',
    "const http = require('http'); const agent = new http.Agent({ keepAlive: true }); const server = http.createServer((request, response) => response.end('x')).listen(0, async () => { const { port } = server.address(); await measure(3_000, async (n) => { for (let i = 0; i < n; i++) await new Promise((done) => http.get({ port, agent }, (response) => response.resume().on('end', done))); }); process.exit(); });",
  ],
  'await, asyncHooks': [
    'asyncHooks',
    'async function work(x) { await x; return x; } measure(200_000, async (n) => { for (let i = 0; i < n; i++) await work(i); });',
  ],
  'console.log to a pipe': ['consoleCalls', "measure(20_000, async (n) => { for (let i = 0; i < n; i++) console.log('a line of text', i, { a: 1 }); });"],
  'performance.mark': [
    'marks',
    "measure(100_000, async (n) => { for (let i = 0; i < n; i++) { performance.mark('m'); if (i % 100 === 0) { performance.clearMarks(); await new Promise(setImmediate); } } });",
  ],
  'garbage, 1 MB at a time': [
    'gc',
    'measure(3_000, async (n) => { let kept = []; for (let i = 0; i < n; i++) { kept.push(new Array(16_000).fill({ i })); if (kept.length > 20) kept = []; } });',
  ],
};

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-runtime-cost-'));
const tracer = path.join(folder, 'tracer');
mkdirSync(tracer);
for (const file of readdirSync(path.join(root, 'dist/tracer')))
  if (/\.[cm]js$/.test(file)) copyFileSync(path.join(root, 'dist/tracer', file), path.join(tracer, file));
const socket = path.join(folder, 'socket');
/** Takes everything and looks at nothing. */
const server = createServer((connection) => connection.resume().on('error', () => {}));
await new Promise((listening) => server.listen(socket, listening));

function environment(capture) {
  const { NODE_OPTIONS: _, NODE_EXTRA_CA_CERTS: __, ...env } = process.env;
  if (!capture) return env;
  const options = {
    preload: path.join(tracer, 'preload.cjs'),
    whenFull: 'exact',
    spillFolder: folder,
    ...(capture !== NONE && { capture: { ...NONE, ...capture } }),
  };
  return {
    ...env,
    NODE_OPTIONS: `--require ${options.preload}`,
    TRACE_STUDIO_SOCKET: socket,
    TRACE_STUDIO_SECRET: 's',
    TRACE_STUDIO_OPTIONS: JSON.stringify(options),
  };
}

function run(node, args, capture) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { env: environment(capture), stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.resume();
    child.stderr.on('data', (data) => {
      text += data;
    });
    child.on('error', reject).on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${args.join(' ')} ended with ${code}: ${text}`))));
  });
}

async function work(node, name, [option, code]) {
  const script = path.join(folder, `${name.replaceAll(/\W/g, '-')}.cjs`);
  writeFileSync(script, MEASURE + code);
  const best = { plain: Number.POSITIVE_INFINITY, traced: Number.POSITIVE_INFINITY, recorded: Number.POSITIVE_INFINITY };
  for (let i = 0; i < RUNS; i++) {
    for (const [kind, capture] of [
      ['plain', undefined],
      ['traced', NONE],
      ['recorded', { [option]: true }],
    ]) {
      const line = (await run(node, ['--expose-gc', script], capture)).trim().split('\n').at(-1);
      best[kind] = Math.min(best[kind], JSON.parse(line).cpu);
    }
  }
  const { plain, traced, recorded } = best;
  return `| ${name} | \`${option}\` | ${(plain / 1000).toFixed(2)} µs | × ${(traced / plain).toFixed(2)} | × ${(recorded / plain).toFixed(2)} |`;
}

/** CPU time until a script has run that does nothing but say so, and the time of the clock until it is over. */
async function starts(node) {
  const script = path.join(folder, 'empty.cjs');
  writeFileSync(script, 'const { user, system } = process.cpuUsage(); console.error((user + system) / 1000);');
  const kinds = { plain: undefined, traced: NONE, recorded: ALL };
  const cpu = { plain: [], traced: [], recorded: [] };
  const clock = { plain: [], traced: [], recorded: [] };
  for (let i = 0; i < STARTS; i++) {
    for (const [kind, capture] of Object.entries(kinds)) {
      const began = performance.now();
      const said = await run(node, [script], capture);
      clock[kind].push(performance.now() - began);
      cpu[kind].push(Number(said));
    }
  }
  const told = ({ plain, traced, recorded }, of) => {
    const [least, with_, all] = [of(plain), of(traced), of(recorded)];
    return `${least.toFixed(1)} ms; traced + ${(with_ - least).toFixed(1)}; and with all of the runtime recorded + ${(all - with_).toFixed(1)} more`;
  };
  const quickest = (figures) => Math.min(...figures);
  return `start, CPU time: ${told(cpu, quickest)} (quickest of ${STARTS})\nstart to end:    ${told(clock, median)} (median of ${STARTS} in turns)`;
}

for (const node of process.argv.length > 2 ? process.argv.slice(2) : [process.execPath]) {
  console.log(`\nNode ${(await run(node, ['-e', 'console.error(process.version)'])).trim()}\n`);
  console.log(await starts(node));
  console.log('\n| work | option | plain | traced without it | with it |\n|---|---|---|---|---|');
  for (const [name, each] of Object.entries(WORK)) console.log(await work(node, name, each));
}
server.close();
rmSync(folder, { recursive: true, force: true });
