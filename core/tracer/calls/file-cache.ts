import * as fs from 'node:fs';
import path from 'node:path';
import type { FunctionGroup, InstrumentedFile } from '../../instrument/instrument-file.ts';

// Taken at load: a script may replace them.
const { apply } = Reflect;
const { indexOf, latin1Slice, ucs2Slice, utf8Slice } = Buffer.prototype as unknown as Record<
  'indexOf' | 'latin1Slice' | 'ucs2Slice' | 'utf8Slice',
  () => never
>;
const { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } = fs;

/** All files together at most: beyond that the oldest go. */
const MAX_BYTES = 256 * 1024 * 1024;
/** One in so many new files looks at how much there is. */
const LOOK_EVERY = 50;
/** Changes with what is put into files: the tracer's version alone does not, between two builds of it. */
const FORMAT = 3;

/** First line of an entry. Behind it come the texts, in the order of `parts`. */
interface Head {
  readonly format: number;
  /** Bytes of the source, the code and the lines of each group: Latin-1, or UTF-16 where that is negative. Both are taken as they are, without being decoded. */
  readonly parts: readonly number[];
  readonly groups: readonly { readonly file: string; readonly count: number }[];
  readonly leftAlone: readonly string[];
  /** Files that were read for it, as they were. */
  readonly read: readonly { readonly file: string; readonly state: string }[];
}

/**
 * Instrumented files of earlier runs, in a folder of the user's: one entry for each path and all that it was made with. An entry holds its source: to compare the
 * two takes a fraction of what a sum over them takes.
 */
export class FileCache {
  readonly #folder: string | undefined;
  readonly #made: string;
  #writes = 0;

  /** `made`: what else the text depends on. Without a folder nothing is kept. */
  constructor(folder: string | undefined, made: string) {
    this.#folder = folder;
    this.#made = made;
  }

  /** Undefined: not there, or made from something else, or damaged. */
  read(key: string, source: string): InstrumentedFile | undefined {
    if (this.#folder === undefined) return undefined;
    let entry: Buffer;
    try {
      entry = readFileSync(this.#fileOf(key));
    } catch {
      return undefined;
    }
    try {
      return parseEntry(entry, source);
    } catch {
      return undefined; // Cut, or of another make.
    }
  }

  write(key: string, source: string, file: InstrumentedFile): void {
    if (this.#folder === undefined || file.reason !== '') return;
    const target = this.#fileOf(key);
    const temporary = `${target}.${process.pid}-${this.#writes++}`;
    try {
      mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
      writeEntry(temporary, source, file);
      renameSync(temporary, target);
      if (this.#writes % LOOK_EVERY === 0) this.#makeRoom(this.#folder);
    } catch {
      // A full disk, a folder that may not be written: it is made again next time.
    }
  }

  keyOf(file: string, kind: string): string {
    return textHash(`${this.#made}\0${kind}\0${file}`);
  }

  #fileOf(key: string): string {
    return `${this.#folder}${path.sep}${key.slice(0, 2)}${path.sep}${key}`;
  }

  #makeRoom(folder: string): void {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
      const file = path.join(folder, name);
      const { size, mtimeMs } = statSync(file);
      return path.dirname(name) === '.' ? [] : [{ file, size, mtimeMs }];
    });
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (bytes <= MAX_BYTES) return;
    for (const { file, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      unlinkSync(file);
      bytes -= size;
      if (bytes <= MAX_BYTES * 0.75) return;
    }
  }
}

const NARROW = /^[\0-\xff]*$/;

function writeEntry(file: string, source: string, { code, groups, leftAlone, read }: InstrumentedFile): void {
  const texts = [source, code, ...groups.map(({ lines }) => lines)].map((text) => ({ text, isNarrow: NARROW.test(text) }));
  const head: Head = {
    format: FORMAT,
    parts: texts.map(({ text, isNarrow }) => (isNarrow ? text.length : -2 * text.length)),
    groups: groups.map(({ file, count }) => ({ file, count })),
    leftAlone: [...leftAlone],
    read: [...read].map((file) => ({ file, state: stateOf(file) })),
  };
  // One behind the other, without being put together first: they may be megabytes.
  const descriptor = openSync(file, 'w', 0o600);
  try {
    const line = `${JSON.stringify(head)}\n`;
    writeText(descriptor, line, 'utf8', Buffer.byteLength(line));
    for (const { text, isNarrow } of texts) writeText(descriptor, text, isNarrow ? 'latin1' : 'utf16le', isNarrow ? text.length : 2 * text.length);
  } finally {
    closeSync(descriptor);
  }
}

function writeText(descriptor: number, text: string, encoding: BufferEncoding, bytes: number): void {
  if (writeSync(descriptor, text, null, encoding) !== bytes) throw new Error('the disk is full');
}

function parseEntry(entry: Buffer, source: string): InstrumentedFile | undefined {
  const line = apply(indexOf, entry, [10]) as number;
  const head = JSON.parse(apply(utf8Slice, entry, [0, line])) as Head;
  const { format, parts, groups } = head;
  if (format !== FORMAT || parts.length !== groups.length + 2) return undefined;
  let at = line + 1;
  const texts: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const bytes = parts[i] as number;
    const end = at + Math.abs(bytes);
    if (end > entry.length) return undefined;
    texts[i] = apply(bytes < 0 ? ucs2Slice : latin1Slice, entry, [at, end]);
    // Another source: there is nothing more to be read.
    if (i === 0 && texts[0] !== source) return undefined;
    at = end;
  }
  if (at !== entry.length || head.read.some(({ file, state }) => stateOf(file) !== state)) return undefined;
  const found: FunctionGroup[] = [];
  for (let i = 0; i < groups.length; i++) {
    const { file, count } = groups[i] as Head['groups'][number];
    found[i] = { file, count, lines: texts[i + 2] as string };
  }
  return { code: texts[1] as string, reason: '', groups: found, leftAlone: head.leftAlone, read: [] };
}

function stateOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.size} ${found.mtimeMs}` : '';
}

/** 64 bits over the code units of `text`, as 16 letters: two sums of 32 bits in one pass, far quicker than a digest to load. */
export function textHash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
