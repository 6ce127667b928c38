/** Texts of files that a recording holds, by the heads of their blocks: how many, and how large. */
import { counted } from '../base/counted.ts';
import { decodeSource, MAX_SOURCES } from '../protocol/sources.ts';

/** Of a report that a run writes by itself it is no news: its recording has the texts unless it was told not to. */
export const isAboutSources = (note: string): boolean => /^The text of [\d,]+ source files? /.test(note);

export class SourceTotals {
  /** Bytes of the text by file: of several blocks for a file the first counts. */
  readonly #texts = new Map<string, number>();

  /** A SOURCE block. One that says why there is no text counts for nothing. */
  add(payload: Uint8Array): void {
    const head = decodeSource(payload)?.head;
    if (head === undefined || head.leftOut !== undefined || this.#texts.size >= MAX_SOURCES || this.#texts.has(head.file)) return;
    this.#texts.set(head.file, head.bytes);
  }

  get files(): number {
    return this.#texts.size;
  }

  /** In UTF-8. */
  get bytes(): number {
    let bytes = 0;
    for (const one of this.#texts.values()) bytes += one;
    return bytes;
  }

  /** What is told of those that a format leaves out; nothing where there are none. `isWritten`: that file's text is there. */
  leftOut(more: string, isWritten: (file: string) => boolean = () => false): string[] {
    let files = 0;
    for (const file of this.#texts.keys()) if (!isWritten(file)) files++;
    return files === 0 ? [] : [counted(`The text of # {source file was|source files was} left out: ${more}.`, files)];
  }
}
