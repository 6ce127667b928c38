/**
 * Async slices (`b n e`, the older `S T p F`) and arrows (`s t f`). Their ids say which events belong together, by category or name; in a recording each
 * async slice has a number of its own, and each arrow one for its id.
 */
import { AsyncScope, FlowPhase, RecordKind } from '../protocol/records.ts';
import { ByteInterner } from './byte-interner.ts';
import { lastMember, text } from './event-values.ts';
import type { ImportContext } from './import-context.ts';
import { MAX_FLOWS, MAX_OPEN_ASYNC } from './import-losses.ts';
import type { ImportedThread } from './import-tracks.ts';
import { type EventFields, Field } from './trace-event-fields.ts';

/** Of one id, open at a time or ended before: a file that has more of them is odd, and may not take for ever. */
const MAX_LOOKED_AT = 256;
const MAX_FLOW_KEY_BYTES = 256 * 1024 * 1024;
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);
const LOCAL = bytesOf('local');
const GLOBAL = bytesOf('global');
/** b n e, S T p F, s t f */
const [BEGIN, INSTANT, END, OLD_BEGIN, OLD_STEP, OLD_PAST, OLD_END] = [0x62, 0x6e, 0x65, 0x53, 0x54, 0x70, 0x46];
const [FLOW_START, FLOW_STEP] = [0x73, 0x74];

interface OpenAsync {
  readonly number: number;
  readonly name: number;
  readonly pid: number;
  readonly where: number;
}

/** An end that came before its begin: threads write in blocks, each at its own time. */
interface EarlyEnd {
  readonly high: number;
  readonly low: number;
  readonly name: number;
  readonly pid: number;
  readonly thread: ImportedThread;
  readonly args: Uint8Array | undefined;
  readonly where: string;
}

export class ImportAsync {
  readonly #to: ImportContext;
  /** By key, from the outermost: slices of one id nest. */
  readonly #open = new Map<string, OpenAsync[]>();
  readonly #early = new Map<string, EarlyEnd[]>();
  #openCount = 0;
  #numbers = 0;
  readonly #flows = new ByteInterner({ maxCount: MAX_FLOWS, maxBytes: MAX_FLOW_KEY_BYTES });

  constructor(to: ImportContext) {
    this.#to = to;
  }

  event(fields: EventFields, phase: number): void {
    if (!this.#to.readTime(fields)) return;
    const thread = this.#to.threadOf(fields);
    if (thread === undefined) return;
    this.#to.clock.note(0);
    switch (phase) {
      case BEGIN:
      case OLD_BEGIN:
        this.#begin(fields, thread, this.#key(fields, phase === OLD_BEGIN));
        return;
      case INSTANT:
      case OLD_STEP:
      case OLD_PAST:
        this.#instant(fields, thread, this.#key(fields, phase !== INSTANT));
        return;
      case END:
      case OLD_END:
        this.#end(fields, thread, this.#key(fields, phase === OLD_END));
        return;
      default:
        this.#flow(fields, thread, phase);
    }
  }

  /** Newer ones are bound by their category, older ones by their name. */
  #key(fields: EventFields, isOld: boolean): string {
    const bound = isOld ? Field.NAME : Field.CAT;
    return `${isOld ? 'S' : 'b'}\n${fields.end[bound] === 0 ? '' : text(fields, bound)}\n${this.#id(fields)}`;
  }

