import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Trace } from '../../../../../core/model/trace.ts';
import type { BlockHeader } from '../../../../../core/protocol/recording-format.ts';
import { BlockReader } from '../../../../../core/protocol/recording-reader.ts';
import { FlowPhase, RecordKind } from '../../../../../core/protocol/records.ts';
import { decodePicture, decodeStatistics, encodePicture, encodeStatistics } from '../../../../../core/protocol/summary/codec.ts';
import { CallRecording } from '../../../../helpers/build-calls.ts';
import { traceOf } from '../../../../helpers/build-recording.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A block of each kind of record that the timeline looks at. */
function blocks(): { readonly header: BlockHeader; readonly payload: Uint8Array; readonly offset: number }[] {
  const recording = new CallRecording();
  const stream = recording.thread(['main', 'load', 'wait']);
  for (let i = 0; i < 6; i++) {
    const at = i * 1000;
    recording.enter(stream, at + 1, 1, { i });
    recording.enter(stream, at + 2, 2);
    recording.instant(stream, at + 3, 'Error: no', 'exception');
    recording.flow(stream, at + 4, i, FlowPhase.START);
    recording.exit(stream, at + 5, 2, i);
    recording.flow(stream, at + 6, i, FlowPhase.END);
    recording.run(stream, at + 10, RecordKind.CALL_BEGIN, 3, i + 1);
    recording.run(stream, at + 20, RecordKind.CALL_SUSPEND, 3, i + 1);
    recording.asyncBegin(stream, at + 21, i + 1, 'request', { parent: i, flags: 1 });
    recording.slice(stream, at + 5, at + 30, 'collect', 'gc');
    recording.asyncEnd(stream, at + 40, i + 1);
    recording.run(stream, at + 50, RecordKind.CALL_RESUME, 3, i + 1);
    recording.run(stream, at + 60, RecordKind.CALL_END, 3, i + 1);
    if (i === 3) recording.gap(stream, at + 70, 5, [2, 1]);
    recording.cut(stream);
    recording.exit(stream, at + 80, 1);
  }
  return new BlockReader().push(recording.finish()).flatMap((item) => (item.kind === 'block' ? [item] : []));
}

async function lookAtEverything(trace: Trace): Promise<void> {
  const { timeline, analysis, explorer } = trace;
  const rows = timeline.list().map((track) => ({ track: track.id, from: 0, count: Math.min(50, track.rows) }));
  for (const toNs of [100, 7000]) timeline.view({ rows, fromNs: 0, toNs, columns: 500, endNs: 7000 });
  const view = timeline.view({ rows, fromNs: 0, toNs: 7000, columns: 7000, endNs: 7000 });
  for (const ref of [...view.ref].filter((one) => one !== 0).slice(0, 20)) await explorer.details(ref, 7000);
  for (const by of ['name', 'file', 'category', 'thread'] as const)
    await analysis.table({ scope: {}, by, sort: 'total', descending: true, from: 0, count: 10 }, 7000);
  await analysis.tree({ scope: {}, direction: 'callers', transforms: [], paths: [[]] }, 7000);
  await analysis.search('args:1', {}, 7000);
  await trace.settled();
  trace.issues(true);
}

describe('damaged records', () => {
  it('are shown as far as they make sense, and never throw', async () => {
    const good = blocks();
    const change = fc.record({ block: fc.nat({ max: good.length - 1 }), at: fc.nat({ max: 1 << 16 }), byte: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat({ max: good.length - 1 }), { maxLength: 3 }),
        async (changes, lost) => {
          const payloads = good.map(({ payload }) => payload.slice());
          for (const { block, at, byte } of changes) {
            const payload = payloads[block] as Uint8Array;
            if (payload.length > 0) payload[at % payload.length] = byte;
          }
          const trace = new Trace({ read: () => Promise.reject(new Error('it is not on a disk')) }, { segments: { bytes: 1e9, blocks: 2, slices: 4 } });
          trace.setHead({ studio: '', session: '', startMonotonicNs: '17179863184', startEpochNs: '0', title: '' });
          good.forEach(({ header, offset }, i) => {
            if (!lost.includes(i)) trace.addBlock(header, payloads[i] as Uint8Array, offset);
          });
          await lookAtEverything(trace);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('in lost blocks end what was open there, and say so', async () => {
    const recording = new CallRecording();
    const stream = recording.thread(['main', 'load']);
    recording.enter(stream, 10, 1);
    recording.enter(stream, 20, 2);
    recording.cut(stream);
    const before = recording.soFar().length;
    recording.exit(stream, 30, 2);
    recording.exit(stream, 40, 1);
    recording.enter(stream, 50, 2);
    recording.cut(stream);
    const lostTo = recording.soFar().length;
    recording.exit(stream, 90, 2);
    const bytes = recording.finish();
    const trace = new Trace({ read: async (offset, length) => bytes.slice(offset, offset + length) });
    for (const item of new BlockReader().push(bytes)) {
      if (item.kind === 'head') trace.setHead(item.head);
      else if (item.kind === 'block' && (item.offset < before || item.offset >= lostTo)) trace.addBlock(item.header, item.payload, item.offset);
    }
    const view = trace.timeline.view({ rows: [{ track: 0, from: 0, count: 3 }], fromNs: 0, toNs: 100, columns: 100, endNs: 100 });
    const items = Array.from({ length: view.count }, (_, i) => [
      view.row[i],
      view.x0[i],
      view.x1[i],
      trace.timeline.names.text(view.name[i] as number),
      view.flags[i],
    ]);
    // `main` and its `load` ended in what is lost: at the latest where another `load` began, as the block tells that comes behind.
    expect(items).toEqual([
      [0, 10, 50, 'main', 64],
      [0, 50, 90, 'load', 0],
      [1, 20, 50, 'load', 64],
    ]);
  });
});

describe('summaries', () => {
  it('come back as they were, and of any bytes give something or nothing', () => {
    const trace = traceOf(
      (() => {
        const recording = new CallRecording();
        const stream = recording.thread(['main', 'load']);
        recording.enter(stream, 0, 1);
        for (let i = 0; i < 300; i++) {
          recording.enter(stream, i * 10 + 1, 2);
          recording.exit(stream, i * 10 + 1 + (i % 9), 2);
          if (i % 20 === 19) recording.cut(stream);
        }
        return recording.finish();
      })(),
      { segments: { bytes: 1e9, blocks: 1, slices: 50 } },
    );
    const nodes = trace.timeline.tracks.flatMap((track) => track.bands.flatMap((band) => band.tree.levels.flat()));
    expect(nodes.length).toBeGreaterThan(10);
    for (const { picture, statistics } of nodes) {
      if (!picture || !statistics) throw new Error('they are in memory');
      expect(decodePicture(encodePicture(picture))).toEqual(picture);
      const { histogram } = statistics;
      expect(decodeStatistics(encodeStatistics(statistics, true))).toEqual({ ...statistics, histogram: histogram?.count && histogram });
    }
    const picture = encodePicture(nodes[0]?.picture as NonNullable<(typeof nodes)[0]['picture']>);
    const statistics = encodeStatistics(nodes[0]?.statistics as NonNullable<(typeof nodes)[0]['statistics']>, true);
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 255 }), fc.nat(), (at, byte, length) => {
        for (const [good, decode] of [
          [picture, decodePicture],
          [statistics, decodeStatistics],
        ] as const) {
          const bytes = good.slice(0, good.length - (length % 3 === 0 ? length % good.length : 0));
          if (bytes.length > 0) bytes[at % bytes.length] = byte;
          decode(bytes);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
