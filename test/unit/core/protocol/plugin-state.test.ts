import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_FAILURES, readPluginState } from '../../../../core/protocol/plugin-state.ts';
import type { PluginState } from '../../../../core/protocol/plugins.ts';

const state: PluginState = {
  index: 1,
  spec: './my plugin.ts  -x 1',
  name: 'Mine',
  file: '/home/noor/my plugin.ts',
  supportVersion: '1.2',
  state: 'ready',
  messages: 3,
  lastMessage: 'pre-save',
  lastAnswer: '{ action: "handle_data" }',
  spentMs: 1.25,
  handler: 'needed',
  ranIn: 'plugin-host',
  failures: [{ during: 'handle_data', message: 'It threw.', stack: 'Error: It threw.\n    at x' }],
  failureCount: 7,
  warnings: ['made for a newer version'],
};

it('gives a good state back as it is', () => {
  expect(readPluginState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  const { file: _, lastMessage: __, ...less } = state;
  expect(readPluginState(less)).toEqual(less);
});

it.each([null, [], 'x', {}, { index: -1 }, { index: 1.5 }, { index: 100 }, { index: '0' }])('does not know whose %j is', (value) => {
  expect(readPluginState(value)).toBeUndefined();
});

it('cuts what is too long and keeps the last failures', () => {
  const failures = Array.from({ length: 50 }, (_, i) => ({ during: 'post-stop', message: `${i}${'x'.repeat(5000)}`, stack: 'y'.repeat(50_000) }));
  const read = readPluginState({ ...state, lastAnswer: 'z'.repeat(1e6), failures, failureCount: 50, warnings: Array.from({ length: 99 }, () => 'w') });
  expect(read?.failures).toHaveLength(MAX_FAILURES);
  expect(read?.failures.at(-1)?.message).toMatch(/^49x/);
  expect(read?.failureCount).toBe(50);
  expect(JSON.stringify(read).length).toBeLessThan(250_000);
});

it('makes a harmless state of anything else', () => {
  const words = ['loading', 'ready', 'failed', 'terminated'];
  fc.assert(
    fc.property(
      fc.nat(99),
      fc.record({ state: fc.anything(), messages: fc.anything(), failures: fc.anything(), spentMs: fc.anything(), name: fc.anything() }),
      (index, rest) => {
        const read = readPluginState({ ...rest, index });
        expect(words).toContain(read?.state);
        expect(read?.spentMs).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(read?.messages)).toBe(true);
        expect(typeof read?.name).toBe('string');
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      },
    ),
  );
});
