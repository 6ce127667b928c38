import { isExtended, kindOf, RecordKind, recordBytes } from '../../core/protocol/records.ts';

/** What a file of functions is called. Other texts (names of functions, of series) are not remembered. */
const SOURCE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|coffee|civet)$/i;
const MAX_FILE_LETTERS = 4096;
/** Of one thread. */
const MAX_TEXTS = 100_000;
const decoder = new TextDecoder();

/** The files that the definitions of one thread place functions in, as they go by. */
export class FunctionFiles {
  readonly #texts = new Map<number, string>();

  /** Whole definition records. Gives the files of functions among them; one may come again. */
  take(body: Uint8Array): readonly string[] {
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    const files: string[] = [];
    for (let at = 0; at + 8 <= body.length; ) {
      const tag = view.getUint32(at + 4, true);
      const end = at + recordBytes(tag);
      if (end > body.length) break;
      const kind = isExtended(tag) ? kindOf(tag) : 0;
      if (kind === RecordKind.DEF_STRING && end - at >= 16)
        this.#text(view.getUint32(at + 8, true), body.subarray(at + 16, end), view.getUint32(at + 12, true));
      else if (kind === RecordKind.DEF_FUNCTIONS && end - at >= 24) {
        const file = this.#texts.get(view.getUint32(at + 16, true));
        if (file !== undefined) files.push(file);
      }
      at = end;
    }
    return files;
  }

  #text(id: number, padded: Uint8Array, bytes: number): void {
    if (bytes > padded.length || bytes > MAX_FILE_LETTERS || this.#texts.size >= MAX_TEXTS) return;
    const text = decoder.decode(padded.subarray(0, bytes));
    if (SOURCE.test(text)) this.#texts.set(id, text);
  }
}
