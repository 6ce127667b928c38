import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Definitions } from '../../../../core/model/definitions.ts';
import { decodeRecords, type RecordVisitor, snapshotEntries } from '../../../../core/model/record-decoder.ts';
import { extendedTag, padTo8, REMOVED, RecordKind } from '../../../../core/protocol/records.ts';

const START = { high: 3, low: 1000 };
const EPOCH = 4294967296;

/** A record by its kind, low word of the clock and the words of its payload. */
function record(kind: RecordKind, low: number, words: readonly number[], bytes = new Uint8Array(0)): number[] {
  const payload = new Uint8Array(padTo8(words.length * 4 + bytes.length));
  const view = new DataView(payload.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  payload.set(bytes, words.length * 4);
  const header = new Uint8Array(8);
  new DataView(header.buffer).setUint32(0, low, true);
  new DataView(header.buffer).setUint32(4, extendedTag(kind, payload.length), true);
  return [...header, ...payload];
}

function f64(...values: number[]): number[] {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [i, value] of values.entries()) view.setFloat64(i * 8, value, true);
  return values.flatMap((_, i) => [view.getUint32(i * 8, true), view.getUint32(i * 8 + 4, true)]);
}

class Log implements RecordVisitor {
  readonly seen: unknown[] = [];
  counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number) {
    this.seen.push(['counter', timeNs, counter, ...values.subarray(first, first + count)]);
  }
  instant(timeNs: number, name: number, category: number, scope: number, argsAt: number, argsBytes: number) {
    this.seen.push(['instant', timeNs, name, category, scope, argsAt, argsBytes]);
  }
  slice(endNs: number, durationNs: number, name: number, category: number, argsAt: number, argsBytes: number, _record: number, track: number) {
    this.seen.push(['slice', endNs, durationNs, name, category, argsAt, argsBytes, track]);
  }
  objectCreated(timeNs: number, object: number) {
    this.seen.push(['created', timeNs, object]);
  }
  objectSnapshot(timeNs: number, object: number, flags: number, at: number) {
    this.seen.push(['snapshot', timeNs, object, flags, at]);
  }
  objectDeleted(timeNs: number, object: number) {
    this.seen.push(['deleted', timeNs, object]);
  }
  gap(timeNs: number, lost: number, reason: number, _stackAt: number, depth: number) {
    this.seen.push(['gap', timeNs, lost, reason, depth]);
  }
  stall(timeNs: number, waitedNs: number) {
    this.seen.push(['stall', timeNs, waitedNs]);
  }
  call(timeNs: number, functionId: number, exit: boolean) {
    this.seen.push(['call', timeNs, functionId, exit]);
  }
  run(timeNs: number, functionId: number, call: number, kind: number) {
    this.seen.push(['run', timeNs, functionId, call, kind]);
  }
  callArguments(argsAt: number, argsBytes: number) {
    this.seen.push(['arguments', argsAt, argsBytes]);
  }
  callResult(argsAt: number, argsBytes: number) {
    this.seen.push(['result', argsAt, argsBytes]);
  }
  asyncBegin(...all: number[]) {
    this.seen.push(['async-begin', ...all.slice(0, -1)]);
  }
  asyncInstant(...all: number[]) {
    this.seen.push(['async-instant', ...all.slice(0, -1)]);
  }
  asyncEnd(...all: number[]) {
    this.seen.push(['async-end', ...all.slice(0, -1)]);
  }
  flow(...all: number[]) {
    this.seen.push(['flow', ...all.slice(0, -1)]);
  }
}

