// What each built-in plugin costs at its default of 50 Hz, in a script that does nothing: CPU time of the process beyond that of the
// same script without plugins, in percent of a core, and a sample in calls of performance.mark of the same run. Takes about a minute.
//
//     node test/bench/plugin-cost.mjs [rounds]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const SETTLE_MS = 1500;
const MEASURE_MS = 4000;
const TARGET = `
setTimeout(() => {
  const before = process.cpuUsage();
  setTimeout(() => {
    const idle = process.cpuUsage(before);
    const start = process.cpuUsage();
    for (let i = 0; i < 20000; i++) {
      performance.mark('m');
      if (i % 1000 === 0) performance.clearMarks();
    }
    const marks = process.cpuUsage(start);
    console.log(JSON.stringify({ us: idle.user + idle.system, mark: (marks.user + marks.system) / 20000 }));
  }, ${MEASURE_MS});
}, ${SETTLE_MS});`;

const NAMES = ['cpu_usage', 'memory_usage', 'event_loop', 'gc', 'active_handles'];
const cli = path.resolve(import.meta.dirname, '../../dist/cli/trace-studio.cjs');
const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-plugin-cost-'));
const script = path.join(folder, 'idle.cjs');
writeFileSync(script, TARGET);

function run(plugins) {
  const options = ['--quiet', ...plugins.flatMap((name) => ['--plugins', `vizplugins.${name}`]), '-o', path.join(folder, 'out.tsr')];
  const { stdout } = spawnSync(process.execPath, [cli, 'run', ...options, '--', script], {
    encoding: 'utf8',
    env: { ...process.env, TRACE_STUDIO_HOME: path.join(folder, 'home') },
  });
  return JSON.parse(stdout);
}

/** The best of the rounds: whatever else the machine did is not of the plugin's. */
function best(plugins) {
  const runs = Array.from({ length: Number(process.argv[2] ?? 1) }, () => run(plugins));
  return runs.reduce((a, b) => (b.us < a.us ? b : a));
}

const idle = best([]);
const percent = (us) => `${((us / 1000 / MEASURE_MS) * 100).toFixed(2)} %`;
console.log(`no plugin         ${percent(idle.us)}`);
for (const plugins of [...NAMES.map((name) => [name]), NAMES]) {
  const { us, mark } = best(plugins);
  const more = us - idle.us;
  const marks = Math.round(more / (50 * (MEASURE_MS / 1000)) / mark);
  console.log(
    `${(plugins.length === 1 ? plugins[0] : 'all five').padEnd(16)} +${percent(more)}   a sample: ${marks} × performance.mark (${mark.toFixed(2)} µs)`,
  );
}
rmSync(folder, { recursive: true, force: true });
