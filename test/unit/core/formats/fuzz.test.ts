/** A few damaged files of every format; `npm test -- fuzz` tries 20,000. */
import { describe, expect, it } from 'vitest';
import { formatOf } from '../../../helpers/formats.ts';
import { fuzz, goodFiles } from '../../../helpers/fuzz.ts';
import { seed } from '../../../helpers/seed.ts';

describe('damaged files', () => {
  it('begin as good ones, of every format', async () => {
    const formats = new Set<string>();
    for (const { bytes } of await goodFiles()) formats.add(await formatOf(bytes));
    expect([...formats].sort()).toEqual(['collapsed', 'cpuprofile', 'firefox', 'heapprofile', 'perfetto', 'recording', 'speedscope', 'trace-event']);
  });

  it('are read or refused, the same wherever pieces end', async () => {
    const { read, refused } = await fuzz(seed, 250, performance.now() + 20_000);
    expect(read, `seed ${seed}`).toBeGreaterThan(0);
    expect(refused, `seed ${seed}`).toBeGreaterThan(0);
  });
});