test('gives every kind of record with its time since the start', () => {
  const call = (low: number, id: number, exit: boolean) =>
    record(RecordKind.EPOCH, low, []).map((byte, i) => (i < 4 ? byte : ((id * 2 + (exit ? 1 : 0)) >>> ((i - 4) * 8)) & 255));
  const log = new Log();
  const bytes = Uint8Array.from([
    ...record(RecordKind.COUNTER, 1500, [7, 2, ...f64(1.5, Number.NaN)]),
    ...record(RecordKind.INSTANT, 1600, [1, 2, 1, 2], Uint8Array.from([0x7b, 0x7d])),
    ...call(1700, 0x3ffffff, false),
    ...call(1800, 0x3ffffff, true),
    ...record(RecordKind.EPOCH, 4, []),
    ...record(RecordKind.SLICE, 1000, [1, 0, ...f64(250), 0, 4]),
    ...record(RecordKind.OBJECT_CREATED, 1001, [9, 0]),
    ...record(RecordKind.OBJECT_SNAPSHOT, 1002, [9, 1, 0, 0]),
    ...record(RecordKind.OBJECT_DELETED, 1003, [9, 0]),
    ...record(RecordKind.STALL, 1004, f64(5e6)),
    // A gap tells the whole time: records behind it count from its high word.
    ...record(RecordKind.GAP, 0, [...f64(12), 6, 2000, 1, 2, 11, 12]),
    ...record(RecordKind.OBJECT_DELETED, 3000, [9, 0]),
    // What a later version may add is stepped over.
    ...record(25 as RecordKind, 3000, [1, 2, 3, 4]),
  ]);
  expect(decodeRecords(bytes, 3, START, log)).toBe(0);
  expect(log.seen).toEqual([
    ['counter', 500, 7, 1.5, Number.NaN],
    ['instant', 600, 1, 2, 1, 56, 2],
    ['call', 700, 0x3ffffff, false],
    ['call', 800, 0x3ffffff, true],
    ['slice', EPOCH, 250, 1, 0, 120, 0, 4],
    ['created', EPOCH + 1, 9],
    ['snapshot', EPOCH + 2, 9, 1, 136],
    ['deleted', EPOCH + 3, 9],
    ['stall', EPOCH + 4, 5e6],
    ['gap', 3 * EPOCH + 1000, 12, 1, 2],
    ['deleted', 3 * EPOCH + 2000, 9],
  ]);
});

test('gives runs, values of calls, async slices and arrows', () => {
  const json = new TextEncoder().encode('[1]');
  const log = new Log();
  const bytes = Uint8Array.from([
    ...record(RecordKind.CALL_BEGIN, 1001, [5, 1]),
    ...record(RecordKind.CALL_ARGUMENTS, 1001, [3, 0], json),
    ...record(RecordKind.CALL_SUSPEND, 1002, [5, 1]),
    ...record(RecordKind.CALL_RESUME, 1003, [5, 1]),
    ...record(RecordKind.CALL_RESULT, 1003, [3, 0], json),
    ...record(RecordKind.CALL_END, 1004, [5, 1]),
    ...record(RecordKind.ASYNC_BEGIN, 1005, [9, 1, 2, 3, 8, 1, 3, 0], json),
    ...record(RecordKind.ASYNC_INSTANT, 1006, [9, 1, 4, 3], json),
    ...record(RecordKind.ASYNC_END, 1007, [9, 1, 0, 0]),
    ...record(RecordKind.FLOW, 1008, [9, 1, 2, 3, 2, 0]),
  ]);
  expect(decodeRecords(bytes, 3, START, log)).toBe(0);
  expect(log.seen).toEqual([
    ['run', 1, 5, 1, RecordKind.CALL_BEGIN],
    ['arguments', 32, 3],
    ['run', 2, 5, 1, RecordKind.CALL_SUSPEND],
    ['run', 3, 5, 1, RecordKind.CALL_RESUME],
    ['result', 88, 3],
    ['run', 4, 5, 1, RecordKind.CALL_END],
    ['async-begin', 5, 9, 1, 2, 3, 8, 1, 152, 3],
    ['async-instant', 6, 9, 1, 4, 184, 3],
    ['async-end', 7, 9, 1, 0, 216, 0],
    ['flow', 8, 9, 1, 2, 3, 2],
  ]);
});

test('reads a payload that does not lie on an 8-byte border', () => {
  const bytes = Uint8Array.from([0, 0, 0, ...record(RecordKind.COUNTER, 1001, [7, 1, ...f64(2)])]).subarray(3);
  const log = new Log();
  expect(decodeRecords(bytes, 3, START, log)).toBe(0);
  expect(log.seen).toEqual([['counter', 1, 7, 2]]);
});

