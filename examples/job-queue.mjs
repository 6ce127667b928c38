// @title A job queue and its workers
// @description Four workers drain a queue that fills in waves. Watch what waits, what runs, and what each worker holds.
// @kind queue
import { setTimeout as sleep } from 'node:timers/promises';
import { getTracer, VizCounter, VizObject } from 'trace-studio';

const SECONDS = Number(process.argv[2] ?? 60);
const tracer = getTracer();
const queue = new VizCounter(tracer, 'queue');
const latency = new VizCounter(tracer, 'latency ms');
queue.waiting = 0;
queue.running = 0;

const jobs = [];
const ends = Date.now() + SECONDS * 1000;
let nextId = 1;
let done = 0;

/** Jobs arrive in waves: for some seconds more than the workers can do, then fewer. */
async function produce() {
  while (Date.now() < ends) {
    const wave = 1.1 + 0.7 * Math.sin(Date.now() / 1500);
    for (let n = Math.random() * 3 * wave; n > 1; n--) {
      jobs.push({ id: nextId++, kind: ['resize', 'e-mail', 'invoice'][nextId % 3], cost: 20 + Math.random() * 90, at: Date.now() });
    }
    queue.waiting = jobs.length;
    await sleep(25);
  }
}

async function work(name) {
  // One object a worker: its fields are seen in the inspector, snapshot by snapshot.
  const worker = new VizObject(tracer, name, { triggerOnChange: false });
  worker.state = 'idle';
  worker.job = null;
  worker.finished = 0;
  worker.recent = [];
  while (Date.now() < ends || jobs.length > 0) {
    const job = jobs.shift();
    if (!job) {
      await sleep(10);
      continue;
    }
    queue.waiting = jobs.length;
    queue.running += 1;
    worker.state = 'busy';
    worker.job = job;
    worker.log();
    await sleep(job.cost);
    latency.latest = Date.now() - job.at;
    queue.running -= 1;
    worker.finished += 1;
    worker.recent = [...worker.recent.slice(-4), `${job.kind} #${job.id}`];
    worker.state = 'idle';
    worker.job = null;
    worker.log();
    if (++done % 50 === 0)
      console.log(`${done} jobs done, \u001b[33m${jobs.length}\u001b[0m waiting, the last one took \u001b[36m${latency.latest} ms\u001b[0m`);
  }
}

await Promise.all([produce(), work('worker Ada'), work('worker Brook'), work('worker Cai'), work('worker Dana')]);
console.log(`All ${done} jobs are done.`);
