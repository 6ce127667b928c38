// A Chrome Trace Event file as VizTracer writes it, of any size, the same at every run:
//   node test/bench/formats/trace-file.mjs OUT.json MEGABYTES [THREADS]
//
// 92 % are calls (X, a child before its parent, threads in bursts, one in seven with args), the rest counters, async slices, arrows, moments, objects,
// B with E, and a table of sources at the end.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const FUNCTIONS = 2500;
const MODULES = [
  'threading',
  'json/decoder',
  'asyncio/base_events',
  'numpy/core/fromnumeric',
  'site-packages/requests/sessions',
  'app/service',
  'logging/__init__',
];
const VERBS = ['work', 'step', 'parse', 'load', 'dump', 'encode', 'forward', 'acquire'];
const FLUSHED = 4e6;

export function writeTraceFile(file, megabytes, threads = 8) {
  let seed = 12345;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const sources = {};
  const names = Array.from({ length: FUNCTIONS }, (_, i) => {
    const verb = `do_${VERBS[i % VERBS.length]}_${i}`;
    if (i % 5 === 4) return `builtins.${verb}`;
    const [source, line] = [`/usr/lib/python3.12/${MODULES[i % MODULES.length]}.py`, 1 + ((i * 37) % 2000)];
    const name = `C${i % 97}.${verb} (${source}:${line})`;
    sources[name] = [source, line];
    return name;
  });
  // Few functions make most of the calls.
  const someName = () => names[Math.floor(FUNCTIONS * random() ** 3)];

  const out = fs.openSync(file, 'w');
  let parts = ['{"traceEvents": ['];
  let waiting = 0;
  let bytes = 0;
  let events = 0;
  const flush = () => {
    fs.writeSync(out, parts.join(''));
    parts = [];
    waiting = 0;
  };
  const emit = (event) => {
    const text = events++ === 0 ? event : `, ${event}`;
    parts.push(text);
    waiting += text.length;
    bytes += text.length;
    if (waiting > FLUSHED) flush();
  };

  const list = Array.from({ length: threads }, (_, t) => ({ pid: 222_288 + (t % 2), tid: 222_300 + t, ts: 81_994_916_951.849 + t * 13.7 }));
  for (const { pid, tid } of list) {
    emit(`{"ph": "M", "pid": ${pid}, "tid": ${tid}, "name": "process_name", "args": {"name": "worker ${pid}"}}`);
    emit(`{"ph": "M", "pid": ${pid}, "tid": ${tid}, "name": "thread_name", "args": {"name": "Thread-${tid}"}}`);
  }
  const number = (value) => value.toFixed(3).replace(/\.?0+$/, (zeros) => (zeros.includes('.') ? '.0' : zeros));
  const hex = (value) => `0x${value.toString(16)}`;
  let ids = 0;
  const beside = (thread, start) => {
    const at = (ts, ph, rest) => emit(`{"pid": ${thread.pid}, "tid": ${thread.tid}, "ts": ${number(ts)}, "ph": "${ph}", ${rest}}`);
    const which = random();
    const id = ++ids;
    if (which < 0.032) {
      const rss = Math.floor(1e6 + 5e5 * Math.sin(thread.ts / 1e4) + random() * 1e5);
      at(thread.ts, 'C', `"name": "mem ${thread.tid % 4}", "args": {"rss": ${rss}, "vms": ${Math.floor(2e6 + random() * 1e6)}}`);
    } else if (which < 0.042) {
      const rest = `"cat": "task", "id": "${hex(id)}", "name": "task_${id % 50}"`;
      at(start, 'b', rest);
      at(thread.ts + random() * 50, 'e', rest);
    } else if (which < 0.047) {
      const to = list[Math.floor(random() * threads)];
      at(start, 's', `"cat": "flow", "id": ${id}, "name": "msg"`);
      emit(`{"pid": ${to.pid}, "tid": ${to.tid}, "ts": ${number(thread.ts + 1)}, "ph": "f", "bp": "e", "cat": "flow", "id": ${id}, "name": "msg"}`);
    } else if (which < 0.054) {
      at(thread.ts, 'i', `"s": "t", "name": "log: caf\\u00e9 \\"x\\" ${events % 100}", "args": {"msg": "line\\n2"}`);
    } else if (which < 0.057) {
      const rest = `"name": "Board", "id": "${hex(0x7f0000 + id)}"`;
      at(start, 'N', rest);
      at(start + 0.01, 'O', `${rest}, "args": {"snapshot": {"cells": [1, 0, 2, 0, [3, {"k": null}], true], "turn": ${id}}}`);
      at(thread.ts, 'D', rest);
    } else if (which < 0.0575) {
      at(thread.ts, 'B', '"name": "section", "cat": "x"');
      thread.ts += 0.2;
      at(thread.ts, 'E', '"name": "section"');
    }
  };
  const call = (thread, depth, budget) => {
    const start = thread.ts;
    let used = 1;
    thread.ts += 0.05 + random() * 0.8;
    const children = depth >= 24 || random() < 0.45 ? 0 : 1 + Math.floor(random() * (depth < 6 ? 6 : 3));
    for (let child = 0; child < children && used < budget; child++) {
      used += call(thread, depth + 1, budget - used);
      thread.ts += random() * 0.4;
    }
    thread.ts += 0.05 + random() * random() * (random() < 0.02 ? 400 : 3);
    const self = `"self": "<app.models.Obj at 0x7f${(seed & 0xffffff).toString(16)}>"`;
    const args =
      random() < 0.15 ? `, "args": {"func_args": {${self}, "n": "${Math.floor(random() * 1000)}", "path": "C:\\\\data\\\\f.txt"}, "return_value": "None"}` : '';
    const [ts, dur] = [number(start), number(thread.ts - start)];
    emit(`{"pid": ${thread.pid}, "tid": ${thread.tid}, "ts": ${ts}, "ph": "X", "cat": "fee", "dur": ${dur}, "name": "${someName()}"${args}}`);
    beside(thread, start);
    return used;
  };
  while (bytes < megabytes * 1e6) {
    const thread = list[Math.floor(random() * threads)];
    thread.ts += random() * 5;
    call(thread, 0, 4000);
  }
  parts.push(`], "viztracer_metadata": {"version": "1.1.1", "overflow": false}, "file_info": {"files": {}, "functions": ${JSON.stringify(sources)}}}`);
  flush();
  fs.closeSync(out);
  return events;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, megabytes, threads] = process.argv.slice(2);
  if (file === undefined || !(Number(megabytes) > 0)) {
    console.error('usage: node test/bench/formats/trace-file.mjs OUT.json MEGABYTES [THREADS]');
    process.exit(2);
  }
  console.log(`${writeTraceFile(file, Number(megabytes), Number(threads ?? 8))} events in ${file}`);
}
