/** Reports out of frames: selections, trace data, files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SnapshotStream } from '../../../../core/events/snapshot-stream.ts';
import type { TraceData, TraceEvent } from '../../../../core/plugin-api/trace-data.ts';
import { EventStore } from '../../../../core/tracer/inline/event-store.ts';
import { PROCESS_BYTES, ProcessWord, ringBufferBytes } from '../../../../core/tracer/ring-layout.ts';
import { RingWriter } from '../../../../core/tracer/ring-writer.ts';
import { gzip } from '../../../../core/tracer/save/gzip.ts';
import { traceDataOf, writeReport, writeTraceData } from '../../../../core/tracer/save/save.ts';
import { writeWhole } from '../../../../core/tracer/save/write-file.ts';
import { traceDataText } from '../../../../core/tracer/save/write-trace-data.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

const RING_BYTES = 64 * 1024;

/** A tracer's memory, and who writes into it. */
function memory(maxEvents: number): { readonly writer: RingWriter; readonly store: EventStore } {
  const buffer = new SharedArrayBuffer(ringBufferBytes(RING_BYTES));
  const words = new Int32Array(new SharedArrayBuffer(PROCESS_BYTES));
  words[ProcessWord.GATE] = 1;
  const restart = (): void => {
    words[ProcessWord.GENERATION] = (words[ProcessWord.GENERATION] as number) + 1;
  };
  const store = new EventStore({ kind: 'ring', thread: 0, name: 'main', ringBytes: RING_BYTES, buffer }, maxEvents, restart);
  const writer = new RingWriter({
    buffer,
    ringBytes: RING_BYTES,
    process: words,
    whenFull: 'live',
    maskSecrets: true,
    report: () => {},
    attach: () => true,
    empty: (ring) => (ring === 'records' ? store.take() : store.takeDefinitions()),
  });
  return { writer, store };
}

const eventsOf = (data: TraceData): TraceEvent[] => data.traceEvents.filter(({ ph }) => ph !== 'M');
const brief = ({ ph, name, args }: TraceEvent): unknown => [ph, name, args];

type Step =
  | { readonly do: 'counter'; readonly value: number }
  | { readonly do: 'instant'; readonly name: string; readonly size: number }
  | { readonly do: 'object'; readonly object: number; readonly key: string; readonly value: number }
  | { readonly do: 'save' }
  | { readonly do: 'clear' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('counter' as const), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('instant' as const), name: fc.string({ unit: 'grapheme', maxLength: 10 }), size: fc.nat(3000) }) },
  {
    weight: 32,
    arbitrary: fc.record({
      do: fc.constant('object' as const),
      object: fc.nat(2),
      key: fc.constantFrom('a', 'b', 'c'),
      value: fc.nat(3),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
);

describe('the memory of an inline tracer', () => {
  it('gives the newest events, each object with all of its attributes, whatever went before', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 150 }), (steps, maxEvents) => {
        const { writer, store } = memory(maxEvents);
        const objects = [0, 1, 2].map((i) => ({ stream: new SnapshotStream(`o${i}`, 'Object'), content: new Map<string, string>() }));
        const created = new Set<number>();
        let written: unknown[] = [];
        const check = (): void => {
          const { frames, skip } = store.capture();
          const data = traceDataOf(frames(), { selection: { skip } });
          const kept = written.slice(-maxEvents);
          expect(eventsOf(data).map(brief)).toEqual(kept);
          expect(data.viztracer_metadata.overflow).toBe(written.length > maxEvents);
        };
        for (const one of steps) {
          if (one.do === 'save') check();
          else if (one.do === 'clear') {
            store.clear();
            written = [];
          } else if (one.do === 'counter') {
            writer.counter(writer.defineCounter('c', ['v']), Float64Array.of(one.value), 1);
            written.push(['C', 'c', { v: one.value }]);
          } else if (one.do === 'instant') {
            const args = { text: 'x'.repeat(one.size) };
            writer.instant(one.name, '', 0, JSON.stringify(args));
            written.push(['i', one.name, args]);
          } else {
            const { stream, content } = objects[one.object] as (typeof objects)[number];
            content.set(one.key, String(one.value));
            if (content.size === 1 && !created.has(one.object)) written.push(['N', `o${one.object}`, undefined]);
            created.add(one.object);
            stream.snapshot(writer, content, false);
            written.push(['O', `o${one.object}`, { snapshot: Object.fromEntries([...content].map(([key, json]) => [key, JSON.parse(json)])) }]);
          }
        }
        check();
      }),
      { numRuns: 60 },
    );
  });
});

