// Run by itself: runs a script with its arguments, and says how long it took and how much memory it had at most.
import { spawnSync } from 'node:child_process';

const began = performance.now();
const report = 'import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)))';
const { status, output, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(report)}`, ...process.argv.slice(2)], {
  encoding: 'utf8',
  stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
});
if (status !== 0) throw new Error(stderr);
console.log(JSON.stringify({ ms: performance.now() - began, peakBytes: Number(output[3]) * 1024 }));
