import { recordBytes } from '../protocol/records.ts';
import { writeEnded } from './ended-slices.ts';
import { type EventScanner, RUN_NUMBERS, RUN_WORDS, RunNumber, RunWord, SCANNED_NAMES } from './event-scanner.ts';
import { joinedArgs } from './event-values.ts';
import type { ImportContext } from './import-context.ts';
import { MAX_ARGS_BYTES, MAX_OPEN_SLICES } from './import-losses.ts';
import type { EndedSlice, ImportedThread, OpenSlice } from './import-tracks.ts';
import { type EventFields, Field, NOT_PLAIN } from './trace-event-fields.ts';

const WORD = 2 ** 32;
const NOT_KNOWN = -1;
/** Of a SLICE record: its args follow. */
const SLICE_HEADER_BYTES = 32;
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

  /** X, as the scanner read them. Gives the first run that needs a closer look. Hot. */
  runs(scanner: EventScanner, first: number, count: number): number {
    const { words, numbers } = scanner;
    const { clock } = this.#to;
    for (let run = first; run < count; run++) {
      const w = scanner.runWord + run * RUN_WORDS;
      const n = scanner.runNumber + run * RUN_NUMBERS;
      const high = words[w + RunWord.HIGH] as number;
      if (!clock.isNear(high)) return run;
      const thread = this.#to.threadOfIds(numbers[n + RunNumber.PID] as number, numbers[n + RunNumber.TID] as number);
      if (thread === undefined) return run;
      this.#records(scanner, thread, high, words[w + RunWord.FROM] as number, words[w + RunWord.TO] as number, words[w + RunWord.COUNT] as number);
    }
    return count;
  }

  /** Records from byte `from` of the scanner's memory to `to`. Hot. */
  #records(scanner: EventScanner, thread: ImportedThread, high: number, from: number, to: number, count: number): void {
    const { clock, builder } = this.#to;
    if (!builder.hasRoom(thread.stream, high, to - from, count)) {
      this.#oneByOne(scanner, thread, high, from, to);
      return;
    }
    const { words, numbers } = scanner;
    for (let at = from; at < to; ) {
      const w = at >>> 2;
      clock.noteSlice(high, (words[w] as number) >>> 0, numbers[(at >>> 3) + 2] as number);
      words[w + 2] = this.#definitionOf(scanner, thread, words[w + 2] as number);
      const category = words[w + 3] as number;
      words[w + 3] = category < 0 ? 0 : this.#definitionOf(scanner, thread, category);
      at += recordBytes(words[w + 1] as number);
    }
    builder.slices(thread.stream, high, scanner, from, to, count);
  }

  /** Where a block ends, or the clock's high word changes. Apart from the above, so that the engine does not compile it anew for what is rare. */
  #oneByOne(scanner: EventScanner, thread: ImportedThread, high: number, from: number, to: number): void {
    const { words, numbers, bytes } = scanner;
    for (let at = from; at < to; ) {
      const w = at >>> 2;
      const low = (words[w] as number) >>> 0;
      const durationNs = numbers[(at >>> 3) + 2] as number;
      this.#to.clock.noteSlice(high, low, durationNs);
      const name = this.#definitionOf(scanner, thread, words[w + 2] as number);
      const category = words[w + 3] as number;
      const categoryId = category < 0 ? 0 : this.#definitionOf(scanner, thread, category);
      this.#to.builder.slice(thread.stream, high, low, durationNs, name, categoryId, bytes, words[w + 6], 0, at + SLICE_HEADER_BYTES);
      at += recordBytes(words[w + 1] as number);
    }
  }

  /** The stream's own definition of a name of the scanner. Hot. */
  #definitionOf(scanner: EventScanner, thread: ImportedThread, scanned: number): number {
    const name = this.#scanned[scanned] as number;
    return this.#to.tracks.local(thread, name === NOT_KNOWN ? this.#nameOf(scanner, scanned) : name);
  }

  #nameOf({ words, bytes, nameWord }: EventScanner, scanned: number): number {
    const { names } = this.#to;
    const start = words[nameWord + scanned * 2] as number;
    const name = names.numberOf(bytes, start, start + (words[nameWord + scanned * 2 + 1] as number));
    if (name !== names.manyNames) this.#scanned[scanned] = name;
    return name;
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
