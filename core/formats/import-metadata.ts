/** What a trace says of itself: names and order of processes and threads, and the members beside its events. */
import { MEMBER_ATTACHMENT } from '../protocol/recording-format.ts';
import { lastMember, text } from './event-values.ts';
import { sourcesOf } from './file-info.ts';
import type { ImportContext } from './import-context.ts';
import { decodeString, type EventFields, Field } from './trace-event-fields.ts';

/** In one INFO line, all together; what is larger is an attachment. */
const MAX_INLINE_BYTES = 64 * 1024;
const MAX_INLINE_TOTAL = 256 * 1024;
const MAX_ATTACHED_TOTAL = 128 * 1024 * 1024;
const MAX_INLINE_MEMBERS = 1000;
const MAX_METADATA_EVENTS = 10_000;
const MAX_METADATA_TOTAL = 4 * 1024 * 1024;

const decoder = new TextDecoder();
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);
const KEYS: Readonly<Record<string, Uint8Array>> = {
  process_name: bytesOf('name'),
  thread_name: bytesOf('name'),
  process_sort_index: bytesOf('sort_index'),
  thread_sort_index: bytesOf('sort_index'),
  process_labels: bytesOf('labels'),
};

export class ImportMetadata {
  readonly #to: ImportContext;
  readonly #members: Record<string, unknown> = {};
  #inlineBytes = 0;
  #attachedBytes = 0;
  #attachments = 0;
  #events = 0;
  #eventBytes = 0;

  constructor(to: ImportContext) {
    this.#to = to;
  }

  /** M */
  event(fields: EventFields): void {
    const kind = fields.end[Field.NAME] === 0 ? '' : text(fields, Field.NAME);
    const key = Object.hasOwn(KEYS, kind) ? KEYS[kind] : undefined;
    if (key === undefined) {
      this.#keepEvent(fields, kind);
      return;
    }
    const { members, tracks, losses } = this.#to;
    const found = this.#to.readMembers(fields) ? lastMember(members, fields.bytes, key) : -1;
    if (found < 0) {
      losses.add('unreadable-event', () => this.#to.where(fields));
      return;
    }
    const value = this.#text(fields.bytes, members.offsets[found * 4 + 2] as number, members.offsets[found * 4 + 3] as number);
    const pid = this.#to.pidOf(fields);
    if (kind === 'process_name') tracks.renameProcess(tracks.process(pid, value), { name: value });
    else if (kind === 'process_sort_index') this.#sorted(value, (sortIndex) => tracks.renameProcess(tracks.process(pid), { sortIndex }));
    else if (kind === 'process_labels') tracks.renameProcess(tracks.process(pid), { labels: value.split(',').filter((label) => label !== '') });
    else {
      const name = kind === 'thread_name' ? { name: value } : {};
      const thread = tracks.thread(tracks.process(pid), this.#to.tidOf(fields), name.name);
      if (thread === undefined) losses.add('many-threads', () => this.#to.where(fields));
      else if (kind === 'thread_name') tracks.renameThread(thread, name);
      else this.#sorted(value, (sortIndex) => tracks.renameThread(thread, { sortIndex }));
    }
  }

  #sorted(value: string, use: (index: number) => void): void {
    const index = Number(value);
    if (Number.isFinite(index)) use(index);
  }

  #text(bytes: Uint8Array, from: number, to: number): string {
    const quoted = bytes[from] === 0x22;
    return decodeString(bytes, quoted ? from + 1 : from, quoted ? to - 1 : to).slice(0, 4096);
  }

  /** Of other kinds: kept for who writes the trace again. Node tells its version there. */
  #keepEvent(fields: EventFields, name: string): void {
    const { copier, tracks, builder, losses } = this.#to;
    const bytes = this.#to.args(fields);
    if (this.#events >= MAX_METADATA_EVENTS || this.#eventBytes + bytes > MAX_METADATA_TOTAL || bytes > MAX_INLINE_BYTES) {
      losses.add('many-metadata', () => this.#to.where(fields));
      return;
    }
    this.#events++;
    this.#eventBytes += bytes;
    // Short, and known to be JSON.
    const args: unknown = bytes === 0 ? {} : JSON.parse(decoder.decode(copier.bytes.subarray(0, bytes)));
    const process = tracks.process(this.#to.pidOf(fields));
    const version = name === 'version' ? (args as { readonly node?: unknown } | null)?.node : undefined;
    if (typeof version === 'string') tracks.renameProcess(process, { nodeVersion: version.startsWith('v') ? version : `v${version}` });
    const thread = tracks.thread(process, this.#to.tidOf(fields));
    if (process.index < 0 || thread === undefined) {
      losses.add('many-threads', () => this.#to.where(fields));
      return;
    }
    builder.info({ kind: 'metadata', process: process.index, stream: thread.stream, name: name.slice(0, 200), args, timeNs: 0 });
  }

  /** A member beside `traceEvents`. `json` undefined: longer than is kept. */
  member(key: string, json: Uint8Array | undefined, bytes: number): void {
    const { copier, builder, clock, losses } = this.#to;
    if (key === 'file_info' && json !== undefined) for (const payload of sourcesOf(json)) builder.source(payload);
    const isShort = json !== undefined && json.length <= MAX_INLINE_BYTES && this.#inlineBytes + key.length + json.length <= MAX_INLINE_TOTAL;
    if (!isShort) {
      if (json === undefined || this.#attachedBytes + json.length > MAX_ATTACHED_TOTAL || this.#attachments >= MAX_INLINE_MEMBERS) {
        losses.add('large-member', () => `“${key.slice(0, 200)}”, ${bytes} bytes`);
        return;
      }
      this.#attachedBytes += json.length;
      builder.attachment(++this.#attachments, `${MEMBER_ATTACHMENT}${key.slice(0, 150)}`, [json]);
      return;
    }
    if (key === 'viztracer_metadata') {
      // Its digits go beyond what a double holds.
      const digits = /"baseTimeNanoseconds"\s*:\s*(\d{1,19})\b/.exec(decoder.decode(json))?.[1];
      if (digits !== undefined) clock.baseTimeNs = BigInt(digits);
    }
    if (Object.keys(this.#members).length >= MAX_INLINE_MEMBERS || !copier.copy(json, 0, json.length)) return;
    this.#inlineBytes += key.length + json.length;
    // Short, and known to be JSON.
    const value: unknown = JSON.parse(decoder.decode(copier.bytes.subarray(0, copier.length)));
    if (key === 'viztracer_metadata' && clock.baseTimeNs !== undefined && typeof value === 'object' && value !== null) {
      Object.assign(value, { baseTimeNanoseconds: `${clock.baseTimeNs}` });
    }
    Object.defineProperty(this.#members, key, { value, enumerable: true, configurable: true, writable: true });
  }

  finish(timeNs: number, startEpochNs: bigint | undefined): void {
    const epoch = startEpochNs === undefined ? {} : { startEpochNs: `${startEpochNs}` };
    this.#to.builder.info({ kind: 'imported', format: 'Chrome Trace Event JSON', metadata: this.#members, ...epoch, timeNs });
  }
}
