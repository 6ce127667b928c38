import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../../../core/base/result.ts';
import { readTraceEvents } from '../../../../core/formats/trace-event-reader.ts';
import { BlockType } from '../../../../core/protocol/recording-format.ts';
import { concat, traceOf } from '../../../helpers/build-recording.ts';
import { type DecodedEvent, type DecodedRecording, decodeRecording } from '../../../helpers/decoded-recording.ts';

// Properties over whole reports: slow on a busy machine, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const FIXTURES = path.join(import.meta.dirname, '../../../fixtures/formats/trace-event');
const REPORTS = readdirSync(FIXTURES);
const report = (name: string): Uint8Array => {
  const bytes = readFileSync(path.join(FIXTURES, name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(json: string | Uint8Array, options: { readonly sizes?: readonly number[]; readonly firstEvents?: number } = {}): Promise<Uint8Array> {
  const bytes = typeof json === 'string' ? encode(json) : json;
  const parts: Uint8Array[] = [];
  const { sizes = [1 << 20], ...rest } = options;
  for await (const part of readTraceEvents(pieces(bytes, sizes), { title: 'test', ...rest })) parts.push(part);
  return concat(parts);
}

const decoded = async (json: string | Uint8Array): Promise<DecodedRecording> => decodeRecording(await read(json));
const events = async (list: string): Promise<readonly DecodedEvent[]> => (await decoded(`[${list}]`)).events;
const notices = (recording: DecodedRecording): string[] => recording.info.flatMap((line) => (line.kind === 'loss' ? [line.message] : []));

interface JsonEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly name: string;
  readonly cat?: string;
  readonly id?: string | number;
  readonly bp?: string;
  readonly s?: string;
  readonly args?: Readonly<Record<string, unknown>> | null;
}

/** What the reader should give, by JSON.parse of the whole: the oracle. Async slices and arrows are numbered in the order of the file. */
function byOracle(json: string): { readonly startNs: number; readonly events: DecodedEvent[] } {
  const list = (JSON.parse(json) as { traceEvents: JsonEvent[] }).traceEvents;
  const shown = list.filter((event) => event.ph !== 'M');
  const ns = (micros: number): number => Math.round(micros * 1000);
  const startNs = Math.min(...shown.map((event) => ns(event.ts)));
  const order: string[] = [];
  const live = new Map<string, number>();
  const begun = new Map<string, DecodedEvent[]>();
  const open = new Map<string, { readonly number: number; readonly name: string }[]>();
  const arrows = new Map<string, number>();
  let asyncSlices = 0;
  const endNs = Math.max(...shown.map((event) => ns(event.ts) + ns(event.dur ?? 0))) - startNs;
  const all = shown.flatMap((event): DecodedEvent[] => {
    // A main thread has its process's number on Linux, and 0 in a recording.
    const common = { thread: `${event.pid}/${event.tid === event.pid ? 0 : event.tid}`, timeNs: ns(event.ts) - startNs, name: event.name };
    const args = event.args && Object.keys(event.args).length > 0 ? { args: event.args } : {};
    const category = event.cat ?? '';
    if (event.ph === 'X') return [{ kind: 'slice', ...common, durationNs: ns(event.dur ?? 0), category, ...args }];
    if (event.ph === 'B') {
      begun.set(common.thread, [...(begun.get(common.thread) ?? []), { kind: 'slice', ...common, category, ...args }]);
      return [];
    }
    if (event.ph === 'E') {
      const begin = begun.get(common.thread)?.pop();
      if (begin === undefined) throw new Error('the fixture has ends without begin');
      const joined = { ...(begin.args as object), ...(event.args ?? {}) };
      return [{ ...begin, durationNs: common.timeNs - begin.timeNs, ...(Object.keys(joined).length > 0 && { args: joined }) }];
    }
    if (event.ph === 'i' || event.ph === 'I') return [{ kind: 'instant', ...common, category, scope: 'tpg'.indexOf(event.s ?? 't'), ...args }];
    if (event.ph === 'C') return [{ kind: 'counter', ...common, values: event.args as Readonly<Record<string, number>> }];
    if ('bne'.includes(event.ph)) {
      const key = `${category} ${event.id}`;
      const stack = open.get(key) ?? [];
      open.set(key, stack);
      if (event.ph === 'n') return [{ kind: 'async-instant', ...common, number: stack.at(-1)?.number ?? 0, ...args }];
      if (event.ph === 'b') {
        const parent = stack.at(-1)?.number ?? 0;
        stack.push({ number: ++asyncSlices, name: event.name });
        return [{ kind: 'async-begin', ...common, number: asyncSlices, parent, category, ...args }];
      }
      const at = stack.findLastIndex((one) => one.name === event.name);
      return [{ kind: 'async-end', ...common, name: '', number: stack.splice(at, 1)[0]?.number ?? 0, ...args }];
    }
    if ('stf'.includes(event.ph)) {
      const key = `${category} ${event.name} ${event.id}`;
      if (!arrows.has(key)) arrows.set(key, arrows.size + 1);
      const phase = event.ph === 's' ? 0 : event.ph === 't' ? 1 : event.bp === 'e' ? 3 : 2;
      return [{ kind: 'flow', ...common, number: arrows.get(key) as number, category, phase }];
    }
    const key = `${event.pid} ${event.id} ${event.name}`;
    if (event.ph === 'N' || !live.has(key)) live.set(key, order.push(key) - 1);
    const object = live.get(key) as number;
    if (event.ph === 'N') return [{ kind: 'created', ...common, object }];
    if (event.ph === 'D') return [{ kind: 'deleted', ...common, object }];
    return [{ kind: 'snapshot', ...common, object, state: event.args?.snapshot as Readonly<Record<string, unknown>> }];
  });
  const unended = [...begun.values()].flat().map((begin) => ({ ...begin, durationNs: endNs - begin.timeNs }));
  return { startNs, events: [...all, ...unended] };
}

/** Same events, whatever the order of those at one time and of threads. */
const arranged = (list: readonly DecodedEvent[]): string[] =>
  list.map((event) => JSON.stringify(event, Object.keys(event).sort().concat(keysWithin(event)))).sort();
const keysWithin = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? [...Object.keys(value), ...Object.values(value).flatMap(keysWithin)] : [];

describe('readTraceEvents on real reports', () => {
  it.each(REPORTS)('gives what JSON.parse gives: %s', async (name) => {
    const bytes = report(name);
    const oracle = byOracle(new TextDecoder().decode(bytes));
    const recording = await decoded(bytes);
    expect(recording.head.startMonotonicNs).toBe(String(oracle.startNs));
    expect(arranged(recording.events)).toEqual(arranged(oracle.events));
  });

  it.each(REPORTS)('does not depend on where the pieces end: %s', async (name) => {
    const bytes = report(name);
    const whole = await read(bytes, { firstEvents: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }), async (sizes) => {
        expect(Buffer.compare(await read(bytes, { sizes, firstEvents: 20 }), whole)).toBe(0);
      }),
      { numRuns: 10 },
    );
    expect(Buffer.compare(await read(bytes, { sizes: [1], firstEvents: 20 }), whole)).toBe(0);
  });

  it('keeps what the file says of itself, with digits that a double does not hold', async () => {
    const recording = await decoded(report('fib.json'));
    const imported = recording.info.find((line) => line.kind === 'imported');
    expect(imported).toMatchObject({
      metadata: { viztracer_metadata: { version: '1.1.1', baseTimeNanoseconds: '1795287957548807004' }, file_info: { files: {} } },
    });
    expect(BigInt(recording.head.startEpochNs) - BigInt(recording.head.startMonotonicNs)).toBe(1795287957548807004n);
  });

  it('tells the epoch later when it stands behind events whose head is already written', async () => {
    const recording = decodeRecording(await read(report('fib.json'), { firstEvents: 10 }));
    const imported = recording.info.find((line) => line.kind === 'imported');
    expect(recording.head.startEpochNs).toBe('0');
    const startEpochNs = imported?.kind === 'imported' ? imported.startEpochNs : undefined;
    expect(BigInt(startEpochNs ?? 0) - BigInt(recording.head.startMonotonicNs)).toBe(1795287957548807004n);
  });

  it('tells the Node version and other metadata of a process', async () => {
    const recording = await decoded(report('node-trace-events.json.gz'));
    expect(recording.info.filter((line) => line.kind === 'process').at(-1)).toMatchObject({ pid: 27095, name: expect.any(String), nodeVersion: 'v20.20.2' });
    expect(recording.info.filter((line) => line.kind === 'metadata').map((line) => line.name)).toContain('node');
    expect(recording.info.flatMap((line) => (line.kind === 'loss' ? [[line.issue, line.count]] : []))).toEqual([['async-begin-without-end', 158]]);
  });

  it('is read by the model without a damaged record', async () => {
    const trace = traceOf(await read(report('counters.json')));
    expect(trace.totals()).toMatchObject({ counterSamples: 196, slices: 235, notices: [] });
  });
});

