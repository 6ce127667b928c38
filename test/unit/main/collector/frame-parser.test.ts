import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { encodeFrameHeader, FrameType, MAX_FRAME_BYTES } from '../../../../core/protocol/target-wire.ts';
import { FrameParser, WireError } from '../../../../main/collector/frame-parser.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

interface Taken {
  readonly frames: { type: number; thread: number; body: Buffer }[];
  readonly data: Map<number, Buffer>;
}

function parser(): { readonly parser: FrameParser; readonly taken: Taken } {
  const taken: Taken = { frames: [], data: new Map() };
  return {
    taken,
    parser: new FrameParser({
      frame: (type, thread, body) => taken.frames.push({ type, thread, body: Buffer.from(body) }),
      data: (thread, piece) => taken.data.set(thread, Buffer.concat([taken.data.get(thread) ?? Buffer.alloc(0), piece])),
    }),
  };
}
const frame = (type: FrameType, thread: number, body: Uint8Array) => Buffer.concat([encodeFrameHeader(body.length, type, thread), body]);

describe('FrameParser', () => {
  it('gives the same frames and the same data for any pieces', () => {
    const one = fc.tuple(fc.constantFrom(...Object.values(FrameType)), fc.nat(3), fc.uint8Array({ maxLength: 50 }));
    fc.assert(
      fc.property(fc.array(one), fc.array(fc.nat(60)), (frames, lengths) => {
        const bytes = Buffer.concat(frames.map(([type, thread, body]) => frame(type, thread, body)));
        const { parser: cut, taken } = parser();
        let from = 0;
        for (const length of [...lengths, bytes.length]) {
          cut.push(bytes.subarray(from, from + length));
          from += length;
        }
        expect(taken.frames).toEqual(
          frames.filter(([type]) => type !== FrameType.DATA).map(([type, thread, body]) => ({ type, thread, body: Buffer.from(body) })),
        );
        for (const thread of [0, 1, 2, 3]) {
          const expected = Buffer.concat(frames.filter(([type, of]) => type === FrameType.DATA && of === thread).map(([, , body]) => body));
          expect(taken.data.get(thread) ?? Buffer.alloc(0)).toEqual(expected);
        }
        expect(cut.atBorder).toBe(true);
      }),
    );
  });

  it('refuses lengths beyond the limits before it takes a byte of the body', () => {
    const refused = (type: FrameType, bytes: number) => () => parser().parser.push(encodeFrameHeader(bytes, type, 0));
    expect(refused(FrameType.DATA, MAX_FRAME_BYTES + 1)).toThrow(WireError);
    expect(refused(FrameType.DATA, MAX_FRAME_BYTES)).not.toThrow();
    expect(refused(FrameType.HELLO, 5 * 1024 * 1024)).toThrow(WireError);
    expect(refused(FrameType.DEFS, 0xffffffff)).toThrow(WireError);
  });

  it('answers any bytes with frames or a WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          parser().parser.push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });
});
