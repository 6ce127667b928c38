/** What the palette offers, and which of it a text means. Pure. */

export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  /** What it belongs to: the group of a command, the process of a track. */
  readonly where: string;
  readonly keys: string;
  /** What it needs and is not there: it cannot be chosen now. */
  readonly missing?: string | undefined;
  run(): void;
}

/** Beyond, one types on. */
export const MOST_SHOWN = 200;

/** Items that hold all words of the text, in any order; those where a word begins with the first one come first, else in their own order. */
export function matchItems(items: readonly PaletteItem[], text: string): readonly PaletteItem[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const first = words[0];
  if (first === undefined) return items;
  const found = items.filter((item) => {
    const hay = `${item.label} ${item.where}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
  const begins = (item: PaletteItem) =>
    item.label
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .some((word) => word.startsWith(first));
  return [...found.filter(begins), ...found.filter((item) => !begins(item))];
}
