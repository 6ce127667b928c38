/** What the parts of the importer of trace events share: where records go, and what is common to all events. */
import { type DecimalTime, makeDecimalTime } from './decimal-time.ts';
import { EventNames } from './event-names.ts';
import { NULL_WORD, readNumber, text, wrapMarkers } from './event-values.ts';
import { ImportClock } from './import-clock.ts';
import { ImportLosses, MAX_ARGS_BYTES, MAX_MEMBERS } from './import-losses.ts';
import { type ImportedThread, ImportTracks } from './import-tracks.ts';
import { equals, JsonCopier, JsonMembers } from './json-bytes.ts';
import type { RecordingBuilder } from './record-writer.ts';
import type { RecordingStart } from './sealed-blocks.ts';
import { type EventFields, Field, NOT_PLAIN } from './trace-event-fields.ts';

export class ImportContext {
  readonly builder: RecordingBuilder;
  readonly clock: ImportClock;
  readonly losses = new ImportLosses();
  readonly names = new EventNames(this.losses);
  readonly tracks: ImportTracks;
  readonly copier = new JsonCopier();
  readonly members = new JsonMembers(MAX_MEMBERS);
  /** Where the event that is read begins in the text. */
  offset = 0;
  readonly #decimal: DecimalTime = makeDecimalTime();
  #lastThread: ImportedThread | undefined;
  #lastPid = NOT_PLAIN;
  #lastTid = NOT_PLAIN;
  #lastCategory = new Uint8Array(0);
  #lastCategoryName = 0;

  constructor(builder: RecordingBuilder, firstEvents: number, start?: RecordingStart) {
    this.builder = builder;
    this.clock = new ImportClock(builder, firstEvents, start);
    this.tracks = new ImportTracks(builder, this.names);
  }

  /** "fib at byte 1234", for the example of an issue. */
  where(fields: EventFields): string {
    const name = fields.end[Field.NAME] === 0 ? 'an event' : `“${text(fields, Field.NAME).slice(0, 200)}”`;
    return `${name} at byte ${this.offset}`;
  }

  /** Sets the clock to the event's time. Hot. */
  readTime(fields: EventFields): boolean {
    if (fields.tsMicros !== NOT_PLAIN) {
      this.clock.set(fields.tsMicros, fields.tsNanos);
      return true;
    }
    return this.#readOddTime(fields);
  }

  #readOddTime(fields: EventFields): boolean {
    const time = this.#decimal;
    if (fields.end[Field.TS] === 0 || !readNumber(fields, Field.TS, time)) {
      this.losses.add('unreadable-event', () => this.where(fields));
      return false;
    }
    if (time.negative && (time.high !== 0 || time.low !== 0)) {
      // The clock of a recording has no times before its own zero.
      this.losses.add('time-before-zero', () => this.where(fields));
      time.high = 0;
      time.low = 0;
    }
    this.clock.setWords(time.high, time.low);
    return true;
  }

  /** Nanoseconds, 0 where there is none; below zero as it is written; undefined: no number. Hot. */
  durationOf(fields: EventFields): number | undefined {
    if (fields.durMicros !== NOT_PLAIN) return fields.durMicros * 1000 + fields.durNanos;
    if (fields.end[Field.DUR] === 0) return 0;
    const duration = this.#decimal;
    if (!readNumber(fields, Field.DUR, duration)) return undefined;
    return duration.negative ? -duration.nanoseconds : duration.nanoseconds;
  }

  /** Undefined: it belongs to one thread too many. Hot. */
  threadOf(fields: EventFields): ImportedThread | undefined {
    if (fields.pid === this.#lastPid && fields.tid === this.#lastTid && fields.pid !== NOT_PLAIN && fields.tid !== NOT_PLAIN) return this.#lastThread;
    const thread = this.tracks.threadOf(this.pidOf(fields), this.tidOf(fields));
    if (thread === undefined) {
      this.losses.add('many-threads', () => this.where(fields));
      return undefined;
    }
    this.#lastThread = thread;
    this.#lastPid = fields.pid;
    this.#lastTid = fields.tid;
    return thread;
  }

  /** The same of plain numbers; what is lost is not told. Hot. */
  threadOfIds(pid: number, tid: number): ImportedThread | undefined {
    if (pid === this.#lastPid && tid === this.#lastTid) return this.#lastThread;
    const thread = this.tracks.threadOf(pid, tid);
    if (thread === undefined) return undefined;
    this.#lastThread = thread;
    this.#lastPid = pid;
    this.#lastTid = tid;
    return thread;
  }

  pidOf(fields: EventFields): number {
    return this.#idOf(fields, fields.pid, Field.PID);
  }

  tidOf(fields: EventFields): number {
    return this.#idOf(fields, fields.tid, Field.TID);
  }

  #idOf(fields: EventFields, plain: number, field: number): number {
    if (plain !== NOT_PLAIN) return plain;
    return fields.end[field] === 0 ? 0 : this.tracks.idOf(text(fields, field));
  }

  /** Definition of the event's name in its stream. Hot. */
  nameOf(thread: ImportedThread, fields: EventFields): number {
    return this.tracks.local(thread, this.names.ofEvent(fields));
  }

  /** Definition of its category; 0: it has none. Hot. */
  categoryOf(thread: ImportedThread, fields: EventFields): number {
    const start = fields.start[Field.CAT] as number;
    const end = fields.end[Field.CAT] as number;
    // An absent one ends at 0.
    if (end <= start) return 0;
    if (!equals(fields.bytes, start, end, this.#lastCategory)) {
      this.#lastCategory = fields.bytes.slice(start, end);
      this.#lastCategoryName = this.names.numberOf(fields.bytes, start, end);
    }
    return this.tracks.local(thread, this.#lastCategoryName);
  }

  /** Copies args to the copier; 0 bytes when there are none worth keeping. */
  args(fields: EventFields): number {
    if (fields.end[Field.ARGS] === 0) return 0;
    // Not only objects: what a tool hands on as it was given may be a text, with its quotes here.
    const quote = fields.isString[Field.ARGS] as number;
    const start = (fields.start[Field.ARGS] as number) - quote;
    const end = (fields.end[Field.ARGS] as number) + quote;
    if (end - start <= 2 || equals(fields.bytes, start, end, NULL_WORD)) return 0;
    const { copier } = this;
    if (end - start > MAX_ARGS_BYTES || !copier.copy(fields.bytes, start, end)) {
      this.losses.add('unreadable-args', () => this.where(fields));
      return 0;
    }
    if (copier.hasMarkerKey) wrapMarkers(copier, 0);
    if (copier.length > MAX_ARGS_BYTES) {
      this.losses.add('unreadable-args', () => this.where(fields));
      return 0;
    }
    return copier.length <= 2 ? 0 : copier.length;
  }

  /** The same as bytes of their own. */
  keptArgs(fields: EventFields): Uint8Array | undefined {
    const bytes = this.args(fields);
    return bytes === 0 ? undefined : this.copier.bytes.slice(0, bytes);
  }

  /** Members of the event's args are in `members`. */
  readMembers(fields: EventFields): boolean {
    return fields.end[Field.ARGS] !== 0 && this.members.read(fields.bytes, fields.start[Field.ARGS] as number, fields.end[Field.ARGS] as number);
  }
}
