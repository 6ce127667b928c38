/** Splits a line into words like a POSIX shell does, without expanding anything. */
import { ok, problem, type Result } from '../../../core/base/result.ts';

export interface Word {
  readonly text: string;
  /** Some of it was in quotes or escaped: such a word is never an operator. */
  readonly quoted: boolean;
}

/**
 * Quotes keep spaces; inside double quotes a backslash escapes `"` and `\`. Outside quotes a backslash escapes the next
 * character, except on Windows, where it is the separator of paths.
 */
export function splitWords(line: string, windows = process.platform === 'win32'): Result<readonly Word[]> {
  const words: Word[] = [];
  let text = '';
  let begun = false;
  let quoted = false;
  const end = () => {
    if (begun) words.push({ text, quoted });
    text = '';
    begun = quoted = false;
  };
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (c === '"' || c === "'") {
      const opened = i;
      begun = quoted = true;
      for (i++; i < line.length && line[i] !== c; i++) {
        const next = line[i + 1];
        if (c === '"' && line[i] === '\\' && (next === '"' || (next === '\\' && !windows))) i++;
        text += line[i];
      }
      if (i >= line.length) {
        const where = line.slice(opened, opened + 20);
        return problem('open-quote', `The quote at position ${opened + 1} is never closed: ${where}.`, `Add a ${c} at the end of the word.`);
      }
    } else if (c === '\\' && !windows && i + 1 < line.length) {
      begun = quoted = true;
      text += line[++i];
    } else if (/\s/.test(c)) {
      end();
    } else {
      begun = true;
      text += c;
    }
  }
  end();
  return ok(words);
}