describe('readTraceEvents, cut and damaged', () => {
  const small = '{"traceEvents": [{"ph":"i","ts":1,"name":"a","s":"g"},\n {"ph":"C","ts":2.5,"name":"c","args":{"v":-1.5e3}}], "x": {"y": [1, "]"]}}';

  it('gives all whole events and the byte of the cut, cut at any byte', async () => {
    const bytes = encode(small);
    const ends = [small.indexOf('},\n') + 1, small.indexOf('}}]') + 2];
    for (let cut = small.indexOf('[') + 1; cut < bytes.length; cut++) {
      const recording = await decoded(bytes.subarray(0, cut));
      expect(recording.events).toHaveLength(ends.filter((end) => end <= cut).length);
      expect(notices(recording)).toEqual([expect.stringMatching(new RegExp(`cut at byte ${cut}\\b`))]);
    }
    expect(notices(await decoded(bytes))).toEqual([]);
  });

  it('takes a list without its bracket for whole, as the format allows', async () => {
    const recording = await decoded('[{"ph":"i","ts":1,"name":"a"},\n');
    expect([recording.events.length, notices(recording)]).toEqual([1, []]);
  });

  it('tells the byte of damage and keeps what lies before', async () => {
    const recording = await decoded('[{"ph":"i","ts":1,"name":"a"},{"ph":"i" "ts" 1}]');
    expect(recording.events).toHaveLength(1);
    expect(notices(recording)[0]).toBe('The trace is damaged at byte 45: it was read up to there.');
  });

  it('says that more text follows', async () => {
    expect(notices(await decoded('[{"ph":"i","ts":1,"name":"a"}]}'))).toEqual([
      'After the end of the trace more text follows, from byte 30 on: it was not read.',
    ]);
  });

  it.each([
    ['', 'the file is empty'],
    ['  \n', 'nothing in it'],
    ['hello', 'does not begin'],
    ['[1,2,3]', 'not one of events'],
    ['{"a":1}', 'no list "traceEvents"'],
    ['{"a":1', 'no list "traceEvents"'],
    ['{"traceEvents":null}', 'no list "traceEvents"'],
    ['{"a" 1}', 'broken at byte 5'],
    ['[{"a":1},{"b":2}]', 'no "ph"'],
  ])('refuses what is no trace in one sentence: %s', async (text, words) => {
    const refusal = await read(text).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ProblemError);
    expect(refusal).toMatchObject({ code: 'not-a-trace', message: expect.stringContaining(words) });
  });

  it('never crashes or hangs on mutated reports, and still gives a whole recording', async () => {
    const original = report('instants_async_flow.json');
    const mutation = fc.record({ at: fc.nat(original.length - 1), byte: fc.nat(255), remove: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 4000 }), async (mutations, size) => {
        const bytes = [...original];
        for (const { at, byte, remove } of mutations) bytes.splice(at, 1, ...(remove ? [] : [byte]));
        const outcome = await read(Uint8Array.from(bytes), { sizes: [size] }).catch((error: unknown) => error);
        if (outcome instanceof Uint8Array) decodeRecording(outcome);
        else expect(outcome).toMatchObject({ code: 'not-a-trace' });
      }),
      { numRuns: 300 },
    );
  });
});

