import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../core/formats/byte-source.ts';
import { type JsonPiece, splitTraceEvents } from '../../../../core/formats/json-splitter.ts';
import { ProcessedJson } from '../../../../core/formats/processed-json.ts';
import { readAttachments, usableParts } from '../../../../core/formats/processed-view.ts';
import { concat, TestRecording } from '../../../helpers/build-recording.ts';
import { withProcessed } from '../../../helpers/with-processed.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const sourceOf = (bytes: Uint8Array): ByteSource => ({
  size: async () => bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
  follow: async function* (offset) {
    yield bytes.subarray(offset);
  },
});

/** Two processes, each with a counter. */
function recorded(): Uint8Array {
  const recording = new TestRecording();
  for (const [name, pid] of [
    ['a.js', 100],
    ['b.js', 200],
  ] as const) {
    const thread = recording.thread(recording.process(name, pid));
    recording.counter(thread, 1000, `of ${name}`, { a: 1 });
  }
  return recording.finish();
}

interface Report {
  readonly traceEvents: readonly { readonly ph: string; readonly pid: number; readonly name: string }[];
  readonly [key: string]: unknown;
}

async function exported(bytes: Uint8Array) {
  const source = sourceOf(bytes);
  const { parts } = await usableParts(source, (await readAttachments(source)).parts());
  const json = new ProcessedJson(source, parts);
  const pieces: Uint8Array[] = [];
  for await (const piece of json) pieces.push(piece.slice());
  const text = decoder.decode(concat(pieces));
  return { text, report: JSON.parse(text) as Report, events: json.events, notes: json.notes };
}
const processed = (lefts: readonly string[], pieceBytes?: number): Uint8Array =>
  withProcessed(
    recorded(),
    lefts.map((json, process) => ({ process, json })),
    pieceBytes,
  ).bytes;

/** Whatever a handler may leave: each stands in a report of somebody. */
const ODD = [
  '{"ph":"b","pid":100,"tid":100,"ts":1.5,"cat":"net","id":"0x1","name":"request"}',
  '{"ph":"e","pid":100,"tid":100,"ts":2.25,"cat":"net","id":"0x1","name":"request"}',
  '{"ph":"s","pid":100,"tid":100,"ts":1,"cat":"flow","id":7,"name":"flow"}',
  '{"ph":"f","bp":"e","pid":100,"tid":100,"ts":3,"cat":"flow","id":7,"name":"flow"}',
  '{"ph":"X","pid":1,"tid":1,"ts":4,"dur":3.123456,"name":"of a process of its own","cname":"good","tts":3,"tdur":4,"id":3,"cat":"a,b","args":{"deep":{"a":[1,{"b":2}]},"s":"x","n":null,"t":true}}',
  '{"ph":"C","pid":100,"tid":100,"ts":5,"name":"text","cat":"mine","extra":"kept","args":{"v":"text","a":1}}',
  '{"ph":"C","pid":100,"tid":100,"ts":6,"name":"with an id","id":"5","args":{"v":1}}',
  '{"ph":"Q","pid":100,"tid":100,"ts":7,"name":"no phase that anybody knows"}',
  '{"ph":"i"}',
  '{}',
  '{"ph":"O","pid":100,"tid":100,"ts":8,"id":"77","name":"cart","args":{"snapshot":{"a":1}}}',
  '{"ph":"X","pid":100,"tid":100,"ts":9,"name":"\\"\\\\ \\u00e9 }],{"}',
];
const LABELS = '{"ph":"M","pid":100,"tid":100,"name":"process_labels","args":{"labels":"x"}}';

