import { describe, expect, it } from 'vitest';
import { AsyncFlag, AsyncScope, FlowPhase } from '../../../../core/protocol/records.ts';
import { makeRing } from './make-ring.ts';

const SECOND = 1e9;

describe('a ring', () => {
  it('carries async slices and arrows', () => {
    const { writer, drain, decoder } = makeRing();
    expect(writer.asyncBegin(7, AsyncScope.PROCESS, 'read', 'fs', 3, AsyncFlag.FLOW, '{"path":"a"}')).toBe(true);
    writer.asyncInstant(7, AsyncScope.PROCESS, 'opened', '');
    writer.flow(7, AsyncScope.PROCESS, 'read', 'fs', FlowPhase.END);
    writer.asyncEnd(7, AsyncScope.PROCESS, '', '{"bytes":12}');
    drain();
    expect(decoder.events.map(({ timeNs: _, ...event }) => event)).toEqual([
      { kind: 'async-begin', number: 7, scope: 1, name: 'read', category: 'fs', parent: 3, flags: 1, args: { path: 'a' } },
      { kind: 'async-instant', number: 7, scope: 1, name: 'opened', args: undefined },
      { kind: 'flow', number: 7, scope: 1, name: 'read', category: 'fs', phase: 2 },
      { kind: 'async-end', number: 7, scope: 1, name: '', args: { bytes: 12 } },
    ]);
  });

  it('tells of the past in its own time, however long ago, and goes on in the present', () => {
    const { writer, drain, decoder } = makeRing();
    const start = process.hrtime.bigint();
    writer.instant('now', '', 0, '');
    writer.sliceBetween('GC', 'pause', 'gc', -30 * SECOND, -20 * SECOND, '');
    writer.runtimeInstant('mark', 'user timing', '', -10 * SECOND);
    writer.asyncBegin(1, 0, 'lookup', 'dns', 0, 0, '', -9 * SECOND);
    writer.asyncEnd(1, 0, '', '', -8 * SECOND);
    writer.instant('now again', '', 0, '');
    drain();
    const seconds = decoder.events.map((event) => Math.round(Number(event.timeNs - start) / SECOND));
    expect(seconds).toEqual([0, -20, -10, -9, -8, 0]);
    expect(decoder.events[1]).toMatchObject({ kind: 'slice', track: 'GC', category: 'gc', durationNs: 10 * SECOND });
  });

  it('records nothing of async slices while it is switched off, but the ends of those that have begun', () => {
    const { writer, drain, decoder, stop } = makeRing();
    expect(writer.asyncBegin(1, 0, 'read', 'fs', 0, 0, '')).toBe(true);
    stop();
    expect(writer.asyncBegin(2, 0, 'read', 'fs', 0, 0, '')).toBe(false);
    writer.asyncInstant(1, 0, 'half', '');
    writer.flow(1, 0, 'read', 'fs', FlowPhase.END);
    writer.asyncEnd(1, 0, '', '');
    drain();
    expect(decoder.events.map((event) => [event.kind, 'number' in event && event.number])).toEqual([
      ['async-begin', 1],
      ['async-end', 1],
    ]);
  });
});
