const MAX_LINE_CHARS = 500;

/** Lines of a text around one of them. */
export interface LinesAround {
  /** Number of the first of them, from 1. */
  readonly first: number;
  /** Each cut for display. */
  readonly lines: readonly string[];
  /** Of the whole text. */
  readonly total: number;
}

/** Where `line` lies behind the end of the text there are no lines. */
export function linesAround(text: string, line: number, before: number, after: number): LinesAround {
  const all = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const first = Math.max(1, line - before);
  const shown = line > all.length ? [] : all.slice(first - 1, line + after);
  return { first, total: all.length, lines: shown.map((each) => (each.length > MAX_LINE_CHARS ? `${each.slice(0, MAX_LINE_CHARS)}…` : each)) };
}
