// A steady load for half an hour in a live window: the memory of every process has to stay flat, and that of details within its budget.
import { statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { framesPerSecond, memoryOf, runScript, startStudio } from './live.mjs';

/** What is written, how many events of it a second, and about how many bytes of a recording each of them takes. */
const LOADS = {
  calls: { script: 'steady-calls.cjs', rate: 1_000_000, bytes: 9 },
  counters: { script: 'steady-counters.cjs', rate: 100_000, bytes: 20 },
};
const OUTPUT = `document.querySelector('[aria-label="Console output"], [role=log]')?.textContent ?? ''`;

/** Between two looks. */
const LOOK_MS = 30_000;

/** `30` or `2,counters`: minutes, and the load. */
export async function benchSoak(root, option) {
  const [minutes = 30, kind = 'calls'] = (option ?? '30').split(',').map((word) => (word === '' || Number.isNaN(Number(word)) ? word : Number(word)));
  const load = LOADS[kind];
  if (!load || typeof minutes !== 'number') throw new Error(`soak=${option} is not understood: write soak=30, or soak=30,counters.`);
  refuseFullDisk(minutes * 60 * load.rate * load.bytes);
  const studio = await startStudio(root);
  try {
    const idle = await framesPerSecond(studio.browser);
    await runScript(studio, path.join(root, 'test/bench/targets', load.script), `${load.rate} ${minutes * 60}`);
    const looks = await watch(studio, load.script, minutes);
    await studio.browser.waitFor(
      `/Exited/.test(document.querySelector('[aria-label="Status bar"] [role=status]')?.textContent)`,
      'the end of the script',
      // A full buffer makes the script wait, and what it then owes is written later.
      Math.max(60_000, minutes * 15_000),
    );
    // A busy machine shows the end of a script before it has read all of what was written.
    await studio.browser.waitFor(`/wrote \\d+/.test(${OUTPUT})`, 'the last line of the script', Math.max(60_000, minutes * 15_000)).catch(() => {});
    const status = await studio.browser.evaluate(`document.querySelector('[aria-label="Status bar"]').textContent`);
    const said = await studio.browser.evaluate(OUTPUT);
    return rowsOf({ looks, idle, status, said, minutes, kind });
  } finally {
    await studio.close();
  }
}

function refuseFullDisk(bytes) {
  const { bavail, bsize } = statfsSync(os.tmpdir());
  if (bavail * bsize > bytes * 1.2) return;
  throw new Error(`The recording takes some ${gigabytes(bytes)}, and ${os.tmpdir()} has ${gigabytes(bavail * bsize)} left: TMPDIR names another place.`);
}

/** Until just before the script ends: the memory of each process, what the window says of its details, and its frames. */
async function watch({ browser, pid }, script, minutes) {
  const looks = [];
  const began = Date.now();
  const ends = began + minutes * 60_000;
  while (Date.now() < ends - 5000) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, ends - Date.now() - 4000)));
    const frames = await framesPerSecond(browser);
    // An engine with memory to spare collects late: what is left then is no growth.
    await browser.collectGarbage();
    const processes = [...memoryOf(pid), ...memoryOf(browser.pid)].map((each) => ({ ...each, name: shortName(each.name, script) }));
    const details = await detailsOf(browser);
    looks.push({ frames, processes, details, heaps: await browser.heaps() });
    const total = processes.reduce((sum, each) => sum + each.mb, 0);
    const inWindow = details ? `, details ${mb(details.used)} of ${mb(details.budget)}` : '';
    console.log(
      `${((Date.now() - began) / 60_000).toFixed(1)} min: ${mb(total)} in ${processes.length} processes${inWindow}, ${frames.toFixed(0)} frames a second`,
    );
  }
  return looks;
}

