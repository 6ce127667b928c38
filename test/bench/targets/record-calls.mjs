// Runs a script as the collector of `trace-studio run` does, with every call recorded: node record-calls.mjs RECORDING NODE SCRIPT ARGUMENTS…
// What the script prints is what this prints. The last line tells how many events were recorded and lost.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const { makeCollector } = createRequire(import.meta.url)(path.join(root, 'dist/cli/record.cjs'));
const [recording, node, script, ...args] = process.argv.slice(2);
const calls = { calls: 'exact', include: [], exclude: [], packages: (process.env.BENCH_PACKAGES ?? '').split(',').filter(Boolean) };
const values = { maxDepth: 0, minDurationUs: 0, logArguments: false, logReturn: false, logExceptions: true };
const plan = {
  title: path.basename(script),
  file: node,
  args: [script, ...args],
  cwd: process.cwd(),
  environment: Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS')),
  recordedEnvironment: { names: [] },
  preload: path.join(root, 'dist/tracer/preload.cjs').replaceAll('\\', '/'),
  whenFull: 'exact',
  maskSecrets: true,
  ...(process.env.BENCH_UNTRACED ? {} : { capture: { ...calls, ...values } }),
  ...(process.env.BENCH_CACHE && { cacheFolder: process.env.BENCH_CACHE }),
};
writeFileSync(recording, '', { mode: 0o600 });
const collector = makeCollector();
const ids = { session: randomUUID(), recording: randomUUID() };
collector.onSession = () => {};
await collector.start({ ...ids, plan, file: recording });
const { events, dropped, bytes, end } = await collector.whenEnded(ids.session);
await collector.shutdown(0);
console.log(JSON.stringify({ events, dropped, bytes, end }));
