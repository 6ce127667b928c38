import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Glances } from '../../../../../main/services/recordings/glances.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

const glance = (slices: number, row = '0129', counter = '-09') => ({ durationNs: 12_400_000_000, slices, counters: 3, objects: 1, rows: [row, row], counter });

it('keeps what recordings hold, the hundred that were told last, over a restart', async () => {
  const file = path.join(folder.path, 'glances.json');
  const store = new Glances(file);
  for (let k = 0; k < 101; k++) await store.put(`/traces/${k}.tsr`, glance(k));
  expect(await store.put('/traces/100.tsr', glance(100))).toBe(false);
  expect(await store.put('/traces/100.tsr', glance(7))).toBe(true);
  const again = await new Glances(file).all();
  expect(again.size).toBe(100);
  expect(again.has('/traces/0.tsr')).toBe(false);
  expect(again.get('/traces/100.tsr')).toEqual(glance(7));
  expect(readFileSync(file).length).toBeLessThan(30_000);
});

it('leaves out what is none of ours', async () => {
  const file = path.join(folder.path, 'glances.json');
  writeFileSync(
    file,
    JSON.stringify([['/a', glance(1)], ['/b', glance(1, 'x'.repeat(9))], ['/c', glance(1, '1'.repeat(65))], ['/d', null], 7, [8, glance(1)]]),
  );
  expect([...(await new Glances(file).all()).keys()]).toEqual(['/a']);
  writeFileSync(file, '{');
  expect((await new Glances(file).all()).size).toBe(0);
});
