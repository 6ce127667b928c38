import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { PerfettoExport } from '../../../../core/formats/perfetto-writer.ts';
import { TestRecording } from '../../../helpers/build-recording.ts';
import { type DecodedEvent, decodeRecording } from '../../../helpers/decoded-recording.ts';
import { formatOf, recordingFrom, written } from '../../../helpers/formats.ts';

// Encoded and decoded by another implementation, from the format's own schema: neither of ours can agree with the other in a mistake.
const schema = readFileSync(path.join(import.meta.dirname, '../../../fixtures/formats/perfetto/trace.proto'), 'utf8');
const Trace = protobuf.parse(schema, { keepCase: true }).root.lookupType('Trace');
type Packet = Readonly<Record<string, unknown>>;
const trace = (...packets: readonly Packet[]): Uint8Array => {
  const message = Trace.fromObject({ packet: packets });
  return Uint8Array.from(Trace.encode(message).finish());
};
const packetsOf = (bytes: Uint8Array): Packet[] =>
  (Trace.toObject(Trace.decode(bytes), { longs: Number, enums: String, bytes: Array }) as { packet: Packet[] }).packet;

const [CLEARED, NEEDS] = [1, 2];
const process = { track_descriptor: { uuid: 1, process: { pid: 7, process_name: 'app', process_labels: ['one'] } } };
const thread = { track_descriptor: { uuid: 2, parent_uuid: 1, thread: { pid: 7, tid: 9, thread_name: 'worker' } } };
const event = (timestamp: number, track_event: object, more: object = {}): Packet => ({ timestamp, trusted_packet_sequence_id: 1, track_event, ...more });
const decoded = async (bytes: Uint8Array) => decodeRecording(await recordingFrom(bytes));
const notices = (recording: ReturnType<typeof decodeRecording>): (readonly [string | undefined, number])[] =>
  recording.info.flatMap((line) => (line.kind === 'loss' ? [[line.issue, line.count] as const] : []));

