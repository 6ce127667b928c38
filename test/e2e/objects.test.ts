/** Objects through time: the value at a moment, differences, which field changed when, the history of one. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, repository, type Studio, test } from './fixtures.ts';
import { ObjectInspector } from './pages/objects.ts';
import { violations } from './violations.ts';

/** Six snapshots of a shop's queue, each with a known change; then waits for its end. */
const STORY = `
  const { getTracer, VizObject } = require('trace-studio');
  const tracer = getTracer();
  const old = new VizObject(tracer, 'old desk', { triggerOnChange: false });
  old.open = true; old.log(); old.dispose();
  const desk = new VizObject(tracer, 'desk', { triggerOnChange: false });
  const step = (change) => { Object.assign(desk, change); desk.log(); };
  const ann = { id: 1, name: 'Ann', items: ['lamp'] }, bo = { id: 2, name: 'Bo', items: [] }, cem = { id: 3, name: 'Cem', items: ['pen', 'ink'] };
  step({ waiting: [ann, bo, cem], total: 10, note: 'open', deep: { a: { b: { c: 'treasure' } } } });
  step({ total: 12 });
  step({ waiting: [bo, cem, ann] });
  step({ total: 7 });
  step({ waiting: [bo, { ...cem, items: ['pen'] }, ann, { id: 4, name: 'Dee', items: [] }] });
  step({ note: 'closed', total: 9 });
  setInterval(() => {}, 1000);
  console.log('story told');
`;

async function tell(studio: Studio): Promise<ObjectInspector> {
  await studio.start.runScript(studio.script('desk.cjs', STORY));
  await studio.window.object('desk').click();
  const inspector = new ObjectInspector(studio.page);
  await expect(inspector.region).toContainText('Snapshot 6 of 6');
  return inspector;
}

test('two pinned snapshots are compared: what moved within a list has moved, and what changed in it is marked', async ({ studio }) => {
  const inspector = await tell(studio);
  await inspector.show('Diff');
  await expect(inspector.region).toContainText('Two snapshots are compared here');
  await inspector.goTo(1);
  await expect(inspector.region).toContainText('Snapshot 1 of 6');
  await inspector.pin('A');
  await inspector.goTo(5);
  await expect(inspector.region).toContainText('A 1 → shown');
  await expect(inspector.row('~ changed total:')).toContainText('10→7');
  await expect(inspector.row('• holds a change waiting:')).toBeVisible();
  await expect(inspector.row('+ added 3:')).toContainText('Dee');
  await expect(inspector.row('↕ moved 2:')).toContainText('from 0');
  // Cem stayed in the order of the others; one of his items is gone.
  await expect(inspector.row('− removed 1:')).toContainText('ink');
  await expect(inspector.region.getByTitle('1 moved')).toHaveText('↕1');

  // B stays where it is pinned, whatever is shown.
  await inspector.pin('B');
  await studio.page.keyboard.press('ArrowRight');
  await expect(inspector.region).toContainText('Snapshot 6 of 6');
  await expect(inspector.region).toContainText('A 1 → B 5');
  // Both stand on the track of the object in the timeline.
  for (const pin of ['A', 'B']) await expect(studio.timeline.region.getByText(pin, { exact: true })).toBeVisible();
  await expect(inspector.row('~ changed total:')).toContainText('10→7');
  await inspector.button('Only what changed').click();
  await expect(inspector.row('note:')).toHaveCount(0);
  await inspector.show('Value');
  await expect(inspector.row('~ changed note:')).toContainText('"open"→"closed"');
});

test('arrows step through snapshots, with Shift to the next change of what is chosen', async ({ studio }) => {
  const { page } = studio;
  const inspector = await tell(studio);
  await inspector.row('note:').or(inspector.row('~ changed note:')).click();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(inspector.region).toContainText('Snapshot 1 of 6');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(studio.window.messages).toContainText('No earlier change of note');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(inspector.region).toContainText('Snapshot 6 of 6');
  // A value without entries has nothing to fold: the arrows step.
  await page.keyboard.press('ArrowLeft');
  await expect(inspector.region).toContainText('Snapshot 5 of 6');
  await inspector.row('total:').click();
  await inspector.button('Previous change of total').click();
  await expect(inspector.region).toContainText('Snapshot 4 of 6');
  await inspector.button('Previous change of total').click();
  await expect(inspector.region).toContainText('Snapshot 2 of 6');
});

test('fields stand with how often and when they changed, and one has its history as a table, a graph and CSV', async ({ studio }) => {
  const { page } = studio;
  const inspector = await tell(studio);
  await inspector.show('Fields');
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '4');
  await expect(inspector.rows.nth(0)).toContainText('total');
  await expect(inspector.rows.nth(0).getByRole('gridcell', { name: '3 changes' })).toBeVisible();
  await inspector.button('Sort by field').click();
  await expect(inspector.rows.nth(0)).toContainText('deep');
  await expect(inspector.rows.nth(0).getByRole('gridcell', { name: 'Last change never' })).toBeVisible();
  await inspector.region.getByRole('textbox', { name: 'Filter fields' }).fill('TOT');
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '1');

  // By keys alone from here: the row, its history, a value of it.
  await inspector.grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(inspector.region.getByRole('img', { name: /^Graph of total: 4 numbers from 7 to 12/ })).toBeVisible();
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '4');
  await expect(inspector.rows.nth(0)).toContainText('7 → 9');
  await expect(inspector.rows.nth(0)).toHaveAttribute('aria-selected', 'true');
  await inspector.grid.focus();
  await page.keyboard.press('ArrowDown');
  await expect(inspector.region).toContainText('Snapshot 4 of 6');
  await page
    .context()
    .grantPermissions(['clipboard-read', 'clipboard-write'])
    .catch(() => {});
  await inspector.button('Copy as CSV').click();
  await expect(studio.window.messages).toContainText('4 rows copied');

  // Of what lies deeper as well, and of no number there is no graph.
  await inspector.show('Value');
  await inspector.row('note:').click();
  await inspector.button('1 change').click();
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '2');
  await expect(inspector.region.getByRole('img', { name: /^Graph of/ })).toHaveCount(0);
});

