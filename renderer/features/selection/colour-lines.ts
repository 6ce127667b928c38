/** Source text as lines of coloured pieces. A part of the bundle of its own: it is loaded when source is first shown. */
import javascript from 'highlight.js/lib/languages/javascript';
import typescript from 'highlight.js/lib/languages/typescript';
import { createLowlight } from 'lowlight';

export interface CodePiece {
  readonly text: string;
  /** Undefined: plain. */
  readonly kind: CodeKind | undefined;
}
const KINDS = { keyword: 'keyword', string: 'string', regexp: 'string', subst: undefined, number: 'number', literal: 'number', comment: 'comment' } as const;
export type CodeKind = 'keyword' | 'string' | 'number' | 'comment' | 'name' | 'type';

const lowlight = createLowlight({ javascript, typescript });

interface HighlightNode {
  readonly type: string;
  readonly value?: string;
  readonly properties?: { readonly className?: unknown };
  readonly children?: readonly HighlightNode[];
}

/** As many lines as were given. `file`: its name tells the language. */
export function colourLines(lines: readonly string[], file: string): readonly (readonly CodePiece[])[] {
  const language = /\.[cm]?tsx?$/.test(file) ? 'typescript' : 'javascript';
  const found: CodePiece[][] = [[]];
  const walk = (nodes: readonly HighlightNode[], kind: CodeKind | undefined): void => {
    for (const node of nodes) {
      if (node.type === 'text') addText(found, node.value ?? '', kind);
      else walk(node.children ?? [], kindOf(node.properties?.className, kind));
    }
  };
  walk(lowlight.highlight(language, lines.join('\n')).children as readonly HighlightNode[], undefined);
  return found;
}

function addText(found: CodePiece[][], text: string, kind: CodeKind | undefined): void {
  text.split('\n').forEach((part, index) => {
    if (index > 0) found.push([]);
    if (part !== '') found.at(-1)?.push({ text: part, kind });
  });
}

function kindOf(names: unknown, outer: CodeKind | undefined): CodeKind | undefined {
  const classes = Array.isArray(names) ? names.map(String) : [];
  for (const name of classes) {
    const plain = name.replace(/^hljs-/, '');
    if (plain in KINDS) return KINDS[plain as keyof typeof KINDS];
    if (plain === 'title' || plain === 'function') return classes.includes('class_') ? 'type' : 'name';
    if (plain === 'built_in' || plain === 'type') return 'type';
  }
  return outer;
}
