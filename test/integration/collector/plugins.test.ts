import { afterEach, describe, expect, it } from 'vitest';
import { Attachments } from '../../../core/model/attachments.ts';
import type { PluginState } from '../../../core/protocol/plugins.ts';
import { BlockType, ConsoleSource, type RecordingInfo } from '../../../core/protocol/recording-format.ts';
import type { CollectorOptions } from '../../../main/collector/collector.ts';
import { openAppendFile } from '../../../main/collector/recording-file.ts';
import { CollectorFixture, type HandPlan, type ReadRecording, readRecording, recordedText, spawnPlan } from './collector-fixture.ts';

let fixture: CollectorFixture;
afterEach(() => fixture.dispose());
const use = (options: CollectorOptions = {}) => {
  fixture = new CollectorFixture(options);
};

const state = (more: Partial<PluginState> = {}): Partial<PluginState> => ({ index: 0, spec: 'p', name: 'P', state: 'ready', ...more });
const plan = (hand: HandPlan, spec = 'p', more = {}) => spawnPlan({ hand, plugins: [{ spec }], ...more });
const lines = <K extends RecordingInfo['kind']>(recording: ReadRecording, kind: K) =>
  recording.info.filter((line): line is Extract<RecordingInfo, { kind: K }> => line.kind === kind);

const readSoFar = (): ReadRecording => readRecording(fixture.bytes());

/** Text of the attachment that a process has, if it is whole. */
function processed(recording: ReadRecording, process = 0): string | undefined {
  const attachments = new Attachments();
  for (const line of recording.info) attachments.info(line);
  for (const { header, offset } of recording.blocks) attachments.block(header, offset);
  const part = attachments.parts().find((each) => each.process === process);
  const offsets = new Set(part?.pieces.map((piece) => piece.offset));
  return part && Buffer.concat(recording.blocks.filter(({ offset }) => offsets.has(offset)).map(({ payload }) => payload)).toString();
}

describe('what plugins tell of themselves', () => {
  it('is recorded, bounded in number, with the last word of each', async () => {
    use();
    const { recording } = await fixture.run(plan({ plugins: [state({ index: 1 }), state({ lastAnswer: 'x'.repeat(10_000) })], pluginRepeats: 2000 }));
    const told = lines(recording, 'plugin');
    expect(told.length).toBeLessThan(100);
    expect(told.findLast((line) => line.state.index === 0)).toMatchObject({ process: 0, state: { spec: 'p', messages: 2000, ranIn: 'target' } });
    expect(told.findLast((line) => line.state.index === 1)).toMatchObject({ state: { state: 'ready' } });
    expect(Math.max(...told.map((line) => line.state.lastAnswer?.length ?? 0))).toBe(1000);
    expect(recording).toMatchObject({ problems: [], complete: true });
    expect(fixture.collector.pluginOutcome('one')).toMatchObject({ processes: [{ states: [{ index: 0, messages: 2000 }, { index: 1 }] }], problems: [] });
  });

  it('is nothing to a recording when it is nonsense', async () => {
    use();
    const { info, recording } = await fixture.run(plan({ plugins: [{ index: -1 }, {}, state()] }));
    expect(lines(recording, 'plugin')).toHaveLength(1);
    expect(lines(recording, 'tracer-error')).toEqual([]);
    expect(info).toMatchObject({ end: { kind: 'exited', code: 0 }, events: 10 });
  });

  it('and the launch itself is in the head', async () => {
    use();
    const { recording } = await fixture.run(plan({}, './mine.ts  "a b"'));
    expect(recording.items[0]).toMatchObject({ head: { launch: { plugins: ['./mine.ts  "a b"'] } } });
  });
});

