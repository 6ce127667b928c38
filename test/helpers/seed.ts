/**
 * One seed for everything that tests draw by chance. Continuous integration judges a change, not luck: it takes the same cases each time.
 * At a desk they are new ones each time, so that they find something; a failure prints the seed, `FUZZ_SEED=…` repeats it.
 */
import fc from 'fast-check';

const IN_CI = 20_260_101;

export const seed = Number(process.env.FUZZ_SEED ?? (process.env.CI ? IN_CI : Math.floor(Math.random() * 2 ** 31)));

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
