import { writeEnded } from './ended-slices.ts';
import { type EventScanner, ROW_NUMBERS, ROW_WORDS, RowNumber, RowWord, SCANNED_NAMES } from './event-scanner.ts';
import { joinedArgs } from './event-values.ts';
import type { ImportContext } from './import-context.ts';
import { MAX_ARGS_BYTES, MAX_OPEN_SLICES } from './import-losses.ts';
import type { EndedSlice, ImportedThread, OpenSlice } from './import-tracks.ts';
import { type EventFields, Field, NOT_PLAIN } from './trace-event-fields.ts';

const WORD = 2 ** 32;
const NOT_KNOWN = -1;
/** Slices between an end and its begin: a file that has more of them is odd, and may not take for ever. */
const MAX_LOOKED_AT = 256;
const MAX_OPEN_ARGS_BYTES = 64 * 1024 * 1024;

/** Slices: `X`, and `B` with its `E`. */
export class ImportSlices {
  readonly #to: ImportContext;
  #openArgsBytes = 0;
  /** Numbers of names by those of the scanner. */
  readonly #scanned = new Int32Array(SCANNED_NAMES).fill(NOT_KNOWN);

  constructor(to: ImportContext) {
    this.#to = to;
  }

  /** X. Hot: most events of most traces. */
  complete(fields: EventFields): void {
    const { clock, losses, builder, copier } = this.#to;
    const isPlain = fields.tsMicros !== NOT_PLAIN && fields.durMicros !== NOT_PLAIN;
    if (!isPlain && !this.#to.readTime(fields)) return;
    let durationNs = isPlain ? fields.durMicros * 1000 + fields.durNanos : this.#to.durationOf(fields);
    if (durationNs !== undefined && durationNs < 0) {
      losses.add('negative-duration', () => this.#to.where(fields));
      durationNs = 0;
    }
    const isTime = durationNs !== undefined && (isPlain ? durationNs <= Number.MAX_SAFE_INTEGER : clock.setEnd(durationNs));
    if (!isTime || durationNs === undefined) {
      losses.add('unreadable-event', () => this.#to.where(fields));
      return;
    }
    const thread = this.#to.threadOf(fields);
    if (thread === undefined) return;
    if (!isPlain) clock.note(durationNs);
    else if (!clock.takeSlice(fields.tsMicros, fields.tsNanos, durationNs)) {
      losses.add('unreadable-event', () => this.#to.where(fields));
      return;
    }
    const name = this.#to.nameOf(thread, fields);
    const category = fields.end[Field.CAT] === 0 ? 0 : this.#to.categoryOf(thread, fields);
    const argsBytes = fields.end[Field.ARGS] === 0 ? 0 : this.#to.args(fields);
    builder.slice(thread.stream, clock.endHigh, clock.endLow, durationNs, name, category, copier.bytes, argsBytes);
  }

  /** X, as the scanner read them. Gives the first one that needs a closer look. Hot. */
  rows(scanner: EventScanner, first: number, count: number): number {
    const { words, numbers, bytes } = scanner;
    const { clock, builder, tracks, names } = this.#to;
    const known = this.#scanned;
    for (let row = first; row < count; row++) {
      const w = scanner.rowWord + row * ROW_WORDS;
      const n = scanner.rowNumber + row * ROW_NUMBERS;
      const durationNs = numbers[n + RowNumber.DURATION_NS] as number;
      // In front of the thread, which an event that is not taken in does not make.
      if (durationNs > Number.MAX_SAFE_INTEGER) return row;
      const thread = this.#to.threadOfIds(numbers[n + RowNumber.PID] as number, numbers[n + RowNumber.TID] as number);
      if (thread === undefined) return row;
      if (!clock.takeSlice(numbers[n + RowNumber.TS_MICROS] as number, words[w + RowWord.TS_NANOS] as number, durationNs)) return row;
      const scannedName = words[w + RowWord.NAME] as number;
      let name = scannedName < 0 ? NOT_KNOWN : (known[scannedName] as number);
      if (name === NOT_KNOWN) {
        const start = words[w + RowWord.NAME_START] as number;
        name = names.numberOf(bytes, start, start + (words[w + RowWord.NAME_BYTES] as number));
        if (scannedName >= 0 && name !== names.manyNames) known[scannedName] = name;
      }
      const nameId = tracks.local(thread, name);
      let categoryId = 0;
      const categoryBytes = words[w + RowWord.CATEGORY_BYTES] as number;
      if (categoryBytes > 0) {
        const scannedCategory = words[w + RowWord.CATEGORY] as number;
        let category = scannedCategory < 0 ? NOT_KNOWN : (known[scannedCategory] as number);
        if (category === NOT_KNOWN) {
          const start = words[w + RowWord.CATEGORY_START] as number;
          category = names.numberOf(bytes, start, start + categoryBytes);
          if (scannedCategory >= 0 && category !== names.manyNames) known[scannedCategory] = category;
        }
        categoryId = tracks.local(thread, category);
      }
      const argsBytes = words[w + RowWord.ARGS_BYTES] as number;
      const { endHigh, endLow } = clock;
      builder.slice(thread.stream, endHigh, endLow, durationNs, nameId, categoryId, bytes, argsBytes, 0, words[w + RowWord.ARGS_START] as number);
    }
    return count;
  }

  /** B */
  begin(fields: EventFields): void {
    const { clock, losses } = this.#to;
    if (!this.#to.readTime(fields)) return;
    const thread = this.#to.threadOf(fields);
    if (thread === undefined) return;
    clock.note(0);
    if (thread.open.length >= MAX_OPEN_SLICES) {
      thread.tooDeep++;
      losses.add('deep-slice', () => this.#to.where(fields));
      return;
    }
    const name = this.#to.nameOf(thread, fields);
    const category = this.#to.categoryOf(thread, fields);
    const { high, low } = clock;
    thread.open.push({ high, low, name, category, args: this.#keepArgs(fields), where: this.#to.offset });
  }

  #keepArgs(fields: EventFields): Uint8Array | undefined {
    const args = this.#to.keptArgs(fields);
    if (args === undefined) return undefined;
    if (this.#openArgsBytes + args.length > MAX_OPEN_ARGS_BYTES) {
      this.#to.losses.add('unreadable-args', () => this.#to.where(fields));
      return undefined;
    }
    this.#openArgsBytes += args.length;
    return args;
  }

  /** E: of the innermost slice of its name that is open; without a name, of the innermost. */
  end(fields: EventFields): void {
    const { clock, losses } = this.#to;
    if (!this.#to.readTime(fields)) return;
    const thread = this.#to.threadOf(fields);
    if (thread === undefined) return;
    if (thread.tooDeep > 0) {
      thread.tooDeep--;
      return;
    }
    const index = this.#indexOfBegin(thread, fields);
    if (index < 0) {
      losses.add('end-without-begin', () => this.#to.where(fields));
      return;
    }
    clock.note(0);
    const { high, low } = clock;
    const ownArgs = this.#to.keptArgs(fields);
    for (let inner = thread.open.length - 1; inner > index; inner--) {
      const { where } = thread.open[inner] as OpenSlice;
      losses.add('mismatched-end', () => `begun at byte ${where}, ${this.#to.where(fields)} ended around it`);
      this.#close(thread, thread.open.pop() as OpenSlice, high, low, undefined);
    }
    this.#close(thread, thread.open.pop() as OpenSlice, high, low, ownArgs);
  }

  #indexOfBegin(thread: ImportedThread, fields: EventFields): number {
    const innermost = thread.open.length - 1;
    if (innermost < 0 || fields.end[Field.NAME] === 0) return innermost;
    const name = this.#to.nameOf(thread, fields);
    for (let index = innermost; index >= 0 && index > innermost - MAX_LOOKED_AT; index--) if (thread.open[index]?.name === name) return index;
    return -1;
  }

  #close(thread: ImportedThread, begin: OpenSlice, high: number, low: number, endArgs: Uint8Array | undefined): void {
    this.#openArgsBytes -= begin.args?.length ?? 0;
    const joined = endArgs === undefined ? begin.args : joinedArgs(begin.args, endArgs);
    const args = joined !== undefined && joined.length > MAX_ARGS_BYTES ? begin.args : joined;
    const durationNs = (high - begin.high) * WORD + (low - begin.low);
    const { losses } = this.#to;
    const { name, category } = begin;
    if (durationNs > Number.MAX_SAFE_INTEGER) losses.add('unreadable-event', () => `begun at byte ${begin.where}, and ended more than 104 days later`);
    else if (durationNs >= 0) this.#ended(thread, begin, { high, low, durationNs, name, category, args });
    else {
      // An end before its begin is a slice without length at its begin.
      losses.add('negative-duration', () => `begun at byte ${begin.where}`);
      this.#ended(thread, begin, { high: begin.high, low: begin.low, durationNs: 0, name, category, args });
    }
  }

  #ended(thread: ImportedThread, begin: OpenSlice, slice: EndedSlice): void {
    thread.ended.push(slice);
    writeEnded(thread.ended, begin, thread.open.at(-1), (each) => this.#write(thread, each));
  }

  #write({ stream }: ImportedThread, { high, low, durationNs, name, category, args }: EndedSlice): void {
    this.#to.builder.slice(stream, high, low, durationNs, name, category, args);
  }

  /** What is open lasts to the end of the trace. */
  finish(): void {
    const { clock, losses, tracks } = this.#to;
    const { high, low } = clock.last;
    for (const thread of tracks.threads()) {
      for (let begin = thread.open.pop(); begin !== undefined; begin = thread.open.pop()) {
        const { where } = begin;
        losses.add('begin-without-end', () => `begun at byte ${where}`);
        this.#close(thread, begin, high, low, undefined);
      }
    }
  }
}