test.each([
  ['a counter with more series than it holds', record(RecordKind.COUNTER, 0, [7, 3, ...f64(1, 2)])],
  ['args that leave their record', record(RecordKind.INSTANT, 0, [1, 0, 0, 99])],
  ['a slice of negative length', record(RecordKind.SLICE, 0, [1, 0, ...f64(-1), 0, 0])],
  ['a snapshot with more entries than it holds', record(RecordKind.OBJECT_SNAPSHOT, 0, [1, 0, 50, 0])],
  ['a gap with a deeper stack than it holds', record(RecordKind.GAP, 0, [...f64(1), 3, 0, 1, 90])],
  ['args of an async slice that leave their record', record(RecordKind.ASYNC_BEGIN, 0, [1, 0, 1, 0, 0, 0, 8, 0])],
  ['a result that leaves its record', record(RecordKind.CALL_RESULT, 0, [9, 0])],
  ['an arrow without its phase', record(RecordKind.FLOW, 0, [1, 0, 1, 0])],
  ['a run of no function', record(RecordKind.CALL_END, 0, [])],
  ['an empty object record', record(RecordKind.OBJECT_CREATED, 0, [])],
])('steps over %s, and reads on', (_, damaged) => {
  const log = new Log();
  expect(decodeRecords(Uint8Array.from([...damaged, ...record(RecordKind.STALL, 1001, f64(3))]), 3, START, log)).toBe(1);
  expect(log.seen.at(-1)).toEqual(['stall', expect.any(Number), 3]);
  expect(log.seen.length).toBe(1);
});

test('never throws, whatever the bytes are', () => {
  const definitions = new Definitions();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (let i = 7; i < bytes.length; i += 8) bytes[i] = (bytes[i] as number) % 2 === 0 ? 0x80 : (bytes[i] as number);
      const log = new Log();
      decodeRecords(bytes, 3, START, log);
      for (const [kind, , , , at] of log.seen as [string, number, number, number, number][]) if (kind === 'snapshot') snapshotEntries(bytes.slice(), at);
      definitions.add(bytes);
    }),
    { numRuns: 1000 },
  );
});

test('gives the attributes of a snapshot, and stops where one leaves the record', () => {
  const text = new TextEncoder().encode('12true');
  const bytes = Uint8Array.from(record(RecordKind.OBJECT_SNAPSHOT, 0, [1, 0, 4, 6, 10, 2, 11, REMOVED, 12, 4, 13, 500], text));
  const entries = snapshotEntries(bytes, 0).map(({ key, json }) => [key, json && new TextDecoder().decode(json)]);
  expect(entries).toEqual([
    [10, '12'],
    [11, undefined],
    [12, 'true'],
  ]);
});

test('reads definitions, and names what is not defined', () => {
  const text = (id: number, words: string) => record(RecordKind.DEF_STRING, 0, [id, new TextEncoder().encode(words).length], new TextEncoder().encode(words));
  const definitions = new Definitions();
  const damaged = definitions.add(
    Uint8Array.from([
      ...text(1, 'jobs'),
      ...text(2, '__proto__'),
      ...text(3, '🧵 "quoted" <b>'),
      ...record(RecordKind.DEF_COUNTER, 0, [1, 1, 3, 0, 2, 3, 99]),
      ...record(RecordKind.DEF_OBJECT, 0, [1, 3, 0, 0]),
      ...record(RecordKind.DEF_STRING, 0, [5, 4000]),
    ]),
  );
  expect(damaged).toBe(1);
  expect(definitions.counters.get(1)).toEqual({ id: 1, name: 'jobs', series: ['__proto__', '🧵 "quoted" <b>', '(undefined text 99)'] });
  expect(definitions.objects.get(1)).toEqual({ id: 1, name: '🧵 "quoted" <b>', className: '' });
});

test('reads the functions of a file', () => {
  const lines = (text: string) => new TextEncoder().encode(text);
  const text = lines('12 3 1 Cart.add item\n40 7 0 (anonymous cart.ts:40)\nnonsense');
  const file = lines('src/cart.ts');
  const definitions = new Definitions();
  const damaged = definitions.add(
    Uint8Array.from([
      ...record(RecordKind.DEF_STRING, 0, [1, file.length], file),
      ...record(RecordKind.DEF_FUNCTIONS, 0, [7, 3, 1, text.length], text),
      ...record(RecordKind.DEF_FUNCTIONS, 0, [20, 2, 1, 0]),
    ]),
  );
  expect(damaged).toBe(1);
  expect(definitions.functions.get(7)).toEqual({ id: 7, name: 'Cart.add item', file: 'src/cart.ts', line: 12, column: 3, flags: 1 });
  expect(definitions.functions.get(8)).toMatchObject({ name: '(anonymous cart.ts:40)', line: 40, flags: 0 });
  expect(definitions.functions.get(9)).toMatchObject({ name: 'nonsense', line: 0 });
  expect(definitions.functionName(99)).toBe('(undefined function 99)');
});
