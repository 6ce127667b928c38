// Other tools' traces: how fast they become recordings, and in how much memory. `npm run bench -- formats=1000` adds a file of 1 GB.
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { build } from 'esbuild';
import { findOrInstallChromium } from '../helpers/find-chromium.mjs';
import { writeTraceFile } from './formats/trace-file.mjs';
import { median } from './table.mjs';

const ROUNDS = 7;
const PEER_ROUNDS = 3;
const SPEEDSCOPE_SECONDS = 300;

export async function benchFormats(root, option) {
  const files = path.join(root, '.cache/bench');
  mkdirSync(files, { recursive: true });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-bench-'));
  const entries = ['read.mjs', 'first-picture.ts'].map((name) => path.join(root, 'test/bench/formats', name));
  await build({ entryPoints: entries, outdir: folder, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  const read = path.join(folder, 'read.mjs');
  const firstPicture = path.join(folder, 'first-picture.mjs');
  const { NODE_OPTIONS, ...env } = process.env;
  /** A process of its own: nothing of it was compiled before. */
  const run = (script, ...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=8192', script, ...args], { encoding: 'utf8', env });
    return status === 0 ? JSON.parse(stdout) : { failed: stderr.split('\n').find((line) => /Error/.test(line)) ?? `ended with ${status}` };
  };
  const parse = path.join(root, 'test/bench/formats/parse.mjs');
  try {
    return [
      ...(await small(files, { run, read, parse })),
      ...firstPictures(files, { run, firstPicture }),
      ...(await peers(root, files, { run, read })),
      ...(Number(option) > 0 ? large(root, files, folder, Number(option), { run, firstPicture }) : []),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Made once, and kept for the next run. */
function traceFile(files, megabytes) {
  const file = path.join(files, `trace-${megabytes}.json`);
  if (!existsSync(file)) writeTraceFile(file, megabytes);
  return file;
}

async function small(files, { run, read, parse }) {
  const of = (results, key) => median(results.map((result) => result[key]));
  const rows = [];
  for (const megabytes of [10, 100]) {
    const file = traceFile(files, megabytes);
    const ours = [];
    const theirs = [];
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(run(parse, file));
      ours.push(run(read, file));
    }
    const [one, other] = [of(ours, 'ms'), of(theirs, 'ms')];
    const [peak, parsePeak] = [of(ours, 'peakBytes'), of(theirs, 'peakBytes')];
    rows.push({
      figure: `${megabytes} MB of trace events → recording, cold process, against JSON.parse`,
      measured: `${(other / one).toFixed(2)} × as fast`,
      goal: megabytes === 100 ? '≥ 1.8 ×' : '',
      note: `${ms(one)} and ${ms(other)}, of processor time ${(of(theirs, 'cpuMs') / of(ours, 'cpuMs')).toFixed(2)} ×; ${mb(peak)} and ${mb(parsePeak)} at most; median of ${ROUNDS} in turns`,
    });
  }
  const plain = traceFile(files, 100);
  const compressed = `${plain}.gz`;
  if (!existsSync(compressed)) await pipeline(createReadStream(plain), createGzip(), createWriteStream(compressed));
  const times = { plain: [], compressed: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times.plain.push(run(read, plain).ms);
    times.compressed.push(run(read, compressed).ms);
  }
  const [one, other] = [median(times.compressed), median(times.plain)];
  rows.push({ figure: '100 MB as .json.gz against .json', measured: `${(one / other).toFixed(2)} ×`, goal: '≤ 1.3 ×', note: `${ms(one)} and ${ms(other)}` });
  return rows;
}

/** As the window's trace worker reads them; recordings are in the group `engine`. */
function firstPictures(files, tools) {
  const plain = traceFile(files, 100);
  return [firstPictureOf('100 MB of JSON', plain, tools), firstPictureOf('the same as .json.gz', `${plain}.gz`, tools)];
}

function firstPictureOf(what, file, { run, firstPicture }) {
  const results = Array.from({ length: 5 }, () => run(firstPicture, file));
  const failed = results.find((result) => result.failed);
  const of = (key) => median(results.map((result) => result[key]));
  return {
    figure: `${what}: file chosen → first picture`,
    measured: failed ? 'it failed' : ms(of('ms')),
    goal: '≤ 500 ms',
    note: failed?.failed ?? `${ms(of('cpuMs'))} of processor time; ${of('items')} things drawn`,
  };
}

async function peers(root, files, { run, read }) {
  const folder = path.join(root, 'test/bench/peers');
  if (!existsSync(path.join(folder, 'node_modules/speedscope'))) {
    const install = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
    const { status } = spawnSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) return [{ figure: 'against other tools', measured: 'skipped', note: 'they could not be installed' }];
  }
  const file = traceFile(files, 100);
  const ours = [];
  const engine = [];
  for (let round = 0; round < PEER_ROUNDS; round++) {
    ours.push(run(read, file).ms);
    engine.push(run(path.join(folder, 'trace-engine.mjs'), file));
  }
  const one = median(ours);
  const rows = [];
  const failed = engine.find((result) => result.failed);
  const engineMs = failed ? Number.NaN : median(engine.map((result) => result.ms));
  rows.push({
    figure: '100 MB against @paulirish/trace_engine',
    measured: failed ? 'it failed' : `${(engineMs / one).toFixed(1)} × as fast`,
    goal: '≥ 8 ×',
    note: failed ? failed.failed : `${ms(one)} and ${ms(engineMs)} with JSON.parse`,
  });
  const speedscope = run(path.join(folder, 'speedscope.mjs'), file, String(SPEEDSCOPE_SECONDS), await findOrInstallChromium());
  rows.push({
    figure: '100 MB against speedscope, its page until a profile is shown',
    measured: speedscope.failed ? 'it failed' : `${speedscope.shown ? '' : '> '}${(speedscope.ms / one).toFixed(0)} × as fast`,
    goal: '≥ 40 ×',
    note: speedscope.failed ?? `${ms(one)} and ${ms(speedscope.ms)}${speedscope.shown ? '' : ', when it was not waited for any longer'}`,
  });
  return rows;
}

function large(root, files, folder, megabytes, { run, firstPicture }) {
  const file = traceFile(files, megabytes);
  const bytes = statSync(file).size;
  const memory = path.join(root, 'test/bench/formats/memory.mjs');
  const command = path.join(root, 'dist/cli/trace-studio.cjs');
  const rows = [firstPictureOf(`${megabytes} MB of JSON`, file, { run, firstPicture })];
  const facts = { 'convert to .tsr': ['convert', file, '-o', path.join(folder, 'large.tsr')], info: ['info', file], stats: ['stats', file] };
  let whole = 0;
  for (const [what, args] of Object.entries(facts)) {
    const result = run(memory, command, ...args);
    if (what.startsWith('convert')) whole = result.ms;
    rows.push({
      figure: `${megabytes} MB, ${what}: most memory against the size of the file`,
      measured: result.failed ? 'it failed' : `${(result.peakBytes / bytes).toFixed(2)} ×`,
      goal: '≤ 0.9 ×',
      note: result.failed ?? `${mb(result.peakBytes)}, ${ms(result.ms)}`,
    });
  }
  const processor = process.env.TRACE_PROCESSOR;
  if (processor === undefined) {
    rows.push({ figure: `${megabytes} MB against Perfetto's trace_processor`, measured: 'skipped', goal: '≤ 0.5 ×', note: 'name one in TRACE_PROCESSOR' });
    return rows;
  }
  const began = performance.now();
  const { status, stderr } = spawnSync(processor, ['-q', '/dev/null', file], { encoding: 'utf8' });
  const theirs = performance.now() - began;
  rows.push({
    figure: `${megabytes} MB against Perfetto's trace_processor`,
    measured: status === 0 ? `${(whole / theirs).toFixed(2)} × its time` : 'it failed',
    goal: '≤ 0.5 ×',
    note: status === 0 ? `${ms(whole)} and ${ms(theirs)}` : stderr.slice(-200),
  });
  return rows;
}

const ms = (time) => (time < 10_000 ? `${time.toFixed(0)} ms` : `${(time / 1000).toFixed(1)} s`);
const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
