// `npm run bench [groups…]`: figures, each beside its goal. Compare within one run: machines differ, and so do their neighbours.
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchCalls } from './calls.mjs';
import { benchEngine } from './engine.mjs';
import { benchEvents } from './events.mjs';
import { benchFormats } from './formats.mjs';
import { benchGraphs } from './graphs.mjs';
import { benchLive } from './live.mjs';
import { benchSampling } from './sampling.mjs';
import { benchSoak } from './soak.mjs';
import { benchStartUp } from './start-up.mjs';
import { printTable } from './table.mjs';
import { benchTimeline } from './timeline.mjs';
import { benchWindow } from './window.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const GROUPS = {
  'start-up': benchStartUp,
  events: benchEvents,
  calls: benchCalls,
  live: benchLive,
  window: benchWindow,
  timeline: benchTimeline,
  graphs: benchGraphs,
  sampling: benchSampling,
  engine: benchEngine,
  formats: benchFormats,
  soak: benchSoak,
};
const named = process.argv.slice(2);
// The soak takes half an hour: only when it is named.
const wanted = named.length > 0 ? named.map((word) => word.split('=')[0]) : Object.keys(GROUPS).filter((name) => name !== 'soak');

const unknown = wanted.filter((name) => !(name in GROUPS));
if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(GROUPS).join(', ')} (soak=MINUTES for another length, soak=MINUTES,counters for another load, engine=GIGABYTES for another recording, formats=1000 for a file of 1 GB too).`,
  );
  process.exit(2);
}
console.log(
  `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version}, load ${os.loadavg()[0]?.toFixed(1)} before`,
);
for (const name of wanted) {
  const option = named.find((word) => word.startsWith(`${name}=`))?.split('=')[1];
  printTable(name, await GROUPS[name](root, option));
}
