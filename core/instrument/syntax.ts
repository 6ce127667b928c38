/** The parser, and the little of its tree that instrumentation looks at. */
import { parse } from 'meriyah';

/** A node of ESTree. Which fields there are goes by its type. */
export interface Node {
  readonly type: string;
  /** Offsets in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly id?: Node | null;
  readonly key?: Node;
  readonly value?: Node | null;
  readonly name?: string;
  readonly kind?: string;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly decorators?: readonly Node[];
  readonly static?: boolean;
  readonly computed?: boolean;
  readonly shorthand?: boolean;
  readonly async?: boolean;
  readonly generator?: boolean;
  readonly delegate?: boolean;
  readonly await?: boolean;
  readonly directive?: string;
  readonly params?: readonly Node[];
  readonly body?: Node | readonly Node[];
  readonly argument?: Node | null;
  readonly left?: Node;
  readonly right?: Node;
  readonly init?: Node | null;
  readonly object?: Node;
  readonly property?: Node;
  readonly declarations?: readonly Node[];
  readonly properties?: readonly Node[];
  readonly elements?: readonly (Node | null)[];
  readonly param?: Node | null;
  readonly block?: Node;
  readonly handler?: Node | null;
  readonly finalizer?: Node | null;
  readonly callee?: Node;
  readonly superClass?: Node | null;
  readonly declaration?: Node | null;
  readonly expression?: Node;
  readonly expressions?: readonly Node[];
  readonly arguments?: readonly Node[];
  readonly test?: Node | null;
  readonly consequent?: Node | readonly Node[];
  readonly alternate?: Node | null;
}

export type SourceKind = 'commonjs' | 'module';

/** Throws a SyntaxError. What Node alone would refuse may pass. `lexical`: names that are declared twice do not. */
export function parseSource(source: string, kind: SourceKind, lexical = false): Node {
  // `webcompat`: the syntax of Annex B, which Node has. `next`: what Node has before it is in a yearly standard.
  const options = { sourceType: kind, ranges: { start: true, end: true }, next: true, webcompat: true, lexical } as const;
  try {
    return parse(source, options) as unknown as Node;
  } catch (error) {
    if (!(error as Error).message.includes("Illegal 'use strict'")) throw error;
    // The parser takes a function within parameters for one that has them: without the directive it reads on.
    return parse(source.replaceAll(/(['"])use strict\1/g, '$1use sloppy$1'), options) as unknown as Node;
  }
}

/** Children of each type of node, in the order of the text: insertions are made in the order in which nodes are visited. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  Program: ['body'],
  ExpressionStatement: ['expression'],
  ExportNamedDeclaration: ['declaration'],
  ExportDefaultDeclaration: ['declaration'],
  ClassDeclaration: ['decorators', 'superClass', 'body'],
  ClassExpression: ['decorators', 'superClass', 'body'],
  ClassBody: ['body'],
  PropertyDefinition: ['decorators', 'key', 'value'],
  AccessorProperty: ['decorators', 'key', 'value'],
  MethodDefinition: ['decorators', 'key', 'value'],
  StaticBlock: ['body'],
  Decorator: ['expression'],
  BlockStatement: ['body'],
  ReturnStatement: ['argument'],
  YieldExpression: ['argument'],
  AwaitExpression: ['argument'],
  CallExpression: ['callee', 'arguments'],
  NewExpression: ['callee', 'arguments'],
  VariableDeclaration: ['declarations'],
  VariableDeclarator: ['id', 'init'],
  ObjectPattern: ['properties'],
  ArrayPattern: ['elements'],
  Property: ['key', 'value'],
  AssignmentPattern: ['left', 'right'],
  RestElement: ['argument'],
  SpreadElement: ['argument'],
  ForStatement: ['init', 'test', 'update', 'body'],
  ForInStatement: ['left', 'right', 'body'],
  ForOfStatement: ['left', 'right', 'body'],
  WhileStatement: ['test', 'body'],
  DoWhileStatement: ['body', 'test'],
  IfStatement: ['test', 'consequent', 'alternate'],
  SwitchStatement: ['discriminant', 'cases'],
  SwitchCase: ['test', 'consequent'],
  TryStatement: ['block', 'handler', 'finalizer'],
  CatchClause: ['param', 'body'],
  LabeledStatement: ['body'],
  WithStatement: ['object', 'body'],
  ThrowStatement: ['argument'],
  ChainExpression: ['expression'],
  ParenthesizedExpression: ['expression'],
  MemberExpression: ['object', 'property'],
  TemplateLiteral: ['expressions'],
  TaggedTemplateExpression: ['tag', 'quasi'],
  SequenceExpression: ['expressions'],
  ConditionalExpression: ['test', 'consequent', 'alternate'],
  ObjectExpression: ['properties'],
  ArrayExpression: ['elements'],
  AssignmentExpression: ['left', 'right'],
  BinaryExpression: ['left', 'right'],
  LogicalExpression: ['left', 'right'],
  UpdateExpression: ['argument'],
  UnaryExpression: ['argument'],
  ImportExpression: ['source', 'options'],
};
const LEAVES: readonly string[] = [];

/** Nothing of an unknown type is looked into: what is in it is not recorded, and nothing breaks. */
export const childrenOf = (type: string): readonly string[] => CHILDREN[type] ?? LEAVES;

/** Offset behind the next `=>`, from `at`, where only brackets and comments stand before it. */
export function behindArrow(source: string, at: number): number {
  return behindToken(source, at, '=>');
}

/** Offset behind the next `token`, from `at`; what stands before it is not in comments. */
export function behindToken(source: string, at: number, token: string): number {
  for (let i = at; i < source.length; i++) {
    if (source.startsWith('/*', i)) i = source.indexOf('*/', i + 2) + 1;
    else if (source.startsWith('//', i)) i = lineEnd(source, i);
    else if (source.startsWith(token, i)) return i + token.length;
  }
  throw new Error(`no ${token} behind ${at}`);
}

function lineEnd(source: string, at: number): number {
  const end = /[\n\r\u2028\u2029]/g;
  end.lastIndex = at;
  return end.exec(source)?.index ?? source.length;
}
