import { expect, test } from './fixtures.ts';

test('run an example, see its counter move and its object change, save, close, reopen', async ({ studio }) => {
  const { start, window, page } = studio;
  await start.runExample('A job queue and its workers');

  await expect(window.state()).toHaveText(/Running/);
  await window.movesBy('queue', 'waiting', 3);
  await window.object('worker Ada').click();
  await expect(window.inspector.getByRole('tree', { name: 'Value of worker Ada' })).toBeVisible();
  await expect(window.field('finished:')).not.toHaveText('finished: 0');

  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped|Ended/);
  const saved = `${studio.work}/queue.tsr`;
  await studio.answerFile('save', saved, () => window.menu('File', /^Save as/));
  await expect(window.messages).toContainText('queue.tsr');
  const last = await window.stands('queue', 'waiting');

  await window.close('queue');
  await expect(start.heading).toBeVisible();
  await studio.answerFile('open', saved, () => window.menu('File', /^Open trace/));
  await expect(window.counter('queue')).toBeVisible();
  expect(await window.stands('queue', 'waiting')).toBe(last);
  await expect(window.object('worker Ada')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Status bar' })).toContainText('Dropped 0');
});
