import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Definitions } from '../../../../../core/model/definitions.ts';
import { decodeRecords, IgnoringVisitor } from '../../../../../core/model/record-decoder.ts';
import { DrainState, PROCESS_BYTES, ProcessWord, RingFloat, ringBufferBytes } from '../../../../../core/tracer/ring-layout.ts';
import { RingReader } from '../../../../../core/tracer/ring-reader.ts';
import { SampledWriter } from '../../../../../core/tracer/sampling/sampled-writer.ts';

const RING = 64 * 1024;

/** A writer with a drain that looks when it is told to. */
function setUp() {
  const buffer = new SharedArrayBuffer(ringBufferBytes(RING));
  const process = new Int32Array(new SharedArrayBuffer(PROCESS_BYTES));
  const writer = new SampledWriter(buffer, RING, process);
  const reader = new RingReader({ kind: 'ring', thread: 1, name: '', ringBytes: RING, buffer });
  const data: Buffer[] = [];
  const definitions = new Definitions();
  const drain = (): void => {
    writer.publish();
    const next = reader.next();
    definitions.add(Buffer.concat(next.definitions.pieces));
    data.push(Buffer.concat(next.data.pieces));
    reader.confirm(next);
  };
  return { writer, process, buffer, drain, definitions, all: () => Buffer.concat(data) };
}

class Lines extends IgnoringVisitor {
  readonly lines: string[] = [];
  override call(timeNs: number, id: number, exit: boolean): void {
    this.lines.push(`${timeNs} ${exit ? '-' : '+'}${id}`);
  }
  override gap(timeNs: number, lost: number, _reason: number, _at: number, depth: number): void {
    this.lines.push(`${timeNs} gap ${lost} depth ${depth}`);
  }
}

function linesOf(bytes: Uint8Array): string[] {
  const visitor = new Lines();
  const high = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  expect(decodeRecords(bytes, high, { high: 0, low: 0 }, visitor)).toBe(0);
  return visitor.lines;
}

describe('calls of a sampler on the ring', () => {
  it('keep their times across the turn of the clock, which never goes back', () => {
    const { writer, drain, all } = setUp();
    const turn = 2 ** 32 / 1000;
    writer.enter(turn - 1, 7);
    writer.enter(turn + 1, 8);
    writer.exit(turn, 8);
    writer.exit(turn + 5, 7);
    drain();
    const lines = linesOf(all());
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['+7', '+8', '-8', '-7']);
    const times = lines.map((line) => Number(line.split(' ')[0]));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeCloseTo(2 ** 32 - 1000, -1);
    expect(times[3]).toBeCloseTo(2 ** 32 + 5000, -1);
  });

  it('tell what was lost and what is open, where nobody takes them', () => {
    const { writer, process, buffer, drain, all } = setUp();
    process[ProcessWord.STATE] = DrainState.GONE;
    writer.enter(0, 1);
    for (let i = 0; i < 10_000; i++) {
      writer.enter(i, 2);
      writer.exit(i, 2);
    }
    const dropped = new Float64Array(buffer, 0, 32)[RingFloat.DROPPED] as number;
    expect(dropped).toBeGreaterThan(0);
    drain();
    process[ProcessWord.STATE] = DrainState.CONNECTED;
    writer.enter(20_000, 3);
    drain();
    expect(linesOf(all()).slice(-2)).toEqual([`20000000 gap ${dropped} depth 1`, '20000000 +3']);
  });

  it('are the calls that were written, however often the drain looks', () => {
    const steps = fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 50 }), fc.boolean()), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (all_) => {
        const { writer, drain, all } = setUp();
        const expected: string[] = [];
        const open: number[] = [];
        let time = 0;
        for (const [wait, id, looks] of all_) {
          time += wait;
          const exits = open.length > 0 && id % 2 === 0;
          const which = exits ? (open.pop() as number) : id;
          if (exits) writer.exit(time, which);
          else open.push(which);
          if (!exits) writer.enter(time, which);
          expected.push(`${time * 1000} ${exits ? '-' : '+'}${which}`);
          if (looks) drain();
        }
        drain();
        if (expected.length > 0) expect(linesOf(all())).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('have their functions defined, one line each', () => {
    const { writer, drain, definitions } = setUp();
    expect(writer.functions(1, '/a.js', ['3 9 0 first', '4 1 16 (idle)'])).toBe(true);
    expect(writer.functions(3, '', ['0 0 16 native'])).toBe(true);
    drain();
    expect([1, 2, 3].map((id) => definitions.functions.get(id))).toEqual([
      { id: 1, name: 'first', file: '/a.js', line: 3, column: 9, flags: 0 },
      { id: 2, name: '(idle)', file: '/a.js', line: 4, column: 1, flags: 16 },
      { id: 3, name: 'native', file: '', line: 0, column: 0, flags: 16 },
    ]);
  });
});
