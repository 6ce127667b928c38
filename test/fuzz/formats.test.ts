/** Damaged files of every format. FUZZ_SEED repeats a run; FUZZ_CASES and FUZZ_SECONDS bound it (20,000 cases, 200 seconds of the processor). */
import { expect, it } from 'vitest';
import { fuzz } from '../helpers/fuzz.ts';
import { seed } from '../helpers/seed.ts';

const cases = Number(process.env.FUZZ_CASES ?? 20_000);
const seconds = Number(process.env.FUZZ_SECONDS ?? 200);

it(`${cases} damaged files are read or refused`, { timeout: seconds * 5000 + 120_000 }, async () => {
  console.log(`FUZZ_SEED=${seed}`);
  const { read, refused } = await fuzz(seed, cases, seconds * 1000);
  console.log(`${read} of them read, ${refused} refused${read + refused < cases ? `, in the ${seconds} s of the processor that there were` : ''}`);
  expect(read).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});
