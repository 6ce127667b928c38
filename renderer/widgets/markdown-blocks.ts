/** The lines of a markdown text as blocks. What is not known is a paragraph; nothing is lost but the marks. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph' | 'quote' | 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'line' };

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s*(?:([-*+])|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
/** Code by its indent; lines that belong to an item are taken with that. */
const INDENTED = /^(?: {4}|\t)/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export function readMarkdown(text: string): readonly Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const isPlain = (line: string | undefined) =>
    line !== undefined && line.trim() !== '' && !FENCE.test(line) && !HEADING.test(line) && !ITEM.test(line) && !RULE.test(line) && !line.startsWith('>');
  const takePlain = (): string => {
    const taken: string[] = [];
    while (isPlain(lines[at])) taken.push((lines[at++] as string).trim());
    return taken.join(' ');
  };
  while (at < lines.length) {
    const line = lines[at] as string;
    const fence = FENCE.exec(line)?.[1];
    const heading = HEADING.exec(line);
    if (line.trim() === '') at++;
    else if (INDENTED.test(line)) {
      const taken: string[] = [];
      while (at < lines.length && (INDENTED.test(lines[at] as string) || lines[at]?.trim() === '')) taken.push((lines[at++] as string).replace(INDENTED, ''));
      blocks.push({ kind: 'code', text: taken.join('\n').trimEnd() });
    } else if (fence !== undefined) {
      const end = lines.findIndex((each, index) => index > at && each.trim().startsWith(fence));
      const last = end < 0 ? lines.length : end;
      blocks.push({ kind: 'code', text: lines.slice(at + 1, last).join('\n') });
      at = last + 1;
    } else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' });
      at++;
    } else if (RULE.test(line)) {
      blocks.push({ kind: 'line' });
      at++;
    } else if (ITEM.test(line)) blocks.push(takeList());
    else if (line.startsWith('>')) {
      const taken: string[] = [];
      while (lines[at]?.startsWith('>')) taken.push((lines[at++] as string).replace(/^>\s?/, ''));
      blocks.push({ kind: 'quote', text: taken.join(' ') });
    } else if (line.includes('|') && TABLE_LINE.test(lines[at + 1] ?? '')) {
      const head = cells(line);
      const rows: (readonly string[])[] = [];
      at += 2;
      while ((lines[at] ?? '').includes('|')) rows.push(cells(lines[at++] as string));
      blocks.push({ kind: 'table', head, rows });
    } else blocks.push({ kind: 'paragraph', text: takePlain() });
  }
  return blocks;

  function takeList(): Block {
    const ordered = ITEM.exec(lines[at] as string)?.[1] === undefined;
    const items: string[] = [];
    while (at < lines.length) {
      const item = ITEM.exec(lines[at] as string);
      if (!item) break;
      at++;
      // Lines that belong to it are indented, or simply go on.
      items.push([item[2], takePlain()].filter(Boolean).join(' '));
    }
    return { kind: 'list', ordered, items };
  }
}

/** A bar in code or behind a backslash parts nothing. */
function cells(line: string): readonly string[] {
  const inner = line.trim().replace(/^\||(?<!\\)\|$/g, '');
  return (inner.match(/(?:`[^`]*`|\\\||[^|])+|(?<=\|)(?=\|)/g) ?? []).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
