// `trace-studio run` on an empty script against plain node, turn by turn: what the studio adds to a run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { median } from './table.mjs';

const ROUNDS = 25;

export function benchStartUp(root) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-bench-'));
  const script = path.join(root, 'test/bench/targets/empty.cjs');
  // What makes every Node of a machine slower (certificates to load take 140 ms, a preload takes what it takes) would be counted twice.
  const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, ...environment } = process.env;
  const env = { ...environment, TRACE_STUDIO_HOME: folder };
  const time = (args) => {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
    return performance.now() - began;
  };
  const traced = [path.join(root, 'dist/cli/trace-studio.cjs'), 'run', '--quiet', '-o', path.join(folder, 'result.json'), '--', script];
  time(traced); // The first run copies the tracer into its folder.
  const plainMs = [];
  const tracedMs = [];
  for (let round = 0; round < ROUNDS; round++) {
    plainMs.push(time([script]));
    tracedMs.push(time(traced));
  }
  rmSync(folder, { recursive: true, force: true });
  const [plain, withStudio] = [median(plainMs), median(tracedMs)];
  return [
    {
      figure: 'trace-studio run, empty script: added',
      measured: `${(withStudio - plain).toFixed(0)} ms`,
      goal: '≤ 120 ms',
      note: `node ${plain.toFixed(0)} ms, run ${withStudio.toFixed(0)} ms, ×${(withStudio / plain).toFixed(2)}, median of ${ROUNDS} in turns`,
    },
  ];
}
