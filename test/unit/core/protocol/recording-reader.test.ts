import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BlockType, ConsoleSource, MAX_BLOCK_BYTES } from '../../../../core/protocol/recording-format.ts';
import {
  BlockReader,
  decodeBlockHeader,
  decodeConsole,
  decodeFooter,
  decodeIndex,
  decodeInfo,
  findFooter,
  looksLikeRecording,
  type RecordingItem,
} from '../../../../core/protocol/recording-reader.ts';
import { BLOCKS_PER_INDEX, encodeBlockHeader, encodeConsoleRecord, encodeInfo, RecordingEncoder } from '../../../../core/protocol/recording-writer.ts';
import { concat, head, recordingOf } from './recording-samples.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

type Block = Extract<RecordingItem, { kind: 'block' }>;
const isBlock = (item: RecordingItem): item is Block => item.kind === 'block';

function read(bytes: Uint8Array, cuts: readonly number[] = []): RecordingItem[] {
  const reader = new BlockReader();
  const borders = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const items = borders.slice(1).flatMap((to, i) => reader.push(bytes.slice(borders[i], to)));
  return [...items, ...reader.end()];
}

const payloadBytes = fc.uint8Array({ maxLength: 200 });
const payloads = fc.array(payloadBytes, { maxLength: 6 });