describe('selections', () => {
  it('keep what was recorded in their windows, and no more than was asked for', () => {
    const { writer, store } = memory(1000);
    const clock = (): bigint => process.hrtime.bigint();
    const log = (name: string): void => writer.instant(name, '', 0, '');
    log('before');
    const [from, first] = [clock(), 'first'];
    log(first);
    const to = clock();
    log('between');
    const again = clock();
    log('second');
    const { frames } = store.capture();
    const windows = [[from, to] as const, [again, clock()] as const];
    expect(eventsOf(traceDataOf(frames(), { selection: { windows } })).map(({ name }) => name)).toEqual(['first', 'second']);
    expect(traceDataOf(frames(), { maxEvents: 3 })).toBeUndefined();
    expect(traceDataOf(frames(), { maxEvents: 4 })?.traceEvents).toHaveLength(6);
    expect(traceDataOf(frames(), { processName: 'mine' }).traceEvents[0]?.args).toEqual({ name: 'mine' });
  });

  it('do not miss what was lost outside of their windows', () => {
    const { writer, store } = memory(1000);
    const large = JSON.stringify({ text: 'x'.repeat(RING_BYTES) });
    writer.instant('too large', '', 0, large);
    writer.instant('before', '', 0, '');
    const from = process.hrtime.bigint();
    writer.instant('in', '', 0, '');
    const { frames } = store.capture();
    const overflow = (since: bigint): unknown => {
      const data = traceDataOf(frames(), { selection: { windows: [[since, 2n ** 63n]] } });
      return [eventsOf(data).map(({ name }) => name), data.viztracer_metadata.overflow];
    };
    expect(overflow(0n)).toEqual([['before', 'in'], true]);
    expect(overflow(from)).toEqual([['in'], false]);
  });

  it('are all there, however long their text is: wherever it is cut into pieces', () => {
    const { writer, store } = memory(10_000);
    const args = JSON.stringify({ text: 'x'.repeat(5000) });
    for (let count = 1; count <= 110; count++) {
      writer.instant('one', '', 0, args);
      if (count > 45) expect(eventsOf(traceDataOf(store.capture().frames()))).toHaveLength(count);
    }
  });

  it('of nothing at all are a report without events', () => {
    const { frames } = memory(10).store.capture();
    expect(eventsOf(traceDataOf(frames()))).toEqual([]);
    expect(traceDataOf([])).toMatchObject({ viztracer_metadata: { overflow: false } });
  });
});

describe('trace data as text', () => {
  const textOf = (data: unknown): string => Buffer.concat([...traceDataText(data as TraceData)]).toString('utf8');

  it('is the data, with the base time besides', () => {
    const events = fc.array(fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(
        events,
        fc.dictionary(
          fc.string().map((key) => `my ${key}`),
          fc.jsonValue(),
        ),
        (traceEvents, more) => {
          const data = { traceEvents, viztracer_metadata: { version: '1', overflow: false }, ...more };
          const expected = JSON.parse(JSON.stringify(data)) as TraceData;
          const read = JSON.parse(textOf(data)) as TraceData;
          expect(read.viztracer_metadata.baseTimeNanoseconds).toBeGreaterThan(1e18);
          delete read.viztracer_metadata.baseTimeNanoseconds;
          expect(read).toEqual({ ...expected, displayTimeUnit: 'ns' });
        },
      ),
    );
  });

  it('leaves out what is no event, and makes readable what JSON cannot hold', () => {
    const cycle: Record<string, unknown> = { ph: 'i' };
    cycle.self = cycle;
    const traceEvents = [
      null,
      1,
      'x',
      [],
      () => 1,
      { ph: 'i', args: { big: 10n, nan: Number.NaN } },
      cycle,
      {
        toJSON: () => {
          throw new Error('boom');
        },
        ph: 'i',
      },
    ];
    const read = JSON.parse(textOf({ traceEvents, extra: 1n, gone: () => 1 })) as TraceData;
    expect(read.traceEvents).toEqual([{ ph: 'i', args: { big: '10n', nan: null } }, { ph: 'i', self: '(cycle)' }, { ph: 'i' }]);
    expect(read).toMatchObject({ extra: '1n', viztracer_metadata: {} });
    expect(read).not.toHaveProperty('gone');
  });

  it('keeps a base time that is there', () => {
    expect(textOf({ traceEvents: [], viztracer_metadata: { baseTimeNanoseconds: 5 } })).toContain('"viztracer_metadata":{"baseTimeNanoseconds":5}');
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-save-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gzip in pieces is one member that says what the pieces say', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 2000 })), fc.nat(3), (small, large) => {
        const pieces = [...small, ...Array.from({ length: large }, (_, i) => new Uint8Array(1_500_000).fill(i))];
        expect(gunzipSync(Buffer.concat([...gzip(pieces)])).equals(Buffer.concat(pieces))).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('are there whole or not at all', () => {
    const file = path.join(folder, 'a/b.json');
    expect(writeWhole(file, [Buffer.from('one'), Buffer.from(' two')])).toBe(7);
    const failing = function* (): Generator<Uint8Array> {
      yield Buffer.from('three');
      throw new Error('out of events');
    };
    expect(() => writeWhole(file, failing())).toThrow(/^The trace could not be written to .*b\.json: out of events$/);
    expect(readFileSync(file, 'utf8')).toBe('one two');
    expect(readdirSync(path.dirname(file))).toEqual(['b.json']);
  });

  it('of processed data say how many events they hold', () => {
    const { writer, store } = memory(10);
    writer.instant('one', '', 0, '');
    const { frames } = store.capture();
    const data = traceDataOf(frames());
    data.traceEvents.push({ ph: 'i', name: 'two', ts: 1 });
    expect(writeReport(path.join(folder, 'r.json'), frames(), {}, { data, plugins: ['p'] })).toEqual({ events: 2, lost: 0 });
    writeTraceData(path.join(folder, 'd.json.gz'), data);
    const names = (bytes: Buffer): unknown[] => eventsOf(JSON.parse(bytes.toString('utf8')) as TraceData).map(({ name }) => name);
    expect(names(readFileSync(path.join(folder, 'r.json')))).toEqual(['one', 'two']);
    expect(names(gunzipSync(readFileSync(path.join(folder, 'd.json.gz'))))).toEqual(['one', 'two']);
  });
});
