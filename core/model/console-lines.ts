import { decodeConsole } from '../protocol/recording-reader.ts';
import type { BlockStore } from './block-store.ts';
import { float64Column, partitionPoint, uint32Column } from './column.ts';
import { SgrState } from './sgr-state.ts';

export interface ConsoleLine {
  readonly index: number;
  readonly timeNs: number;
  readonly source: 'stdout' | 'stderr' | 'stdin' | 'studio';
  /** What follows the last return of the carriage: of a progress bar its last state. */
  readonly text: string;
  /** ANSI codes of colours and styles that were on when the text began; absent: none. */
  readonly style?: string;
  readonly cut: boolean;
  /** Bytes of its source before it. */
  readonly offset: number;
}

export interface ConsolePage {
  readonly lines: ConsoleLine[];
  readonly total: number;
  readonly first: number;
}

const SOURCES = ['stdout', 'stderr', 'stdin', 'studio'] as const;
const NEWLINE = 10;
const RETURN = 13;
/** A mark is set each so many lines, or bytes: what has to be read to find one line. */
const LINES_PER_MARK = 256;
const BYTES_PER_MARK = 256 * 1024;
const MAX_LINE_BYTES = 10_000;
const MAX_PAGE = 2000;
/** Lines before and behind a time among which one is looked for by its text. */
const LINES_AROUND = 200;
/** How far is looked for the end of a line that other sources' output interrupted. */
const MAX_BEHIND_BYTES = 1024 * 1024;

/**
 * Console output as lines. A line belongs to one source and stands where it began, also if output of another source came before
 * its end. In memory are only marks, some 30 bytes for each 256 lines; text is read again from its blocks.
 */
export class ConsoleLines {
  readonly #blocks: BlockStore;
  /** Number in the block store of each CONSOLE block. */
  readonly #block = uint32Column();
  readonly #markLine = float64Column();
  readonly #markBlock = uint32Column();
  /** Byte of the record's text in its block's payload, and of the line in that text. */
  readonly #markText = uint32Column();
  readonly #markByte = uint32Column();
  /** Bit s: source s is in the middle of a line that began before. */
  readonly #markOpen = uint32Column();
  /** Bytes of each source before the mark: as many numbers a mark as there are sources. */
  readonly #markBytes = float64Column();
  readonly #bytes = SOURCES.map(() => 0);
  /** Codes in force at a mark, for each source; only of marks where there are some. */
  readonly #markStyles = new Map<number, readonly string[]>();
  readonly #styles = SOURCES.map(() => new SgrState());
  #open = 0;
  #total = 0;
  #sinceMark = 0;
  chunks = 0;

  constructor(blocks: BlockStore) {
    this.#blocks = blocks;
  }

  get total(): number {
    return this.#total;
  }

