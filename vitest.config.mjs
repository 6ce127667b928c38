import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Further tries in CI only, where machines are shared and stall: the reporter marks it.
const retry = process.env.CI ? 2 : 0;

// Properties draw their cases by chance; see there.
const setupFiles = ['test/helpers/seed.ts'];

export default defineConfig({
  test: {
    projects: [
      // The default of 5 s is a matter of the machine: those that read every source take longer where it is busy.
      // Vitest would leave one core idle, which is half of a small machine.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          environment: 'node',
          setupFiles,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: availableParallelism(),
          retry,
        },
      },
      // Real child processes, each of which waits now and then. No more, so that a busy machine does not turn waiting into failing.
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/helpers/build-if-stale.ts'],
          setupFiles,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: Math.min(availableParallelism() + 1, 6),
          retry,
        },
      },
      {
        test: {
          name: 'programs',
          include: ['test/programs/*.test.ts'],
          environment: 'node',
          setupFiles,
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          retry,
        },
      },
      { test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'], environment: 'node', setupFiles, retry: 0 } },
      {
        test: {
          name: 'packaging',
          include: ['test/packaging/**/*.test.ts'],
          environment: 'node',
          setupFiles,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          retry,
        },
      },
    ],
  },
});
