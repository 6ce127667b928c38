import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { sinceMonotonic } from '../../../../core/base/time.ts';
import { MAX_OPEN_FRAMES, OpenStack } from '../../../../core/protocol/open-stack.ts';
import { encodeGap, RecordStream } from '../../../../core/protocol/record-stream.ts';
import { MAX_BLOCK_BYTES } from '../../../../core/protocol/recording-format.ts';
import type { BlockFields } from '../../../../core/protocol/recording-writer.ts';
import { extendedTag, GapReason, padTo8, RecordKind } from '../../../../core/protocol/records.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

const start = { high: 10, low: 1000 };
const now = { high: 12, low: 77 };

interface Emitted {
  readonly fields: BlockFields;
  readonly payload: Uint8Array;
  readonly events: number;
}

function stream(): { readonly records: RecordStream; readonly blocks: Emitted[] } {
  const blocks: Emitted[] = [];
  const records = new RecordStream(
    7,
    start,
    () => now,
    (fields, payload, events) => blocks.push({ fields, payload, events }),
  );
  return { records, blocks };
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
const enter = (id: number, low: number) => words(low, id << 1);
const exit = (id: number, low: number) => words(low, (id << 1) | 1);
const epoch = (high: number) => words(high, extendedTag(RecordKind.EPOCH, 0));
const instant = (low: number, argsBytes = 0) =>
  Buffer.concat([words(low, extendedTag(RecordKind.INSTANT, 16 + padTo8(argsBytes)), 1, 1, 0, argsBytes), new Uint8Array(padTo8(argsBytes)).fill(7)]);
const at = (high: number, low: number) => sinceMonotonic(start, high, low);
const openFrames = ({ fields, payload }: Emitted) => {
  const stack = new OpenStack();
  stack.read(new Uint32Array(payload.slice(0, (fields.openStackWords ?? 0) * 4).buffer));
  return Array.from({ length: stack.depth }, (_, i) => ({ start: stack.startNs(i), id: stack.functionId(i), call: stack.call(i) }));
};
const openStack = (block: Emitted) => openFrames(block).map(({ id }) => id);
const recordsOf = (blocks: readonly Emitted[]) =>
  Buffer.concat(blocks.map(({ fields, payload }) => payload.subarray(padTo8((fields.openStackWords ?? 0) * 4))));

describe('RecordStream', () => {
  it('tells times, counts and the clock of a block', () => {
    const { records, blocks } = stream();
    records.push(Buffer.concat([epoch(11), instant(500), instant(900), epoch(12), instant(3)]));
    records.flush();
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.fields).toEqual({
      type: 3,
      stream: 7,
      // Epochs are records, but no events.
      count: 3,
      firstNs: at(11, 500),
      lastNs: at(12, 3),
      clockHigh: 11,
      openStackWords: 0,
      droppedBefore: 0,
    });
    expect(blocks[0]?.events).toBe(3);
    records.push(instant(9));
    records.flush();
    expect(blocks[1]?.fields).toMatchObject({ clockHigh: 12, firstNs: at(12, 9), lastNs: at(12, 9) });
  });

  it('starts a block with the calls that are open', () => {
    const { records, blocks } = stream();
    records.push(Buffer.concat([epoch(11), enter(5, 1), enter(6, 2), enter(7, 3), exit(7, 4)]));
    records.flush();
    records.push(Buffer.concat([exit(6, 5), enter(8, 6), enter(9, 7)]));
    records.flush();
    records.push(instant(8));
    records.flush();
    expect(blocks.map(openStack)).toEqual([[], [5, 6], [5, 8, 9]]);
    expect(blocks[2]?.payload.length).toBe(3 * 16 + 24);
    expect(openFrames(blocks[2] as Emitted)[1]).toEqual({ start: at(11, 6), id: 8, call: 0 });
  });

  it('counts runs of async functions and generators among the open calls', () => {
    const { records, blocks } = stream();
    const run = (kind: RecordKind, low: number, id: number, call: number) => words(low, extendedTag(kind, 8), id, call);
    records.push(Buffer.concat([epoch(11), enter(1, 1), run(RecordKind.CALL_BEGIN, 2, 7, 1), run(RecordKind.CALL_BEGIN, 3, 7, 2)]));
    records.flush();
    records.push(Buffer.concat([run(RecordKind.CALL_SUSPEND, 4, 7, 2), run(RecordKind.CALL_END, 5, 7, 1), run(RecordKind.CALL_RESUME, 6, 7, 2)]));
    records.flush();
    // Ended while it was suspended: it closes no run.
    records.push(Buffer.concat([run(RecordKind.CALL_END, 7, 9, 3), instant(8)]));
    records.flush();
    expect(blocks.map((block) => openFrames(block).map(({ id, call }) => [id, call]))).toEqual([
      [],
      [
        [1, 0],
        [7, 1],
        [7, 2],
      ],
      [
        [1, 0],
        [7, 2],
      ],
    ]);
    expect(openFrames(blocks[2] as Emitted)[1]?.start).toBe(at(11, 6));
    expect(blocks.map(({ events }) => events)).toEqual([3, 3, 2]);
  });

  it('names open calls to a depth that a block has room for, and counts the others', () => {
    const { records, blocks } = stream();
    const deep = 20_000;
    const calls = Array.from({ length: deep }, (_, i) => enter(i + 1, 1));
    records.push(Buffer.concat([epoch(11), ...calls]));
    records.flush();
    records.push(instant(2));
    records.flush();
    // The stack stays right below the depth that was named.
    records.push(Buffer.concat(Array.from({ length: deep - 3 }, (_, i) => exit(deep - i, 3))));
    records.flush();
    records.push(instant(4));
    records.flush();
    expect(openStack(blocks[1] as Emitted)).toEqual(Array.from({ length: MAX_OPEN_FRAMES }, (_, i) => i + 1));
    expect(openStack(blocks.at(-1) as Emitted)).toEqual([1, 2, 3]);
  });

  it('goes on after it was put to rest', () => {
    const { records, blocks } = stream();
    records.push(Buffer.concat([epoch(11), instant(1), instant(2).subarray(0, 12)]));
    records.rest();
    records.push(Buffer.concat([instant(2).subarray(12), instant(3)]));
    records.rest();
    records.push(instant(4));
    records.end();
    expect(recordsOf(blocks).equals(Buffer.concat([epoch(11), instant(1), instant(2), instant(3), instant(4)]))).toBe(true);
  });

  it('ends the inner calls at an exit of an outer one, and leaves an exit without an enter alone', () => {
    const { records, blocks } = stream();
    records.push(Buffer.concat([epoch(11), enter(1, 1), enter(2, 2), enter(3, 3), exit(2, 4), exit(99, 5)]));
    records.flush();
    records.push(instant(6));
    records.flush();
    expect(blocks.map(openStack)).toEqual([[], [1]]);
  });

  it('takes the stack, the clock and the loss from a gap', () => {
    const { records, blocks } = stream();
    records.push(Buffer.concat([epoch(11), enter(1, 1), encodeGap(41, 13, 50, GapReason.RING_FULL, Uint32Array.of(4, 5, 6)), instant(60)]));
    expect(records.dropped).toBe(41);
    records.flush();
    records.push(instant(70));
    records.flush();
    expect(blocks.map(openStack)).toEqual([[], [4, 5, 6]]);
    expect(openFrames(blocks[1] as Emitted)[0]?.start).toBe(at(13, 50));
    expect(blocks[0]?.fields).toMatchObject({ droppedBefore: 0, lastNs: at(13, 60) });
    expect(blocks[1]?.fields).toMatchObject({ droppedBefore: 41, clockHigh: 13, firstNs: at(13, 70) });
  });

  it('counts a loss once that statistics and gaps both tell', () => {
    const { records } = stream();
    records.droppedInTarget = 41;
    records.push(Buffer.concat([epoch(11), encodeGap(41, 11, 50, GapReason.RING_FULL, new Uint32Array(0))]));
    expect(records.dropped).toBe(41);
    records.droppedInTarget = 50;
    expect(records.dropped).toBe(50);
  });

  it('covers the whole of a slice, which is recorded at its end', () => {
    const { records, blocks } = stream();
    const slice = words(9000, extendedTag(RecordKind.SLICE, 24), 1, 1, 0, 0, 0, 0);
    new DataView(slice.buffer).setFloat64(16, 4000, true);
    records.push(Buffer.concat([epoch(11), slice]));
    records.flush();
    expect(blocks[0]?.fields).toMatchObject({ firstNs: at(11, 5000), lastNs: at(11, 9000) });
  });

  it('finds the clock of a stream that does not begin with it', () => {
    const { records, blocks } = stream();
    records.push(instant(60));
    records.flush();
    const behind = stream();
    behind.records.push(instant(0xffff0000));
    behind.records.flush();
    expect(blocks[0]?.fields).toMatchObject({ clockHigh: 12, firstNs: at(12, 60) });
    expect(behind.blocks[0]?.fields).toMatchObject({ clockHigh: 11, firstNs: at(11, 0xffff0000) });
  });

  it('puts a gap in place of a record that no block can hold', () => {
    for (const cut of [1 << 30, 65536, 1000]) {
      const { records, blocks } = stream();
      const bytes = Buffer.concat([epoch(11), enter(3, 1), instant(5, 2 * MAX_BLOCK_BYTES), instant(6)]);
      for (let from = 0; from < bytes.length; from += cut) records.push(bytes.subarray(from, from + cut));
      records.end();
      expect(recordsOf(blocks)).toEqual(
        Buffer.concat([epoch(11), enter(3, 1), encodeGap(1, 11, 5, GapReason.RECORD_TOO_LARGE, Uint32Array.of(3)), instant(6)]),
      );
      expect(records.dropped).toBe(1);
    }
  });

  it('leaves out the beginning of a record that never came whole', () => {
    const { records, blocks } = stream();
    records.push(Buffer.concat([epoch(11), instant(1), instant(2, 100).subarray(0, 50)]));
    records.end();
    expect(recordsOf(blocks)).toEqual(Buffer.concat([epoch(11), instant(1)]));
  });

  it('keeps every record in order in blocks of whole records, for any pieces and any flushes', () => {
    const record = fc.oneof(
      fc.tuple(fc.nat(50), fc.nat(1000)).map(([id, low]) => enter(id + 1, low)),
      fc.tuple(fc.nat(50), fc.nat(1000)).map(([id, low]) => exit(id + 1, low)),
      fc.tuple(fc.nat(1000), fc.oneof(fc.nat(100), fc.nat(300_000))).map(([low, argsBytes]) => instant(low, argsBytes)),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), fc.array(fc.tuple(fc.nat(400_000), fc.boolean()), { maxLength: 30 }), (all, steps) => {
        const bytes = Buffer.concat([epoch(11), ...all]);
        const { records, blocks } = stream();
        let from = 0;
        for (const [length, flush] of [...steps, [bytes.length, false] as const]) {
          records.push(bytes.subarray(from, Math.min(bytes.length, from + length)));
          from = Math.min(bytes.length, from + length);
          if (flush) records.flush();
        }
        records.end();
        expect(recordsOf(blocks).equals(bytes)).toBe(true);
        expect(blocks.reduce((sum, block) => sum + block.fields.count, 0)).toBe(all.length);
        expect(blocks.every((block) => block.payload.length <= MAX_BLOCK_BYTES)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('never throws and keeps within blocks, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 10 }), (pieces) => {
        const { records, blocks } = stream();
        for (const piece of pieces) records.push(piece);
        records.end();
        for (const { fields, payload } of blocks) {
          expect(payload.length % 8).toBe(0);
          expect(Number.isFinite(fields.firstNs) && Number.isFinite(fields.lastNs)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