describe('readTraceEvents, events', () => {
  it('goes from digits to nanoseconds exactly, also at epoch times', async () => {
    const recording = await decoded(
      '[{"ph":"i","name":"a","ts":1795287957548807.001},{"ph":"i","name":"b","ts":"1795287957548807.0029"},{"ph":"i","name":"c","ts":1.795287957548807004e15}]',
    );
    expect(recording.head.startMonotonicNs).toBe('1795287957548807001');
    expect(recording.events.map((event) => event.timeNs)).toEqual([0, 2, 3]);
  });

  it('reads any text of a time as BigInt arithmetic does', async () => {
    const number = fc.tuple(fc.bigInt(0n, 9n * 10n ** 14n), fc.stringMatching(/^\d{0,6}$/), fc.constantFrom('', 'e0', 'E+1', 'e-2'));
    await fc.assert(
      fc.asyncProperty(number, async ([whole, fraction, exponent]) => {
        const recording = await decoded(`[{"ph":"i","name":"a","ts":${whole}${fraction && `.${fraction}`}${exponent}}]`);
        const shift = Number(exponent.slice(1) || 0);
        // In units of 10^-12 µs, so that all digits are whole numbers.
        const exact = BigInt(`${whole}${fraction.padEnd(6, '0')}`) * 10n ** BigInt(6 + shift);
        expect(BigInt(recording.head.startMonotonicNs)).toBe((exact * 2n + 10n ** 9n) / (2n * 10n ** 9n));
      }),
    );
  });

  it('takes keys in any order, escaped, unknown or twice, and numbers as strings', async () => {
    const [event] = await events(
      '{"unknown":{"name":"no"},"dur":"2","name":"first","args":{"n":[1,{"x":"}"}]},"\\u0070h":"\\u0058","tid":"7","ts":"1.5","pid":3,"name":"last"}',
    );
    expect(event).toEqual({ kind: 'slice', thread: '3/7', timeNs: 0, durationNs: 2000, name: 'last', category: '', args: { n: [1, { x: '}' }] } });
  });

  it('takes a byte order mark, CRLF, trailing commas and an empty object at the end', async () => {
    const recording = await decoded('\ufeff\r\n{"traceEvents":\r\n[{"ph":"i","ts":1,"name":"a",},\r\n{"ph":"i","ts":2,"name":"b"},{ },],}\r\n');
    expect(recording.events.map((event) => event.name)).toEqual(['a', 'b']);
    expect(notices(recording)).toEqual([]);
  });

  it('gives the same name to the same text however it is escaped', async () => {
    const list = await events(
      '{"ph":"i","ts":1,"name":"caf\\u00e9 \\"x\\"\\\\"},{"ph":"i","ts":2,"name":"café \\u0022x\\u0022\\u005c"},{"ph":"i","ts":3,"name":"\\ud83d\\ude00"},{"ph":"i","ts":4,"name":"lone \\ud800!"}',
    );
    expect(list.map((event) => event.name)).toEqual(['café "x"\\', 'café "x"\\', '😀', 'lone \ufffd!']);
  });

  it('pairs B and E of a thread, joins their args, and ends at the end of the trace what nothing ended', async () => {
    const recording = await decoded(
      '[{"ph":"B","ts":1,"pid":1,"tid":1,"name":"out","args":{"a":1,"b":1}},{"ph":"B","ts":2,"pid":1,"tid":1,"name":"in"},{"ph":"B","ts":2,"pid":1,"tid":2,"name":"open"},{"ph":"E","ts":3,"pid":1,"tid":1},{"ph":"E","ts":5,"pid":1,"tid":1,"args":{"b":2}},{"ph":"E","ts":6,"pid":1,"tid":1}]',
    );
    expect(recording.events).toEqual([
      { kind: 'slice', thread: '1/0', timeNs: 1000, durationNs: 1000, name: 'in', category: '' },
      { kind: 'slice', thread: '1/0', timeNs: 0, durationNs: 4000, name: 'out', category: '', args: { a: 1, b: 2 } },
      { kind: 'slice', thread: '1/2', timeNs: 1000, durationNs: 3000, name: 'open', category: '' },
    ]);
    expect(notices(recording)).toEqual([
      '1 end (E) has no begin (B) and was left out.',
      '1 slice was begun (B) and not ended: it is shown up to the end of the trace.',
    ]);
  });

  it('sorts the records of a block by time, and its header has the least and the greatest', async () => {
    const times = [9_000_000, 1, 4_500_000, 4_400_000, 30_000_000, 2];
    const recording = await decoded(`[${times.map((ts) => `{"ph":"i","ts":${ts},"name":"at ${ts}"}`).join()}]`);
    const sorted = [...times].sort((a, b) => a - b);
    expect(recording.events.map((event) => event.name)).toEqual(sorted.map((ts) => `at ${ts}`));
    expect(recording.events.map((event) => event.timeNs)).toEqual(sorted.map((ts) => (ts - 1) * 1000));
    expect(recording.blocks.find((block) => block.type === BlockType.DATA)).toMatchObject({ firstNs: 0, lastNs: 29_999_999_000, count: 6 });
  });

  it('takes the names of processes and threads wherever they stand', async () => {
    const trace = traceOf(
      await read(
        '[{"ph":"i","ts":1,"pid":1,"tid":2,"name":"a"},{"ph":"M","pid":1,"name":"process_name","args":{"name":"server"}},{"ph":"M","pid":1,"tid":2,"name":"thread_name","args":{"name":"worker"}},{"ph":"M","pid":1,"name":"process_labels","args":{}},{"ph":"i","ts":1,"pid":"GPU","tid":"main","name":"a"}]',
      ),
    );
    expect(trace.processes()).toMatchObject([{ pid: 1, name: 'server', threads: [{ thread: 2, name: 'worker' }] }, { threads: [{ thread: 2 ** 40 + 1 }] }]);
    expect(trace.totals().notices.map((notice) => notice.message)).toEqual([
      '1 event could not be read (no phase, no time, or values that are none) and was left out.',
    ]);
  });

  it('reads values of counters as numbers, gaps and what Python writes, and counts the rest', async () => {
    const recording = await decoded(
      '[{"ph":"C","ts":1,"name":"c","id":7,"args":{"a":0.1,"b":"2.5","c":null,"d":NaN,"e":-Infinity,"f":1e400,"g":123456789012345678901,"h":[1],"i":"x","j":-0}}]',
    );
    expect(recording.events[0]).toMatchObject({
      name: 'c[7]',
      values: { a: 0.1, b: 2.5, c: Number.NaN, d: Number.NaN, e: Number.NEGATIVE_INFINITY, f: Number.POSITIVE_INFINITY, g: 123456789012345680000, j: -0 },
    });
    expect(notices(recording)).toEqual(['2 values of counters are no numbers and were left out.']);
  });

  it('reads the digits of counters as Number does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 }), async (values) => {
        const recording = await decoded(
          `[{"ph":"C","ts":1,"name":"c","args":${JSON.stringify(Object.fromEntries(values.map((value, i) => [`s${i}`, value])))}}]`,
        );
        expect(Object.values(recording.events[0]?.values ?? {})).toEqual(values.map((value) => value + 0));
      }),
    );
  });

  it('tells objects apart by process, id and name, and again after they were deleted', async () => {
    const event = (ph: string, ts: number, more: string): string => `{"ph":"${ph}","ts":${ts},"pid":1,"tid":1,${more}}`;
    const list = await events(
      [
        event('N', 1, '"id":"0x1","name":"a"'),
        event('O', 2, '"id":"0x1","name":"a","args":{"snapshot":{"x":{"$ts":1},"y":NaN}}'),
        event('D', 3, '"id":"0x1","name":"a"'),
        event('O', 4, '"id":"0x1","name":"a","args":{"snapshot":[1]}'),
        event('O', 5, '"id":1,"name":"b","args":{"snapshot":{}}'),
      ].join(),
    );
    expect(list.map(({ kind, object, state }) => [kind, object, state])).toEqual([
      ['created', 0, undefined],
      ['snapshot', 0, { x: { $ts: 'object', value: { $ts: 1 } }, y: { $ts: 'number', text: 'NaN' } }],
      ['deleted', 0, undefined],
      ['snapshot', 1, { value: [1] }],
      ['snapshot', 2, {}],
    ]);
  });

  it('leaves out args that are no JSON, and says so', async () => {
    const recording = await decoded(
      '[{"ph":"i","ts":1,"name":"a","args":{"x":01}},{"ph":"i","ts":1,"name":"b","args":{"x":["\\u00zz"]}},{"ph":"i","ts":1,"name":"c","args":{"tab":"\t"}}]',
    );
    expect(recording.events.map((event) => event.args)).toEqual([undefined, undefined, { tab: '\t' }]);
    expect(notices(recording)).toEqual(['The args of 2 events are not JSON, or longer than 512 KB, and were left out.']);
  });

  it('copies any JSON value into args and snapshots unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.nat(3), async (value, indent) => {
        const json = JSON.stringify({ x: value }, null, indent);
        const list = await events(`{"ph":"i","ts":1,"name":"a","args":${json}},{"ph":"O","ts":2,"name":"o","id":"1","args":{"snapshot":${json}}}`);
        const expected: unknown = JSON.parse(json);
        expect(list[0]?.args).toEqual(expected);
        expect(list[1]?.state).toEqual(expected);
      }),
    );
  });

  it('survives nesting, names and values beyond its limits', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const long = 'x'.repeat(100_000);
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i]));
    const recording = await decoded(
      `{"traceEvents":[{"ph":"i","ts":1,"name":"deep","args":{"d":${deep}}},{"ph":"i","ts":2,"name":"${long}"},{"ph":"C","ts":3,"name":"c","args":${JSON.stringify(many)}},{"ph":"O","ts":4,"id":"1","name":"o","args":{"snapshot":{"big":"${'y'.repeat(2_000_000)}","small":1}}}],"huge":"${'z'.repeat(1_000_000)}"}`,
    );
    expect(recording.events).toHaveLength(4);
    expect(recording.events[1]?.name?.length).toBeLessThan(70_000);
    expect(Object.keys(recording.events[2]?.values ?? {})).toHaveLength(4096);
    expect(recording.events[3]?.state).toEqual({ big: { $ts: 'budget' }, small: 1 });
    expect(recording.info.find((line) => line.kind === 'attachment')).toMatchObject({ name: 'trace-event/huge', bytes: 1_000_002 });
    expect(notices(recording)).toHaveLength(3);
  });

  it('steps over an event that is longer than any should be', async () => {
    const monster = `{"ph":"i","ts":1,"name":"m","args":{"x":"${'m'.repeat(17 * 1024 * 1024)}"}}`;
    const bytes = encode(`[{"ph":"i","ts":1,"name":"a"},${monster},{"ph":"i","ts":2,"name":"b"}]`);
    for (const sizes of [[1 << 26], [50_000]]) {
      const recording = decodeRecording(await read(bytes, { sizes }));
      expect(recording.events.map((event) => event.name)).toEqual(['a', 'b']);
      expect(notices(recording)).toEqual(['1 event longer than 16 MB was left out.']);
    }
  });
});

