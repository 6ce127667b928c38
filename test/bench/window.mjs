// The window by itself: how soon its start page can be used, what of it travels first, and what it takes while nothing happens.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { openBrowser } from './browser.mjs';
import { buildMeasure } from './engine.mjs';
import { processesOf, startStudio } from './live.mjs';
import { median } from './table.mjs';

const STARTS = 7;
const STILL_MS = 5000;
/** Opened for the idle window: a gigabyte of calls. */
const GIGABYTES = 1;
/** What a browser does once, after a page: it frees memory. */
const AFTER_OPENING_MS = 10_000;

export async function benchWindow(root) {
  const { pageMs, wholeMs } = await starts(root);
  const { first, lazy } = bytesOf(path.join(root, 'dist/renderer'));
  return [
    {
      figure: 'start of the app → usable start page',
      measured: `${(median(wholeMs) / 1000).toFixed(2)} s`,
      goal: '≤ 1.5 s',
      note: `of it ${median(pageMs).toFixed(0)} ms in the page; the web host, in a browser that runs already; median of ${STARTS}`,
    },
    {
      figure: 'what the window loads before lazy parts, gzip',
      measured: `${(first / 1000).toFixed(0)} kB`,
      goal: '≤ 500 kB',
      note: `${(lazy / 1000).toFixed(0)} kB more in lazy parts and workers`,
    },
    await idle(root),
  ];
}

async function starts(root) {
  const pageMs = [];
  const wholeMs = [];
  for (let start = 0; start < STARTS; start++) {
    const browser = await openBrowser('about:blank');
    try {
      const began = performance.now();
      const studio = await startStudio(root, [], (url) => {
        pageMs.push(performance.now());
        return browser.navigate(url).then(() => browser);
      });
      const now = performance.now();
      wholeMs.push(now - began);
      pageMs.push(now - pageMs.pop());
      await studio.close();
    } finally {
      await browser.close();
    }
  }
  return { pageMs, wholeMs };
}

/** Bytes of what index.html names and what that imports, and of all the rest. Fonts are left out: the page is used before they come. */
function bytesOf(folder) {
  const size = (file) => gzipSync(readFileSync(path.join(folder, file))).length;
  const found = new Set();
  const take = (file) => {
    if (found.has(file)) return;
    found.add(file);
    if (!file.endsWith('.js')) return;
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) take(`assets/${name}`);
  };
  const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
  for (const [, name] of page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)) take(name);
  const all = readdirSync(path.join(folder, 'assets')).filter((name) => /\.(js|css)$/.test(name));
  const sum = (files) => files.reduce((bytes, file) => bytes + size(file), 0);
  return { first: sum([...found]), lazy: sum(all.map((name) => `assets/${name}`).filter((file) => !found.has(file))) };
}

async function idle(root) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'window-bench-'));
  try {
    const file = path.join(folder, 'calls.tsr');
    (await buildMeasure(root, folder))('write', file, String(GIGABYTES));
    const studio = await startStudio(root, [file]);
    try {
      const { browser } = studio;
      await browser.waitFor(`document.querySelector('.tl-head-thread')`, 'the timeline', 120_000);
      await browser.waitFor(`!document.querySelector('[role=progressbar]')`, 'all of the recording', 120_000);
      await rest(AFTER_OPENING_MS);
      await browser.evaluate(COUNT_FRAMES);
      const open = await usedWhileStill(studio);
      const frames = await browser.evaluate('window.framesAsked');
      await browser.navigate('about:blank');
      await rest(AFTER_OPENING_MS);
      const empty = await usedWhileStill(studio);
      return {
        figure: 'processor while a recording of 1 GB is open and nothing moves',
        measured: `${open.toFixed(1)} %, ${frames} frames`,
        goal: '0 %',
        note: `the same browser and host with an empty page: ${empty.toFixed(1)} %; ${STILL_MS / 1000} s each`,
      };
    } finally {
      await studio.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Frames that the page asks for from now on. */
const COUNT_FRAMES = `(() => {
  const { requestAnimationFrame } = window;
  window.framesAsked = 0;
  window.requestAnimationFrame = (callback) => {
    window.framesAsked += 1;
    return requestAnimationFrame.call(window, callback);
  };
})()`;

/** Percent of a processor. */
async function usedWhileStill(studio) {
  const before = ticks(studio);
  await rest(STILL_MS);
  return ((ticks(studio) - before) * 10) / STILL_MS / 0.01;
}

/** Processor time of the host, the browser and all that they started, in hundredths of a second. */
function ticks(studio) {
  return [studio.pid, studio.browser.pid].flatMap(processesOf).reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
}
