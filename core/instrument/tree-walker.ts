import { requireRegExp, requireSyntax } from './engine-syntax.ts';
import { boundNames, keyName, oneLine, targetName } from './function-names.ts';
import { inserted } from './inserted-text.ts';
import { FLAG, Insertions, type Instrumented } from './insertions.ts';
import { behindArrow, behindToken, childrenOf, type Node, parseSource, type SourceKind } from './syntax.ts';

export interface WalkOptions {
  readonly kind: SourceKind;
  /** The name of the file's own body. */
  readonly fileName: string;
  /** Record arguments, results, exceptions. */
  readonly arguments: boolean;
  readonly results: boolean;
  readonly exceptions: boolean;
}

/** A function while its text is walked through. */
interface Fn {
  readonly parent: Fn | undefined;
  readonly name: string | undefined;
  readonly at: number;
  readonly flags: number;
  /** What `this` is called in it. */
  readonly self: string | undefined;
  readonly strict: boolean;
  /** It may wait: async, a generator, a module with a top-level await. */
  waits: boolean;
  /** Nothing that was put in for it counts. */
  leftAlone: string | undefined;
  /** How often it has waited so far. */
  waited: number;
  readonly vars: Node[];
  /** Function declarations directly in it, and in its blocks. */
  readonly declared: string[];
  readonly declaredInBlocks: string[];
  evals: boolean;
}

/**
 * Puts the recording of calls into `source`: text is added within lines, none is removed, and no line more or less.
 * Throws a SyntaxError where `source` cannot be parsed, and a RangeError where it nests too deeply.
 */
export function walkTree(source: string, options: WalkOptions): Instrumented {
  return new TreeWalker(source, options).run();
}

class TreeWalker {
  readonly #source: string;
  readonly #options: WalkOptions;
  readonly #insertions = new Insertions<Fn>();
  readonly #leftAlone: { at: number; reason: string }[] = [];
  readonly #ignored: IgnoredLines | undefined;
  #fn: Fn;

  constructor(source: string, options: WalkOptions) {
    this.#source = source;
    this.#options = options;
    this.#ignored = IgnoredLines.of(source);
    const isModule = options.kind === 'module';
    this.#fn = makeFn({ parent: undefined, name: oneLine(options.fileName), at: 0, flags: FLAG.MODULE, self: undefined, strict: isModule });
  }

  run(): Instrumented {
    const program = parseSource(this.#source, this.#options.kind);
    const body = program.body as readonly Node[];
    const [first, last] = [body[0], body.at(-1)];
    if (!first || !last || this.#ignored?.wholeFile(first)) return { code: this.#source, functions: [], leftAlone: [] };
    const { offset, prefix, strict } = this.#behindDirectives(body, first.start);
    if (strict) this.#fn = { ...this.#fn, strict };
    const fn = this.#fn;
    const open = this.#insertions.begin(offset, '', fn);
    this.#statements(body, fn);
    const inBlock = this.#options.kind === 'commonjs' && conflict(fn) === undefined;
    const forms = inBlock ? inserted.body(false) : inserted.module(fn.waits);
    this.#insertions.change(open, offset, prefix + forms.before);
    this.#put(last.end, forms.after, fn);
    const found = { ...this.#insertions.splice(this.#source), leftAlone: this.#leftAlone };
    return this.#options.kind === 'commonjs' ? { ...found, asBody: this.#source } : found;
  }

  #put(offset: number, text: string, owner: Fn | undefined): void {
    this.#insertions.put(offset, text, owner);
  }

  /** Where the first statement after the directives may be put. */
  #behindDirectives(body: readonly Node[], start: number): { readonly offset: number; readonly prefix: string; readonly strict: boolean } {
    let last: Node | undefined;
    let strict = false;
    for (const statement of body) {
      if (statement.directive === undefined) break;
      last = statement;
      strict ||= statement.directive === 'use strict';
    }
    if (!last) return { offset: start, prefix: '', strict };
    return { offset: last.end, prefix: this.#source[last.end - 1] === ';' ? '' : inserted.semicolon, strict };
  }

  #statements(body: readonly Node[], fn: Fn): void {
    let lastUsing: Node | undefined;
    for (const statement of body) {
      // What a file itself disposes of comes behind its end.
      if (statement.kind === 'await using' && !lastUsing && fn.flags !== FLAG.MODULE) lastUsing = this.#beforeUsing(statement, body);
      // Of a block in a function the declarations are its own; of the function itself they are its variables.
      if (statement.type === 'FunctionDeclaration' && statement.id?.name !== undefined) fn.declared.push(statement.id.name);
      else if (statement.type === 'ExportNamedDeclaration' && statement.declaration?.id?.name !== undefined) fn.declared.push(statement.declaration.id.name);
      if (statement.type === 'FunctionDeclaration') this.#function(statement, statement.id?.name, statement.start);
      else this.#visit(statement, undefined);
      if (statement === lastUsing) this.#put(statement.end, inserted.awaitUsing.after, fn);
    }
  }

  /** What a block awaits at its end, whichever way it is left. The last `await using` of it. */
  #beforeUsing(first: Node, block: readonly Node[]): Node {
    this.#put(first.start, inserted.awaitUsing.before, this.#waiting());
    return block.findLast((statement) => statement.kind === 'await using') ?? first;
  }