test('a search finds paths and values in what is folded, and what is copied is what is chosen', async ({ studio }) => {
  const { page } = studio;
  const inspector = await tell(studio);
  const field = await inspector.openSearch('treasure');
  await expect(inspector.region).toContainText('1 of 1');
  await field.press('Enter');
  await expect(inspector.row('c: "treasure"').last()).toHaveAttribute('aria-selected', 'true');
  await expect(inspector.region).toContainText('deep.a.b.c');
  await field.fill('name');
  await expect(inspector.region).toContainText('1 of 4');
  await field.press('Enter');
  await field.press('Enter');
  await expect(inspector.region).toContainText('2 of 4');
  await field.press('Escape');
  await expect(field).toBeHidden();
  await expect(inspector.tree).toBeFocused();
  await page
    .context()
    .grantPermissions(['clipboard-read', 'clipboard-write'])
    .catch(() => {});
  await inspector.row('deep:').click();
  await inspector.button('Copy JSON').click();
  await expect(studio.window.messages).toContainText('JSON of deep copied');
});

test('a chosen snapshot moves the cross-hair, and the cross-hair chooses the snapshot', async ({ studio }) => {
  const { page } = studio;
  const inspector = await tell(studio);
  await inspector.goTo(2);
  await expect(inspector.region).toContainText('Snapshot 2 of 6');
  // The graph of a field puts the cross-hair where it is clicked.
  await inspector.row('~ changed total:').click();
  await inspector.show('History');
  const graph = inspector.region.getByRole('img', { name: /^Graph of total/ });
  const box = await graph.boundingBox();
  await graph.click({ position: { x: (box?.width ?? 0) - 0.5, y: 5 } });
  await expect(inspector.region).toContainText('Snapshot 6 of 6');
  await page.keyboard.press('ArrowLeft');
  await expect(inspector.region).toContainText('Snapshot 5 of 6');
});

test('the list has each object with its life, by keys alone', async ({ studio }) => {
  const { page } = studio;
  const inspector = await tell(studio);
  await expect(studio.window.object('old desk')).toContainText('deleted');
  await inspector.list.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(studio.window.object('desk')).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('End');
  await expect(studio.window.object('old desk')).toHaveAttribute('aria-selected', 'true');
  await expect(inspector.region).toContainText('old desk');
});

test('a report that VizTracer wrote has histories and differences as well', async ({ studio }) => {
  const file = studio.script('objects.json', readFileSync(path.join(repository, 'test/fixtures/viztracer/objects.json')));
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await studio.window.object('game').click();
  const inspector = new ObjectInspector(studio.page);
  await expect(inspector.region).toContainText('Snapshot 14 of 14');
  await expect(studio.window.object('my variable')).toContainText('deleted');
  await expect(inspector.row('~ changed score:')).toContainText('90→0');
  await inspector.row('~ changed score:').click();
  await inspector.button('11 changes').click();
  await expect(inspector.region.getByRole('img', { name: /^Graph of score: 12 numbers from 0 to 90/ })).toBeVisible();
  await expect(inspector.rows.nth(0)).toContainText('90 → 0');
  await inspector.show('Diff');
  await inspector.pin('A');
  await studio.page.keyboard.press('Shift+ArrowLeft');
  await expect(inspector.region).toContainText('Snapshot 12 of 14');
  await expect(inspector.row('~ changed score:')).toContainText('0→90');
});

for (const colors of ['light', 'dark'] as const) {
  test.describe(`in ${colors}`, () => {
    test.use({ colors });

    test('every side of an object has no violation, and fits into the smallest window', async ({ studio }) => {
      const { page } = studio;
      const inspector = await tell(studio);
      await inspector.goTo(1);
      await inspector.pin('A');
      await inspector.goTo(5);
      await inspector.row('total:').or(inspector.row('~ changed total:')).click();
      await inspector.openSearch('n');
      for (const side of ['Value', 'Diff', 'Fields', 'History'] as const) {
        await inspector.show(side);
        await expect(inspector.tree.or(inspector.region.getByRole('grid'))).toBeVisible();
        expect([side, await violations(studio)]).toEqual([side, []]);
      }
      await page.setViewportSize({ width: 900, height: 600 });
      await studio.window.object('desk').click();
      await expect(inspector.region.getByRole('radio', { name: 'History' })).toBeInViewport();
      await expect(inspector.button('Copy JSON')).toBeInViewport();
      expect(await violations(studio)).toEqual([]);
    });
  });
}