describe('readTraceEvents, texts of several kinds', () => {
  const a = '{"ph":"i","ts":1,"name":"a"}';
  const b = '{"ph":"i","ts":2,"name":"b"}';
  const c = '{"name":"c","ts":3,"args":{},"ph":"i"}';

  it.each([
    ['an event a line', `${a}\n${b}\r\n${c}\n`, 'abc'],
    ['events one behind the other', `${a}${b} ${c}`, 'abc'],
    ['with commas, and a byte order mark', `\ufeff${a},\n${b},\n${c},`, 'abc'],
    ['records after a separator', `\u001e${a}\n\u001e${b}\n`, 'ab'],
    ['lists behind lists', `[${a}]\n[${b},${c}]`, 'abc'],
    ['lists that are not closed', `[${a},\n[${b}\n[${c}`, 'abc'],
    ['objects behind objects', `{"traceEvents":[${a}]}\n{"metadata":{"x":1},"traceEvents":[${b},${c}]}`, 'abc'],
    ['an object behind a list that is not closed', `[${a},{"traceEvents":[${b}]}`, 'ab'],
    ['a list behind an object, and an event', `{"traceEvents":[${a}],"x":[1]}[${b}]${c}`, 'abc'],
    ['an object that says much before its events', `{"metadata":{"a":${JSON.stringify('x'.repeat(300_000))}},"traceEvents":[${a}]}`, 'a'],
    ['lines of a log between them', `${a}\nhello there\n${b}\n`, 'ab'],
    ['an object among lines that is no event', `${a}\n{"level":"info"}\n${b}`, 'ab'],
  ])('reads %s', async (_, text, names) => {
    for (const sizes of [[1 << 20], [1], [7, 100_000]]) {
      const recording = decodeRecording(await read(text, { sizes }));
      expect(recording.events.map(({ name }) => name).join('')).toBe(names);
    }
  });

  it('tells where a line was cut, and what between lines is no event', async () => {
    const recording = await decoded(`${a}\nnoise\n${b}\n{"ph":"i","ts":`);
    expect(recording.info.flatMap((line) => (line.kind === 'loss' ? [[line.issue, line.count]] : []))).toEqual([
      ['cut', 1],
      ['not-an-event', 1],
    ]);
  });

  it('refuses lines of objects that are no events', async () => {
    await expect(read('{"level":"info"}\n'.repeat(5000))).rejects.toMatchObject({ code: 'not-a-trace' });
  });
});