describe('readPerfetto', () => {
  it('pairs begins and ends of a track, with names and categories as texts or interned', async () => {
    const bytes = trace(
      process,
      thread,
      event(
        1000,
        { type: 1, track_uuid: 2, name_iid: 5, category_iids: [1, 2] },
        {
          sequence_flags: CLEARED,
          interned_data: {
            event_names: [{ iid: 5, name: 'outer' }],
            event_categories: [
              { iid: 1, name: 'a' },
              { iid: 2, name: 'b' },
            ],
          },
        },
      ),
      event(1200, { type: 1, track_uuid: 2, name: 'inner', categories: ['c'] }, { sequence_flags: NEEDS }),
      event(1500, { type: 2, track_uuid: 2 }),
      event(2000, { type: 2, track_uuid: 2 }),
      event(2100, { type: 3, track_uuid: 2, name: 'moment' }),
    );
    expect(await formatOf(bytes)).toBe('perfetto');
    const recording = await decoded(bytes);
    expect(recording.head.startMonotonicNs).toBe('1000');
    expect(recording.events).toEqual([
      { kind: 'slice', thread: '7/9', timeNs: 200, durationNs: 300, name: 'inner', category: 'c' },
      { kind: 'slice', thread: '7/9', timeNs: 0, durationNs: 1000, name: 'outer', category: 'a,b' },
      { kind: 'instant', thread: '7/9', timeNs: 1100, name: 'moment', category: '', scope: 0 },
    ]);
    expect(recording.info).toContainEqual(expect.objectContaining({ kind: 'process', pid: 7, name: 'app', labels: ['one'] }));
    expect(recording.info).toContainEqual(expect.objectContaining({ kind: 'thread', thread: 9, name: 'worker' }));
  });

  it('nests slices of the same begin and end as they are begun', async () => {
    const names = ['outer', 'middle', 'inner'];
    const { events } = await decoded(
      trace(
        process,
        thread,
        event(1000, { type: 1, track_uuid: 2, name: 'around' }),
        ...names.map((name) => event(1000, { type: 1, track_uuid: 2, name })),
        ...names.map(() => event(1500, { type: 2, track_uuid: 2 })),
        event(1800, { type: 2, track_uuid: 2 }),
        ...names.map((name) => event(2000, { type: 1, track_uuid: 2, name })),
      ),
    );
    expect(events.map(({ name }) => name)).toEqual([...names, 'around', ...names]);
  });

  it('begins with what a sequence interns anew when its state is cleared, and leaves out what came after a loss', async () => {
    const named = (name: string) => ({ interned_data: { event_names: [{ iid: 1, name }] } });
    const instant = { type: 3, track_uuid: 2, name_iid: 1 };
    const recording = await decoded(
      trace(
        thread,
        event(1, instant, { sequence_flags: CLEARED, ...named('first') }),
        event(2, instant, { sequence_flags: NEEDS }),
        event(3, instant, { sequence_flags: CLEARED, ...named('second') }),
        event(4, instant, { sequence_flags: NEEDS, previous_packet_dropped: true }),
        event(5, instant, { incremental_state_cleared: true, ...named('third') }),
        { ...event(6, instant, { ...named('of another sequence') }), trusted_packet_sequence_id: 2 },
      ),
    );
    expect(recording.events.map(({ name }) => name)).toEqual(['first', 'first', 'second', 'third', 'of another sequence']);
    expect(notices(recording)).toEqual([['lost-state', 1]]);
  });

  it('takes the track of a sequence from its defaults', async () => {
    const recording = await decoded(
      trace(thread, { trusted_packet_sequence_id: 1, trace_packet_defaults: { track_event_defaults: { track_uuid: 2 } } }, event(5, { type: 3, name: 'i' })),
    );
    expect(recording.events).toMatchObject([{ thread: '7/9', name: 'i' }]);
  });

  it('reads counters: whole and floating, incremental, in units, beside other events', async () => {
    const recording = await decoded(
      trace(
        process,
        { track_descriptor: { uuid: 10, parent_uuid: 1, name: 'mem', counter: { unit_multiplier: 1024 } } },
        { track_descriptor: { uuid: 11, parent_uuid: 1, name: 'delta', counter: { is_incremental: true } } },
        { track_descriptor: { uuid: 12, parent_uuid: 1, name: 'extra', counter: {} } },
        thread,
        event(1, { type: 4, track_uuid: 10, counter_value: 3 }),
        event(2, { type: 4, track_uuid: 10, double_counter_value: 0.5 }),
        event(3, { type: 4, track_uuid: 11, counter_value: -5 }),
        event(4, { type: 4, track_uuid: 11, counter_value: 2 }),
        event(5, { type: 3, track_uuid: 2, name: 'i', extra_counter_track_uuids: [12], extra_counter_values: [7] }),
      ),
    );
    expect(recording.events.flatMap(({ kind, name, values }) => (kind === 'counter' ? [[name, values?.value]] : []))).toEqual([
      ['mem', 3072],
      ['mem', 512],
      ['delta', -5],
      ['delta', -3],
      ['extra', 7],
    ]);
  });

  it('reads arguments of every kind, interned names and values, those of begin and end together', async () => {
    const recording = await decoded(
      trace(
        thread,
        event(
          1,
          {
            type: 1,
            track_uuid: 2,
            name: 's',
            debug_annotations: [
              { name_iid: 1, int_value: -3 },
              { name: 'text', string_value: 'x' },
              { name: 'interned', string_value_iid: 4 },
              { name: 'bool', bool_value: true },
              { name: 'double', double_value: 0.25 },
              { name: 'pointer', pointer_value: 255 },
              { name: 'json', legacy_json_value: '{"a":[1]}' },
              {
                name: 'dict',
                dict_entries: [
                  { name: '__proto__', int_value: 1 },
                  { name: 'list', array_values: [{ int_value: 1 }, { string_value: 'b' }] },
                ],
              },
              {
                name: 'old',
                nested_value: { nested_type: 1, dict_keys: ['k'], dict_values: [{ nested_type: 2, array_values: [{ int_value: 5 }, { string_value: 'z' }] }] },
              },
            ],
          },
          { interned_data: { debug_annotation_names: [{ iid: 1, name: 'number' }], debug_annotation_string_values: [{ iid: 4, name: 'known' }] } },
        ),
        event(5, { type: 2, track_uuid: 2, debug_annotations: [{ name: 'result', int_value: 9 }] }),
      ),
    );
    expect(recording.events[0]?.args).toEqual({
      number: -3,
      text: 'x',
      interned: 'known',
      bool: true,
      double: 0.25,
      pointer: '0xff',
      json: { a: [1] },
      dict: JSON.parse('{"__proto__":1,"list":[1,"b"]}'),
      old: { k: [5, 'z'] },
      result: 9,
    });
  });

  it('connects arrows, of the newer kind and of the older, and older async slices', async () => {
    const recording = await decoded(
      trace(
        thread,
        event(1, { type: 3, track_uuid: 2, name: 'from', flow_ids: [77] }),
        event(2, { type: 3, track_uuid: 2, name: 'over', flow_ids: [77] }),
        event(3, { type: 3, track_uuid: 2, name: 'to', terminating_flow_ids: [77] }),
        event(4, { track_uuid: 2, name: 'msg', categories: ['c'], legacy_event: { phase: 's'.charCodeAt(0), unscoped_id: 5 } }),
        event(5, { track_uuid: 2, name: 'msg', categories: ['c'], legacy_event: { phase: 'f'.charCodeAt(0), unscoped_id: 5, bind_to_enclosing: true } }),
        event(6, { track_uuid: 2, name: 'request', categories: ['net'], legacy_event: { phase: 'b'.charCodeAt(0), unscoped_id: 5 } }),
        event(7, { track_uuid: 2, name: 'request', categories: ['net'], legacy_event: { phase: 'e'.charCodeAt(0), unscoped_id: 5 } }),
        event(8, { track_uuid: 2, name: 'x', legacy_event: { phase: 'X'.charCodeAt(0), duration_us: 2 } }),
      ),
    );
    const flows = recording.events.flatMap(({ kind, name, number, phase }) => (kind === 'flow' ? [[name, number, phase]] : []));
    expect(flows).toEqual([
      ['from', 1, 0],
      ['over', 1, 1],
      ['to', 1, 3],
      ['msg', 2, 0],
      ['msg', 2, 3],
    ]);
    expect(recording.events.filter(({ kind }) => kind.startsWith('async'))).toMatchObject([
      { kind: 'async-begin', name: 'request', number: 1, category: 'net' },
      { kind: 'async-end', number: 1 },
    ]);
    expect(recording.events.find(({ kind }) => kind === 'slice')).toMatchObject({ name: 'x', durationNs: 2000, timeNs: 7 });
  });

  it('puts tracks beside a thread or a process where they belong, and takes ends that come before their begin', async () => {
    const recording = await decoded(
      trace(
        process,
        thread,
        { track_descriptor: { uuid: 20, parent_uuid: 2, name: 'gc' } },
        { track_descriptor: { uuid: 21, parent_uuid: 1, name: 'requests' } },
        event(1, { type: 1, track_uuid: 20, name: 'scavenge' }),
        event(4, { type: 2, track_uuid: 20 }),
        { ...event(9, { type: 2, track_uuid: 21 }), trusted_packet_sequence_id: 2 },
        event(3, { type: 1, track_uuid: 21, name: 'late' }),
      ),
    );
    expect(recording.events).toMatchObject([
      { thread: '7/9', track: 'gc', name: 'scavenge', durationNs: 3 },
      { name: 'late', durationNs: 6 },
    ]);
    expect(recording.info).toContainEqual(expect.objectContaining({ kind: 'thread', name: 'requests' }));
  });

  it('reads clocks of a sequence that tell differences, and of another clock of the machine', async () => {
    const recording = await decoded(
      trace(
        thread,
        {
          trusted_packet_sequence_id: 1,
          clock_snapshot: {
            clocks: [
              { clock_id: 6, timestamp: 1_000_000 },
              { clock_id: 1, timestamp: 1_700_000_000_000_000_000 },
              { clock_id: 3, timestamp: 400_000 },
              { clock_id: 64, timestamp: 500, is_incremental: true, unit_multiplier_ns: 1000 },
            ],
          },
          trace_packet_defaults: { timestamp_clock_id: 64 },
        },
        event(10, { type: 3, track_uuid: 2, name: 'a' }),
        event(5, { type: 3, track_uuid: 2, name: 'b' }),
        event(500_000, { type: 3, track_uuid: 2, name: 'c' }, { timestamp_clock_id: 3 }),
      ),
    );
    const start = Number(recording.head.startMonotonicNs);
    expect(recording.events.map(({ name, timeNs }) => [name, start + timeNs])).toEqual([
      ['a', 1_010_000],
      ['b', 1_015_000],
      ['c', 1_100_000],
    ]);
    const told = recording.info.find((line) => line.kind === 'imported');
    expect(told?.kind === 'imported' && told.startEpochNs).toBe(`${1_700_000_000_000_000_000n + BigInt(start) - 1_000_000n}`);
  });

  it('reads compressed packets, and the oldest way to tell thread and time', async () => {
    const inner = trace(thread, event(50, { type: 3, track_uuid: 2, name: 'inside' }));
    const recording = await decoded(
      trace(
        { compressed_packets: deflateSync(inner) },
        { trusted_packet_sequence_id: 3, thread_descriptor: { pid: 7, tid: 11, thread_name: 'old', reference_timestamp_us: 10 } },
        { trusted_packet_sequence_id: 3, track_event: { type: 3, name: 'delta', timestamp_delta_us: 5 } },
        { trusted_packet_sequence_id: 3, track_event: { type: 3, name: 'absolute', timestamp_absolute_us: 40 } },
        { compressed_packets: Buffer.from('not zlib') },
      ),
    );
    expect(recording.events.map(({ name, thread: on }) => [name, on]).sort()).toEqual([
      ['absolute', '7/11'],
      ['delta', '7/11'],
      ['inside', '7/9'],
    ]);
    expect(notices(recording)).toEqual([['not-inflated', 1]]);
  });

  it('counts packets of kinds that are not shown, and tells where the file was cut', async () => {
    const bytes = trace(thread, { ftrace_events: [1, 2, 3] }, event(1, { type: 3, track_uuid: 2, name: 'i' }));
    const recording = await decoded(bytes.subarray(0, bytes.length - 2));
    expect(notices(recording)).toEqual([
      ['cut', 1],
      ['other-packets', 1],
    ]);
  });
});

