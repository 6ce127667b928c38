// Graphs of two hundred series: frames while they are moved and zoomed, all in one graph, and each counter in its own.
import path from 'node:path';
import { runScript, startStudio } from './live.mjs';
import { median } from './table.mjs';

const SAMPLES = 50_000;
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

export async function benchGraphs(root) {
  const studio = await startStudio(root);
  const { browser } = studio;
  try {
    await runScript(studio, path.join(root, 'test/bench/targets/many-series.cjs'), String(SAMPLES));
    await browser.waitFor(`/Exited/.test(document.querySelector('[aria-label="Status bar"] [role=status]')?.textContent)`, 'the end of the script', 60_000);
    await browser.waitFor(`document.querySelector('figure[aria-label="group 0"]')`, 'the graphs');
    await browser.evaluate(COUNT_PICTURES);
    const still = await browser.evaluate(intervals(''));
    const zoom = `wheel(0, frame % 60 < 30 ? -60 : 60, true);`;
    const apart = await browser.evaluate(intervals(zoom));
    await browser.evaluate(ONE_GRAPH);
    const zoomed = await browser.evaluate(intervals(zoom));
    const moved = await browser.evaluate(intervals(`wheel(frame % 60 < 30 ? 40 : -40, 0, false);`));
    const note = (pictures) =>
      `the same page, still: ${ms(median(still.times))}, p99 ${ms(quantile(still.times, 0.99))}; ${pictures} pictures in ${FRAMES} frames`;
    const frames = (figure, { times, pictures }) => ({
      figure,
      measured: `${ms(median(times))}, p99 ${ms(quantile(times, 0.99))}`,
      goal: '≤ 16.7 ms',
      note: note(times, pictures),
    });
    return [
      frames(`frame while zooming twenty graphs of ten series of ${SAMPLES.toLocaleString('en-US')} samples`, apart),
      frames('frame while zooming the 200 series in one graph', zoomed),
      frames('frame while moving over the 200 series in one graph', moved),
    ];
  } finally {
    await studio.close();
  }
}
