/** What Chromium itself writes: a trace as DevTools saves it, and one of Perfetto's. What is in them is counted here by other parsers. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { describe, expect, it, vi } from 'vitest';
import { statisticsOf } from '../../../../core/formats/slice-statistics.ts';
import { countsOf } from '../../../../core/formats/trace-info.ts';
import { formatOf, inPieces, recordingFrom } from '../../../helpers/formats.ts';

vi.setConfig({ testTimeout: 60_000 });

const FIXTURES = path.join(import.meta.dirname, '../../../fixtures/formats');
const fixture = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(path.join(FIXTURES, 'chromium', name))));

interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly name: string;
}

describe('a DevTools trace', () => {
  const bytes = fixture('devtools.json.gz');
  const { traceEvents } = JSON.parse(new TextDecoder().decode(bytes)) as { traceEvents: TraceEvent[] };
  const count = (...phases: readonly string[]): number => traceEvents.filter(({ ph }) => phases.includes(ph)).length;

  it('has the events that its JSON has, by kind, and its sampled calls besides', async () => {
    expect(await formatOf(bytes)).toBe('trace-event');
    const without = new TextEncoder().encode(JSON.stringify({ traceEvents: traceEvents.filter(({ ph }) => ph !== 'P') }));
    const plain = await countsOf(inPieces(await recordingFrom(without)));
    expect(plain).toMatchObject({ slices: count('X', 'B'), instants: count('I', 'i', 'R'), asyncSlices: count('b'), flowEvents: count('s', 't', 'f') });
    expect(plain.processes).toBe(new Set(traceEvents.map(({ pid }) => pid)).size);
    const all = await countsOf(inPieces(await recordingFrom(bytes)));
    expect(all).toMatchObject({ instants: plain.instants, asyncSlices: plain.asyncSlices, flowEvents: plain.flowEvents });
    expect(all.slices).toBeGreaterThan(plain.slices);
  });

  it('has the times that its JSON has, and names what was sampled', async () => {
    const durations = new Map<string, number[]>();
    for (const { ph, name, dur = 0 } of traceEvents) if (ph === 'X') durations.set(name, [...(durations.get(name) ?? []), Math.round(dur * 1000)]);
    // Of these an end is known only with its begin.
    for (const { ph, name } of traceEvents) if (ph === 'B') durations.delete(name);
    const statistics = await statisticsOf(inPieces(await recordingFrom(bytes)));
    expect(durations.size).toBeGreaterThan(20);
    for (const [name, all] of durations) {
      const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
      const expected = { count: all.length, minNs: Math.min(...all), maxNs: Math.max(...all), meanNs: expect.closeTo(mean, 3) };
      expect(statistics.find((row) => row.name === name)).toMatchObject(expected);
    }
    expect(statistics.map(({ name }) => name)).toEqual(expect.arrayContaining(['fib', 'busy', 'step', 'sort']));
  });
});

describe('a Perfetto trace', () => {
  const bytes = fixture('chromium.pftrace.gz');
  const schema = readFileSync(path.join(FIXTURES, 'perfetto/trace.proto'), 'utf8');
  const Trace = protobuf.parse(schema, { keepCase: true }).root.lookupType('Trace');
  interface Packet {
    readonly track_event?: { readonly type?: number; readonly legacy_event?: { readonly phase?: number } };
  }
  const { packet: packets } = Trace.toObject(Trace.decode(bytes), { longs: Number }) as { packet: Packet[] };
  const events = packets.flatMap(({ track_event }) => (track_event === undefined ? [] : [track_event]));
  const count = (type: number, phase: string): number =>
    events.filter((event) => event.type === type || event.legacy_event?.phase === phase.charCodeAt(0)).length;

  it('has the events that its packets have', async () => {
    expect(await formatOf(bytes)).toBe('perfetto');
    const counts = await countsOf(inPieces(await recordingFrom(bytes)));
    expect(counts).toMatchObject({ slices: count(1, 'B') + count(-1, 'X'), instants: count(3, 'R') });
    expect(counts.counterSamples).toBeGreaterThan(0);
    expect(counts.flowEvents).toBeGreaterThan(0);
  });

  it('names what ran in the page', async () => {
    const names = (await statisticsOf(inPieces(await recordingFrom(bytes)))).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['RunTask', 'FunctionCall', 'ParseHTML']));
  });
});
