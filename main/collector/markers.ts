import { type MonotonicTime, splitMonotonic } from '../../core/base/time.ts';
import type { RecordStream } from '../../core/protocol/record-stream.ts';
import { extendedTag, InstantScope, padTo8, RecordKind } from '../../core/protocol/records.ts';
import type { Recorder } from './recorder.ts';

/** Of the thread that markers seem to be recorded by: Node numbers threads from 0. */
const MARKER_THREAD = 0xffffffff;
export const MARKER_CATEGORY = 'marker';
const MAX_NAME_LETTERS = 200;

/**
 * Moments that the user names while a target runs. They are recorded here and not by the target, so that a blocked one, one whose
 * recording is off, or one with many processes has each of them once, and at its time.
 */
export class Markers {
  readonly #recorder: Recorder;
  #stream: { readonly stream: number; readonly records: RecordStream } | undefined;
  #count = 0;
  #nextId = 1;
  #category = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** The name that it got. */
  add(name: string): string {
    const now = splitMonotonic(process.hrtime.bigint());
    this.#count++;
    const given = name.trim().slice(0, MAX_NAME_LETTERS) || `Marker ${this.#count}`;
    const stream = this.#open(now);
    this.#category ||= this.#text(stream.stream, MARKER_CATEGORY);
    const nameId = this.#text(stream.stream, given);
    const payload = new Uint32Array([nameId, this.#category, InstantScope.GLOBAL, 0]);
    this.#recorder.data(stream.records, record(now.low, RecordKind.INSTANT, new Uint8Array(payload.buffer)));
    return given;
  }

  /** A stream begins with the high word of its clock, and has it again where that has changed. */
  #open(now: MonotonicTime): { readonly stream: number; readonly records: RecordStream } {
    if (!this.#stream) {
      this.#stream = this.#recorder.addStream();
      const { stream } = this.#stream;
      this.#recorder.info({ kind: 'thread', stream, process: 0, thread: MARKER_THREAD, name: 'markers', timeNs: this.#recorder.now() });
    }
    this.#recorder.data(this.#stream.records, record(now.high, RecordKind.EPOCH, new Uint8Array(0)));
    return this.#stream;
  }

  #text(stream: number, text: string): number {
    const id = this.#nextId++;
    const bytes = new TextEncoder().encode(text);
    const payload = new Uint8Array(padTo8(8 + bytes.length));
    new Uint32Array(payload.buffer, 0, 2).set([id, bytes.length]);
    payload.set(bytes, 8);
    this.#recorder.definitions(stream, record(0, RecordKind.DEF_STRING, payload));
    return id;
  }
}

function record(word: number, kind: RecordKind, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length);
  new Uint32Array(bytes.buffer, 0, 2).set([word, extendedTag(kind, payload.length)]);
  bytes.set(payload, 8);
  return bytes;
}
