/**
 * Reads Chrome Trace Event JSON (arrays and objects, as VizTracer, Chrome and Node write them) as a stream of bytes and gives a
 * recording as a stream of bytes. README.md says which events become what. Never holds the file, nor a string or object of it.
 */
import { EventScanner } from './event-scanner.ts';
import type { ReadOptions } from './profile-recording.ts';
import { RecordingBuilder } from './record-writer.ts';
import type { RecordingStart } from './sealed-blocks.ts';
import { TraceEventImporter } from './trace-event-importer.ts';
import { TraceEventTokenizer } from './trace-event-tokenizer.ts';

export interface TraceEventReadOptions extends ReadOptions {
  /** Time 0 is the least time of this many first events (or of as many as fit into 16 MB): 20,000. */
  readonly firstEvents?: number;
  /** What is time 0 instead: the text's own clock is that of a recording that is known. */
  readonly start?: RecordingStart;
  /** The rest of a page follows the text. */
  readonly isEmbedded?: boolean;
  /** Everything by the plain reader, without WebAssembly: slower, and the same. */
  readonly isPlain?: boolean;
}

/** Until they are read there is nothing to look at. */
const FIRST_EVENTS = 20_000;
/** Input that is taken in before what has become ready is handed on. */
const PIECE_BYTES = 256 * 1024;

/**
 * The recording that the JSON in `source` tells, in parts of any size. A text that is cut or damaged gives what is whole, and a
 * notice in the recording that says from which byte on it was not read. Throws a ProblemError `not-a-trace` before the first
 * part when the text is something else.
 */
export async function* readTraceEvents(source: AsyncIterable<Uint8Array>, options: TraceEventReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const builder = new RecordingBuilder(options);
  const importer = new TraceEventImporter(builder, options.firstEvents ?? FIRST_EVENTS, options.start);
  const tokenizer = new TraceEventTokenizer(importer, options.isPlain === true ? undefined : EventScanner.create());
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      tokenizer.push(chunk.subarray(at, at + PIECE_BYTES));
      yield* builder.take();
    }
    if (tokenizer.done) break;
  }
  const end = tokenizer.end();
  importer.finish(options.isEmbedded === true && end.kind === 'trailing' ? { kind: 'whole' } : end, tokenizer, options.notes?.() ?? []);
  yield* builder.finish();
}
