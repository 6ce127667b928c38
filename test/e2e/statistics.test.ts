/** Statistics of a range and issues of a trace, on reports whose figures are known and on a live run. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, repository, type Studio, test } from './fixtures.ts';
import { Statistics } from './pages/analysis.ts';
import { violations } from './violations.ts';

/** Calls of VizTracer: `fib(3)` six times in all, with what they took worked out in the test beside it. */
const REPORT = path.join(repository, 'test/fixtures/formats');

const ms = 1000;
const slice = (tid: number, name: string, from: number, to: number, cat = '') => ({ ph: 'X', pid: 1, tid, name, cat, ts: from * ms, dur: (to - from) * ms });
/** One second of a shop on two threads. */
const SHOP = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: { name: 'worker' } },
    slice(1, 'checkout', 100, 500, 'http'),
    slice(1, 'parse', 100, 150, 'text'),
    slice(1, 'priceCart', 150, 450, 'rules'),
    slice(1, 'checkout', 600, 900, 'http'),
    slice(1, 'parse', 600, 640, 'text'),
    slice(1, 'shutdown', 950, 1000),
    slice(2, 'compress', 400, 800, 'zip'),
  ],
});

async function openShop(studio: Studio): Promise<Statistics> {
  const file = studio.script('shop.json', SHOP);
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(studio.timeline.track('main')).toBeVisible();
  const statistics = new Statistics(studio.page);
  await statistics.open();
  await expect(statistics.rows).toHaveCount(5);
  return statistics;
}
