/**
 * Names as they are written on slices: cut to what fits, measured once. A canvas takes some 7 µs to write a text and as long to
 * measure one, so widths are kept, and a name is cut by its mean width of a letter.
 */

export interface TextMeasure {
  measureText(text: string): { readonly width: number };
}

interface Label {
  readonly text: string;
  readonly width: number;
  /** Letters, not UTF-16 units: a cut never lies inside of one. */
  readonly letters: readonly string[] | undefined;
  readonly cuts: string[];
}

/** Longer names are cut before anything is done with them: a name of 1 MB is measured as fast as another one. */
const MOST_LETTERS = 120;
const MOST_LABELS = 20_000;
const LEAST_LETTERS = 3;

export class LabelCache {
  private readonly labels = new Map<number, Label>();
  private readonly ink: TextMeasure;
  private readonly ellipsis: number;

  /** `ink` measures in the font that labels are written in, now and later. */
  constructor(ink: TextMeasure) {
    this.ink = ink;
    this.ellipsis = ink.measureText('…').width;
  }

  has(id: number): boolean {
    return this.labels.has(id);
  }

  set(id: number, name: string): void {
    if (this.labels.size >= MOST_LABELS) this.labels.clear();
    const short = oneLine(name.length > MOST_LETTERS * 4 ? name.slice(0, MOST_LETTERS * 4) : name);
    const plain = /^[ -~]*$/.test(short);
    const letters = plain ? undefined : [...segments(short)];
    const isLong = (letters?.length ?? short.length) > MOST_LETTERS;
    const text = isLong ? (letters ? letters.slice(0, MOST_LETTERS).join('') : short.slice(0, MOST_LETTERS)) : short;
    // A name in another script of writing must not turn the text beside it round.
    const isolated = plain ? text : `\u2068${text}\u2069`;
    this.labels.set(id, { text: isolated, width: this.ink.measureText(isolated).width, letters, cuts: [] });
  }

  /** Width of the whole name; undefined: it is not known yet. */
  width(id: number): number | undefined {
    return this.labels.get(id)?.width;
  }

  /** The name, or its beginning and an ellipsis; empty where less than three letters fit. */
  fit(id: number, width: number): string {
    const label = this.labels.get(id);
    if (!label) return '';
    if (label.width <= width) return label.text;
    const count = label.letters?.length ?? label.text.length;
    const fitting = Math.floor(((width - this.ellipsis) / label.width) * count);
    if (fitting < LEAST_LETTERS) return '';
    let cut = label.cuts[fitting];
    if (cut === undefined) {
      cut = label.letters ? `\u2068${label.letters.slice(0, fitting).join('')}\u2069…` : `${label.text.slice(0, fitting)}…`;
      label.cuts[fitting] = cut;
    }
    return cut;
  }
}

/** Line ends, tabs and other controls as one space; what turns writing round is left out. */
export const oneLine = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is meant.
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');

let segmenter: Intl.Segmenter | undefined;
function* segments(text: string): Iterable<string> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) yield segment;
}