describe('BlockReader', () => {
  it('gives back what was written, with offsets', () => {
    const { bytes, offsets } = recordingOf([Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(MAX_BLOCK_BYTES).fill(9)]);
    const items = read(bytes);
    expect(items[0]).toMatchObject({ kind: 'head', head });
    const blocks = items.filter(isBlock);
    expect(blocks).toHaveLength(items.length - 1);
    expect(blocks.map((block) => block.offset).slice(0, offsets.length)).toEqual(offsets);
    expect(blocks[2]).toMatchObject({ header: { type: BlockType.DATA, stream: 1, clockHigh: 3, droppedBefore: 0 }, payload: Uint8Array.of(1, 2, 3) });
    expect(blocks[4]?.payload.length).toBe(MAX_BLOCK_BYTES);
    expect(blocks[4]?.payload.every((byte) => byte === 9)).toBe(true);
    expect(blocks.every((block) => block.payload.byteOffset % 8 === 0)).toBe(true);
    expect(blocks.at(-1)?.header.type).toBe(BlockType.FOOTER);
  });

  it('gives the same for any cutting into pieces', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.nat(), { maxLength: 40 }), (each, cuts) => {
        const { bytes } = recordingOf(each);
        expect(read(bytes, cuts)).toEqual(read(bytes));
      }),
    );
  });

  it('gives the same byte by byte', () => {
    const { bytes } = recordingOf([Uint8Array.of(1), Uint8Array.of(2, 3)]);
    expect(
      read(
        bytes,
        [...bytes].map((_, i) => i),
      ),
    ).toEqual(read(bytes));
  });

  it('gives every whole block of a recording that was cut, whatever the byte, and says where', () => {
    const { bytes } = recordingOf([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
    const whole = read(bytes);
    const ends = whole.map((item) => (item.kind === 'head' ? item.bytes : isBlock(item) ? item.offset + item.bytes : Number.NaN));
    for (let length = 0; length < bytes.length; length++) {
      const items = read(bytes.slice(0, length));
      const expected = whole.filter((_, i) => (ends[i] as number) <= length);
      const headIsWhole = length >= (ends[0] as number);
      expect(items.slice(0, expected.length)).toEqual(expected);
      const rest = items.slice(expected.length);
      if (!headIsWhole) expect(rest).toMatchObject([{ kind: 'refused' }]);
      else if (ends.includes(length)) {
        const message = `The recording ends without its footer: it was interrupted at byte ${length}. Everything before is whole.`;
        expect(rest).toMatchObject([{ kind: 'cut', offset: length, bytes: 0, problem: { message } }]);
      } else {
        const last = Math.max(...ends.filter((end) => end <= length));
        expect(rest).toMatchObject([{ kind: 'cut', offset: last, bytes: length - last }]);
      }
    }
  });

  it('leaves out only the damaged block when a byte of a payload has changed', () => {
    const { bytes, offsets } = recordingOf([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5), Uint8Array.of(6)]);
    const broken = bytes.slice();
    const at = (offsets[3] as number) + 64;
    broken[at] = 99;
    const items = read(broken);
    expect(items.filter((item) => !isBlock(item)).slice(1)).toMatchObject([{ kind: 'damage', offset: offsets[3], bytes: 72 }]);
    expect(items.filter(isBlock)).toEqual(
      read(bytes)
        .filter(isBlock)
        .filter((block) => block.offset !== offsets[3]),
    );
  });

  it('finds the next block behind a damaged header, and behind bytes that are missing', () => {
    const { bytes, offsets } = recordingOf([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5), Uint8Array.of(6)]);
    const broken = bytes.slice();
    broken[(offsets[3] as number) + 20] = 0xaa;
    expect(
      read(broken)
        .filter(isBlock)
        .map((block) => block.offset),
    ).not.toContain(offsets[3]);
    expect(read(broken).filter(isBlock)).toHaveLength(read(bytes).filter(isBlock).length - 1);

    const at = (offsets[2] as number) + 30;
    const missing = concat([bytes.slice(0, at), bytes.slice(at + 13)]);
    const items = read(missing);
    expect(items.filter((item) => item.kind === 'damage')).toHaveLength(1);
    expect(items.filter(isBlock).map((block) => block.payload)).toContainEqual(Uint8Array.of(6));
  });

  it('does not take a recording inside a damaged console block for its own blocks', () => {
    const inner = recordingOf([Uint8Array.of(42)]).bytes;
    const { bytes, offsets } = recordingOf([inner, Uint8Array.of(7)]);
    const broken = bytes.slice();
    broken[(offsets[2] as number) + 64] = 0;
    expect(read(broken).filter((item) => item.kind === 'damage')).toHaveLength(1);
    expect(
      read(broken)
        .filter(isBlock)
        .map((block) => block.payload),
    ).not.toContainEqual(Uint8Array.of(42));
  });

  it('never throws, never stops and tells of every byte, whatever has been changed', () => {
    const { bytes } = recordingOf([Uint8Array.of(1, 2, 3), new Uint8Array(300).fill(0x54)]);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), fc.array(fc.nat(), { maxLength: 5 }), (changes, cuts) => {
        const broken = bytes.slice();
        for (const [at, value] of changes) broken[at] = value;
        const items = read(broken, cuts);
        expect(items).toEqual(read(broken));
        if (items[0]?.kind === 'refused') return;
        const told = items.reduce((sum, item) => sum + (item.kind === 'refused' ? 0 : item.bytes), 0);
        expect(told).toBe(broken.length);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses bytes of another kind in words, at once', () => {
    const reader = new BlockReader();
    expect(reader.push(new TextEncoder().encode('{"traceEvents": []}'))).toMatchObject([{ kind: 'refused', problem: { code: 'not-a-recording' } }]);
    expect(reader.push(Uint8Array.of(1))).toEqual([]);
    expect(read(new Uint8Array(0))).toMatchObject([{ kind: 'refused', problem: { code: 'not-a-recording', message: 'The file is empty.' } }]);
    fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => void expect(looksLikeRecording(bytes) || read(bytes)[0]?.kind === 'refused').toBe(true)));
  });

  it('refuses a recording from a later version, and says so', () => {
    const { bytes } = recordingOf([]);
    const later = bytes.slice();
    new DataView(later.buffer).setUint32(8, 2, true);
    expect(read(later)).toMatchObject([{ kind: 'refused', problem: { code: 'recording-from-the-future', message: expect.stringContaining('version 2') } }]);
  });

  it('refuses a damaged head', () => {
    const broken = recordingOf([]).bytes.slice();
    broken[70] = 0;
    expect(read(broken)).toMatchObject([{ kind: 'refused', problem: { code: 'recording-head-damaged' } }]);
  });

  it('begins at an offset and tells where the next follower may begin', () => {
    const { bytes, offsets } = recordingOf([Uint8Array.of(1), Uint8Array.of(2)]);
    const offset = offsets[3] as number;
    const reader = new BlockReader({ offset });
    const items = reader.push(bytes.slice(offset, offset + 100));
    expect(items).toMatchObject([{ kind: 'block', offset, payload: Uint8Array.of(2) }]);
    expect(reader.offset).toBe(offset + 72);
  });

  it('steps over a block of a type that it does not know', () => {
    const { bytes, offsets } = recordingOf([Uint8Array.of(1), Uint8Array.of(2)]);
    const at = offsets[2] as number;
    const header = decodeBlockHeader(bytes, at);
    const changed = bytes.slice();
    changed.set(encodeBlockHeader({ ...(header as NonNullable<typeof header>), type: 200 as never }), at);
    const items = read(changed);
    expect(items.filter((item) => item.kind !== 'block')).toHaveLength(1);
    expect(items.filter(isBlock)).toHaveLength(read(bytes).filter(isBlock).length - 1);
  });
});

