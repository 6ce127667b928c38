import * as fs from 'node:fs';
import path from 'node:path';
import type { FunctionGroup, InstrumentedFile } from '../../instrument/instrument-file.ts';

// Taken at load: a script may replace them.
const { mkdirSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } = fs;

/** All files together at most: beyond that the oldest go. */
const MAX_BYTES = 256 * 1024 * 1024;
/** One in so many new files looks at how much there is. */
const LOOK_EVERY = 50;
/** Changes with what is put into files: the tracer's version alone does not, between two builds of it. */
const FORMAT = 2;

/** First line of an entry. Lengths in UTF-16 units: behind the line come the code, then the lines of the groups. */
interface Head {
  readonly format: number;
  readonly sum: string;
  readonly code: number;
  readonly groups: readonly { readonly file: string; readonly count: number; readonly length: number }[];
  readonly leftAlone: readonly string[];
  /** Files that were read for it, as they were. */
  readonly read: readonly { readonly file: string; readonly state: string }[];
}

/** Instrumented files of earlier runs, in a folder of the user's, by their content and all that it was made with. */
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
  read(key: string): InstrumentedFile | undefined {
    if (this.#folder === undefined) return undefined;
    let text: string;
    try {
      text = readFileSync(this.#fileOf(key), 'utf8');
    } catch {
      return undefined;
    }
    try {
      return parseEntry(text);
    } catch {
      return undefined; // Cut, or of another make.
    }
  }

  write(key: string, file: InstrumentedFile): void {
    if (this.#folder === undefined || file.reason !== '') return;
    const target = this.#fileOf(key);
    const temporary = `${target}.${process.pid}-${this.#writes++}`;
    try {
      mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, entryText(file), { mode: 0o600 });
      renameSync(temporary, target);
      if (this.#writes % LOOK_EVERY === 0) this.#makeRoom(this.#folder);
    } catch {
      // A full disk, a folder that may not be written: it is made again next time.
    }
  }

  keyOf(source: string, file: string, kind: string): string {
    return textHash(`${this.#made}\0${kind}\0${file}`) + textHash(source) + source.length.toString(36);
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

function entryText({ code, groups, leftAlone, read }: InstrumentedFile): string {
  const body = code + groups.map(({ lines }) => lines).join('');
  const head: Head = {
    format: FORMAT,
    sum: textHash(body),
    code: code.length,
    groups: groups.map(({ file, count, lines }) => ({ file, count, length: lines.length })),
    leftAlone: [...leftAlone],
    read: [...read].map((file) => ({ file, state: stateOf(file) })),
  };
  return `${JSON.stringify(head)}\n${body}`;
}

function parseEntry(text: string): InstrumentedFile | undefined {
  const line = text.indexOf('\n');
  const head = JSON.parse(text.slice(0, line)) as Head;
  if (head.format !== FORMAT || head.sum !== textHash(text, line + 1)) return undefined;
  if (head.read.some(({ file, state }) => stateOf(file) !== state)) return undefined;
  const groups: FunctionGroup[] = [];
  let at = line + 1 + head.code;
  for (const { file, count, length } of head.groups) {
    groups.push({ file, count, lines: text.slice(at, at + length) });
    at += length;
  }
  return { code: text.slice(line + 1, line + 1 + head.code), reason: '', groups, leftAlone: head.leftAlone, read: [] };
}

function stateOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.size} ${found.mtimeMs}` : '';
}

/** 64 bits over the code units of `text` from `from` on, as 16 letters: two sums of 32 bits in one pass, far quicker than a digest to load. */
export function textHash(text: string, from = 0): string {
  let [a, b] = [0x811c9dc5, 0x41c6ce57];
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
