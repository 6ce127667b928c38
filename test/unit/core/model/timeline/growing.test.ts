import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Trace } from '../../../../../core/model/trace.ts';
import { CallRecording } from '../../../../helpers/build-calls.ts';
import { growingTrace, TestRecording } from '../../../../helpers/build-recording.ts';
import { FUNCTIONS } from './call-steps.ts';
import { NaiveCalls, type NaiveSlice, nested } from './naive.ts';

vi.setConfig({ testTimeout: 60_000 });

/** All slices of a track at a zoom at which each is an item of its own: name, start, end, row. */
function shown(trace: Trace, endNs: number): string[] {
  const { timeline } = trace;
  const [track] = timeline.list();
  if (!track) return [];
  const view = timeline.view({ rows: [{ track: track.id, from: 0, count: track.rows }], fromNs: 0, toNs: endNs, columns: endNs, endNs });
  expect(view.isCoarse).toBe(false);
  return Array.from({ length: view.count }, (_, i) => `${timeline.names.text(view.name[i] as number)} ${view.x0[i]} ${view.x1[i]} ${view.row[i]}`).sort();
}

const naiveShown = (slices: readonly NaiveSlice[], endNs: number): string[] =>
  slices.map((slice) => `${slice.name} ${slice.start} ${slice.isOpen ? endNs : slice.end} ${slice.depth}`).sort();

describe('a trace that grows', () => {
  it('shows each call as soon as its block came, also one that only ended there', () => {
    const steps = fc.array(fc.record({ enters: fc.boolean(), name: fc.nat({ max: 5 }), looks: fc.nat({ max: 3 }) }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), (list, blocks) => {
        const recording = new CallRecording();
        const stream = recording.thread(FUNCTIONS);
        const naive = new NaiveCalls();
        const looks: { readonly bytes: number; readonly shown: string[]; readonly endNs: number }[] = [];
        let time = 10;
        for (const { enters, name, looks: look } of list) {
          time += 10;
          const top = naive.stack.at(-1);
          if (enters || !top) {
            recording.enter(stream, time, name + 1);
            naive.enter(time, FUNCTIONS[name] as string);
          } else {
            recording.exit(stream, time, FUNCTIONS.indexOf(top.name) + 1);
            naive.exit(time);
          }
          if (look === 0) looks.push({ bytes: recording.soFar().length, shown: naiveShown(naive.slices, time + 5), endNs: time + 5 });
        }
        const { trace, grow } = growingTrace(recording.soFar(), { segments: { bytes: 1e9, blocks, slices: 10 } });
        for (const { bytes, shown: expected, endNs } of looks) {
          grow(bytes);
          expect(shown(trace, endNs)).toEqual(expected);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('puts slices in their places in whatever order and portions they come', () => {
    const slices = fc.array(
      fc.record({ start: fc.nat({ max: 300 }), length: fc.integer({ min: 2, max: 200 }), name: fc.constantFrom('a', 'b', 'c'), looks: fc.nat({ max: 5 }) }),
      {
        minLength: 1,
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(slices, fc.integer({ min: 2, max: 12 }), fc.boolean(), (list, size, isLoading) => {
        const { recording, stream } = TestRecording.simple();
        const parts: Uint8Array[] = [];
        const looks: { readonly bytes: number; readonly count: number }[] = [];
        let bytes = 0;
        list.forEach(({ start, length, name, looks: look }, i) => {
          recording.slice(stream, start, length, name);
          if (look > 0) return;
          const part = recording.soFar();
          parts.push(part);
          bytes += part.length;
          looks.push({ bytes, count: i + 1 });
        });
        parts.push(recording.finish());
        const whole = Buffer.concat(parts);
        const { trace, grow } = growingTrace(new Uint8Array(whole), { segments: { bytes: 1e9, blocks: 10, slices: size } });
        trace.timeline.isLoading = isLoading;
        const endNs = 600;
        for (const look of looks) {
          grow(look.bytes);
          const loose = list.slice(0, look.count).map(({ start, length, name }) => ({ start, end: start + length, name }));
          const [track] = trace.timeline.list();
          expect(track?.items).toBe(look.count);
          if (!isLoading)
            expect(shown(trace, endNs).filter((one) => Number(one.split(' ')[3]) < (track?.overflowRow ?? 0))).toEqual(naiveShown(nested(loose).nested, endNs));
        }
        grow(whole.length);
        trace.timeline.isLoading = false;
        const loose = list.map(({ start, length, name }) => ({ start, end: start + length, name }));
        const [track] = trace.timeline.list();
        const all = shown(trace, endNs);
        expect(all.filter((one) => Number(one.split(' ')[3]) < (track?.overflowRow ?? 0))).toEqual(naiveShown(nested(loose).nested, endNs));
        expect(all.length).toBe(list.length);
      }),
      { numRuns: 200 },
    );
  });
});
