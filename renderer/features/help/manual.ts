/** The manual as it lies in docs/, in the order of its first page. A part of the bundle of its own. */
const FILES = import.meta.glob<string>('../../../docs/*.md', { query: '?raw', import: 'default', eager: true });

export interface ManualPage {
  /** Name of its file, without a folder: what links in the manual lead to. */
  readonly file: string;
  readonly title: string;
  readonly text: string;
}

const INDEX = 'README.md';

export const MANUAL: readonly ManualPage[] = inOrder(
  Object.entries(FILES).map(([path, text]) => {
    const title = /^# (.+)$/m.exec(text)?.[1] ?? path;
    return { file: path.slice(path.lastIndexOf('/') + 1), title, text };
  }),
);

/** As the index lists them; the index itself is the list beside the page. */
function inOrder(pages: readonly ManualPage[]): readonly ManualPage[] {
  const index = pages.find(({ file }) => file === INDEX)?.text ?? '';
  const place = ({ file }: ManualPage) => {
    const at = index.indexOf(`](${file})`);
    return at < 0 ? index.length : at;
  };
  return pages.filter(({ file }) => file !== INDEX).sort((a, b) => place(a) - place(b));
}

export interface ManualHit {
  readonly page: ManualPage;
  /** Words around the first match; empty where the title matches. */
  readonly around: string;
}

/** Pages that hold all words, those whose title does first. */
export function searchManual(pages: readonly ManualPage[], wanted: string): readonly ManualHit[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return pages.map((page) => ({ page, around: '' }));
  const found = pages.filter(({ title, text }) => words.every((word) => `${title}\n${text}`.toLowerCase().includes(word)));
  const hits = found.map((page) => ({ page, around: page.title.toLowerCase().includes(first) ? '' : aroundOf(page.text, first) }));
  return [...hits.filter(({ around }) => around === ''), ...hits.filter(({ around }) => around !== '')];
}

function aroundOf(text: string, word: string): string {
  const at = text.toLowerCase().indexOf(word);
  const plain = text
    .slice(Math.max(0, at - 40), at + word.length + 60)
    .replaceAll(/[`*#|\n[\]]+/g, ' ')
    .replaceAll(/\s+/g, ' ');
  return `…${plain.trim()}…`;
}
