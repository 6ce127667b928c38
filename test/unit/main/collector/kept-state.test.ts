import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockWalker } from '../../../../core/protocol/block-walker.ts';
import { BlockType, type RecordingHead } from '../../../../core/protocol/recording-format.ts';
import { BlockReader, decodeInfo, type RecordingItem } from '../../../../core/protocol/recording-reader.ts';
import { encodeBlock, encodeClosing } from '../../../../core/protocol/recording-writer.ts';
import { extendedTag, padTo8, RecordKind } from '../../../../core/protocol/records.ts';
import { KeptState } from '../../../../main/collector/kept-state.ts';
import { concat, START_EPOCH_NS, TestRecording } from '../../../helpers/build-recording.ts';
import { type DecodedRecording, decodeRecording } from '../../../helpers/decoded-recording.ts';

type Block = Extract<RecordingItem, { kind: 'block' }>;

function blocksOf(bytes: Uint8Array): { readonly head: RecordingHead; readonly blocks: readonly Block[] } {
  const reader = new BlockReader();
  const items = [...reader.push(bytes), ...reader.end()];
  const head = items.find((item) => item.kind === 'head')?.head;
  if (!head) throw new Error('no head');
  return { head, blocks: items.filter((item): item is Block => item.kind === 'block' && item.header.type !== BlockType.FOOTER) };
}

/** The recording without its first `gone` blocks, as a flight recorder keeps it. */
function kept(bytes: Uint8Array, gone: number): Uint8Array {
  const { head, blocks } = blocksOf(bytes);
  const state = new KeptState(head);
  for (const { header, payload } of blocks.slice(0, gone)) state.take(header, payload);
  const timeNs = blocks[gone]?.header.firstNs ?? 0;
  const rest = blocks.slice(gone).filter(({ header }) => header.type !== BlockType.INDEX);
  const parts = [
    ...state.preamble({ kind: 'kept', fromNs: timeNs, timeNs }),
    ...rest.flatMap(({ header, payload }) => encodeBlock(header, payload, header.sequence)),
  ];
  const walker = new BlockWalker();
  for (const part of parts) walker.push(part);
  const body = concat(parts);
  return concat([body, ...encodeClosing(walker.rows, body.length, walker.sequence + 1, { events: 0, dropped: 0, durationNs: 0 })]);
}

/** What can be compared of events: ids of objects are numbered by where they come first. */
const comparable = ({ events }: DecodedRecording) => events.map(({ object: _object, ...event }) => event);

interface Step {
  readonly stream: 0 | 1;
  readonly what: 'counter' | 'instant' | 'snapshot' | 'keyframe' | 'created' | 'deleted' | 'seal' | 'console';
  readonly name: 'a' | 'b' | 'c';
  readonly value: number | undefined;
  readonly passNs: number;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  stream: fc.constantFrom(0, 1),
  what: fc.constantFrom('counter', 'instant', 'snapshot', 'keyframe', 'created', 'deleted', 'seal', 'seal', 'console'),
  name: fc.constantFrom('a', 'b', 'c'),
  value: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
  // Steps that cross the border of the clock's high word among them.
  passNs: fc.constantFrom(1, 1000, 300_000_000, 4_400_000_000),
});

function write(steps: readonly Step[]): Uint8Array {
  const recording = new TestRecording();
  const process = recording.process();
  const streams = [recording.thread(process), recording.thread(process, 'worker', 1)];
  const known = new Set<string>();
  let now = 0;
  for (const { stream: index, what, name, value, passNs } of steps) {
    now += passNs;
    const stream = streams[index] as number;
    const object = recording.object(stream, name, 'C');
    const key = `${index} ${name}`;
    switch (what) {
      case 'counter':
        recording.counter(stream, now, name, { x: value ?? Number.NaN });
        break;
      case 'instant':
        recording.instant(stream, now, name, { args: { value } });
        break;
      case 'created':
        recording.created(stream, now, object);
        break;
      case 'deleted':
        recording.deleted(stream, now, object);
        known.delete(key);
        break;
      case 'snapshot':
      case 'keyframe':
        // The first one of an object is a keyframe, as the tracer sends it.
        recording.snapshot(stream, now, object, { [`k${value ?? 0}`]: value, fixed: 1 }, what === 'keyframe' || !known.has(key));
        known.add(key);
        break;
      case 'console':
        recording.console(now, `${value}\n`);
        break;
      case 'seal':
        recording.seal();
        break;
    }
  }
  return recording.finish({ kind: 'exited', code: 0 });
}

