// Live figures: how old what the window shows is, and whether it keeps up with a million events a second.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openBrowser } from './browser.mjs';
import { median } from './table.mjs';

/** `files` are opened. */
/** `open` brings a browser to an address; by itself it starts one. */
export async function startStudio(root, files = [], open = openBrowser) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-bench-'));
  const child = spawn(process.execPath, [path.join(root, 'dist/cli/trace-studio.cjs'), 'serve', '--no-open', '--port', '0', '--root', root, ...files], {
    cwd: root,
    env: { ...process.env, TRACE_STUDIO_HOME: folder },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/\S+/.exec(text);
      if (found) resolve(found[0]);
    });
    child.on('exit', (code) => reject(new Error(`the web host ended with ${code}`)));
  });
  const browser = await open(url);
  if (files.length === 0)
    await browser.waitFor(
      `document.querySelector('[aria-label="Script"], #script') ?? document.querySelector('main[aria-label="Start"] input')`,
      'the start page',
    );
  return {
    browser,
    pid: child.pid,
    async close() {
      await browser.close();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Starts a script the way a user does: path and arguments in the run configuration's field, Run. */
export async function runScript({ browser }, file, argumentText) {
  await browser.evaluate(`(async () => {
    const type = (field, text) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const until = async (find) => { for (;;) { const found = find(); if (found) return found; await new Promise(requestAnimationFrame); } };
    const button = (scope, name) => [...scope.querySelectorAll('button')].find((each) => (each.getAttribute('aria-label') ?? each.textContent).trim().startsWith(name));
    button(document, 'Run configuration').click();
    const dialog = await until(() => document.querySelector('[role=dialog]'));
    const field = (label) => [...dialog.querySelectorAll('label')].find((each) => each.textContent.trim() === label)?.control;
    type(await until(() => field('Script')), ${JSON.stringify(file)});
    type(field('Arguments'), ${JSON.stringify(argumentText)});
    const run = await until(() => { const found = button(dialog, 'Save and run'); return found && !found.disabled ? found : undefined; });
    await new Promise((resolve) => setTimeout(resolve, 500));
    run.click();
    await until(() => !document.querySelector('[role=dialog]'));
  })()`);
}

const LEGEND = (counter, series) => `(() => {
  const figure = [...document.querySelectorAll('figure')].find((each) => each.getAttribute('aria-label') === ${JSON.stringify(counter)} || each.querySelector('figcaption')?.textContent === ${JSON.stringify(counter)});
  const row = [...(figure?.querySelectorAll('tbody tr, [role=row]') ?? [])].find((each) => each.querySelector('th, [role=rowheader]')?.textContent.trim() === ${JSON.stringify(series)});
  return row?.querySelector('td, [role=cell]');
})()`;

/** Frames a second, for two seconds. Of a page that has nothing to do it is what the figures of this run are compared with. */
const FRAMES = `new Promise((resolve) => {
  const began = performance.now();
  let frames = 0;
  const tick = (now) => {
    frames += 1;
    if (now - began < 2000) requestAnimationFrame(tick);
    else resolve(frames / ((now - began) / 1000));
  };
  requestAnimationFrame(tick);
})`;

export const framesPerSecond = (browser) => browser.evaluate(FRAMES);

/** Latency from the write in the target to the changed number in the window, frame by frame. Milliseconds of the minute on one machine's clock. */
async function measureLatency(root) {
  const studio = await startStudio(root);
  try {
    const idle = await framesPerSecond(studio.browser);
    await runScript(studio, path.join(root, 'test/bench/targets/clock-counter.mjs'), '30');
    await studio.browser.waitFor(LEGEND('clock ms', 'ms').replace('"clock ms"', '"clock"'), 'the counter');
    const ages = await studio.browser.evaluate(`new Promise((resolve) => {
      const ages = [];
      let last;
      const look = () => {
        const text = (${LEGEND('clock', 'ms')})?.textContent;
        if (text && text !== last) {
          const shown = Number(text.replaceAll(/[^0-9.]/g, ''));
          const age = (Date.now() % 60000) - shown;
          if (last !== undefined && age >= 0 && age < 5000) ages.push(age);
          last = text;
        }
        if (ages.length < 150) requestAnimationFrame(look);
        else resolve(ages);
      };
      look();
    })`);
    return { ages, idle };
  } finally {
    await studio.close();
  }
}

/** A million counter events a second for `seconds`: frames a second meanwhile, and what was dropped. */
async function measureFlood(root, rate, seconds) {
  const studio = await startStudio(root);
  try {
    const idle = await framesPerSecond(studio.browser);
    await runScript(studio, path.join(root, 'test/bench/targets/steady-counters.cjs'), `${rate} ${seconds}`);
    await studio.browser.waitFor(LEGEND('load', 'value'), 'the counter');
    const frames = await studio.browser.evaluate(`new Promise((resolve) => {
      const began = performance.now();
      const gaps = [];
      let last = began;
      const tick = (now) => {
        gaps.push(now - last);
        last = now;
        if (now - began < ${(seconds - 1.5) * 1000}) requestAnimationFrame(tick);
        else resolve({ perSecond: gaps.length / ((now - began) / 1000), worst: Math.max(...gaps) });
      };
      requestAnimationFrame(tick);
    })`);
    await studio.browser.waitFor(
      `/Exited/.test(document.querySelector('[aria-label="Status bar"] [role=status]')?.textContent)`,
      'the end of the script',
      60_000,
    );
    const status = await studio.browser.evaluate(`document.querySelector('[aria-label="Status bar"]').textContent`);
    await studio.browser
      .waitFor(
        `/${(rate * seconds).toLocaleString('en-US')} events/.test(document.querySelector('[aria-label="Status bar"]').textContent)`,
        'all events',
        60_000,
      )
      .catch(() => {});
    const said = await studio.browser.evaluate(`document.querySelector('[aria-label="Console output"], [role=log]').textContent`);
    return { ...frames, idle, status: await studio.browser.evaluate(`document.querySelector('[aria-label="Status bar"]').textContent`), said, before: status };
  } finally {
    await studio.close();
  }
}

/** A process and all its descendants. Linux only. */
export function processesOf(pid) {
  const children = (parent) => {
    const file = `/proc/${parent}/task/${parent}/children`;
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
  };
  const all = (parent) => [parent, ...children(parent).flatMap(all)];
  return all(pid);
}

/** Resident memory of a process and all its descendants, in MB, by command. */
export function memoryOf(pid) {
  return processesOf(pid).map((each) => {
    const status = readFileSync(`/proc/${each}/status`, 'utf8');
    return {
      pid: each,
      name: readFileSync(`/proc/${each}/cmdline`, 'utf8').split('\0').slice(0, 3).join(' '),
      mb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
    };
  });
}

export async function benchLive(root) {
  const { ages, idle } = await measureLatency(root);
  ages.sort((a, b) => a - b);
  const flood = await measureFlood(root, 1_000_000, 10);
  const dropped = /Dropped ([\d,]+)/.exec(flood.status)?.[1] ?? 'not shown';
  const events = /([\d,]+) events/.exec(flood.status)?.[1] ?? 'not shown';
  return [
    {
      figure: 'counter write → number in the window',
      measured: `${median(ages).toFixed(0)} ms median, ${ages[Math.floor(ages.length * 0.95)]?.toFixed(0)} ms P95`,
      goal: '≤ 50 ms median',
      note: `×${((median(ages) * idle) / 1000).toFixed(1)} of a frame of the idle page; ${ages.length} writes, 100 ms apart, software rendering`,
    },
    { figure: '1 M counter events/s for 10 s: dropped', measured: dropped, goal: '0', note: `${events} events shown; ${flood.said.trim().slice(-60)}` },
    {
      figure: 'frames while it streams',
      measured: `${flood.perSecond.toFixed(1)} /s`,
      goal: '≥ 50 /s',
      note: `×${(flood.perSecond / flood.idle).toFixed(2)} of the idle page; longest gap ${flood.worst.toFixed(0)} ms`,
    },
  ];
}