describe('what handlers left', () => {
  it('becomes an attachment, piece by piece and whole', async () => {
    use();
    const processedFill = 2_500_000;
    const { recording } = await fixture.run(plan({ processed: '{"traceEvents":[],"x":"§"}', processedFill, plugins: [state({ handler: 'ran' })] }));
    const text = `{"traceEvents":[],"x":"${'x'.repeat(processedFill)}"}`;
    expect(recording.blocks.filter(({ header }) => header.type === BlockType.ATTACHMENT)).toHaveLength(3);
    expect(processed(recording)).toBe(text);
    expect(lines(recording, 'processed')).toMatchObject([{ process: 0, attachment: 0, by: 'target', plugins: ['P'] }]);
    // The index has the attachment's blocks too, so that it is found without reading all.
    expect(recording).toMatchObject({ problems: [], complete: true });
    expect(recording.data(1).length).toBeGreaterThan(0);
    expect(fixture.names().filter((name) => name.startsWith('spill'))).toEqual([]);
  });

  it.each([
    ['cut', '{"traceEvents":[{"ph":"i"}', 'because it is not whole'],
    ['empty', '', 'because it is not whole'],
    ['larger than the limit', '{"traceEvents":[],"x":"§"}', 'because it has 4 MB, and at most 2 MB are taken'],
  ])('is refused when it is %s, and that is told', async (_, text, why) => {
    use({ pluginLimits: { processedBytes: 2_000_000 } });
    const { info, recording } = await fixture.run(plan({ processed: text, processedFill: 3_000_000, plugins: [state({ handler: 'ran' })] }));
    expect(processed(recording)).toBeUndefined();
    expect(lines(recording, 'attachment')).toEqual([]);
    expect(lines(recording, 'loss')).toMatchObject([{ what: 'plugins', message: expect.stringContaining(why) }]);
    expect(info).toMatchObject({ end: { kind: 'exited', code: 0 }, events: 10, dropped: 0 });
    expect(fixture.collector.pluginOutcome('one').problems).toMatchObject([expect.stringContaining(why)]);
  });

  it('of a process whose socket never came is taken too', async () => {
    use();
    const { recording } = await fixture.run(plan({ onlySpill: true, spill: 5, processed: '{"traceEvents":[]}', plugins: [] }));
    expect(processed(recording)).toBe('{"traceEvents":[]}');
  });

  it('is passed over in a launch without plugins', async () => {
    use();
    const { recording } = await fixture.run(spawnPlan({ hand: { processed: '{"traceEvents":[]}' } }));
    expect(lines(recording, 'attachment')).toEqual([]);
  });

  it('does not fit on a full disk: what was recorded is kept, whole', async () => {
    let room = 20_000;
    use({
      openFile: async (path) => {
        const file = await openAppendFile(path);
        return {
          ...file,
          write: async (parts, position) => {
            const bytes = parts.reduce((sum, part) => sum + part.length, 0);
            if (bytes > room) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
            room -= bytes;
            return file.write(parts, position);
          },
        };
      },
    });
    const { info, recording } = await fixture.run(plan({ processed: JSON.stringify({ x: 'x'.repeat(100_000) }), plugins: [state({ handler: 'ran' })] }));
    expect(info.recordingProblem).toContain('no room left');
    expect(processed(recording)).toBeUndefined();
    expect(recording.data(1).length).toBeGreaterThan(0);
  });
});