describe('without its older blocks a recording', () => {
  it('tells of the newer ones what it told with them: names, values, whole objects', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), fc.nat(), (steps, cut) => {
        const bytes = write(steps);
        const { blocks } = blocksOf(bytes);
        const gone = cut % (blocks.length + 1);
        const whole = decodeRecording(bytes);
        const part = decodeRecording(kept(bytes, gone));
        const newer = blocks.slice(gone).filter(({ header }) => header.type === BlockType.DATA);
        const count = newer.reduce((sum, { header }) => sum + header.count, 0);
        // Of the newer blocks each record is an event here, but for the clock's.
        const clocks = newer.reduce((sum, { payload }) => sum + epochsIn(payload), 0);
        const wanted = comparable(whole).slice(comparable(whole).length - (count - clocks));
        expect(comparable(part).slice(comparable(part).length - (count - clocks))).toEqual(wanted);
      }),
    );
  });

  it('still tells the last value of each counter and object from before, at its time, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const bytes = write(steps);
        const whole = decodeRecording(bytes);
        const part = decodeRecording(kept(bytes, blocksOf(bytes).blocks.length));
        const last = (kind: string) =>
          new Map(whole.events.filter((event) => event.kind === kind).map((event) => [`${event.thread} ${event.name}`, event] as const));
        const values = ({ kind, thread, name, timeNs, values, state }: DecodedRecording['events'][number]) => ({ kind, thread, name, timeNs, values, state });
        const counters = [...last('counter').values()].map(values);
        const deleted = last('deleted');
        const alive = [...last('snapshot').values()].filter((event) => {
          const gone = deleted.get(`${event.thread} ${event.name}`);
          return gone === undefined || whole.events.indexOf(gone) < whole.events.indexOf(event);
        });
        const order = (a: { timeNs: number; thread: string }, b: { timeNs: number; thread: string }) => a.timeNs - b.timeNs || a.thread.localeCompare(b.thread);
        const told = part.events.filter(({ kind }) => kind !== 'created').map(values);
        expect([...told].sort(order)).toEqual([...counters, ...alive.map(values)].sort(order));
      }),
    );
  });
});

/** EPOCH records of a block whose open stack is empty. */
function epochsIn(payload: Uint8Array): number {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  let epochs = 0;
  for (let at = 0; at + 8 <= payload.length; ) {
    const tag = view.getUint32(at + 4, true);
    const isExtended = (tag & 0x80000000) !== 0;
    if (isExtended && (tag & 0xff) === RecordKind.EPOCH) epochs++;
    at += isExtended ? 8 + ((tag >>> 8) & 0x7fffff) * 8 : 8;
  }
  return epochs;
}