describe('RecordingEncoder', () => {
  it('puts an index after a number of blocks, chained to the one before', () => {
    const encoder = new RecordingEncoder(head);
    const parts = [encoder.fileHeader];
    for (let i = 0; i < 2 * BLOCKS_PER_INDEX + 5; i++) {
      parts.push(...encoder.block({ type: BlockType.DATA, stream: 1, count: 1, firstNs: i, lastNs: i }, Uint8Array.of(i & 255)));
    }
    parts.push(...encoder.closing({ events: 2005, dropped: 1, durationNs: 2004 }));
    const bytes = concat(parts);
    const blocks = read(bytes).filter(isBlock);
    const footer = decodeFooter(blocks.at(-1)?.payload ?? new Uint8Array(0));
    expect(footer).toMatchObject({ blocks: blocks.length - 1, events: 2005, dropped: 1, durationNs: 2004 });
    expect(findFooter(bytes.subarray(bytes.length - 1000))).toEqual(footer);

    const byOffset = new Map(blocks.map((block) => [block.offset, block]));
    const rows: unknown[] = [];
    for (let at = footer?.lastIndex ?? -1; at >= 0; ) {
      const index = decodeIndex(byOffset.get(at)?.payload ?? new Uint8Array(0));
      rows.unshift(...(index?.blocks ?? []));
      at = index?.previous ?? -1;
    }
    expect(rows).toEqual(blocks.filter((block) => block.header.type === BlockType.DATA).map(({ offset, header }) => ({ offset, header })));
  });

  it('goes on after a closing as if it had not been made', () => {
    const one = new RecordingEncoder(head);
    const other = new RecordingEncoder(head);
    const block = (encoder: RecordingEncoder) => concat(encoder.block({ type: BlockType.DATA, stream: 1, count: 0, firstNs: 0, lastNs: 0 }, Uint8Array.of(1)));
    expect(block(one)).toEqual(block(other));
    one.closing({ events: 0, dropped: 0, durationNs: 0 });
    expect(block(one)).toEqual(block(other));
    expect(one.closing({ events: 0, dropped: 0, durationNs: 0 })).toEqual(other.closing({ events: 0, dropped: 0, durationNs: 0 }));
  });
});

describe('findFooter', () => {
  it('finds none where the end is missing', () => {
    const { bytes } = recordingOf([Uint8Array.of(1)]);
    expect(findFooter(bytes)).toMatchObject({ end: { kind: 'exited', code: 0 } });
    for (let cut = 1; cut < 100; cut++) expect(findFooter(bytes.subarray(0, bytes.length - cut))).toBeUndefined();
  });
});

describe('payloads', () => {
  it('console records come back as they were, up to the first that is not whole', () => {
    const chunk = fc.tuple(fc.double({ noNaN: true }), fc.constantFrom(...Object.values(ConsoleSource)), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(chunk), fc.nat(), (chunks, cut) => {
        const bytes = concat(chunks.map(([timeNs, source, text]) => encodeConsoleRecord(timeNs, source, text)));
        const all = chunks.map(([timeNs, source, text]) => ({ timeNs, source, text }));
        expect(decodeConsole(bytes).map((record) => ({ ...record, text: record.text.slice() }))).toEqual(all);
        const some = decodeConsole(bytes.slice(0, cut % (bytes.length + 1)));
        expect(some.map((record) => record.timeNs)).toEqual(all.slice(0, some.length).map((record) => record.timeNs));
      }),
    );
  });

  it('of any bytes give something and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        decodeConsole(bytes);
        decodeInfo(bytes);
        decodeIndex(bytes);
        decodeFooter(bytes);
        findFooter(bytes);
      }),
    );
  });

  it('leave out an INFO line that cannot be read', () => {
    const lines = encodeInfo([
      { kind: 'thread-end', stream: 1, timeNs: 2 },
      { kind: 'thread-end', stream: 2, timeNs: 3 },
    ]);
    lines[3] = 0;
    expect(decodeInfo(lines)).toEqual([{ kind: 'thread-end', stream: 2, timeNs: 3 }]);
  });
});
