/**
 * What the parser reads and the engine may not. A file with some of it is left to Node, which says what is wrong in the words of the file: those of a text
 * that recording was put into would be another's.
 */
const PROBES = {
  using: '{ using a = null; }',
  'await using': 'async () => { await using a = null; };',
  decorators: '@(() => {}) class A {}',
} as const;
export type NewSyntax = keyof typeof PROBES;

const known = new Map<NewSyntax, boolean>();

/** Throws a SyntaxError where this engine does not know it. */
export function requireSyntax(syntax: NewSyntax): void {
  let isKnown = known.get(syntax);
  if (isKnown === undefined) {
    isKnown = compiles(() => new Function(PROBES[syntax]));
    known.set(syntax, isKnown);
  }
  if (!isKnown) throw new SyntaxError(`this Node does not know ${syntax}`);
}

/** Throws a SyntaxError where this engine cannot read the regular expression. */
export function requireRegExp(pattern: string, flags: string): void {
  if (!compiles(() => new RegExp(pattern, flags))) throw new SyntaxError(`this Node cannot read /${pattern}/${flags}`);
}

/** Whether it may make code out of text at all is another matter. */
function compiles(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch (error) {
    return !(error instanceof SyntaxError);
  }
}