  /**
   * `name`: what a function or class that is the value here is called.
   *
   * Hot: every node passes here. What there is most of comes first, and its fields are read by their names.
   */
  #visit(node: Node, name: string | undefined): void {
    switch (node.type) {
      case 'Identifier':
      case 'ThisExpression':
        return;
      case 'Literal':
        // One that could not be made is null.
        if (node.value === null && node.regex) requireRegExp(node.regex.pattern, node.regex.flags);
        return;
      case 'MemberExpression':
        this.#visit(node.object as Node, undefined);
        if (node.computed) this.#visit(node.property as Node, undefined);
        return;
      case 'CallExpression':
        if (node.callee?.type === 'Identifier' && node.callee.name === 'eval') this.#fn.evals = true;
        this.#visit(node.callee as Node, undefined);
        this.#arguments(node.callee as Node, node.arguments as readonly Node[]);
        return;
      case 'ExpressionStatement':
        this.#visit(node.expression as unknown as Node, undefined);
        return;
      case 'BinaryExpression':
      case 'LogicalExpression':
        this.#visit(node.left as Node, undefined);
        this.#visit(node.right as Node, undefined);
        return;
      case 'AssignmentExpression':
      case 'AssignmentPattern': {
        const { left, right } = node as { readonly left: Node; readonly right: Node };
        this.#visit(left, undefined);
        this.#visit(right, takesName(right) ? targetName(this.#source, left, this.#fn.self) : undefined);
        return;
      }
      case 'BlockStatement':
        this.#blockStatement(node.body as readonly Node[]);
        return;
      case 'IfStatement':
      case 'ConditionalExpression':
        this.#visit(node.test as Node, undefined);
        this.#visit(node.consequent as Node, undefined);
        if (node.alternate) this.#visit(node.alternate, undefined);
        return;
      case 'UnaryExpression':
      case 'UpdateExpression':
        this.#visit(node.argument as Node, undefined);
        return;
      case 'SequenceExpression':
        this.#list(node.expressions as readonly Node[]);
        return;
      case 'ReturnStatement':
        this.#return(node);
        return;
      case 'ObjectExpression':
        for (const property of node.properties ?? []) this.#property(property, name);
        return;
      case 'VariableDeclaration':
        if (node.kind === 'var') this.#fn.vars.push(node);
        else if (node.kind === 'using' || node.kind === 'await using') requireSyntax(node.kind);
        for (const { id, init } of node.declarations ?? []) {
          if (id) this.#visit(id, undefined);
          if (init) this.#visit(init, id?.type === 'Identifier' ? id.name : undefined);
        }
        return;
      case 'FunctionDeclaration':
        if (node.id?.name !== undefined) this.#fn.declaredInBlocks.push(node.id.name);
        this.#function(node, node.id?.name ?? name, node.start);
        return;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.#function(node, node.id?.name ?? name, node.start);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#class(node, node.id?.name ?? name);
        return;
      case 'Property': // Of a pattern.
        if (node.computed && node.key) this.#visit(node.key, undefined);
        if (node.value) this.#visit(node.value, undefined);
        return;
      case 'ExportDefaultDeclaration':
        if (node.declaration) this.#visit(node.declaration, 'default');
        return;
      case 'AwaitExpression':
      case 'YieldExpression':
        this.#wait(node);
        return;
      case 'LabeledStatement':
        if (isLabelledForAwait(node)) this.#forAwaitStatement(node);
        else this.#children(node);
        return;
      case 'ForOfStatement':
        if (waitsEachRound(node)) this.#forAwaitStatement(node);
        else this.#children(node);
        return;
      case 'TryStatement':
        this.#try(node);
        return;
      default:
        this.#children(node);
    }
  }

  #arguments(callee: Node, nodes: readonly Node[]): void {
    const [first, second] = nodes;
    // esbuild, and so tsx, keeps names this way: `__name(() => 1, "f")`.
    if (first && callee.type === 'Identifier' && callee.name === '__name' && typeof second?.value === 'string') this.#visit(first, oneLine(second.value));
    else this.#list(nodes);
  }

  #list(nodes: readonly (Node | null)[]): void {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (node) this.#visit(node, undefined);
    }
  }

  #blockStatement(body: readonly Node[]): void {
    let lastUsing: Node | undefined;
    for (let i = 0; i < body.length; i++) {
      const statement = body[i] as Node;
      if (statement.kind === 'await using' && !lastUsing) lastUsing = this.#beforeUsing(statement, body);
      this.#visit(statement, undefined);
      if (statement === lastUsing) this.#put(statement.end, inserted.awaitUsing.after, this.#fn);
    }
  }

  #children(node: Node): void {
    const fields = node as unknown as Record<string, Node | readonly (Node | null)[] | null | undefined>;
    for (const key of childrenOf(node.type)) {
      const child = fields[key];
      if (!child) continue;
      if (isList(child)) this.#list(child);
      else this.#visit(child, undefined);
    }
  }

  #property(property: Node, owner: string | undefined): void {
    const { key, value } = property;
    if (property.type !== 'Property' || !key || !value) {
      this.#children(property);
      return;
    }
    if (property.computed) this.#visit(key, undefined);
    if (property.shorthand) return;
    if (!takesName(value)) {
      this.#visit(value, undefined);
      return;
    }
    const plain = `${owner === undefined ? '' : `${owner}.`}${keyName(this.#source, key, property.computed === true)}`;
    const name = property.kind === 'get' || property.kind === 'set' ? `${property.kind} ${plain}` : plain;
    if (value.type === 'FunctionExpression' && value.id == null) this.#function(value, name, property.start, { self: owner });
    else this.#visit(value, name);
  }

  #class(node: Node, name = '(class)'): void {
    const outer = this.#fn;
    if (node.decorators && node.decorators.length > 0) requireSyntax('decorators');
    // A class is strict, whatever is around it. Its heritage and its computed keys run in the function around it.
    if (node.superClass) this.#visit(node.superClass, undefined);
    for (const member of ((node.body as Node).body ?? []) as readonly Node[]) {
      if (member.decorators && member.decorators.length > 0) requireSyntax('decorators');
      if (member.type === 'StaticBlock') {
        this.#block(member, `${name}.<static>`);
        continue;
      }
      if (member.computed && member.key) this.#visit(member.key, undefined);
      if (!member.key || !member.value) continue;
      const key = `${name}.${keyName(this.#source, member.key, member.computed === true)}`;
      if (member.type !== 'MethodDefinition') {
        // A field is a method of its own to the engine: nothing in it waits for the function around it.
        this.#fn = makeFn({ parent: outer, name: key, at: member.start, flags: 0, self: name, strict: true });
        this.#fn.leftAlone ??= 'a field';
        this.#visit(member.value, key);
        this.#fn = outer;
      } else if (member.kind === 'constructor') this.#function(member.value, `new ${name}`, member.start, { self: name, strict: true, isConstructor: true });
      else {
        const method = member.kind === 'get' || member.kind === 'set' ? `${member.kind} ${key}` : key;
        this.#function(member.value, method, member.start, { self: name, strict: true });
      }
    }
  }

  #block(node: Node, name: string): void {
    const open = behindToken(this.#source, node.start, '{');
    this.#body(makeFn({ parent: this.#fn, name, at: node.start, flags: 0, self: name, strict: true }), node.body as readonly Node[], open, node.end - 1);
  }

  #function(
    node: Node,
    name: string | undefined,
    at: number,
    { self, strict = false, isConstructor = false }: { readonly self?: string | undefined; readonly strict?: boolean; readonly isConstructor?: boolean } = {},
  ): void {
    const isArrow = node.type === 'ArrowFunctionExpression';
    const flags = (node.async ? FLAG.ASYNC : 0) | (node.generator ? FLAG.GENERATOR : 0) | (isConstructor ? FLAG.CONSTRUCTOR : 0);
    const fn = makeFn({ parent: this.#fn, name, at, flags, self: isArrow ? this.#fn.self : (self ?? name), strict: strict || this.#fn.strict });
    fn.waits = node.async === true || node.generator === true;
    if (this.#ignored?.covers(at)) fn.leftAlone = 'ignored';
    const outer = this.#fn;
    this.#fn = fn;
    for (const parameter of node.params ?? []) this.#visit(parameter, undefined);
    this.#fn = outer;
    const body = node.body as Node;
    const parameters = this.#options.arguments ? (node.params ?? []).flatMap((parameter) => boundNames(parameter)).join() : undefined;
    if (body.type === 'BlockStatement') this.#body(fn, body.body as readonly Node[], body.start + 1, body.end - 1, parameters);
    else this.#expressionBody(fn, node, body, parameters);
  }

  #body(fn: Fn, statements: readonly Node[], open: number, close: number, parameters?: string): void {
    const outer = this.#fn;
    const { offset, prefix, strict } = this.#behindDirectives(statements, open);
    const own = strict && !fn.strict ? { ...fn, strict } : fn;
    this.#fn = own;
    const forms = inserted.body(own.waits, parameters);
    this.#insertions.begin(offset, prefix + forms.before, own);
    this.#statements(statements, own);
    this.#put(close, forms.after, own);
    this.#fn = outer;
    const reason = conflict(own);
    if (reason !== undefined && own.leftAlone === undefined) {
      own.leftAlone = reason;
      this.#leftAlone.push({ at: own.at, reason });
    }
  }

  #expressionBody(fn: Fn, node: Node, body: Node, parameters: string | undefined): void {
    const outer = this.#fn;
    this.#fn = fn;
    const forms = inserted.expressionBody(fn.waits, parameters);
    const arrow = behindArrow(this.#source, node.params?.at(-1)?.end ?? node.start);
    this.#insertions.begin(arrow, forms.before, fn);
    if (this.#options.results) this.#put(arrow, inserted.result.before, fn);
    this.#visit(body, undefined);
    if (this.#options.results) this.#put(node.end, inserted.result.after, fn);
    this.#put(node.end, forms.after, fn);
    this.#fn = outer;
  }

  /** `await` and `yield`: the run ends behind the keyword's value, and another begins where the expression has its own. */
  #wait(node: Node): void {
    const fn = this.#waiting();
    const { argument } = node;
    const keyword = node.start + 5; // Both are of five letters.
    this.#put(node.start, inserted.wait.before, fn);
    if (argument) {
      this.#put(node.delegate ? behindToken(this.#source, keyword, '*') : keyword, inserted.wait.value, fn);
      this.#visit(argument, undefined);
      this.#put(node.end, inserted.wait.afterValue, fn);
    } else this.#put(node.end, inserted.wait.noValue, fn);
    this.#put(node.end, inserted.wait.after, fn);
  }

  /** The function that waits here: the current one. A module does with its first top-level await. */
  #waiting(): Fn {
    const fn = this.#fn;
    fn.waits = true;
    fn.waited++;
    return fn;
  }

  /** A `for await` waits before each round and behind the last, `for (await using …)` behind each; a label stays with its loop. */
  #forAwaitStatement(node: Node): void {
    const fn = this.#waiting();
    this.#put(node.start, inserted.forAwait.statement, fn);
    let loop = node;
    while (loop.type === 'LabeledStatement') loop = loop.body as Node;
    const { left, right } = loop;
    const body = loop.body as Node;
    if (left) this.#visit(left, undefined);
    if (right) {
      if (loop.await) this.#put(right.start, inserted.forAwait.iterable, fn);
      this.#visit(right, undefined);
      if (loop.await) this.#put(right.end, inserted.forAwait.afterIterable, fn);
    }
    const isBlock = body.type === 'BlockStatement';
    const forms = isBlock ? inserted.forAwait.block : inserted.forAwait.plain;
    this.#put(isBlock ? body.start + 1 : body.start, forms.before, fn);
    this.#visit(body, undefined);
    this.#put(isBlock ? body.end - 1 : body.end, forms.after, fn);
    this.#put(node.end, inserted.forAwait.afterStatement, fn);
  }

  /** What was awaited and failed, or was ended from outside, runs on in a `catch` or `finally`. */
  #try(node: Node): void {
    const fn = this.#fn;
    const before = fn.waited;
    if (node.block) this.#visit(node.block, undefined);
    if (node.handler) this.#catch(node.handler, fn.waited > before);
    if (node.finalizer) {
      if (fn.waited > before) this.#put(node.finalizer.start + 1, inserted.resume, fn);
      this.#visit(node.finalizer, undefined);
    }
  }

  #catch(handler: Node, waited: boolean): void {
    const { param } = handler;
    const body = handler.body as Node;
    if (param) this.#visit(param, undefined);
    const isNamed = param?.type === 'Identifier';
    if (this.#options.exceptions && !param) this.#put(body.start, inserted.caughtUnnamed.parameter, undefined);
    if (waited) this.#put(body.start + 1, inserted.resume, this.#fn);
    if (this.#options.exceptions && (isNamed || !param)) {
      this.#put(body.start + 1, isNamed ? inserted.caught(param.name ?? '') : inserted.caughtUnnamed.statement, undefined);
    }
    this.#visit(body, undefined);
  }

  #return(node: Node): void {
    const { argument } = node;
    if (!argument) return;
    // What an async generator returns is awaited: the value is not there yet.
    const records = this.#options.results && this.#fn.flags !== FLAG.MODULE && this.#fn.flags !== (FLAG.ASYNC | FLAG.GENERATOR);
    if (records) this.#put(node.start + 'return'.length, inserted.result.before, this.#fn);
    this.#visit(argument, undefined);
    if (records) this.#put(endOfArgument(this.#source, node, argument), inserted.result.after, this.#fn);
  }
}