/** What the status bar tells of the details in memory, and of how much it may be. */
async function detailsOf(browser) {
  const text = await browser.evaluate(`document.querySelector('[aria-label^="Details in memory"]')?.getAttribute('aria-label') ?? ''`);
  const [, used, usedUnit, budget, budgetUnit] = /: ([\d.,]+) (\w+) of ([\d.,]+) (\w+)/.exec(text) ?? [];
  return used === undefined ? undefined : { used: inMb(used, usedUnit), budget: inMb(budget, budgetUnit) };
}

const inMb = (text, unit) => Number(text.replaceAll(',', '')) * { B: 2 ** -20, bytes: 2 ** -20, kB: 2 ** -10, KB: 2 ** -10, MB: 1, GB: 2 ** 10 }[unit];

function rowsOf({ looks, idle, status, said, minutes, kind }) {
  // Warm-up (caches, the budget fills) is over after a third; from there to the end is what "flat" is about.
  const first = looks[Math.floor(looks.length / 3)];
  const last = looks.at(-1);
  const rows = last.processes.flatMap((now) => {
    const then = first.processes.find((each) => each.pid === now.pid);
    const most = Math.max(...looks.map((look) => look.processes.find((each) => each.pid === now.pid)?.mb ?? 0));
    if (!then || now.mb <= 40 || now.name === 'browser: zygote') return [];
    return [
      {
        figure: now.name,
        measured: `${then.mb.toFixed(0)} → ${mb(now.mb)}`,
        goal: 'flat',
        note: `×${(now.mb / then.mb).toFixed(2)} from a third of the run to its end, at most ${mb(most)}`,
      },
    ];
  });
  const mostDetails = Math.max(...looks.map(({ details }) => details?.used ?? Number.NaN));
  const budget = last.details?.budget ?? Number.NaN;
  const heapOf = (look, isWorker) => look.heaps.filter((heap) => heap.isWorker === isWorker).reduce((sum, heap) => sum + heap.mb, 0);
  const heapRow = (figure, isWorker) => ({
    figure,
    measured: `${heapOf(first, isWorker).toFixed(0)} → ${mb(heapOf(last, isWorker))}`,
    goal: 'flat',
    note: `×${(heapOf(last, isWorker) / heapOf(first, isWorker)).toFixed(2)}: objects and buffers that are held, without what the engine keeps free`,
  });
  const totals = looks.map(({ processes }) => processes.reduce((sum, each) => sum + each.mb, 0));
  return [
    {
      figure: 'details in memory, at most',
      measured: mb(mostDetails),
      goal: `≤ ${mb(budget)}`,
      note: `×${(mostDetails / budget).toFixed(2)} of the budget that the status bar shows`,
    },
    heapRow('the window’s workers', true),
    heapRow('its page', false),
    ...rows,
    { figure: 'all processes together, at most', measured: mb(Math.max(...totals)), note: `${mb(totals.at(-1))} at the end` },
    {
      figure: 'frames',
      measured: `${first.frames.toFixed(1)} → ${last.frames.toFixed(1)} /s`,
      goal: '≥ 50 /s',
      note: `×${(last.frames / idle).toFixed(2)} of the idle page at the end`,
    },
    {
      figure: 'dropped',
      measured: /Dropped ([\d,]+)/.exec(status)?.[1] ?? 'not shown',
      goal: '0',
      note: `${kind}: ${/([\d,]+) events/.exec(status)?.[1]} events in ${minutes} min; the script ${/wrote \d+ in [\d.]+ s/.exec(said)?.[0] ?? 'said nothing'}`,
    },
  ];
}

const mb = (figure) => `${figure.toFixed(0)} MB`;
const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;

function shortName(command, script) {
  const type = /--type=([\w-]+)/.exec(command)?.[1];
  if (type) return `browser: ${type}`;
  if (/collector/.test(command)) return 'collector';
  if (command.includes(script)) return 'target';
  if (/serve/.test(command)) return 'web host';
  return `browser: main (${path.basename(command.split(' ')[0])})`;
}