  /** The id with its scope; one that is local to a process names that. */
  #id(fields: EventFields): string {
    const scope = fields.end[Field.SCOPE] === 0 ? '' : `${text(fields, Field.SCOPE)}\n`;
    if (fields.end[Field.ID] !== 0) return `${scope}${text(fields, Field.ID)}`;
    if (fields.end[Field.ID2] === 0) return scope;
    const { members } = this.#to;
    const { bytes } = fields;
    if (members.read(bytes, fields.start[Field.ID2] as number, fields.end[Field.ID2] as number)) {
      const local = lastMember(members, bytes, LOCAL);
      const found = local >= 0 ? local : lastMember(members, bytes, GLOBAL);
      if (found >= 0) {
        const id = this.#plain(bytes, members.offsets[found * 4 + 2] as number, members.offsets[found * 4 + 3] as number);
        return local >= 0 ? `${scope}${id}\n${this.#to.pidOf(fields)}` : `${scope}${id}`;
      }
    }
    return `${scope}${text(fields, Field.ID2)}`;
  }

  #plain(bytes: Uint8Array, start: number, end: number): string {
    const quoted = bytes[start] === 0x22 ? 1 : 0;
    return String.fromCharCode(...bytes.subarray(start + quoted, Math.min(end - quoted, start + 200)));
  }

  #begin(fields: EventFields, thread: ImportedThread, key: string): void {
    const { builder, clock, names, losses, tracks } = this.#to;
    const { high, low } = clock;
    if (this.#openCount >= MAX_OPEN_ASYNC) {
      losses.add('many-open-async', () => this.#to.where(fields));
      return;
    }
    const name = names.ofEvent(fields);
    const pid = thread.process.pid;
    const number = this.#next();
    const open = this.#open.get(key);
    const around = open?.at(-1);
    const parent = around?.pid === pid ? around.number : 0;
    const category = this.#to.categoryOf(thread, fields);
    const argsBytes = this.#to.args(fields);
    builder.asyncBegin(
      thread.stream,
      high,
      low,
      number,
      AsyncScope.RECORDING,
      tracks.local(thread, name),
      category,
      parent,
      0,
      this.#to.copier.bytes,
      argsBytes,
    );
    if (this.#endEarly(key, number, name, pid, high, low)) return;
    const begun = { number, name, pid, where: this.#to.offset };
    if (open === undefined) this.#open.set(key, [begun]);
    else open.push(begun);
    this.#openCount++;
  }

  #next(): number {
    this.#numbers = this.#numbers >= 0xffffffff ? 1 : this.#numbers + 1;
    return this.#numbers;
  }

  /** Its end stood in front of it. */
  #endEarly(key: string, number: number, name: number, pid: number, high: number, low: number): boolean {
    const early = this.#early.get(key);
    if (early === undefined) return false;
    const isItsEnd = (end: EarlyEnd) => end.name === name && end.pid === pid && (end.high > high || (end.high === high && end.low >= low));
    const index = early.slice(0, MAX_LOOKED_AT).findIndex(isItsEnd);
    if (index < 0) return false;
    const [end] = early.splice(index, 1) as [EarlyEnd];
    if (early.length === 0) this.#early.delete(key);
    this.#openCount--;
    this.#to.builder.asyncMore(end.thread.stream, end.high, end.low, RecordKind.ASYNC_END, number, AsyncScope.RECORDING, 0, end.args);
    return true;
  }

  /** Index of the one that an event of this name and process belongs to: ids mean one thing in a process, and mostly in all. -1: none. */
  #openAt(open: readonly OpenAsync[] | undefined, name: number, pid: number): number {
    if (open === undefined) return -1;
    let own = -1;
    let elsewhere = -1;
    for (let index = open.length - 1; index >= 0 && index >= open.length - MAX_LOOKED_AT; index--) {
      const one = open[index] as OpenAsync;
      if (one.pid === pid) {
        if (one.name === name) return index;
        if (own < 0) own = index;
      } else if (elsewhere < 0 && one.name === name) elsewhere = index;
    }
    return own >= 0 ? own : elsewhere;
  }

  #instant(fields: EventFields, thread: ImportedThread, key: string): void {
    const { builder, clock, names, tracks, copier } = this.#to;
    const name = names.ofEvent(fields);
    const open = this.#open.get(key);
    const index = this.#openAt(open, name, thread.process.pid);
    // One of an id that is not open stands for itself.
    const number = open?.[index]?.number ?? this.#next();
    const argsBytes = this.#to.args(fields);
    const kind = RecordKind.ASYNC_INSTANT;
    builder.asyncMore(thread.stream, clock.high, clock.low, kind, number, AsyncScope.RECORDING, tracks.local(thread, name), copier.bytes, argsBytes);
  }

  #end(fields: EventFields, thread: ImportedThread, key: string): void {
    const { builder, clock, names, losses, copier } = this.#to;
    const name = names.ofEvent(fields);
    const pid = thread.process.pid;
    const open = this.#open.get(key);
    const index = this.#openAt(open, name, pid);
    if (open === undefined || index < 0) {
      if (this.#openCount >= MAX_OPEN_ASYNC) {
        losses.add('many-open-async', () => this.#to.where(fields));
        return;
      }
      const end = { high: clock.high, low: clock.low, name, pid, thread, args: this.#to.keptArgs(fields), where: this.#to.where(fields) };
      const early = this.#early.get(key);
      if (early === undefined) this.#early.set(key, [end]);
      else early.push(end);
      this.#openCount++;
      return;
    }
    const [{ number }] = open.splice(index, 1) as [OpenAsync];
    if (open.length === 0) this.#open.delete(key);
    this.#openCount--;
    const argsBytes = this.#to.args(fields);
    builder.asyncMore(thread.stream, clock.high, clock.low, RecordKind.ASYNC_END, number, AsyncScope.RECORDING, 0, copier.bytes, argsBytes);
  }

  #flow(fields: EventFields, thread: ImportedThread, phase: number): void {
    const { builder, clock, tracks, names, losses } = this.#to;
    const category = fields.end[Field.CAT] === 0 ? '' : text(fields, Field.CAT);
    const named = fields.end[Field.NAME] === 0 ? '' : text(fields, Field.NAME);
    const key = bytesOf(`${category}\n${named}\n${this.#id(fields)}`);
    const number = this.#flows.intern(key, 0, key.length) + 1;
    if (number === 0) {
      losses.add('many-flows', () => this.#to.where(fields));
      return;
    }
    const enclosing = fields.end[Field.BP] !== 0 && fields.bytes[fields.start[Field.BP] as number] === 0x65;
    const point = phase === FLOW_START ? FlowPhase.START : phase === FLOW_STEP ? FlowPhase.STEP : enclosing ? FlowPhase.END_ENCLOSING : FlowPhase.END;
    const name = tracks.local(thread, names.ofEvent(fields));
    builder.flow(thread.stream, clock.high, clock.low, number, AsyncScope.RECORDING, name, this.#to.categoryOf(thread, fields), point);
  }

  finish(): void {
    const { losses } = this.#to;
    for (const open of this.#open.values()) losses.add('async-begin-without-end', () => `begun at byte ${open[0]?.where}`, open.length);
    for (const early of this.#early.values()) losses.add('async-end-without-begin', () => early[0]?.where ?? '', early.length);
  }
}