/** Behind the expression of a `return`, its brackets included: a node's own end is inside of them. */
function endOfArgument(source: string, statement: Node, argument: Node): number {
  const end = source[statement.end - 1] === ';' ? statement.end - 1 : statement.end;
  return Math.max(end, argument.end);
}

function makeFn(options: Pick<Fn, 'parent' | 'name' | 'at' | 'flags' | 'self' | 'strict'>): Fn {
  const leftAlone = options.parent?.leftAlone === 'ignored' ? 'ignored' : undefined;
  return { ...options, waits: false, leftAlone, waited: 0, vars: [], declared: [], declaredInBlocks: [], evals: false };
}

/**
 * Why the body of a function cannot stand in a block: its function declarations are variables of the function, and in a block
 * they would be the block's own. Undefined where that makes no difference.
 */
function conflict({ declared, declaredInBlocks, vars, strict, evals }: Fn): string | undefined {
  if (declared.length === 0) return undefined;
  const own = new Set(declared);
  if (own.size < declared.length) return 'declares a function twice';
  if (!strict && evals) return 'has functions and eval';
  const names = vars.flatMap(({ declarations = [] }) => declarations.flatMap(({ id }) => boundNames(id)));
  if (!strict) names.push(...declaredInBlocks);
  return names.some((name) => own.has(name)) ? 'declares a variable and a function of one name' : undefined;
}

