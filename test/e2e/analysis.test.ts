/** Figures of real reports, compared with what a plain walk over their events makes of them; lists of events; the console and its calls. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, repository, type Studio, test } from './fixtures.ts';
import { Statistics } from './pages/analysis.ts';
import { CallTree } from './pages/call-tree.ts';
import { EventLists } from './pages/event-lists.ts';
import { violations } from './violations.ts';

const fixture = (name: string): string => path.join(repository, 'test/fixtures/formats/trace-event', name);

async function openReport(studio: Studio, name: string): Promise<void> {
  const file = studio.script(name, readFileSync(fixture(name), 'utf8'));
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(studio.timeline.plot).toBeVisible();
}

interface Complete {
  readonly ph: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly tid: number;
}

/** Own time by name, in nanoseconds: each event less those directly inside of it. */
function ownTimes(name: string): Map<string, number> {
  const { traceEvents } = JSON.parse(readFileSync(fixture(name), 'utf8')) as { traceEvents: readonly Complete[] };
  const events = traceEvents.filter((event) => event.ph === 'X').sort((a, b) => a.tid - b.tid || a.ts - b.ts || b.dur - a.dur);
  const own = new Map<string, number>();
  const open: Complete[] = [];
  const add = (of: Complete, us: number) => own.set(of.name, (own.get(of.name) ?? 0) + us * 1000);
  for (const event of events) {
    for (let last = open.at(-1); last && (last.tid !== event.tid || last.ts + last.dur <= event.ts); last = open.at(-1)) open.pop();
    const above = open.at(-1);
    if (above) add(above, -event.dur);
    add(event, event.dur);
    open.push(event);
  }
  return own;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };
/** "3.74 µs" as nanoseconds. */
function nsOf(text: string): number {
  const [number, unit] = text.split(' ');
  return Number(number) * (UNITS[unit ?? ''] ?? Number.NaN);
}

test('the tree of a real report has the own times that its events add up to', async ({ studio }) => {
  await openReport(studio, 'fib.json');
  const tree = new CallTree(studio.page);
  await tree.open();
  await tree.fillWindow();
  await tree.direction('Bottom-up');
  const expected = [...ownTimes('fib.json')].sort((a, b) => b[1] - a[1]).slice(0, 5);
  for (const [k, [name, ns]] of expected.entries()) {
    await expect(tree.rows.nth(k)).toContainText(name.replace(/ \(.*/, ''));
    const shown = await tree.rows
      .nth(k)
      .getByRole('gridcell', { name: /^Total / })
      .textContent();
    // A recording has whole nanoseconds, and three digits are shown of them.
    expect(Math.abs(nsOf(shown ?? '') - ns)).toBeLessThan(ns * 0.006);
  }
});

test('counters of a real report have their least, greatest and mean of the range', async ({ studio }) => {
  await openReport(studio, 'counters.json');
  const statistics = new Statistics(studio.page);
  await statistics.open();
  await statistics.fillWindow();
  await statistics.region.getByRole('radio', { name: 'Counters' }).click();
  const cell = (label: string, column: string) => statistics.row(label).getByRole('gridcell', { name: new RegExp(`^${column} `) });
  await expect(cell('manual w', 'Samples')).toHaveText('10');
  await expect(cell('manual w', 'Min')).toHaveText('0');
  await expect(cell('manual w', 'Max')).toHaveText('81');
  await expect(cell('manual w', 'Mean')).toHaveText('28.5');
  await expect(cell('manual w', 'Delta')).toHaveText('+81');
  await expect(cell('whitelist y', 'Min')).toHaveText('−9');
  await expect(cell('whitelist y', 'Delta')).toHaveText('−9');
  await statistics.filter.fill('load');
  await expect(statistics.rows).toHaveCount(3);
  await statistics.filter.fill('nowhere');
  await expect(statistics.region).toContainText('No row matches');
});

const SHOP = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: { name: 'worker' } },
    { ph: 'X', pid: 1, tid: 1, name: 'checkout', ts: 0, dur: 400_000 },
    { ph: 'X', pid: 1, tid: 1, name: 'parse', ts: 100_000, dur: 50_000 },
    { ph: 'X', pid: 1, tid: 1, name: 'parse', ts: 500_000, dur: 40_000 },
    { ph: 'X', pid: 1, tid: 2, name: 'compress', ts: 300_000, dur: 400_000 },
    { ph: 'i', pid: 1, tid: 1, s: 't', name: 'paid', ts: 350_000 },
    { ph: 'i', pid: 1, tid: 2, s: 't', name: 'packed', ts: 700_000 },
    { ph: 'b', pid: 1, tid: 1, cat: 'net', id: '1', name: 'request', ts: 10_000 },
    { ph: 'e', pid: 1, tid: 1, cat: 'net', id: '1', name: 'request', ts: 260_000 },
  ],
});

test('events are filtered by kind, thread and name; calls and async operations are listed one by one', async ({ studio }) => {
  const { timeline, page } = studio;
  const file = studio.script('shop.json', SHOP);
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(timeline.track('main')).toBeVisible();
  const events = new EventLists(page);
  await events.open();
  await expect(events.counted).toHaveText('6 events');
  await events.thread('worker');
  await expect(events.counted).toHaveText('2 events');
  await expect(events.rows).toContainText(['compress', 'packed']);
  await events.filter.fill('pack');
  await expect(events.counted).toHaveText('1 event');
  await events.list('Calls');
  await expect(events.counted).toHaveText('1 call');
  await events.thread('All threads');
  await expect(events.counted).toHaveText('4 calls');
  await expect(events.rows).toContainText(['checkout', 'parse', 'compress', 'parse']);
  await events.filter.fill('parse');
  await expect(events.counted).toHaveText('2 calls');
  await expect(events.rows.nth(1)).toContainText('40.0 ms');
  await events.rows.nth(1).click();
  await expect(timeline.name()).toHaveText('parse');
  await expect(timeline.fact('Total')).toContainText('40.0 ms');
  await page.keyboard.press('ArrowUp');
  await expect(timeline.fact('Total')).toContainText('50.0 ms');
  await events.list('Async');
  await expect(events.counted).toHaveText('1 operation');
  await expect(events.rows).toContainText(['request']);
  await expect(events.rows).toContainText(['250 ms']);
  expect(await violations(studio)).toEqual([]);
});

test('a line of the console and the call that printed it pick each other', async ({ studio }) => {
  const { timeline, window, page } = studio;
  const script = `
    console.log('first of two');
    process.stdout.write('by the script itself\\n');
    setTimeout(() => console.log('second of two'), 60);
    setTimeout(() => console.error('to stderr'), 120);
    setInterval(() => {}, 1000);
  `;
  await studio.start.runScript(studio.script('talks.cjs', script));
  await window.consoleLine('second of two').click();
  await expect(timeline.name()).toHaveText('console.log');
  await expect(timeline.selection).toContainText('second of two');
  // Along the row of the timeline, to the call before: its line is picked.
  await timeline.plot.focus();
  await page.keyboard.press(',');
  await expect(timeline.selection).toContainText('first of two');
  await expect(window.pickedLine).toContainText('first of two');
  await window.consoleLine('to stderr').click();
  await expect(timeline.name()).toHaveText('console.error');
  // What no call printed leads to its moment alone.
  await window.consoleLine('by the script itself').click();
  await expect(window.pickedLine).toContainText('by the script itself');
  await expect(timeline.name()).toHaveText('console.error');
});
