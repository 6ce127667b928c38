/** Each example runs and shows what it is there for. Where pictures are asked for: in both themes and sizes, with a graph that has a shape. */
import { expect, test } from './fixtures.ts';
import { ObjectInspector } from './pages/objects.ts';
import { PICTURED, picture, picturesInSizes, THEMES, takesPictures } from './pictures.ts';

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

for (const colors of THEMES) {
  test.describe(colors, () => {
    test.use({ colors });
    for (const example of EXAMPLES) {
      test(`${example.file} in ${colors}`, PICTURED, async ({ studio }) => {
        const { start, window, page } = studio;
        if (example === EXAMPLES[0]) await picturesInSizes(page, `start-${colors}`, SIZES);
        await start.runExample(example.title);
        await window.movesBy(example.counter, await firstSeries(), 1);
        await window.object(example.object).first().click();
        await expect(window.inspector.getByRole('tree')).toBeVisible();
        if (takesPictures) await expect(window.toolbar).toContainText(new RegExp(`00:(0[${SECONDS}9]|[1-5]\\d)`), { timeout: 40_000 });
        for (const size of SIZES) {
          await page.setViewportSize(size);
          // A frame after the panels have taken their new size.
          await window.movesBy(example.counter, await firstSeries(), 1);
          await picture(page, `${example.file}-${colors}-${size.width}`);
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
            await picture(page, `object-${side.toLowerCase()}-${colors}`);
          }
        }

        async function firstSeries(): Promise<string> {
          return (await window.counter(example.counter).getByRole('rowheader').first().textContent()) ?? '';
        }
      });
    }
  });
}
