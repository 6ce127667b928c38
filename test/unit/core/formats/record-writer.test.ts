import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordingBuilder } from '../../../../core/formats/record-writer.ts';
import { BlockType, MAX_BLOCK_BYTES } from '../../../../core/protocol/recording-format.ts';
import { findFooter } from '../../../../core/protocol/recording-reader.ts';
import { concat } from '../../../helpers/build-recording.ts';
import { decodeRecording } from '../../../helpers/decoded-recording.ts';

const START = { monotonicNs: 7n * 2n ** 32n - 10n, epochNs: 1_700_000_000_000_000_000n };
const words = (timeNs: number): [number, number] => {
  const time = START.monotonicNs + BigInt(timeNs);
  return [Number(time >> 32n), Number(time & 0xffffffffn)];
};
const begun = (): { readonly builder: RecordingBuilder; readonly stream: number } => {
  const builder = new RecordingBuilder({ title: 't' });
  return { builder, stream: builder.thread(builder.process({ pid: 1, name: 'p' }), 0, 'main') };
};

describe('RecordingBuilder', () => {
  it('sorts the records of a block by time, over the borders of the clock word, and keeps the order of equal times', async () => {
    const time = fc.oneof(
      fc.nat(100),
      fc.nat(2 ** 31 - 1).map((half) => half * 1000),
    );
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 200 }), (times) => {
        const { builder, stream } = begun();
        builder.setStart(START);
        times.forEach((at, i) => {
          builder.instant(stream, ...words(at), builder.string(stream, `i${i}`), 0, 0);
        });
        const { events, blocks } = decodeRecording(concat(builder.finish()));
        const sorted = times.map((timeNs, i) => ({ timeNs, name: `i${i}` })).sort((a, b) => a.timeNs - b.timeNs);
        expect(events.map(({ timeNs, name }) => ({ timeNs, name }))).toEqual(sorted);
        expect(blocks.filter((block) => block.type === BlockType.DATA)).toMatchObject([
          { firstNs: Math.min(...times), lastNs: Math.max(...times), count: times.length },
        ]);
      }),
    );
  });

  it('sorts also when the block spans too long for one double', () => {
    const { builder, stream } = begun();
    builder.setStart(START);
    const times = Array.from({ length: 600 }, (_, i) => ((i * 7919) % 600) * 50_000_000_000);
    for (const at of times) builder.stall(stream, ...words(at), 1);
    const { events } = decodeRecording(concat(builder.finish()));
    expect(events.map((event) => event.timeNs)).toEqual(times.sort((a, b) => a - b));
  });

  it('gives nothing before its start is known, and then all of it', () => {
    const { builder, stream } = begun();
    builder.instant(stream, ...words(5), builder.string(stream, 'early'), 0, 0);
    builder.seal();
    expect(builder.take()).toEqual([]);
    builder.setStart(START);
    const recording = decodeRecording(concat([...builder.take(), ...builder.finish()]));
    expect(recording.events).toMatchObject([{ name: 'early', timeNs: 5 }]);
    expect(recording.head).toMatchObject({ title: 't', startMonotonicNs: `${START.monotonicNs}`, startEpochNs: `${START.epochNs}` });
  });

  it('defines a name in a stream before its first use, once', () => {
    const { builder, stream } = begun();
    const other = builder.thread(0, 1, 'worker');
    builder.setStart(START);
    expect(builder.string(stream, 'a')).toBe(builder.string(stream, 'a'));
    for (const one of [stream, other]) builder.instant(one, ...words(1), builder.string(one, 'a'), 0, 0);
    const { blocks } = decodeRecording(concat(builder.finish()));
    expect(blocks.map(({ type, stream }) => [type, stream]).slice(0, 5)).toEqual([
      [BlockType.INFO, 0],
      [BlockType.DEFS, 1],
      [BlockType.DATA, 1],
      [BlockType.DEFS, 2],
      [BlockType.DATA, 2],
    ]);
  });

  it('keeps every block within its limit, whatever the sizes', () => {
    const { builder, stream } = begun();
    builder.setStart(START);
    for (let i = 0; i < 300; i++) builder.process({ pid: i, name: '"'.repeat(4000) });
    for (const size of [600_000, 8, 500_000, 1_000_000, 100]) {
      const args = new TextEncoder().encode(`"${'x'.repeat(size)}"`);
      builder.instant(stream, ...words(size), builder.string(stream, 'n'.repeat(size / 10)), 0, 0, args);
      builder.console(1, 'y'.repeat(size));
    }
    expect(() => builder.instant(stream, 0, 0, 0, 0, 0, new Uint8Array(MAX_BLOCK_BYTES))).toThrow('does not fit');
    const { events } = decodeRecording(concat(builder.finish()));
    expect(events.map((event) => (event.args as string).length).sort((a, b) => a - b)).toEqual([8, 100, 500_000, 600_000, 1_000_000]);
  });

  it('counts what was lost in the headers and the footer', () => {
    const { builder, stream } = begun();
    builder.setStart(START);
    builder.gap(stream, ...words(1), 12, 1);
    builder.seal();
    builder.gap(stream, ...words(2), 3, 1);
    const bytes = concat(builder.finish({ kind: 'exited', code: 0 }));
    expect(decodeRecording(bytes).events).toMatchObject([
      { kind: 'gap', durationNs: 12 },
      { kind: 'gap', durationNs: 3 },
    ]);
    expect(findFooter(bytes)).toMatchObject({ events: 0, dropped: 15, durationNs: 2, end: { kind: 'exited', code: 0 } });
  });

  it('seals early when very many threads hold a little each', () => {
    const builder = new RecordingBuilder({ title: '' });
    builder.setStart(START);
    const process = builder.process({ pid: 1, name: '' });
    const streams = Array.from({ length: 16_000 }, (_, i) => builder.thread(process, i, ''));
    for (const stream of streams) builder.objectDeleted(stream, ...words(stream), 1);
    const before = builder.take();
    // A block for nearly each of them, though nothing was asked to be sealed.
    expect(before.length).toBeGreaterThan(10_000);
    expect(findFooter(concat([...before, ...builder.finish()]))).toMatchObject({ events: 16_000 });
  }, 60_000);
});