describe('readTraceEvents, what belongs together', () => {
  const event = (ph: string, ts: number, more: string, pid = 1, tid = 1): string => `{"ph":"${ph}","ts":${ts},"pid":${pid},"tid":${tid},${more}}`;
  const async = async (...list: readonly string[]) => {
    const recording = await decoded(`[${list.join()}]`);
    const shown = recording.events.map(({ kind, number, parent, name, thread }) => [kind, number, parent, name, thread]);
    return { shown, losses: recording.info.flatMap((line) => (line.kind === 'loss' ? [[line.issue, line.count]] : [])) };
  };

  it('nests async slices of one id, and ends the one that has the name of the end', async () => {
    const { shown } = await async(
      event('b', 1, '"cat":"c","id":"0x1","name":"outer"'),
      event('b', 2, '"cat":"c","id":"0x1","name":"inner"'),
      event('n', 3, '"cat":"c","id":"0x1","name":"outer"'),
      event('e', 4, '"cat":"c","id":"0x1","name":"outer"'),
      event('e', 5, '"cat":"c","id":"0x1","name":"inner"'),
    );
    expect(shown.map(([kind, number, parent]) => [kind, number, parent])).toEqual([
      ['async-begin', 1, 0],
      ['async-begin', 2, 1],
      ['async-instant', 1, undefined],
      ['async-end', 1, undefined],
      ['async-end', 2, undefined],
    ]);
  });

  it('tells ids apart by category, scope and process', async () => {
    const { shown, losses } = await async(
      event('b', 1, '"cat":"c","id":1,"name":"x"', 1),
      event('b', 2, '"cat":"c","id":1,"name":"x"', 2),
      event('b', 3, '"cat":"d","id":1,"name":"x"', 1),
      event('b', 4, '"cat":"c","id":1,"scope":"s","name":"x"', 1),
      event('b', 5, '"cat":"c","id2":{"local":"0x1"},"name":"x"', 1),
      event('b', 6, '"cat":"c","id2":{"local":"0x1"},"name":"x"', 2),
      event('e', 7, '"cat":"c","id":1,"name":"x"', 1),
      event('e', 8, '"cat":"c","id":1,"scope":"s","name":"x"', 1),
      event('e', 9, '"cat":"c","id2":{"local":"0x1"},"name":"x"', 2),
      event('e', 10, '"cat":"d","id":1,"name":"x"', 1),
      event('e', 11, '"cat":"c","id":1,"name":"x"', 2),
    );
    expect(
      shown
        .filter(([kind]) => kind === 'async-end')
        .map(([, number]) => number)
        .sort(),
    ).toEqual([1, 2, 3, 4, 6]);
    expect(losses).toEqual([['async-begin-without-end', 1]]);
  });

  it('ends in another process what has a global id, and takes an end that stands before its begin', async () => {
    const { shown, losses } = await async(
      event('b', 1, '"cat":"c","id2":{"global":"7"},"name":"x"', 1),
      event('e', 9, '"cat":"c","id":5,"name":"early"', 3, 4),
      event('b', 2, '"cat":"c","id":5,"name":"early"', 3, 3),
      event('e', 3, '"cat":"c","id2":{"global":"7"},"name":"x"', 2),
      event('e', 4, '"cat":"c","id":99,"name":"nobody"'),
    );
    expect(shown.map(([kind, number, , , thread]) => `${kind} ${number} ${thread}`).sort()).toEqual([
      'async-begin 1 1/0',
      'async-begin 2 3/0',
      'async-end 1 2/1',
      'async-end 2 3/4',
    ]);
    expect(losses).toEqual([['async-end-without-begin', 1]]);
  });

  it('reads the older async events, by name', async () => {
    const { shown } = await async(
      event('S', 1, '"cat":"c","id":1,"name":"a"'),
      event('S', 2, '"cat":"c","id":1,"name":"b"'),
      event('T', 3, '"cat":"c","id":1,"name":"a","args":{"step":"half"}'),
      event('p', 4, '"cat":"c","id":1,"name":"b"'),
      event('F', 5, '"cat":"c","id":1,"name":"a"'),
      event('F', 6, '"cat":"c","id":1,"name":"b"'),
    );
    expect(shown.map(([kind, number]) => `${kind} ${number}`)).toEqual([
      ...['async-begin 1', 'async-begin 2', 'async-instant 1', 'async-instant 2', 'async-end 1', 'async-end 2'],
    ]);
  });

  it('binds arrows by category, name and id, in any order of the file', async () => {
    const recording = await decoded(
      `[${event('f', 9, '"cat":"c","id":1,"name":"m","bp":"e"', 2)},${event('s', 1, '"cat":"c","id":"1","name":"m"')},${event('t', 5, '"cat":"c","id":1,"name":"m"')},${event('f', 6, '"cat":"c","id":1,"name":"other"')}]`,
    );
    expect(recording.events.map(({ kind, number, phase, timeNs }) => [kind, number, phase, timeNs]).sort((x, y) => Number(x[3]) - Number(y[3]))).toEqual([
      ['flow', 1, 0, 0],
      ['flow', 1, 1, 4000],
      ['flow', 2, 2, 5000],
      ['flow', 1, 3, 8000],
    ]);
  });

  it('ends inner slices with the one whose name an end has, and tells them', async () => {
    const recording = await decoded(
      `[${event('B', 1, '"name":"out"')},${event('B', 2, '"name":"in"')},${event('E', 4, '"name":"out"')},${event('E', 5, '"name":"nobody"')},${event('X', 6, '"dur":-3,"name":"back"')}]`,
    );
    expect(recording.events.map(({ name, timeNs, durationNs }) => [name, timeNs, durationNs])).toEqual([
      ['in', 1000, 2000],
      ['out', 0, 3000],
      ['back', 5000, 0],
    ]);
    const losses = recording.info.flatMap((line) => (line.kind === 'loss' ? [[line.issue, line.example]] : []));
    expect(losses.map(([issue]) => issue)).toEqual(['mismatched-end', 'end-without-begin', 'negative-duration']);
    expect(losses[1]?.[1]).toMatch(/^“nobody” at byte \d+$/);
  });

  it('leaves out a slice that lasts longer than its duration can tell', async () => {
    const recording = await decoded(
      `[${event('B', 0, '"name":"long"')},${event('E', 1e15, '"name":"long"')},${event('B', 1, '"name":"short"')},${event('E', 2, '"name":"short"')}]`,
    );
    expect(recording.events.map(({ name }) => name)).toEqual(['short']);
    expect(recording.info.flatMap((line) => (line.kind === 'loss' ? [[line.issue, line.count]] : []))).toEqual([['unreadable-event', 1]]);
  });

  it('reads sort indexes, labels and the version of Node', async () => {
    const meta = (name: string, args: string, tid = 1): string => event('M', 0, `"name":"${name}","args":${args}`, 1, tid);
    const recording = await decoded(
      `[${meta('process_name', '{"name":"server"}')},${meta('process_sort_index', '{"sort_index":-5}')},${meta('process_labels', '{"labels":"a,b"}')},${meta('thread_sort_index', '{"sort_index":"3"}', 7)},${meta('thread_name', '{"name":"w"}', 7)},${meta('version', '{"node":"22.1.0"}')},${event('i', 1, '"name":"x"')}]`,
    );
    const last = (kind: string) => recording.info.filter((line) => line.kind === kind).at(-1);
    expect(last('process')).toMatchObject({ name: 'server', sortIndex: -5, labels: ['a', 'b'], nodeVersion: 'v22.1.0' });
    expect(recording.info.filter((line) => line.kind === 'thread' && line.thread === 7).at(-1)).toMatchObject({ name: 'w', sortIndex: 3 });
    expect(last('metadata')).toMatchObject({ name: 'version', args: { node: '22.1.0' } });
  });

  it('turns CPU profiles inside of a trace into calls beside the thread', async () => {
    const node = (id: number, parent: number | undefined, functionName: string) => ({
      id,
      ...(parent !== undefined && { parent }),
      callFrame: { functionName, url: 'app.js', lineNumber: 4, columnNumber: 2 },
    });
    const profile = (ts: number, name: string, data: object, tid: number) =>
      `{"ph":"P","ts":${ts},"pid":1,"tid":${tid},"id":"0x1","name":"${name}","args":{"data":${JSON.stringify(data)}}}`;
    const nodes = [node(1, undefined, '(root)'), node(2, 1, 'outer'), node(3, 2, 'inner')];
    const recording = await decoded(
      `[${event('X', 100, '"dur":500,"name":"task"', 1, 5)},${profile(90, 'Profile', { startTime: 100 }, 5)},${profile(200, 'ProfileChunk', { cpuProfile: { nodes, samples: [2, 3] }, timeDeltas: [10, 20] }, 9)},${profile(300, 'ProfileChunk', { cpuProfile: { samples: [2, 1] }, timeDeltas: [30, 40] }, 9)},${event('P', 400, '"name":"other sample"', 1, 5)}]`,
    );
    const start = Number(recording.head.startMonotonicNs);
    expect(
      recording.events.filter(({ kind }) => kind === 'call').map(({ name, exit, timeNs }) => `${(start + timeNs) / 1000} ${exit ? '-' : '+'}${name}`),
    ).toEqual([...['110 +outer', '130 +inner', '160 -inner', '200 -outer']]);
    expect(recording.info).toContainEqual(expect.objectContaining({ kind: 'thread', thread: 5, name: 'Thread 5 (sampled)' }));
    expect(recording.events.find(({ kind }) => kind === 'instant')).toMatchObject({ name: 'other sample' });
  });

  it('keeps times exactly that are far from each other, up to 2^53 microseconds and beyond', async () => {
    const times = ['0', '9007199254740993', '1795287957548807.001', '9223372036854774.999'];
    const recording = await decoded(
      `[${times.map((ts, i) => `{"ph":"i","ts":${ts},"name":"${i}"}`).join()},{"ph":"i","ts":99999999999999999999,"name":"no clock"}]`,
    );
    const read = recording.events.map(({ name, timeNs }) => [name, timeNs]).sort();
    expect(read).toEqual(times.map((ts, i) => [String(i), Number(ts.replace('.', '').padEnd(ts.includes('.') ? 0 : ts.length + 3, '0'))]));
    expect(notices(recording)).toEqual([expect.stringContaining('1 event could not be read')]);
  });

  it('bounds threads and names, and counts what is beyond', async () => {
    const lines = Array.from({ length: 6000 }, (_, i) => event('i', i, `"name":"n${i}"`, 1, i)).join();
    const recording = await decoded(`[${lines}]`);
    expect(recording.events).toHaveLength(4096);
    expect(recording.info.find((line) => line.kind === 'loss')).toMatchObject({ issue: 'many-threads', count: 6000 - 4096 });
  });

  it('takes nesting of a million levels in args for what it is', async () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    const recording = await decoded(`[${event('i', 1, `"name":"deep","args":{"d":${deep}}`)},${event('i', 2, '"name":"__proto__","args":{"__proto__":1}')}]`);
    expect(recording.events.map(({ name }) => name)).toEqual(['deep', '__proto__']);
    expect(JSON.stringify(recording.events[1]?.args)).toBe('{"__proto__":1}');
    expect(notices(recording)).toEqual([expect.stringContaining('The args of 1 event ')]);
  });
});
