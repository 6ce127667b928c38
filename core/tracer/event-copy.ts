import { closeSync, openSync, writeSync } from 'node:fs';
import { encodeFrameHeader, FrameType, SPILL_MAGIC } from '../protocol/target-wire.ts';
import { jsonFrame } from './frames.ts';
import { Keep, ProcessWord } from './ring-layout.ts';
import type { RingReader, RingSlice } from './ring-reader.ts';

/** Bytes of the copy at most: what a process may look at of its own events. */
const MAX_COPY_BYTES = 512 * 1024 * 1024;
/** Definitions are held until somebody wants a copy: a script that makes up names without end must not keep them all. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;

/**
 * The drain's copy of the frames that it has sent, for a process that wants to see its own events: a file in the format of a
 * spill file. Nothing is written before `Keep.ON`; only definitions are held, since what comes later uses them.
 */
export class EventCopy {
  readonly #file: string;
  readonly #hello: Uint8Array;
  readonly #process: Int32Array;
  readonly #held = new Map<number, Buffer[]>();
  readonly #greeted = new Set<number>();
  #heldBytes = 0;
  #bytes = 0;
  #target: number | undefined;

  constructor(file: string, hello: Uint8Array, process: Int32Array) {
    this.#file = file;
    this.#hello = hello;
    this.#process = process;
  }

  /** Begins the copy once it is wanted, with the threads that there are. */
  look(readers: Iterable<RingReader>): void {
    if (this.#process[ProcessWord.KEEP] !== Keep.ON || this.#target !== undefined) return;
    this.#guarded(() => {
      this.#target = openSync(this.#file, 'wx', 0o600);
      this.#write(Buffer.from(SPILL_MAGIC, 'latin1'), this.#hello);
      for (const reader of readers) this.#greet(reader);
    });
    Atomics.store(this.#process, ProcessWord.KEPT, 1);
    Atomics.notify(this.#process, ProcessWord.KEPT);
  }

  /** The slices are sent, and about to be confirmed. */
  take(reader: RingReader, data: RingSlice, definitions: RingSlice): void {
    const { thread } = reader.hello;
    if (this.#process[ProcessWord.KEEP] === Keep.CUT) return;
    if (this.#target === undefined) {
      this.#hold(thread, definitions);
      return;
    }
    this.#guarded(() => {
      if (!this.#greeted.has(thread)) this.#greet(reader);
      if (definitions.units > 0) this.#write(encodeFrameHeader(definitions.bytes, FrameType.DEFS, thread), ...definitions.pieces);
      if (data.units > 0) this.#write(encodeFrameHeader(data.bytes, FrameType.DATA, thread), ...data.pieces);
    });
  }

  close(): void {
    if (this.#target !== undefined) closeSync(this.#target);
  }

  #hold(thread: number, { bytes, pieces }: RingSlice): void {
    if (bytes === 0) return;
    this.#heldBytes += bytes;
    if (this.#heldBytes > MAX_HELD_BYTES) {
      this.#held.clear();
      this.#cut();
      return;
    }
    const held = this.#held.get(thread) ?? [];
    this.#held.set(thread, held);
    held.push(Buffer.concat(pieces)); // A copy: the ring is written over.
  }

  /** The thread, where the copy begins in its streams, and the definitions that it has made before. */
  #greet(reader: RingReader): void {
    this.#greeted.add(reader.hello.thread);
    const { thread } = reader.hello;
    const held = this.#held.get(thread) ?? [];
    this.#held.delete(thread);
    const definitionBytes = held.reduce((sum, { length }) => sum + length, 0);
    const keptFromNs = String(process.hrtime.bigint());
    const before = { dataBefore: reader.dataSent, definitionsBefore: reader.definitionsSent - definitionBytes };
    this.#write(jsonFrame(FrameType.THREAD, thread, { ...reader.hello, ...before, keptFromNs }));
    for (const bytes of held) this.#write(encodeFrameHeader(bytes.length, FrameType.DEFS, thread), bytes);
  }

  #write(...parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.#bytes += part.length;
      for (let at = 0; at < part.length; ) at += writeSync(this.#target as number, part, at);
    }
    if (this.#bytes > MAX_COPY_BYTES) this.#cut();
  }

  #guarded(write: () => void): void {
    try {
      write();
    } catch {
      this.#cut(); // A full disk, or a folder that is gone: events go on to the collector.
    }
  }

  #cut(): void {
    Atomics.store(this.#process, ProcessWord.KEEP, Keep.CUT);
  }
}
