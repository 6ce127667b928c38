import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginState } from '../../../../core/protocol/plugins.ts';
import { PluginReports } from '../../../../main/collector/plugin-reports.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const json = (state: Partial<PluginState>): Uint8Array => new TextEncoder().encode(JSON.stringify({ index: 0, spec: 'p', name: 'P', ...state }));

function reports(lines?: number) {
  const written: PluginState[] = [];
  return { written, of: new PluginReports((state) => written.push(state), { tellMs: 100, ...(lines !== undefined && { lines }) }) };
}

describe('what plugins tell', () => {
  it('the first word is written at once, then the newest of each plugin ten times a second', () => {
    const { written, of } = reports();
    for (let messages = 1; messages <= 500; messages++) {
      of.take(json({ messages }));
      of.take(json({ index: 1, messages }));
    }
    expect(written).toMatchObject([{ index: 0, messages: 1 }]);
    vi.advanceTimersByTime(100);
    expect(
      written
        .slice(1)
        .map((state) => [state.index, state.messages])
        .sort(),
    ).toEqual([
      [0, 500],
      [1, 500],
    ]);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('above the limit of lines only the last word is written, at the end', () => {
    const { written, of } = reports(3);
    for (let messages = 1; messages <= 20; messages++) {
      of.take(json({ messages }));
      vi.advanceTimersByTime(100);
    }
    expect(written.map((state) => state.messages)).toEqual([1, 2, 3]);
    of.flush();
    expect(written.map((state) => state.messages)).toEqual([1, 2, 3, 20]);
    of.flush();
    expect(written).toHaveLength(4);
  });

  it('what is no state, or far too large, is passed over', () => {
    const { written, of } = reports();
    for (const text of ['', '{', '[]', '{"index":1e9}', JSON.stringify({ index: 0, spec: 'x'.repeat(300_000) })]) of.take(new TextEncoder().encode(text));
    expect(written).toEqual([]);
    expect(of.states).toEqual([]);
  });

  it('where a plugin ran is not believed to the process, and the plugin host adds to what it did there', () => {
    const { written, of } = reports();
    of.take(json({ ranIn: 'plugin-host', messages: 2, spentMs: 5, failures: [{ during: 'pre-start', message: 'a' }], failureCount: 1 }));
    expect(written).toMatchObject([{ ranIn: 'target' }]);
    const inTarget = of.states;
    of.takeFromHost(json({ messages: 3, spentMs: 1, handler: 'ran', failures: [{ during: 'terminate', message: 'b' }], failureCount: 1 }), inTarget);
    of.flush();
    expect(written.at(-1)).toMatchObject({
      ranIn: 'plugin-host',
      messages: 5,
      spentMs: 6,
      handler: 'ran',
      failures: [{ message: 'a' }, { message: 'b' }],
      failureCount: 2,
    });
    expect(of.statesInHost).toMatchObject([{ failures: [{ message: 'b' }] }]);
  });
});
