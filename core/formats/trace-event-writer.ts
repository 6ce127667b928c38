/**
 * Writes a recording as Chrome Trace Event JSON, as a stream: an object with `traceEvents`, `viztracer_metadata` and
 * `displayTimeUnit`, as VizTracer writes it and Perfetto, Chrome and VizTracer's viewer read it. README.md says what becomes what.
 */
import { crc32 } from '../base/crc32.ts';
import { BlockType } from '../protocol/recording-format.ts';
import { BlockReader, type RecordingItem } from '../protocol/recording-reader.ts';
import { decodeSource, type Inflate, sourceBytes } from '../protocol/sources.ts';
import { EventWriter, type TraceEventShape } from './event-writer.ts';

const decoder = new TextDecoder();

export interface TraceEventWriteOptions {
  /** The recording is still written, so that its end is none is no news. */
  readonly live?: boolean;
  readonly shape?: TraceEventShape;
  /** Without it texts of files stay out of VizTracer's shape. */
  readonly inflate?: Inflate;
}

/** One export: iterate it once for the bytes of the JSON. `events` and `notes` tell how far it is and what the format could not hold. */
export class TraceEventExport implements AsyncIterable<Uint8Array> {
  readonly #recording: AsyncIterable<Uint8Array>;
  readonly #live: boolean;
  readonly #inflate: Inflate | undefined;
  readonly #events: EventWriter;

  constructor(recording: AsyncIterable<Uint8Array>, { live = false, shape = 'chrome', inflate }: TraceEventWriteOptions = {}) {
    this.#recording = recording;
    this.#live = live;
    this.#inflate = shape === 'viztracer' ? inflate : undefined;
    this.#events = new EventWriter(shape);
  }

  /** Events written so far, names of processes and threads not counted. */
  get events(): number {
    return this.#events.written;
  }

  /** In words, complete once the last byte was given. */
  get notes(): readonly string[] {
    return this.#events.notes();
  }

  /** Throws a ProblemError when the bytes are no recording that can be read. A recording that was cut gives what is whole. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = new BlockReader();
    const events = this.#events;
    for await (const chunk of this.#recording) {
      for (const item of reader.push(chunk)) {
        events.take(item);
        if (this.#inflate) await this.#sourceText(item, this.#inflate);
        yield* events.output.takeFull();
      }
    }
    for (const item of reader.end()) if (!this.#live || item.kind !== 'cut') events.take(item);
    events.finish();
    yield* events.output.takeAll();
  }

  async #sourceText(item: RecordingItem, inflate: Inflate): Promise<void> {
    if (item.kind !== 'block' || item.header.type !== BlockType.SOURCE) return;
    const block = decodeSource(item.payload);
    if (!block || block.head.leftOut !== undefined) return;
    try {
      this.#events.sourceText(block.head.file, decoder.decode(await sourceBytes(block, inflate, crc32)));
    } catch (error) {
      this.#events.note(error instanceof Error ? error.message : String(error));
    }
  }
}

export const writeTraceEvents = (recording: AsyncIterable<Uint8Array>, options: TraceEventWriteOptions = {}): TraceEventExport =>
  new TraceEventExport(recording, options);
