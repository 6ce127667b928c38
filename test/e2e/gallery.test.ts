/** Pictures of each example while it runs, in both themes and both sizes, in test/output/gallery: looked at by people, not compared. */
import path from 'node:path';
import { expect, repository, test } from './fixtures.ts';
import { ObjectInspector } from './pages/objects.ts';

const GALLERY = path.join(repository, 'test/output/gallery');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const EXAMPLES = [
  { title: 'A job queue and its workers', file: 'job-queue', counter: 'queue', object: 'worker Ada' },
  { title: 'Sorting, step by step', file: 'sorting', counter: 'quicksort', object: 'quicksort: the array' },
  { title: 'An HTTP server under load', file: 'http-server', counter: 'requests', object: 'cart of Noor' },
  { title: 'Lifts in a tower', file: 'lifts', counter: 'people', object: 'lift north' },
] as const;
/** Long enough for a graph with a shape. */
const SECONDS = 8;

for (const colors of ['light', 'dark'] as const) {
  test.describe(colors, () => {
    test.use({ colors });
    for (const example of EXAMPLES) {
      test(`${example.file} in ${colors}`, async ({ studio }) => {
        const { start, window, page } = studio;
        if (example === EXAMPLES[0]) {
          for (const size of SIZES) {
            await page.setViewportSize(size);
            await page.screenshot({ path: path.join(GALLERY, `start-${colors}-${size.width}.png`) });
          }
        }
        await start.runExample(example.title);
        await window.movesBy(example.counter, await firstSeries(), 1);
        await window.object(example.object).first().click();
        await expect(window.inspector.getByRole('tree')).toBeVisible();
        await expect(window.toolbar).toContainText(new RegExp(`00:(0[${SECONDS}9]|[1-5]\\d)`), { timeout: 40_000 });
        for (const size of SIZES) {
          await page.setViewportSize(size);
          // A frame after the panels have taken their new size.
          await window.movesBy(example.counter, await firstSeries(), 1);
          await page.screenshot({ path: path.join(GALLERY, `${example.file}-${colors}-${size.width}.png`) });
        }
        await window.button('Stop').click();
        await expect(window.state()).toHaveText(/Stopped/);
        if (example.file === 'http-server') await objectSides();

        /** Each side of the object, with a panel of the whole height. */
        async function objectSides(): Promise<void> {
          const inspector = new ObjectInspector(page);
          await page.getByRole('button', { name: 'Make Object fill the window' }).click();
          await inspector.goTo(3);
          await inspector.pin('A');
          await inspector.goTo(12);
          await inspector.row('total:').or(inspector.row('~ changed total:')).click();
          for (const side of ['Value', 'Diff', 'Fields', 'History'] as const) {
            await inspector.show(side);
            await expect(inspector.tree.or(inspector.rows.first())).toBeVisible();
            await page.screenshot({ path: path.join(GALLERY, `object-${side.toLowerCase()}-${colors}.png`) });
          }
        }

        async function firstSeries(): Promise<string> {
          return (await window.counter(example.counter).getByRole('rowheader').first().textContent()) ?? '';
        }
      });
    }
  });
}
