// Graphs of two hundred series of a million samples each: frames while they are moved and zoomed, all in one graph, and each counter in its
// own; the same while they are written; and a recording of a million counters.
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildMeasure } from './engine.mjs';
import { runScript, startStudio } from './live.mjs';
import { median } from './table.mjs';

const SAMPLES = 1_000_000;
/** With fewer the recording fits where the disk is full. */
const FEWER_SAMPLES = 200_000;
/** Of a sample of all series, and room for others. */
const SAMPLE_BYTES = 20 * 96;
const SPARE_BYTES = 8e9;
const FRAMES = 180;

/** Puts all counters into a graph of their own, as a drop does. */
const ONE_GRAPH = `(async () => {
  const until = async (find) => { for (;;) { const found = find(); if (found) return found; await new Promise(requestAnimationFrame); } };
  const transfer = new DataTransfer();
  const names = Array.from({ length: 20 }, (_, c) => Array.from({ length: 10 }, (_, s) => ({ counter: '0/group ' + c, series: 'series ' + s }))).flat();
  transfer.setData('application/x-trace-studio-series', JSON.stringify(names));
  const figure = await until(() => document.querySelector('figure[aria-label="group 0"]'));
  figure.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  await until(() => /200 series/.test(figure.textContent));
  figure.scrollIntoView();
})()`;

/** Counts pictures of the first graph, so that a frame of the page is told from a picture. */
const COUNT_PICTURES = `(() => {
  const { drawImage } = CanvasRenderingContext2D.prototype;
  window.pictures = 0;
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    if (this.canvas.classList.contains('counter-picture')) window.pictures += 1;
    drawImage.apply(this, args);
  };
})()`;

/** Times between frames while something is done in each. */
const intervals = (act) => `new Promise((resolve) => {
  const plot = document.querySelector('figure[aria-label="group 0"] .counter-plot');
  const box = plot.getBoundingClientRect();
  const wheel = (deltaX, deltaY, ctrlKey) =>
    plot.dispatchEvent(new WheelEvent('wheel', { deltaX, deltaY, ctrlKey, clientX: box.x + box.width * 0.6, clientY: box.y + 20, bubbles: true, cancelable: true }));
  const times = [];
  let frame = 0;
  let before;
  window.pictures = 0;
  const tick = (now) => {
    if (before !== undefined) times.push(now - before);
    before = now;
    if (frame++ < ${FRAMES}) {
      ${act}
      requestAnimationFrame(tick);
    } else resolve({ times, pictures: window.pictures });
  };
  requestAnimationFrame(tick);
})`;

const quantile = (times, share) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];
const ms = (value) => `${value.toFixed(1)} ms`;

/** From a jump to another range until the first graph has settled on its picture: the same lines for half a second. */
const JUMP = `(async () => {
  const times = [];
  const plot = document.querySelector('figure[aria-label="group 0"] .counter-plot');
  for (let jump = 0; jump < 8; jump++) {
    plot.dispatchEvent(new KeyboardEvent('keydown', { key: jump % 2 === 0 ? 'W' : 'S', shiftKey: true, bubbles: true, cancelable: true }));
    const began = performance.now();
    let last = began;
    let pictures = window.pictures;
    while (performance.now() - last < 400) {
      await new Promise(requestAnimationFrame);
      if (window.pictures !== pictures) { pictures = window.pictures; last = performance.now(); }
    }
    times.push(last - began);
  }
  return times;
})()`;

const frames = (figure, { times, pictures }, still) => ({
  figure,
  measured: `${ms(median(times))}, p99 ${ms(quantile(times, 0.99))}`,
  goal: '≤ 16.7 ms',
  note: `the same page, still: ${ms(median(still.times))}, p99 ${ms(quantile(still.times, 0.99))}; ${pictures} pictures in ${FRAMES} frames`,
});
const ZOOM = `wheel(0, frame % 60 < 30 ? -60 : 60, true);`;
const MOVE = `wheel(frame % 60 < 30 ? 40 : -40, 0, false);`;

const WHOLE = `!document.querySelector('[role=progressbar]')`;

async function saved(root, folder, measure) {
  const { bavail, bsize } = statfsSync(folder);
  const samples = bavail * bsize > SAMPLES * SAMPLE_BYTES + SPARE_BYTES ? SAMPLES : FEWER_SAMPLES;
  const file = path.join(folder, 'series.tsr');
  measure('counters', file, `20x10x${samples}`);
  const studio = await startStudio(root, [file]);
  const { browser } = studio;
  try {
    const began = performance.now();
    await browser.waitFor(`document.querySelector('figure[aria-label="group 0"]')`, 'the graphs', 60_000);
    const firstMs = performance.now() - began;
    const events = (20 * samples).toLocaleString('en-US');
    await browser.waitFor(`document.querySelector('[aria-label="Status bar"]').textContent.includes('${events} events') && ${WHOLE}`, 'all samples', 600_000);
    const wholeMs = performance.now() - began;
    await browser.evaluate(COUNT_PICTURES);
    const still = await browser.evaluate(intervals(''));
    const apart = await browser.evaluate(intervals(ZOOM));
    const settle = await browser.evaluate(JUMP);
    await browser.evaluate(ONE_GRAPH);
    const zoomed = await browser.evaluate(intervals(ZOOM));
    const moved = await browser.evaluate(intervals(MOVE));
    const size = samples.toLocaleString('en-US');
    return [
      {
        figure: `200 series of ${size} samples opened: first graphs, all samples`,
        measured: `${(firstMs / 1000).toFixed(1)} s, ${(wholeMs / 1000).toFixed(1)} s`,
        note: `${((samples * SAMPLE_BYTES) / 1e6).toFixed(0)} MB`,
      },
      frames('frame while zooming twenty graphs of ten of these series', apart, still),
      {
        figure: 'zoom to the last picture of it',
        measured: `${ms(median(settle))}, at most ${ms(Math.max(...settle))}`,
        note: 'what is missing is read again',
      },
      frames('frame while zooming the 200 series in one graph', zoomed, still),
      frames('frame while moving over the 200 series in one graph', moved, still),
    ];
  } finally {
    await studio.close();
    rmSync(file);
  }
}

/** The same counters while a script writes them. */
async function live(root) {
  const studio = await startStudio(root);
  const { browser } = studio;
  try {
    await runScript(studio, path.join(root, 'test/bench/targets/many-series.cjs'), '1000000 200');
    await browser.waitFor(`document.querySelector('figure[aria-label="group 19"]') ?? document.querySelector('figure[aria-label="group 0"]')`, 'the graphs');
    await browser.evaluate(COUNT_PICTURES);
    const apart = await browser.evaluate(intervals(''));
    await browser.evaluate(ONE_GRAPH);
    const together = await browser.evaluate(intervals(''));
    return [
      ['frame while 200 series are written, 4,000 records a second, in twenty graphs', apart],
      ['the same in one graph', together],
    ].map(([figure, { times, pictures }]) => ({
      figure,
      measured: `${ms(median(times))}, p99 ${ms(quantile(times, 0.99))}`,
      goal: '≤ 16.7 ms',
      note: `${pictures} pictures in ${FRAMES} frames`,
    }));
  } finally {
    await studio.close();
  }
}

export async function benchGraphs(root) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'graphs-bench-'));
  try {
    const measure = await buildMeasure(root, folder);
    return [...(await saved(root, folder, measure)), ...(await live(root))];
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