describe('PerfettoExport', () => {
  it('writes what another implementation reads: tracks, slices in the order of their begin, counters, arrows', async () => {
    const recording = new TestRecording();
    const stream = recording.thread(recording.process('app.js', 42), 'main', 0);
    const f = recording.function(stream, 'f', '/app/f.js', 3, 7);
    recording.slice(stream, 200, 100, 'inner', { category: 'c', args: { text: 'x', list: [1], none: null, half: 0.5, yes: true } });
    recording.slice(stream, 200, 300, 'outer');
    recording.enter(stream, 1000, f, [1]);
    recording.exit(stream, 1500, f, 'done');
    recording.counter(stream, 2000, 'queue', { waiting: 3, running: Number.NaN });
    recording.flow(stream, 2500, 4, 0, 'msg');
    recording.instant(stream, 3000, 'now', { args: 5 });
    recording.source('/app/app.js', 'f();');
    const { bytes, notes } = await written(PerfettoExport, recording.finish());
    const packets = packetsOf(bytes);
    const texts = packets.flatMap((packet) => (packet.interned_data === undefined ? [] : [packet.interned_data])) as Record<
      string,
      { iid: number; name: string }[]
    >[];
    const text = (kind: string, iid: unknown) => texts.flatMap((one) => one[kind] ?? []).find((one) => one.iid === iid)?.name;
    const events: (Record<string, unknown> & { readonly at: number })[] = packets.flatMap((packet) =>
      packet.track_event === undefined ? [] : [{ ...(packet.track_event as Record<string, unknown>), at: packet.timestamp as number }],
    );
    const start = Number(5n * 2n ** 32n + 4_000_000_000n);
    expect(events.map(({ at, type, name_iid, double_counter_value }) => [at - start, type, text('event_names', name_iid) ?? double_counter_value])).toEqual([
      [1000, 'TYPE_SLICE_BEGIN', 'f'],
      [1500, 'TYPE_SLICE_END', undefined],
      [2000, 'TYPE_COUNTER', 3],
      [2500, undefined, 'msg'],
      [3000, 'TYPE_INSTANT', 'now'],
      [200, 'TYPE_SLICE_BEGIN', 'outer'],
      [200, 'TYPE_SLICE_BEGIN', 'inner'],
      [300, 'TYPE_SLICE_END', undefined],
      [500, 'TYPE_SLICE_END', undefined],
    ]);
    expect(packets.find((packet) => packet.track_descriptor !== undefined)).toMatchObject({
      track_descriptor: { process: { pid: 42, process_name: 'app.js' } },
    });
    const inner = events[6]?.debug_annotations as Record<string, unknown>[];
    expect(inner.map(({ name_iid, ...value }) => [text('debug_annotation_names', name_iid), value])).toEqual([
      ['text', { string_value: 'x' }],
      ['list', { legacy_json_value: '[1]' }],
      ['none', { legacy_json_value: 'null' }],
      ['half', { double_value: 0.5 }],
      ['yes', { bool_value: true }],
    ]);
    expect(events[3]).toMatchObject({ legacy_event: { phase: 's'.charCodeAt(0), unscoped_id: 4 } });
    expect(packets.find((packet) => packet.clock_snapshot !== undefined)).toBeDefined();
    expect(notes).toEqual(['1 counter value that is a gap was left out.', 'The text of 1 source file was left out: the format has no place for source texts.']);
  });

  it('keeps everything that it has a place for, there and back', async () => {
    const time = fc.nat(1_000_000);
    const name = fc.constantFrom('a', 'b"', '😀', 'x'.repeat(300), '__proto__');
    const args = fc.option(fc.dictionary(fc.constantFrom('k', '__proto__', 'ä'), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }), { nil: undefined });
    const item = fc.oneof(
      fc.record({ kind: fc.constant('slice' as const), time, length: fc.nat(1000), name, args }),
      fc.record({ kind: fc.constant('instant' as const), time, name, args }),
      fc.record({ kind: fc.constant('counter' as const), time, name, value: fc.double({ noNaN: true }) }),
      fc.record({ kind: fc.constant('async' as const), time, length: fc.nat(1000), name, args }),
      fc.record({ kind: fc.constant('flow' as const), time, name, phase: fc.nat(3) }),
      fc.record({ kind: fc.constant('object' as const), time, name, args: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 40 }), async (items) => {
        const { recording, stream } = TestRecording.simple();
        const byTime = [...items].sort((a, b) => a.time - b.time);
        for (const [i, one] of byTime.entries()) {
          // Slices in a row of their own: what overlaps without nesting goes to a track of its own.
          if (one.kind === 'slice') recording.slice(stream, 10_000_000 + i * 2000, one.length, one.name, { args: one.args });
          else if (one.kind === 'instant') recording.instant(stream, one.time, one.name, { category: 'c', args: one.args });
          else if (one.kind === 'counter') recording.counter(stream, one.time, one.name, { value: one.value });
          else if (one.kind === 'flow') recording.flow(stream, one.time, i, one.phase, one.name);
          else if (one.kind === 'object') recording.snapshot(stream, one.time, recording.object(stream, one.name), one.args, true);
          else {
            recording.asyncBegin(stream, one.time, i + 1, one.name, { args: one.args, category: 'net' });
            recording.asyncEnd(stream, one.time + one.length, i + 1);
          }
        }
        const before = recording.finish();
        const { bytes } = await written(PerfettoExport, before);
        expect(kinds(await recordingFrom(bytes, [1013]))).toEqual(kinds(before));
      }),
      { numRuns: 80 },
    );
  });
});

/** What is compared: numbers are given anew, and counters lie in a stream of their own. */
function kinds(recording: Uint8Array): string[] {
  const { events, head } = decodeRecording(recording);
  const start = Number(head.startMonotonicNs);
  const plain = ({ kind, timeNs, name, durationNs, args, values, state, phase }: DecodedEvent) =>
    JSON.stringify([kind, start + timeNs, kind === 'async-end' ? '' : name, durationNs, sorted(args), values, sorted(state), phase]);
  return events.map(plain).sort();
}
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value;
