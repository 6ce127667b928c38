import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockType } from '../../../core/protocol/recording-format.ts';
import { CollectorFixture, spawnPlan } from './collector-fixture.ts';

let fixture: CollectorFixture;
beforeEach(() => {
  fixture = new CollectorFixture();
});
afterEach(() => fixture.dispose());

describe('a session', () => {
  it('records the events, the console and the end of one process', async () => {
    const { info, recording } = await fixture.run(
      spawnPlan({ args: ['-e', 'console.log("out"); console.error("err"); process.exitCode = 3'], hand: { events: 1000 } }),
    );
    expect(info).toMatchObject({ state: 'ended', end: { kind: 'exited', code: 3 }, processes: 1, events: 1000, dropped: 0 });
    expect(recording.problems).toEqual([]);
    expect(recording.complete).toBe(true);
    expect(recording.console(0)).toBe('out\n');
    expect(recording.console(1)).toBe('err\n');
    expect(recording.info.map((line) => line.kind)).toEqual(['process', 'thread', 'thread-end', 'process-end', 'session-end']);
    const types = recording.blocks.map((block) => block.header.type);
    expect(types.indexOf(BlockType.DEFS)).toBeLessThan(types.indexOf(BlockType.DATA));
  });
});
