import { EventWriter } from '../../formats/event-writer.ts';
import type { TraceData, TraceEvent } from '../../plugin-api/trace-data.ts';
import type { RecordingItem } from '../../protocol/recording-reader.ts';
import { type ItemOptions, ProcessItems } from './process-items.ts';
import { itemsOfProcess } from './recording-items.ts';

/** Text that is parsed at once: enough that the call costs nothing, little enough that the text is gone at once. */
const BATCH_BYTES = 256 * 1024;
const NEWLINE = 10;
const HEAD = '{"traceEvents":[';
const LIST_END = '\n],';
const TAIL = `${LIST_END}"viztracer_metadata":`;

export interface ReportTotals {
  events: number;
  /** Events that are missing, since there was no room for them. */
  lost: number;
}

/** Trace-event JSON of a process's frames, in pieces. `totals` is complete after the last of them. */
export function* reportText(frames: Iterable<Uint8Array>, options: ItemOptions, totals: ReportTotals): Generator<Uint8Array, void, undefined> {
  const items = new ProcessItems(frames, options);
  const writer = new EventWriter();
  for (const item of items) {
    writer.take(item);
    yield* writer.output.takeFull();
  }
  writer.finish();
  totals.events = items.events;
  totals.lost = items.dropped;
  yield* writer.output.takeAll();
}

/**
 * The process's events as the object that `handle_data` handlers get. Made batch by batch: of the text only a little is in
 * memory at a time. Undefined if there are more than `maxEvents`.
 */
export function traceDataOf(frames: Iterable<Uint8Array>, options?: ItemOptions): TraceData;
export function traceDataOf(frames: Iterable<Uint8Array>, options: ItemOptions & { readonly maxEvents: number }): TraceData | undefined;
export function traceDataOf(frames: Iterable<Uint8Array>, options: ItemOptions & { readonly maxEvents?: number } = {}): TraceData | undefined {
  const { maxEvents = Number.POSITIVE_INFINITY } = options;
  const items = new ProcessItems(frames, options);
  return collect(items, () => items.events > maxEvents);
}

/** The same of one process of a recording, which may still be written. Throws an Error in words. */
export function traceDataOfRecording(file: string, process: number): TraceData {
  return collect(itemsOfProcess(file, process)) as TraceData;
}

function collect(items: Iterable<RecordingItem>, tooMany = (): boolean => false): TraceData | undefined {
  const writer = new EventWriter();
  const events = new EventLines();
  for (const item of items) {
    if (tooMany()) return undefined;
    writer.take(item);
    for (const text of writer.output.takeFull()) events.push(text);
  }
  if (tooMany()) return undefined;
  writer.finish();
  return events.end(writer.output.takeAll());
}

/** Every event stands on a line of its own, and before the end a line break stands nowhere else: the text can be parsed from one to another. */
class EventLines {
  readonly #events: TraceEvent[] = [];
  #parts: Uint8Array[] = [];
  #length = 0;

  push(text: Uint8Array): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length < BATCH_BYTES) return;
    const bytes = Buffer.concat(this.#parts);
    const end = bytes.lastIndexOf(NEWLINE);
    this.#parse(bytes.toString('utf8', 0, Math.max(0, end)));
    const rest = bytes.subarray(end + 1);
    this.#parts = [rest];
    this.#length = rest.length;
  }

  /** `last`: the rest of the text, where what stands beside the events has line breaks of its own. */
  end(last: Iterable<Uint8Array>): TraceData {
    const text = `\n${Buffer.concat([...this.#parts, ...last]).toString('utf8')}`;
    const at = text.lastIndexOf(TAIL);
    this.#parse(text.slice(0, at));
    // The base time is left out, as in the original before saving: no double holds it. `writeTraceData` adds it.
    const { version, overflow } = (JSON.parse(`{${text.slice(at + LIST_END.length)}`) as TraceData).viztracer_metadata;
    return { traceEvents: this.#events, viztracer_metadata: { ...(version !== undefined && { version }), ...(overflow !== undefined && { overflow }) } };
  }

  #parse(lines: string): void {
    const text = lines.trim();
    const list = (text.startsWith(HEAD) ? text.slice(HEAD.length) : text).replace(/,$/, '');
    for (const event of JSON.parse(`[${list}]`) as TraceEvent[]) this.#events.push(event);
  }
}
