/** Texts that a user reads and that stand in a component instead of its words: found in what the parser makes of the file. */
import { parseSync } from 'oxc-parser';

/** Attributes of elements and components whose value is read or heard. */
const READ = new Set([
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'aria-valuetext',
  'title',
  'placeholder',
  'label',
  'hint',
  'alt',
  'about',
  'text',
  'message',
  'remedy',
  'before',
]);
/** Members of an object that is given to one of these are read, too. */
const TOLD = new Set(['toast', 'toastProblem', 'showDialog', 'copyText']);
const TOLD_MEMBERS = new Set(['title', 'text', 'label', 'message', 'remedy', 'hint']);
/** What stands in these are keys, the same in every language. */
const KEYS = new Set(['Kbd', 'kbd']);
/** Two letters in a row: marks, units of one letter and pieces of paths are the same in every language. */
const isText = (text: string): boolean => /\p{L}{2}/u.test(text);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

export interface VisibleLiteral {
  readonly line: number;
  readonly text: string;
}

export function visibleLiterals(file: string, source: string): VisibleLiteral[] {
  const found: (VisibleLiteral & { readonly at: number })[] = [];
  const say = (node: Node, text: string): void => {
    if (isText(text)) found.push({ at: node.start, line: source.slice(0, node.start).split('\n').length, text: text.trim().replace(/\s+/g, ' ').slice(0, 80) });
  };
  /** What an expression may come to: texts in its branches, not those that it compares with or hands on. */
  const look = (node: Node | null | undefined): void => {
    switch (node?.type) {
      case 'Literal':
        if (typeof node.value === 'string') say(node, node.value);
        return;
      case 'TemplateLiteral':
        for (const quasi of node.quasis as Node[]) say(quasi, (quasi.value as { readonly cooked?: string }).cooked ?? '');
        return;
      case 'ConditionalExpression':
        look(node.consequent as Node);
        look(node.alternate as Node);
        return;
      case 'LogicalExpression':
        look(node.left as Node);
        look(node.right as Node);
        return;
      case 'JSXExpressionContainer':
      case 'TSAsExpression':
        look(node.expression as Node);
        return;
      default:
    }
  };
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) walk(each);
    else if (typeof value === 'object' && value !== null && typeof (value as Node).type === 'string') {
      const node = value as Node;
      if (node.type === 'JSXElement' && KEYS.has(nameOf(node))) return;
      visit(node);
      for (const [key, child] of Object.entries(node)) if (key !== 'type') walk(child);
    }
  };
  const visit = (node: Node): void => {
    if (node.type === 'JSXText') say(node, String(node.value));
    if (node.type === 'JSXAttribute' && READ.has(String((node.name as Node).name))) look(node.value as Node | null);
    if (node.type === 'JSXElement' || node.type === 'JSXFragment')
      for (const child of node.children as Node[]) if (child.type === 'JSXExpressionContainer') look(child);
    if (node.type === 'CallExpression' && TOLD.has(String((node.callee as Node).name))) {
      for (const argument of node.arguments as Node[]) {
        look(argument);
        if (argument.type !== 'ObjectExpression') continue;
        for (const property of argument.properties as Node[])
          if (TOLD_MEMBERS.has(String((property.key as Node | undefined)?.name))) look(property.value as Node);
      }
    }
  };
  walk(parseSync(file, source).program);
  return found.sort((a, b) => a.at - b.at).map(({ line, text }) => ({ line, text }));
}

const nameOf = ({ openingElement }: Node): string => String(((openingElement as Node).name as Node).name);