  add(block: number, payload: Uint8Array): void {
    const consoleBlock = this.#block.length;
    this.#block.push(block);
    for (const { source, text } of decodeConsole(payload)) {
      this.chunks++;
      const bit = 1 << sourceOf(source);
      const style = this.#styles[sourceOf(source)] as SgrState;
      let at = 0;
      while (at < text.length) {
        if ((this.#open & bit) === 0) this.#begin(consoleBlock, text.byteOffset - payload.byteOffset, at, sourceOf(source));
        const end = text.indexOf(NEWLINE, at);
        const next = end < 0 ? text.length : end + 1;
        style.push(text.subarray(at, next));
        this.#sinceMark += next - at;
        if (end >= 0) this.#open &= ~bit;
        at = next;
      }
      this.#bytes[sourceOf(source)] = (this.#bytes[sourceOf(source)] as number) + text.length;
    }
  }

  #begin(consoleBlock: number, text: number, at: number, source: number): void {
    const marks = this.#markLine.length;
    if (marks === 0 || this.#total - this.#markLine.get(marks - 1) >= LINES_PER_MARK || this.#sinceMark >= BYTES_PER_MARK) {
      this.#markLine.push(this.#total);
      this.#markBlock.push(consoleBlock);
      this.#markText.push(text);
      this.#markByte.push(at);
      this.#markOpen.push(this.#open);
      for (let s = 0; s < SOURCES.length; s++) this.#markBytes.push((this.#bytes[s] as number) + (s === source ? at : 0));
      const styles = this.#styles.map((style) => style.codes);
      if (styles.some((codes) => codes !== '')) this.#markStyles.set(marks, styles);
      this.#sinceMark = 0;
    }
    this.#open |= 1 << source;
    this.#total++;
  }

  /** Lines `from` … `from + count`; `from` -1: the last `count`. */
  async page(from: number, count: number): Promise<ConsolePage> {
    const total = this.#total;
    const wanted = Math.min(MAX_PAGE, Math.max(0, Math.floor(count) || 0));
    const first = from < 0 ? Math.max(0, total - wanted) : Math.min(total, Math.floor(from) || 0);
    const end = Math.min(total, first + wanted);
    const lines: ConsoleLine[] = [];
    for (let mark = this.#markOf(first); first + lines.length < end; mark++) {
      const next = mark + 1 < this.#markLine.length ? this.#markLine.get(mark + 1) : total;
      const from = first + lines.length;
      const to = Math.min(end, next);
      const found = await this.#read(mark, from, to);
      lines.push(...found);
      if (found.length < to - from) break;
    }
    return { lines, total, first: 0 };
  }

  /** The line of a source in which a byte lies, or that begins with it. Undefined: so much was not printed. */
  async lineAt(source: ConsoleLine['source'], offset: number): Promise<ConsoleLine | undefined> {
    const s = SOURCES.indexOf(source);
    const behind = partitionPoint(this.#markLine.length, (m) => this.#markBytes.get(m * SOURCES.length + s) > offset);
    if (behind === 0) return undefined;
    // A line that began before the mark may reach beyond it.
    const first = this.#markLine.get(Math.max(0, behind - 2));
    const end = behind < this.#markLine.length ? this.#markLine.get(behind) : this.#total;
    let found: ConsoleLine | undefined;
    for (let from = first; from < end; from += MAX_PAGE) {
      const { lines } = await this.page(from, Math.min(MAX_PAGE, end - from));
      for (const line of lines) if (line.source === source && line.offset <= offset) found = line;
    }
    return found;
  }

  /** The line nearest to a time that `isWanted`, among those around it. */
  async lineNear(timeNs: number, isWanted: (line: ConsoleLine) => boolean): Promise<ConsoleLine | undefined> {
    // Lines are in the order in which they came, so their times grow, but for a moment here and there.
    let [low, high] = [0, this.#total];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [line] = (await this.page(middle, 1)).lines;
      if (line && line.timeNs < timeNs) low = middle + 1;
      else high = middle;
    }
    const { lines } = await this.page(Math.max(0, low - LINES_AROUND), 2 * LINES_AROUND);
    const wanted = lines.filter(isWanted);
    return wanted.reduce<ConsoleLine | undefined>(
      (best, line) => (!best || Math.abs(line.timeNs - timeNs) < Math.abs(best.timeNs - timeNs) ? line : best),
      undefined,
    );
  }

  #markOf(line: number): number {
    return Math.max(0, partitionPoint(this.#markLine.length, (m) => this.#markLine.get(m) > line) - 1);
  }

  /** Lines `from` … `to`, all of which lie between this mark and the next. */
  async #read(mark: number, from: number, to: number): Promise<ConsoleLine[]> {
    const styles = this.#markStyles.get(mark) ?? [];
    const bytes = SOURCES.map((_, s) => this.#markBytes.get(mark * SOURCES.length + s));
    const reader = new LineReader(this.#markLine.get(mark), this.#markOpen.get(mark), styles, bytes, from, to);
    const firstText = this.#markText.get(mark);
    for (let b = this.#markBlock.get(mark); b < this.#block.length && !reader.done; b++) {
      const payload = await this.#blocks.payload(this.#block.get(b));
      for (const { timeNs, source, text } of decodeConsole(payload)) {
        const at = text.byteOffset - payload.byteOffset;
        if (b === this.#markBlock.get(mark) && at < firstText) continue;
        const start = b === this.#markBlock.get(mark) && at === firstText ? this.#markByte.get(mark) : 0;
        reader.add(sourceOf(source), timeNs, start === 0 ? text : text.subarray(start));
        if (reader.done) break;
      }
    }
    return reader.lines();
  }
}

interface Building {
  readonly index: number;
  readonly timeNs: number;
  readonly source: number;
  readonly offset: number;
  bytes: Uint8Array[];
  length: number;
  style: string;
  /** The last byte was a return: what comes next, if not the end of the line, is written over it. */
  returned: boolean;
  ended: boolean;
}

/** Puts the lines `from` … `to` together out of chunks, beginning at line `next`. */
class LineReader {
  #next: number;
  readonly #from: number;
  readonly #to: number;
  readonly #built: Building[] = [];
  /** What each source is in the middle of: a wanted line, one that is not wanted (null), or none. */
  readonly #open: (Building | null | undefined)[];
  readonly #styles: readonly SgrState[];
  /** Bytes of each source so far. */
  readonly #bytes: number[];
  #behind = 0;

  constructor(next: number, open: number, styles: readonly string[], bytes: readonly number[], from: number, to: number) {
    this.#bytes = [...bytes];
    this.#next = next;
    this.#from = from;
    this.#to = to;
    this.#open = SOURCES.map((_, source) => ((open >>> source) & 1 ? null : undefined));
    this.#styles = SOURCES.map((_, source) => new SgrState(styles[source]));
  }

  get done(): boolean {
    if (this.#next < this.#to) return false;
    return this.#behind > MAX_BEHIND_BYTES || this.#built.every((line) => line.ended || line.length > MAX_LINE_BYTES);
  }

  add(source: number, timeNs: number, text: Uint8Array): void {
    let at = 0;
    while (at < text.length) {
      if (this.#open[source] === undefined) this.#begin(source, timeNs, (this.#bytes[source] as number) + at);
      const end = text.indexOf(NEWLINE, at);
      const stop = end < 0 ? text.length : end;
      const line = this.#open[source];
      const style = this.#styles[source] as SgrState;
      if (line) put(line, text.subarray(at, stop), style);
      else style.push(text.subarray(at, stop));
      if (this.#next >= this.#to) this.#behind += stop - at;
      if (end >= 0) {
        if (line) line.ended = true;
        this.#open[source] = undefined;
        if (this.done) return;
      }
      at = stop + 1;
    }
    this.#bytes[source] = (this.#bytes[source] as number) + text.length;
  }

  #begin(source: number, timeNs: number, offset: number): void {
    const index = this.#next++;
    if (index < this.#from || index >= this.#to) {
      this.#open[source] = null;
      return;
    }
    const style = this.#styles[source]?.codes ?? '';
    const line: Building = { index, timeNs, source, offset, bytes: [], length: 0, style, returned: false, ended: false };
    this.#open[source] = line;
    this.#built.push(line);
  }

  lines(): ConsoleLine[] {
    return this.#built.map((line) => ({
      index: line.index,
      timeNs: line.timeNs,
      source: SOURCES[line.source] ?? 'stdout',
      offset: line.offset,
      ...textOf(line),
    }));
  }
}

/** Adds a part of a line. Behind a return the line begins anew, as a terminal writes over it. */
function put(line: Building, part: Uint8Array, style: SgrState): void {
  let end = part.length;
  while (end > 0 && part[end - 1] === RETURN) end--;
  if (end > 0) {
    const last = part.lastIndexOf(RETURN, end - 1);
    if (last >= 0 || line.returned) {
      style.push(part.subarray(0, last + 1));
      line.bytes = [];
      line.length = 0;
      line.style = style.codes;
    }
    const rest = part.subarray(last + 1, end);
    style.push(rest);
    if (line.length <= MAX_LINE_BYTES) line.bytes.push(rest.subarray(0, MAX_LINE_BYTES + 1 - line.length));
    line.length += rest.length;
    line.returned = false;
  }
  if (end < part.length) line.returned = true;
}

function textOf({ bytes, length, style }: Building): { readonly text: string; readonly style?: string; readonly cut: boolean } {
  const whole = new Uint8Array(Math.min(length, MAX_LINE_BYTES));
  let at = 0;
  for (const part of bytes) {
    const room = whole.length - at;
    if (room <= 0) break;
    whole.set(part.length > room ? part.subarray(0, room) : part, at);
    at += Math.min(part.length, room);
  }
  const cut = length > MAX_LINE_BYTES;
  const text = new TextDecoder().decode(whole);
  // A character that the cut went through is left out.
  return { text: cut ? text.replace(/�$/, '') : text, ...(style !== '' && { style }), cut };
}

const sourceOf = (source: number): number => (source < SOURCES.length ? source : 0);
