// The timeline over ten million calls: frames while it is moved, from key to picture, and what it does while nothing moves.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildMeasure } from './engine.mjs';
import { startStudio } from './live.mjs';
import { median } from './table.mjs';

/** Some ten million calls of two threads. */
const GIGABYTES = 0.18;
const FRAMES = 240;
const KEYS = 60;
const RANGES = 12;

/** Counts marks on the timeline's canvas, so that a frame of the page is told from a picture of the timeline. */
const COUNT_MARKS = `(() => {
  const canvas = document.querySelector('.tl-canvas');
  const { fillRect } = CanvasRenderingContext2D.prototype;
  window.marks = 0;
  CanvasRenderingContext2D.prototype.fillRect = function (x, y, w, h) {
    if (this.canvas === canvas) window.marks += 1;
    fillRect.call(this, x, y, w, h);
  };
})()`;

/** Times between frames while something is done in each. */
const intervals = (act) => `new Promise((resolve) => {
  const plot = document.querySelector('.tl-body');
  const box = plot.getBoundingClientRect();
  const wheel = (deltaX, deltaY, ctrlKey) =>
    plot.dispatchEvent(new WheelEvent('wheel', { deltaX, deltaY, ctrlKey, clientX: box.x + box.width * 0.6, clientY: box.y + 100, bubbles: true, cancelable: true }));
  const times = [];
  let frame = 0;
  let before;
  const tick = (now) => {
    if (before !== undefined) times.push(now - before);
    before = now;
    if (frame++ < ${FRAMES}) {
      ${act}
      requestAnimationFrame(tick);
    } else resolve(times);
  };
  requestAnimationFrame(tick);
})`;

/** From a key to the end of the frame that drew it, in ms. */
const KEY_TO_FRAME = `(async () => {
  const times = [];
  for (let press = 0; press < ${KEYS}; press++) {
    await new Promise((resolve) => setTimeout(resolve, 120));
    const began = performance.now();
    const marks = window.marks;
    window.dispatchEvent(new KeyboardEvent('keydown', { key: press % 2 === 0 ? 'd' : 'a', bubbles: true, cancelable: true }));
    while (window.marks === marks) await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    times.push(performance.now() - began);
  }
  return times;
})()`;

const IDLE_MARKS = `(async () => {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const marks = window.marks;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return window.marks - marks;
})()`;

/** From letting go of a range to the figures of that range: its words, all of it counted, and other figures than those of the range before. In ms. */
const watchStatistics = `(() => {
  const panel = () => document.querySelector('section[aria-label=Statistics]');
  const words = () => panel()?.querySelector('.list-place .accent')?.textContent ?? '';
  const figures = () => [...panel().querySelectorAll('[role=row]')].slice(0, 3).map((row) => row.textContent).join();
  const before = { words: words(), figures: figures() };
  window.statisticsShown = new Promise((resolve) => {
    addEventListener(
      'pointerup',
      () => {
        const began = performance.now();
        const look = () => {
          const told = panel()?.querySelector('.list-place')?.textContent ?? '';
          const isThere = words() !== '' && words() !== before.words && figures() !== '' && figures() !== before.figures && !/looked at/.test(told);
          if (isThere) resolve(performance.now() - began);
          else requestAnimationFrame(look);
        };
        look();
      },
      { once: true, capture: true },
    );
  });
})()`;

/** Ranges of the whole height of the timeline and of nearly all to a third of its width. */
async function statisticsTimes(browser) {
  const tab = await browser.evaluate(`(() => {
    const { x, y, width, height } = [...document.querySelectorAll('[role=tab]')].find((each) => each.textContent.startsWith('Statistics')).getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  })()`);
  await browser.drag(tab, tab);
  await browser.waitFor(`document.querySelector('section[aria-label=Statistics] [role=row]')`, 'the statistics');
  const { left, right, y } = await browser.evaluate(`(() => {
    const { left, right, top } = document.querySelector('.tl-focus').getBoundingClientRect();
    return { left, right: right - 10, y: top + 8 };
  })()`);
  const times = [];
  for (let turn = 0; turn < RANGES; turn++) {
    await browser.evaluate(watchStatistics);
    await browser.drag({ x: left + 6, y }, { x: right - 6 - ((right - left) * 0.6 * turn) / RANGES, y });
    times.push(await browser.evaluate('window.statisticsShown'));
  }
  return times;
}

const quantile = (times, share) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];
const ms = (value) => `${value.toFixed(1)} ms`;

export async function benchTimeline(root) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'timeline-bench-'));
  try {
    const file = path.join(folder, 'calls.tsr');
    const { records } = (await buildMeasure(root, folder))('write', file, String(GIGABYTES));
    const studio = await startStudio(root, [file]);
    const { browser } = studio;
    try {
      const began = performance.now();
      await browser.waitFor(`document.querySelector('.tl-head-thread')`, 'the timeline', 120_000);
      const openMs = performance.now() - began;
      await browser.evaluate(COUNT_MARKS);
      await browser.evaluate(IDLE_MARKS);
      const still = await browser.evaluate(intervals(''));
      const zoomed = await browser.evaluate(intervals(`wheel(0, frame % 80 < 40 ? -60 : 60, true);`));
      const panned = await browser.evaluate(intervals(`wheel(frame % 120 < 60 ? 40 : -40, 0, false);`));
      const keys = await browser.evaluate(KEY_TO_FRAME);
      const idle = await browser.evaluate(IDLE_MARKS);
      await browser.evaluate(`window.dispatchEvent(new KeyboardEvent('keydown', { key: '0', bubbles: true, cancelable: true }))`);
      const statistics = await statisticsTimes(browser);
      const note = `the same page, still: ${ms(median(still))}, p99 ${ms(quantile(still, 0.99))}`;
      const frames = (figure, times) => ({ figure, measured: `${ms(median(times))}, p99 ${ms(quantile(times, 0.99))}`, goal: '≤ 16 ms, p99 ≤ 33 ms', note });
      return [
        {
          figure: 'first tracks of a recording of that size',
          measured: `${(openMs / 1000).toFixed(1)} s`,
          goal: '–',
          note: `${(records / 2e6).toFixed(1)} M calls`,
        },
        frames('frame while zooming over them', zoomed),
        frames('frame while moving over them', panned),
        { figure: 'key to picture', measured: `${ms(median(keys))}, p99 ${ms(quantile(keys, 0.99))}`, goal: '≤ 50 ms', note },
        {
          figure: 'a range is let go of → its statistics, all counted, are shown',
          measured: `${ms(median(statistics))}, at most ${ms(Math.max(...statistics))}`,
          goal: '≤ 300 ms',
          note: `${RANGES} ranges, of nearly all to two fifths of them`,
        },
        { figure: 'marks drawn in two seconds in which nothing moves', measured: String(idle), goal: '0' },
      ];
    } finally {
      await studio.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