describe('a plugin host', () => {
  const killed = async (spec: string, more: HandPlan = {}) => {
    await fixture.start(plan({ hold: true, plugins: [state()], ...more }, spec));
    await recordedText(fixture.window(), 'one', 'sent');
    const info = await fixture.collector.stop('one', 10_000);
    return { info, recording: readSoFar() };
  };

  it('handles the events of a process that was ended, with the recording so far', async () => {
    use();
    const { info, recording } = await killed('p well');
    expect(info.end).toMatchObject({ kind: 'stopped', forced: false });
    const { facts } = JSON.parse(processed(recording) ?? '{}') as { facts: Record<string, unknown> };
    expect(facts).toEqual({
      magic: 'TSRECORD',
      holds: true,
      plugins: [{ spec: 'p well' }],
      cwd: expect.any(String),
      script: null,
      tracer: [],
      nodeOptions: null,
      memory: true,
    });
    expect(lines(recording, 'processed')).toMatchObject([
      { by: 'plugin-host', note: 'The process was ended before its plugins could handle its events.', plugins: ['P'] },
    ]);
    expect(lines(recording, 'plugin').at(-1)).toMatchObject({ state: { ranIn: 'plugin-host', messages: 3, handler: 'ran' } });
    expect(recording).toMatchObject({ problems: [], complete: true });
  });

  it('handles those of a process that asked for it', async () => {
    use();
    const { recording } = await fixture.run(plan({ plugins: [state({ state: 'terminated', handler: 'needed', messages: 2 })] }));
    expect(lines(recording, 'processed')).toMatchObject([{ by: 'plugin-host', note: 'There were more events than plugins handle inside of the process.' }]);
    expect(lines(recording, 'plugin').at(-1)).toMatchObject({ state: { messages: 5 } });
  });

  it.each([
    ['that ended in an orderly way', { plugins: [state({ state: 'terminated' })] }],
    ['whose plugins could not be loaded', { plugins: [state({ state: 'failed' })], hold: true }],
  ])('is not started for a process %s', async (_, hand: HandPlan) => {
    use();
    const { recording } = hand.hold ? await killed('p well', hand) : await fixture.run(plan(hand, 'p well'));
    expect(lines(recording, 'processed')).toEqual([]);
    expect(lines(recording, 'loss')).toEqual([]);
  });

  it('that handles nothing leaves nothing, and no failure', async () => {
    use();
    const { recording } = await killed('p nothing');
    expect([...lines(recording, 'processed'), ...lines(recording, 'loss')]).toEqual([]);
  });

  it.each([
    ['crash', 'because it ended with exit code 7. What was recorded'],
    ['part', 'because it is not whole'],
  ])('that does %s is told, and what was recorded stays', async (what, why) => {
    use();
    const { info, recording } = await killed(`p ${what}`);
    expect(lines(recording, 'loss')).toMatchObject([{ what: 'plugins', message: expect.stringContaining(why) }]);
    expect(processed(recording)).toBeUndefined();
    expect(info.events).toBe(10);
    if (what === 'crash') expect(recording.console(ConsoleSource.STUDIO)).toMatch(/^Plugins of process \d+, after its end: it burst\n$/);
  });

  it('that hangs is ended after its time, which is no time of the session', async () => {
    use({ pluginLimits: { hostMs: 700 } });
    const { recording } = await killed('p hang');
    expect(lines(recording, 'loss')).toMatchObject([{ message: expect.stringContaining('it did not come to an end within 0.7 s') }]);
    expect(lines(recording, 'plugin').at(-1)).toMatchObject({ state: { ranIn: 'plugin-host', handler: 'needed' } });
    const [end] = lines(recording, 'session-end');
    // All that came behind the end of the process has the time of that end.
    expect(lines(recording, 'loss')[0]?.timeNs).toBe(end?.timeNs);
  });

  it('is given up when Stop is asked for again, or the studio closes', async () => {
    use();
    await fixture.start(plan({ hold: true, plugins: [state()] }, 'p hang'));
    await recordedText(fixture.window(), 'one', 'sent');
    const stopped = fixture.collector.stop('one', 10_000);
    await expect.poll(() => lines(readSoFar(), 'plugin').at(-1)?.state.ranIn, { timeout: 20_000 }).toBe('plugin-host');
    await fixture.collector.stop('one', 10_000);
    await stopped;
    expect(fixture.collector.pluginOutcome('one').problems).toMatchObject([expect.stringContaining('because it was given up')]);
  });

  it('does not leave behind what a plugin started in it', async () => {
    use();
    const { recording } = await killed('p daemon');
    const { facts } = JSON.parse(processed(recording) ?? '{}') as { facts: { daemon: number } };
    await expect.poll(() => fixture.isAlive(facts.daemon), { timeout: 20_000 }).toBe(false);
  });

  it('tells what failed in it, since nobody saw its stderr', async () => {
    use();
    await killed('p fail');
    expect(fixture.collector.pluginOutcome('one').problems).toEqual([
      expect.stringMatching(/^Plugin P failed at handle_data, after the end of process \d+: It threw\.$/),
    ]);
  });
});
