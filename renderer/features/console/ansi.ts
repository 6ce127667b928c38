/** ANSI colours of one line, as spans of plain text. Class names for the sixteen colours of the theme; other colours as CSS colours. */
import Anser from 'anser';

export interface AnsiSpan {
  readonly text: string;
  readonly className: string;
  readonly color?: string;
  readonly background?: string;
}

const ESCAPE = '\u001b';

/** Never HTML: the caller makes text nodes of it. */
export function ansiSpans(line: string, style = ''): readonly AnsiSpan[] {
  const coloured = style + line;
  if (!coloured.includes(ESCAPE)) return [{ text: visible(line), className: '' }];
  // Links (OSC 8) show their text, titles and movements of the cursor nothing: only colours and styles are left.
  const colours = coloured.replace(CODES, (code) => (COLOUR.test(code) ? code : ''));
  return Anser.ansiToJson(colours, { json: true, use_classes: true, remove_empty: true }).map((entry) => {
    const classes = entry.decorations.filter((decoration) => decoration !== 'blink').map((decoration) => `ansi-${decoration}`);
    const color = colorOf(entry.fg, entry.fg_truecolor);
    const background = colorOf(entry.bg, entry.bg_truecolor);
    if (color.className) classes.push(color.className);
    if (background.className) classes.push(`${background.className}-bg`);
    return {
      text: visible(entry.content),
      className: classes.join(' '),
      ...(color.css !== undefined && { color: color.css }),
      ...(background.css !== undefined && { background: background.css }),
    };
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: codes begin with the escape character.
const CODES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const COLOUR = /^\u001b\[[\d;]*m$/;

/** The line without its codes, for filtering: many lines at once, so without looking at what the codes mean. */
export const plainText = (line: string): string => visible(line.includes(ESCAPE) ? line.replace(CODES, '') : line);

/** Control characters (bell, backspace, what is left of a broken code) would show as boxes. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are taken out; a tab stays.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

function colorOf(name: string | null, truecolor: string | null): { readonly className?: string; readonly css?: string } {
  if (!name) return {};
  if (name === 'ansi-truecolor') return truecolor ? { css: `rgb(${truecolor})` } : {};
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  if (palette) return { css: paletteColor(Number(palette[1])) };
  return /^ansi-(?:bright-)?[a-z]+$/.test(name) ? { className: name } : {};
}

const CUBE = [0, 95, 135, 175, 215, 255];

/** Colours 16…255 of the table with 256: a cube of 6 × 6 × 6, then greys. */
export function paletteColor(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const n = Math.max(0, index - 16);
  return `rgb(${CUBE[Math.floor(n / 36) % 6]}, ${CUBE[Math.floor(n / 6) % 6]}, ${CUBE[n % 6]})`;
}
