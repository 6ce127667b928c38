/** A word of a plugin's text, and where it stands there. */
export interface PlacedWord {
  readonly text: string;
  readonly from: number;
  /** Behind its last character. */
  readonly to: number;
}

export interface SplitText {
  readonly words: readonly PlacedWord[];
  /** Where the quote stands that is never closed; its word goes to the end of the text. */
  readonly openQuote: number | undefined;
}

/**
 * Words are parted by white space; quotes of either kind keep it, also inside of a word. Within double quotes a backslash
 * escapes `"` and `\`. Outside of quotes it is a character like any other, since paths of Windows have it; the same text means
 * the same on every system.
 */
export function splitWords(text: string): SplitText {
  const words: PlacedWord[] = [];
  let at = 0;
  let openQuote: number | undefined;
  while (at < text.length) {
    if (isSpace(text[at])) {
      at++;
      continue;
    }
    const from = at;
    let word = '';
    while (at < text.length && !isSpace(text[at])) {
      const quote = text[at];
      if (quote !== '"' && quote !== "'") {
        word += quote;
        at++;
        continue;
      }
      const opened = at++;
      while (at < text.length && text[at] !== quote) {
        if (quote === '"' && text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++;
        word += text[at++];
      }
      if (at === text.length) openQuote = opened;
      at++;
    }
    at = Math.min(at, text.length);
    words.push({ text: word, from, to: at });
  }
  return { words, openQuote };
}

/** So that `splitWords` gives the word back. */
export function quoteWord(word: string): string {
  if (word !== '' && !/[\s"']/.test(word)) return word;
  if (!/["\\]/.test(word)) return `"${word}"`;
  if (!word.includes("'")) return `'${word}'`;
  return `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
}

const isSpace = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);