describe('what is said of processes and threads', () => {
  const head: RecordingHead = { studio: '0', session: 's', startMonotonicNs: '0', startEpochNs: String(START_EPOCH_NS), title: 't' };
  const infoOf = (state: KeptState) => {
    const bytes = concat(state.preamble({ kind: 'kept', fromNs: 7, timeNs: 7 }));
    const { blocks } = blocksOf(bytes);
    return blocks.filter(({ header }) => header.type === BlockType.INFO).flatMap(({ payload }) => decodeInfo(payload));
  };
  const takeInfo = (state: KeptState, lines: readonly object[]) => {
    const payload = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    state.take({ ...HEADER, type: BlockType.INFO }, payload);
  };
  const HEADER = {
    type: BlockType.INFO,
    payloadBytes: 0,
    payloadCrc: 0,
    stream: 0,
    count: 1,
    firstNs: 0,
    lastNs: 0,
    clockHigh: 0,
    openStackWords: 0,
    unnamedFrames: 0,
    droppedBefore: 0,
    sequence: 0,
  } as const;

  it('is the last word on each; a thread that has ended is forgotten with all that was its own', () => {
    const state = new KeptState(head);
    const process = { kind: 'process', process: 0, pid: 7, ppid: 1, name: 'a', argv: [], nodeVersion: 'v20', timeNs: 0 };
    takeInfo(state, [
      process,
      { kind: 'thread', stream: 1, process: 0, thread: 0, name: 'main', timeNs: 0 },
      { kind: 'thread', stream: 2, process: 0, thread: 1, name: 'worker', timeNs: 0 },
      { kind: 'stats', stream: 1, dropped: 1, stalls: 0, stallNs: 0, timeNs: 1 },
      { kind: 'stats', stream: 1, dropped: 2, stalls: 0, stallNs: 0, timeNs: 2 },
      { kind: 'recording', on: false, by: 'window', timeNs: 3 },
      { kind: 'recording', on: true, by: 'window', timeNs: 4 },
      { kind: 'capture', process: 0, files: 1, functions: 2, cached: 0, hooks: [], muted: 0, timeNs: 4 },
      { kind: 'left-alone', process: 0, file: '/a.js', reason: 'it is too large', timeNs: 4 },
      { kind: 'capture', process: 0, files: 2, functions: 9, cached: 0, hooks: [], muted: 0, timeNs: 5 },
      ...[4, 5].flatMap((timeNs) => [0, 1].map((thread) => ({ kind: 'sampling', process: 0, state: { thread, samples: timeNs }, timeNs }))),
    ]);
    state.take({ ...HEADER, type: BlockType.DEFS, stream: 2 }, new Uint8Array(16));
    takeInfo(state, [{ kind: 'thread-end', stream: 2, timeNs: 5 }]);
    expect(infoOf(state)).toEqual([
      process,
      { kind: 'thread', stream: 1, process: 0, thread: 0, name: 'main', timeNs: 0 },
      { kind: 'stats', stream: 1, dropped: 2, stalls: 0, stallNs: 0, timeNs: 2 },
      { kind: 'capture', process: 0, files: 2, functions: 9, cached: 0, hooks: [], muted: 0, timeNs: 5 },
      { kind: 'sampling', process: 0, state: { thread: 0, samples: 5 }, timeNs: 5 },
      { kind: 'sampling', process: 0, state: { thread: 1, samples: 5 }, timeNs: 5 },
      { kind: 'left-alone', process: 0, file: '/a.js', reason: 'it is too large', timeNs: 4 },
      { kind: 'recording', on: true, by: 'window', timeNs: 4 },
      { kind: 'kept', fromNs: 7, timeNs: 7 },
    ]);
    expect(blocksOf(concat(state.preamble({ kind: 'kept', fromNs: 7, timeNs: 7 }))).blocks.map(({ header }) => header.type)).toEqual([BlockType.INFO]);
  });

  it('an async slice that has not ended keeps its beginning, until it ends, in whichever thread', () => {
    const state = new KeptState(head);
    const begin = (number: number, scope: number) => asyncRecord(RecordKind.ASYNC_BEGIN, [number, scope, 0, 0, 0, 0, 0, 0]);
    const end = (number: number, scope: number) => asyncRecord(RecordKind.ASYNC_END, [number, scope, 0, 0]);
    takeInfo(state, [
      { kind: 'thread', stream: 1, process: 0, thread: 0, name: 'main', timeNs: 0 },
      { kind: 'thread', stream: 2, process: 0, thread: 1, name: 'worker', timeNs: 0 },
    ]);
    const data = (stream: number, records: readonly Uint8Array[]) => state.take({ ...HEADER, type: BlockType.DATA, stream }, concat(records));
    // 1 of each scope; that of the process ends elsewhere, that of the stream does not, though another of its number does.
    data(1, [begin(1, 0), begin(1, 1), begin(2, 2)]);
    data(2, [begin(1, 0), end(1, 0), end(1, 1)]);
    const { blocks } = blocksOf(concat(state.preamble({ kind: 'kept', fromNs: 7, timeNs: 7 })));
    const kept = blocks.filter(({ header }) => header.type === BlockType.DATA);
    expect(kept.map(({ header }) => [header.stream, header.count])).toEqual([[1, 2]]);
    const words = new Uint32Array(kept[0]?.payload.buffer ?? new ArrayBuffer(0));
    expect([words[2], words[3], words[12], words[13]]).toEqual([1, 0, 2, 2]);
  });

  const asyncRecord = (kind: RecordKind, fields: readonly number[]): Uint8Array => {
    const payload = padTo8(fields.length * 4);
    const words = new Uint32Array(2 + payload / 4);
    words.set([5, extendedTag(kind, payload), ...fields]);
    return new Uint8Array(words.buffer);
  };
});
