/**
 * The processed view of a recording as Chrome Trace Event JSON: what plugins left stands there word for word, whatever it is, and
 * behind what was recorded of the other processes. On the way through a recording (`processed-view.ts`) what a recording has no
 * place for would be lost.
 */
import { counted } from '../base/counted.ts';
import { ProblemError } from '../base/result.ts';
import type { ProcessedPart } from '../model/attachments.ts';
import { pluginHostNote } from '../protocol/plugins.ts';
import { BlockType, type RecordingInfo } from '../protocol/recording-format.ts';
import { BlockReader, decodeInfo, type RecordingItem } from '../protocol/recording-reader.ts';
import { encodeInfo } from '../protocol/recording-writer.ts';
import type { ByteSource } from './byte-source.ts';
import { EventWriter } from './event-writer.ts';
import { equals, JsonCopier, JsonMembers } from './json-bytes.ts';
import { splitTraceEvents } from './json-splitter.ts';
import { attachedBytes } from './processed-view.ts';

const MAX_METADATA_BYTES = 1024 * 1024;
/** Of an event: `ph` stands among the first. */
const MAX_KEYS = 256;
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const PHASE = text('ph');
const METADATA_PHASE = text('"M"');
const decoder = new TextDecoder();

/** One export: iterate it once for the bytes of the JSON, as `TraceEventExport`. `parts`: those of `usableParts`. */
export class ProcessedJson implements AsyncIterable<Uint8Array> {
  readonly #source: ByteSource;
  readonly #parts: readonly ProcessedPart[];
  readonly #writer = new EventWriter();
  readonly #rest: RecordedRest;
  readonly #copier = new JsonCopier();
  readonly #members = new JsonMembers(MAX_KEYS);
  readonly #notes: string[] = [];
  readonly #pids = new Map<number, number>();
  #metadata: Record<string, unknown> = {};
  /** Text of each member beside the events, of all parts: a later one of the same name counts. */
  readonly #beside = new Map<string, Uint8Array>();
  #events = 0;
  #unreadable = 0;

  constructor(source: ByteSource, parts: readonly ProcessedPart[]) {
    this.#source = source;
    this.#parts = parts;
    this.#rest = new RecordedRest(new Set(parts.map((part) => part.process)));
  }

  /** Events written so far, names of processes and threads not counted. */
  get events(): number {
    return this.#writer.written + this.#events;
  }

  /** In words, complete once the last byte was given. */
  get notes(): readonly string[] {
    const unreadable =
      this.#unreadable > 0
        ? [counted('# {event that plugins left is no JSON, and was|events that plugins left are no JSON, and were} left out.', this.#unreadable)]
        : [];
    return [...this.#writer.notes(), ...this.#notes, ...unreadable];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = new BlockReader();
    const { output } = this.#writer;
    for await (const chunk of this.#source.follow(0)) {
      for (const item of reader.push(chunk)) {
        this.#take(item);
        yield* output.takeFull();
      }
    }
    for (const item of reader.end()) this.#take(item);
    for (const part of this.#parts) yield* this.#part(part);
    this.#tellHosts();
    this.#writer.finish({ metadata: this.#metadata, members: this.#beside });
    yield* output.takeAll();
  }

  /** The report says of which processes a plugin host has handled the events, and why. */
  #tellHosts(): void {
    const hosts = this.#parts.filter(({ by }) => by === 'plugin-host').map(({ process, note = '' }) => ({ pid: this.#pids.get(process) ?? 0, reason: note }));
    if (hosts.length === 0) return;
    this.#metadata.plugin_host = hosts;
    for (const { pid, reason } of hosts) this.#notes.push(pluginHostNote(pid, reason));
  }

  #take(item: RecordingItem): void {
    if (item.kind === 'block' && item.header.type === BlockType.INFO) {
      for (const line of decodeInfo(item.payload)) if (line.kind === 'process') this.#pids.set(line.process, line.pid);
    }
    const rest = this.#rest.of(item);
    if (rest) this.#writer.take(rest);
  }

  async *#part(part: ProcessedPart): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const piece of splitTraceEvents(attachedBytes(this.#source, part))) {
        if (piece.kind === 'event') this.#event(piece.json);
        else this.#member(piece.key, piece.json);
        yield* this.#writer.output.takeFull();
      }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#notes.push(`Not all that plugins left of a process's events could be read. ${error.message} What follows there is missing.`);
    }
  }

  #event(json: Uint8Array): void {
    if (!this.#members.read(json, 0, json.length) || !this.#copier.copy(json, 0, json.length)) {
      this.#unreadable++;
      return;
    }
    this.#writer.verbatim(this.#copier.bytes.subarray(0, this.#copier.length));
    const { offsets, count } = this.#members;
    for (let at = 0; at < count * 4; at += 4) {
      if (!equals(json, offsets[at] as number, offsets[at + 1] as number, PHASE)) continue;
      if (equals(json, offsets[at + 2] as number, offsets[at + 3] as number, METADATA_PHASE)) return;
    }
    this.#events++;
  }

  #member(key: string, json: Uint8Array): void {
    if (!this.#copier.copy(json, 0, json.length)) return;
    const copied = this.#copier.bytes.slice(0, this.#copier.length);
    if (key !== 'viztracer_metadata') this.#beside.set(key, copied);
    else if (copied.length <= MAX_METADATA_BYTES) Object.assign(this.#metadata, JSON.parse(decoder.decode(copied)));
    else this.#notes.push('"viztracer_metadata" that plugins left was too large to be kept.');
  }
}

/** What a recording holds of processes whose events are told by plugins instead: nothing but that some of theirs were lost. */
class RecordedRest {
  readonly #replaced: ReadonlySet<number>;
  readonly #streams = new Set<number>();

  constructor(replaced: ReadonlySet<number>) {
    this.#replaced = replaced;
  }

  of(item: RecordingItem): RecordingItem | undefined {
    if (item.kind !== 'block') return item;
    const { header } = item;
    if (header.type === BlockType.INFO) {
      const lines = decodeInfo(item.payload);
      const shown = lines.filter((line) => !this.#isReplaced(line));
      if (shown.length === lines.length) return item;
      const payload = encodeInfo(shown);
      return { ...item, header: { ...header, payloadBytes: payload.length, count: shown.length }, payload };
    }
    if (header.type === BlockType.ATTACHMENT) return undefined;
    if (!this.#streams.has(header.stream)) return item;
    if (header.type === BlockType.DEFS) return undefined;
    return header.type === BlockType.DATA ? { ...item, header: { ...header, openStackWords: 0, count: 0, payloadBytes: 0 }, payload: NOTHING } : item;
  }

  #isReplaced(line: RecordingInfo): boolean {
    const replaced = 'process' in line && line.process !== undefined && this.#replaced.has(line.process);
    if (replaced && line.kind === 'thread') this.#streams.add(line.stream);
    return replaced;
  }
}

const NOTHING = new Uint8Array(0);