function isLabelledForAwait(node: Node): boolean {
  let inner = node;
  while (inner.type === 'LabeledStatement') inner = inner.body as Node;
  return inner.type === 'ForOfStatement' && waitsEachRound(inner);
}

const waitsEachRound = (loop: Node): boolean => loop.await === true || loop.left?.kind === 'await using';

/** A function, a class, or an object with some in it. */
function takesName({ type }: Node): boolean {
  return type === 'FunctionExpression' || type === 'ArrowFunctionExpression' || type === 'ClassExpression' || type === 'ObjectExpression';
}

const isList = (child: Node | readonly (Node | null)[]): child is readonly (Node | null)[] => Array.isArray(child);

/** `// !viztracer: ignore`: the function in whose first line it stands, or above which; at the top of a file all of it. */
class IgnoredLines {
  static readonly #COMMENT = /(?:\/\/|\/\*)[ \t]*!viztracer:[ \t]*ignore\b/g;
  readonly #source: string;
  readonly #comments: readonly number[];

  static of(source: string): IgnoredLines | undefined {
    if (!source.includes('!viztracer:')) return undefined;
    const comments = [...source.matchAll(IgnoredLines.#COMMENT)].map(({ index }) => index);
    return comments.length > 0 ? new IgnoredLines(source, comments) : undefined;
  }

  private constructor(source: string, comments: readonly number[]) {
    this.#source = source;
    this.#comments = comments;
  }

  /** A comment before the first statement that is not right above a function. */
  wholeFile({ type, start, directive }: Node): boolean {
    const mayBeFunction = directive === undefined && /^(?:Function|Class|Variable|Export|Expression)/.test(type);
    return this.#comments.some((at) => at < start && (!mayBeFunction || this.#linesBetween(at, start) > 1));
  }

  covers(at: number): boolean {
    return this.#comments.some((comment) => {
      const lines = comment < at ? this.#linesBetween(comment, at) : this.#linesBetween(at, comment) === 0 ? 0 : 2;
      if (lines === 0) return true;
      return lines === 1 && /^[ \t]*(?:\/\/|\/\*)/.test(this.#lineOf(comment));
    });
  }

  #linesBetween(from: number, to: number): number {
    return this.#source.slice(from, to).split('\n').length - 1;
  }

  #lineOf(at: number): string {
    return this.#source.slice(this.#source.lastIndexOf('\n', at - 1) + 1, at + 2);
  }
}