describe('the JSON of the processed view', () => {
  it('holds word for word what plugins left, and what was recorded of other processes', async () => {
    const left = `{"traceEvents":[\n${[LABELS, ...ODD].join(',\n')}\n],"mine":{"a":[1]},"viztracer_metadata":{"note":"hello","overflow":true,"version":"9"},"displayTimeUnit":"ms"}\n`;
    const { text, report, events, notes } = await exported(processed([left]));
    const lines = text.split('\n');
    const at = lines.indexOf(`${LABELS},`);
    expect(lines.slice(at, at + 1 + ODD.length)).toEqual([`${LABELS},`, ...ODD.map((line, i) => (i === ODD.length - 1 ? line : `${line},`))]);
    expect(report.traceEvents.slice(0, -ODD.length - 1).map(({ ph, pid, name }) => [ph, pid, name])).toEqual([
      ['M', 200, 'process_name'],
      ['M', 200, 'thread_name'],
      ['C', 200, 'of b.js'],
    ]);
    expect(report).toMatchObject({ mine: { a: [1] }, viztracer_metadata: { note: 'hello', overflow: true, version: '9' }, displayTimeUnit: 'ms' });
    expect(text.match(/displayTimeUnit/g)).toHaveLength(1);
    expect(text).toMatch(/"baseTimeNanoseconds":\d+\}/);
    expect({ events, notes }).toEqual({ events: ODD.length + 1, notes: [] });
  });

  it('holds those of several processes, with the members of all', async () => {
    const lefts = [ODD[0], ODD[1]].map((line, i) => `{"traceEvents":[${line}],"of${i}":${i},"both":${i},"viztracer_metadata":{"m${i}":${i}}}`);
    const { report, events } = await exported(processed(lefts, 30));
    expect(report.traceEvents).toEqual([ODD[0], ODD[1]].map((line) => JSON.parse(line as string) as unknown));
    expect(report).toMatchObject({ of0: 0, of1: 1, both: 1, viztracer_metadata: { m0: 0, m1: 1 } });
    expect(events).toBe(2);
  });

  it('is valid where what they left is not, and says so', async () => {
    const left = `{"traceEvents":[${ODD[0]},{"a":nope},5,[1],${ODD[1]}],"bad":{"x":yes},"good":1}`;
    const { report, notes } = await exported(processed([left]));
    expect(report.traceEvents.map(({ ph }) => ph)).toEqual(['M', 'M', 'C', 'b', 'e']);
    expect([report.good, report.bad]).toEqual([1, undefined]);
    expect(notes).toEqual(['3 events that plugins left are no JSON, and were left out.']);
  });

  it('is whole up to where what they left is cut', async () => {
    const left = `{"traceEvents":[${ODD[0]},${ODD[1]},{"ph":`;
    const { report, notes } = await exported(processed([left]));
    expect(report.traceEvents.map(({ ph }) => ph)).toEqual(['M', 'M', 'C', 'b', 'e']);
    expect(notes).toEqual([expect.stringMatching(/^Not all that plugins left of a process's events could be read\. It is no trace from its byte \d+ on\./)]);
  });
});

describe('trace events cut into their texts', () => {
  async function piecesOf(chunks: readonly Uint8Array[]): Promise<string[]> {
    const pieces: string[] = [];
    const say = (piece: JsonPiece): string => `${piece.kind === 'event' ? '' : piece.key}:${decoder.decode(piece.json)}`;
    async function* bytes() {
      yield* chunks;
    }
    for await (const piece of splitTraceEvents(bytes())) pieces.push(say(piece));
    return pieces;
  }
  function* cut(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const length = lengths.length === 0 ? bytes.length : (lengths[i % lengths.length] as number);
      yield bytes.slice(at, at + length);
      at += length;
    }
  }

  it('are the same however the text comes', async () => {
    const value = fc.json({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(value),
        fc.dictionary(fc.string(), value),
        fc.array(fc.integer({ min: 1, max: 50 })),
        fc.constantFrom('', ' ', '\n'),
        async (events, members, lengths, space) => {
          const keys = Object.keys(members).filter((key) => key !== 'traceEvents');
          const list = `"traceEvents":[${events.join(`,${space}`)}]`;
          const others = keys.map((key) => `${JSON.stringify(key)}${space}:${space}${members[key]}`);
          const bytes = encoder.encode(`{${space}${[...others.slice(0, 1), list, ...others.slice(1)].join(',')}}`);
          const told = keys.map((key) => `${JSON.stringify(key).slice(1, -1)}:${members[key]}`);
          expect(await piecesOf([...cut(bytes, lengths)])).toEqual([...told.slice(0, 1), ...events.map((event) => `:${event}`), ...told.slice(1)]);
        },
      ),
    );
  });

  it('of anything else are a problem in words, and never anything worse', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((words) => encoder.encode(`{"traceEvents":[${words}`)),
        ),
        fc.array(fc.integer({ min: 1, max: 9 })),
        async (bytes, lengths) => {
          const error = await piecesOf([...cut(bytes, lengths)]).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (error !== undefined) expect(error).toMatchObject({ code: 'attachment-damaged' });
        },
      ),
    );
  });
});
