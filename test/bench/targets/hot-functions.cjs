// 600 functions that call one another twelve deep, none of which stays hot for long: what a sampler has to tell the most of.
// Works a round for each file `go-N` that appears in the folder of argv[2], and writes what it took into `took-N`.
const { existsSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const COUNT = 600;
const DEPTH = 12;
const source = Array.from({ length: COUNT }, (_, i) => {
  const next = (i * 7 + 13) % COUNT;
  return `function f${i}(depth, a) { let s = a | 0; for (let k = 0; k < 40; k++) s = (s * 31 + k * ${i + 1}) | 0; return depth > 0 ? f${next}(depth - 1, s) : s; }`;
}).join('\n');
const functions = new Function(`${source}\nreturn [${Array.from({ length: COUNT }, (_, i) => `f${i}`)}];`)();

function work(rounds) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) for (const call of functions) sum = (sum + call(DEPTH, round)) | 0;
  return sum;
}

const [, , folder, roundMs] = process.argv;
work(300);
const began = process.hrtime.bigint();
work(300);
const rounds = Math.ceil((Number(roundMs) * 1e6 * 300) / Number(process.hrtime.bigint() - began));

function round(number) {
  if (!existsSync(path.join(folder, `go-${number}`))) {
    if (existsSync(path.join(folder, 'end'))) return;
    setTimeout(round, 5, number);
    return;
  }
  const cpu = process.cpuUsage();
  const thread = process.threadCpuUsage?.();
  const start = process.hrtime.bigint();
  work(rounds);
  const wallMs = Number(process.hrtime.bigint() - start) / 1e6;
  const { user, system } = process.cpuUsage(cpu);
  const own = thread && process.threadCpuUsage(thread);
  const file = path.join(folder, `took-${number}`);
  writeFileSync(`${file}.part`, JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, ...(own && { threadMs: (own.user + own.system) / 1000 }) }));
  renameSync(`${file}.part`, file);
  round(number + 1);
}
round(0);
