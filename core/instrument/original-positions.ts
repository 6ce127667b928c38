/** The other way round: from instrumented text to the text that the user wrote. */
import { insertedPattern, PREFIX } from './inserted-text.ts';
import { lineOf, lineStarts } from './line-starts.ts';

const PATTERN = insertedPattern();

/** The text without what was put into it. */
export const originalText = (text: string): string => (text.includes(PREFIX) ? text.replaceAll(PATTERN, '') : text);

/** Where things of one instrumented text stood before. */
export class OriginalPositions {
  readonly #lines: readonly number[];
  /** What was put in: where it begins, in order, and how much has been put in up to its end. */
  readonly #starts: number[] = [];
  readonly #sums: number[] = [];

  constructor(code: string) {
    this.#lines = lineStarts(code);
    let sum = 0;
    for (const { index, 0: inserted } of code.matchAll(PATTERN)) {
      sum += inserted.length;
      this.#starts.push(index);
      this.#sums.push(sum);
    }
  }

  /** Line and column count from 1, as the engine tells them. */
  column(line: number, column: number): number {
    const start = this.#lines[line - 1];
    if (start === undefined) return column;
    return this.offset(start + column - 1) - this.offset(start) + 1;
  }

  /** An offset inside of what was put in is that of its beginning. */
  offset(offset: number): number {
    if (this.#starts.length === 0 || offset < (this.#starts[0] as number)) return offset;
    const last = lineOf(this.#starts, offset);
    const before = last === 0 ? 0 : (this.#sums[last - 1] as number);
    const start = this.#starts[last] as number;
    const length = (this.#sums[last] as number) - before;
    return offset - before - Math.min(length, offset - start);
  }
}

/** The text of a frame, with the column corrected. */
export function frameText(text: string, line: number, column: number, corrected: number): string {
  const place = `:${line}:${column}`;
  const at = text.lastIndexOf(place);
  return at < 0 ? text : `${text.slice(0, at)}:${line}:${corrected}${text.slice(at + place.length)}`;
}
