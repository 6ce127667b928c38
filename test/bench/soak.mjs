// 100,000 counter events a second for half an hour: the memory of every process has to stay flat.
import path from 'node:path';
import { memoryOf, runScript, startStudio } from './live.mjs';

const RATE = 100_000;

export async function benchSoak(root, option) {
  const minutes = Number(option ?? 30);
  const studio = await startStudio(root);
  const samples = [];
  try {
    await runScript(studio, path.join(root, 'test/bench/targets/steady-counters.cjs'), `${RATE} ${minutes * 60}`);
    const ends = Date.now() + minutes * 60_000;
    while (Date.now() < ends - 5000) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(30_000, ends - Date.now() - 4000)));
      // An engine with memory to spare collects late: what is left then is no growth.
      await studio.browser.collectGarbage();
      samples.push([...memoryOf(studio.pid), ...memoryOf(studio.browser.pid)]);
      const total = samples.at(-1).reduce((sum, each) => sum + each.mb, 0);
      console.log(`${((minutes * 60_000 - (ends - Date.now())) / 60_000).toFixed(1)} min: ${total.toFixed(0)} MB in ${samples.at(-1).length} processes`);
    }
    await studio.browser.waitFor(
      `/Exited/.test(document.querySelector('[aria-label="Status bar"] [role=status]')?.textContent)`,
      'the end of the script',
      60_000,
    );
    const status = await studio.browser.evaluate(`document.querySelector('[aria-label="Status bar"]').textContent`);
    // Warm-up (caches, the detail budget) is over after a third; from there to the end is what "flat" is about.
    const first = samples[Math.floor(samples.length / 3)];
    const last = samples.at(-1);
    const rows = last.flatMap((now) => {
      const then = first.find((each) => each.pid === now.pid);
      return then && now.mb > 40
        ? [
            {
              figure: shortName(now.name),
              measured: `${then.mb.toFixed(0)} → ${now.mb.toFixed(0)} MB`,
              goal: 'flat',
              note: `×${(now.mb / then.mb).toFixed(2)} from a third of the run to its end`,
            },
          ]
        : [];
    });
    return [
      ...rows,
      {
        figure: 'dropped',
        measured: /Dropped ([\d,]+)/.exec(status)?.[1] ?? 'not shown',
        goal: '0',
        note: `${/([\d,]+) events/.exec(status)?.[1]} events in ${minutes} min`,
      },
    ];
  } finally {
    await studio.close();
  }
}

function shortName(command) {
  const type = /--type=([\w-]+)/.exec(command)?.[1];
  if (type) return `browser: ${type}`;
  if (/collector/.test(command)) return 'collector';
  if (/steady-counters/.test(command)) return 'target';
  if (/serve/.test(command)) return 'web host';
  return `browser: main (${path.basename(command.split(' ')[0])})`;
}
