/** A process's own events: the copy that the drain keeps, and what still lies in the rings. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameType } from '../../../../core/protocol/target-wire.ts';
import { EventCopy } from '../../../../core/tracer/event-copy.ts';
import { jsonFrame } from '../../../../core/tracer/frames.ts';
import { targetHello } from '../../../../core/tracer/hello.ts';
import { KeptEvents } from '../../../../core/tracer/kept-events.ts';
import { DrainState, Keep, PROCESS_BYTES, ProcessWord, ringBufferBytes } from '../../../../core/tracer/ring-layout.ts';
import { RingReader } from '../../../../core/tracer/ring-reader.ts';
import { RingWriter } from '../../../../core/tracer/ring-writer.ts';
import { traceDataOf } from '../../../../core/tracer/save/save.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

const RING_BYTES = 64 * 1024;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process of two threads, and its drain as if it ran whenever it is told to. */
class Process {
  readonly words = new Int32Array(new SharedArrayBuffer(PROCESS_BYTES));
  readonly rings = [0, 1].map((thread) => ({
    kind: 'ring' as const,
    thread,
    name: `t${thread}`,
    ringBytes: RING_BYTES,
    buffer: new SharedArrayBuffer(ringBufferBytes(RING_BYTES)),
  }));
  readonly writers = this.rings.map(
    ({ buffer }) =>
      new RingWriter({ buffer, ringBytes: RING_BYTES, process: this.words, whenFull: 'live', maskSecrets: true, report: () => {}, attach: () => true }),
  );
  readonly readers = this.rings.map((ring) => new RingReader(ring));
  readonly hello = jsonFrame(FrameType.HELLO, 0, targetHello('s'));
  readonly copy: EventCopy;
  readonly kept: KeptEvents;

  constructor(copyFile: string) {
    this.words[ProcessWord.GATE] = 1;
    this.copy = new EventCopy(copyFile, this.hello, this.words);
    this.kept = new KeptEvents({ process: this.words, copyFile, hello: this.hello, rings: () => this.rings });
  }

  /** At most so many slices of one thread. */
  drain(thread: number, slices: number): void {
    this.copy.look(this.readers);
    const reader = this.readers[thread] as RingReader;
    for (let i = 0; i < slices; i++) {
      const next = reader.next();
      if (next.data.units + next.definitions.units === 0) return;
      this.copy.look(this.readers);
      this.copy.take(reader, next.data, next.definitions);
      reader.confirm(next);
    }
  }

  names(): string[] {
    const data = traceDataOf(this.kept.read() ?? []);
    const events = data.traceEvents.filter(({ ph }) => ph !== 'M');
    return [...events.filter(({ tid }) => tid !== 1), ...events.filter(({ tid }) => tid === 1)].map(({ name }) => String(name));
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('log' as const), thread: fc.nat(1), name: fc.string({ unit: 'grapheme', maxLength: 8 }), size: fc.nat(4000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drain' as const), thread: fc.nat(1), slices: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
);

describe('kept events', () => {
  it('are all that was recorded since they were asked for, however far the drain is', () => {
    let cases = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat(20), (steps, keepAt) => {
        const target = new Process(path.join(folder, `${cases++}.copy`));
        let logged: string[][] = [[], []];
        const log = (thread: number, name: string, size: number): void => {
          const writer = target.writers[thread] as RingWriter;
          const before = writer.gaps;
          writer.instant(name, '', 0, JSON.stringify({ text: 'x'.repeat(size) }));
          if (writer.gaps === before) logged[thread]?.push(name); // Else the ring was full.
        };
        steps.forEach((one, i) => {
          if (i === keepAt) {
            // What went before is nobody's affair: it may be in the rings still, and then it is told.
            for (const thread of [0, 1]) target.drain(thread, 1000);
            logged = [[], []];
            target.kept.keep();
          }
          if (one.do === 'log') log(one.thread, one.name, one.size);
          else if (one.do === 'drain') target.drain(one.thread, one.slices);
          else if (i > keepAt) {
            target.copy.look(target.readers); // What a process that reads waits for, where the drain runs.
            expect(target.names()).toEqual(logged.flat());
          }
        });
        if (steps.length <= keepAt) expect(target.kept.read()).toBeUndefined();
        else {
          target.copy.look(target.readers);
          expect(target.names()).toEqual(logged.flat());
          expect(target.kept.whole).toBe(true);
        }
        target.copy.close();
        target.kept.remove();
      }),
      { numRuns: 100 },
    );
    expect(cases).toBeGreaterThan(50);
  });

  it('are all in the rings where the drain has not begun', () => {
    const target = new Process(path.join(folder, 'copy'));
    target.kept.keep();
    target.writers[0]?.instant('one', '', 0, '');
    expect(target.names()).toEqual(['one']);
    expect(existsSync(path.join(folder, 'copy'))).toBe(false);
  });

  it('do not wait for long for a drain that hangs', () => {
    const target = new Process(path.join(folder, 'copy'));
    target.words[ProcessWord.STATE] = DrainState.CONNECTED;
    target.kept.keep();
    target.writers[0]?.instant('one', '', 0, '');
    expect(target.names()).toEqual(['one']);
  });

  it('are not whole where the disk does not take the copy, and say so', () => {
    const target = new Process(path.join(folder, 'no such folder/copy'));
    target.kept.keep();
    target.writers[0]?.instant('one', '', 0, '');
    target.drain(0, 10);
    expect(target.words[ProcessWord.KEEP]).toBe(Keep.CUT);
    expect(target.kept.whole).toBe(false);
    target.copy.close();
  });
});
