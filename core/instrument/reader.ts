/**
 * Reads a program once, from its first letter to its last, and puts the recording of calls in on the way: no tree is made of it. What it puts in is to the letter
 * what `tree-walker.ts` puts in. It reads all that is common; whatever is not, or looks wrong, is left to the parser.
 */
import { oneLine } from './function-names.ts';
import { inserted } from './inserted-text.ts';
import { FLAG, Insertions, type Instrumented } from './insertions.ts';
import { AS_IT_IS, EXPRESSION, Name, NOBODY, NUMERAL, ReadFunction, SELF, TEXT, UNKNOWN, WRITTEN } from './reader-names.ts';
import * as T from './scanner.ts';
import { giveUp, Scanner } from './scanner.ts';
import type { SourceKind } from './syntax.ts';

export interface ReaderOptions {
  readonly kind: SourceKind;
  readonly fileName: string;
  readonly exceptions: boolean;
}

/** Thrown where a CommonJS file has the syntax of an ES module. */
export const MODULE_SYNTAX = new Error('import or export');

/** Undefined: the parser is to read it. Throws MODULE_SYNTAX. */
export function readOnce(source: string, options: ReaderOptions): Instrumented | undefined {
  try {
    return new Reader(source, options).run();
  } catch (error) {
    if (error === MODULE_SYNTAX) throw error;
    // It gave up, it nests too deeply, a regular expression is none: in all cases the parser has the last word.
    return undefined;
  }
}

// What an expression was, brackets not counted.
const OTHER = 0;
const A_NAME = 1;
const MEMBER = 2;
const OBJECT = 3;
const ARRAY = 4;
/** A function or class. */
const FUNCTION = 5;
/** Nothing may follow it but the end of what it stands in. */
const ARROW = 6;
const STRING = 7;
const NUMBER = 8;
const WORD = 9;
const THIS = 10;
const REGULAR_EXPRESSION = 11;
/** `a = 1`, `{ a } = b`: what a parameter may be. */
const ASSIGNED = 12;

const BODY = [inserted.body(false), inserted.body(true)] as const;
const EXPRESSION_BODY = [inserted.expressionBody(false), inserted.expressionBody(true)] as const;

/** How a function declaration counts for the function around it. */
const NOT_DECLARED = 0;
const IN_BODY = 1;
const IN_BLOCK = 2;

class Reader extends Scanner {
  readonly #original: string;
  readonly #options: ReaderOptions;
  readonly #insertions = new Insertions<ReadFunction>();
  readonly #leftAlone: { readonly fn: ReadFunction; readonly reason: string }[] = [];
  #fn: ReadFunction;
  #mayAwait: boolean;
  #mayYield = false;
  /** `{ a = 1 }` where no pattern has been made of it yet. */
  #covers = 0;
  /** Where the names of variables begin and end: those of each function behind those of the function around it. */
  #vars = new Int32Array(256);
  #varsEnd = 0;
  // Of the last name that was an expression.
  #nameToken = 0;
  #nameStart = 0;
  #nameEnd = 0;
  // Of the last expression in brackets.
  #bracketStart = 0;
  #bracketEnd = 0;
  // Of the last member: what its object is called, see `Name`, and its property.
  #ownerKind = 0;
  #ownerKey = 0;
  #ownerStart = 0;
  #ownerEnd = 0;
  #key = 0;
  #keyStart = 0;
  #keyEnd = 0;
  #isExports = false;

  constructor(source: string, options: ReaderOptions) {
    super(source);
    // Where a comment may say that something is to be left alone, it is asked of the tree.
    if (source.includes('!viztracer:')) giveUp();
    this.#original = source;
    this.#options = options;
    const isModule = options.kind === 'module';
    this.#mayAwait = isModule;
    this.#fn = new ReadFunction(source, undefined, Name.fixed(oneLine(options.fileName)), 0, FLAG.MODULE, false, isModule);
  }

  run(): Instrumented {
    this.next();
    if (this.token === T.END) return { code: this.#original, functions: [], leftAlone: [] };
    const fn = this.#fn;
    const begin = this.#insertions.begin(this.start, '', fn);
    const prefix = this.#directives(begin, fn);
    while (this.token !== T.END) this.#statement(-1, IN_BODY);
    const inBlock = this.#options.kind === 'commonjs' && this.#conflict(fn, 0) === undefined;
    const forms = inBlock ? BODY[0] : inserted.module(fn.waits);
    this.#insertions.change(begin, this.#insertions.offsetOf(begin), prefix + forms.before);
    this.#insertions.put(this.previousEnd, forms.after, fn);
    if (this.#covers > 0) giveUp();
    const { code, functions } = this.#insertions.splice(this.#original);
    return { code, functions, leftAlone: this.#leftAlone.map(({ fn: { at }, reason }) => ({ at, reason })) };
  }

  #expect(token: number): void {
    if (this.token !== token) giveUp();
    this.next();
  }

  #semicolon(): void {
    if (this.token === T.SEMICOLON) this.next();
    else if (this.token !== T.RIGHT_BRACE && this.token !== T.END && !this.onNewLine) giveUp();
  }

  /** Moves what was put in as number `begin` behind them, and returns what comes in front of it. */
  #directives(begin: number, fn: ReadFunction): string {
    let prefix = '';
    while (this.token === T.STRING) {
      const { start, end } = this;
      const isDirective = this.#expression(false) === STRING && this.previousEnd === end;
      this.#semicolon();
      if (!isDirective) break;
      if (this.source.slice(start + 1, end - 1) === 'use strict') fn.strict = true;
      prefix = this.source.charCodeAt(this.previousEnd - 1) === 59 ? '' : inserted.semicolon;
      this.#insertions.change(begin, this.previousEnd, this.#insertions.textOf(begin));
    }
    return prefix;
  }

  // Statements

  /** `label`: where the first label in front of it begins. */
  #statement(label: number, place: number): void {
    switch (this.token) {
      case T.LEFT_BRACE:
        this.#block();
        return;
      case T.SEMICOLON:
        this.next();
        return;
      case T.VAR:
      case T.CONST:
      case T.LET:
        this.#declarations(false);
        this.#semicolon();
        return;
      case T.FUNCTION:
        this.#function(this.start, 0, undefined, place);
        return;
      case T.ASYNC:
        if (this.#functionFollows()) {
          const { start } = this;
          this.next();
          this.#function(start, FLAG.ASYNC, undefined, place);
        } else this.#expressionStatement(label);
        return;
      case T.CLASS:
        this.#class(undefined, true);
        return;
      case T.IF:
        this.next();
        this.#inBrackets();
        this.#statement(-1, IN_BLOCK);
        if (this.token === T.ELSE) {
          this.next();
          this.#statement(-1, IN_BLOCK);
        }
        return;
      case T.RETURN:
        if (this.#fn.flags === FLAG.MODULE && this.#options.kind === 'module') giveUp();
        this.next();
        if (!this.onNewLine && this.token !== T.SEMICOLON && this.token !== T.RIGHT_BRACE && this.token !== T.END) this.#expression(false);
        this.#semicolon();
        return;
      case T.THROW:
        this.next();
        if (this.onNewLine) giveUp();
        this.#expression(false);
        this.#semicolon();
        return;
      case T.FOR:
        this.#for(label);
        return;
      case T.WHILE:
      case T.WITH:
        this.next();
        this.#inBrackets();
        this.#statement(-1, IN_BLOCK);
        return;
      case T.DO:
        this.next();
        this.#statement(-1, IN_BLOCK);
        this.#expect(T.WHILE);
        this.#inBrackets();
        if (this.token === T.SEMICOLON) this.next();
        return;
      case T.LEAVE:
        this.next();
        if (!this.onNewLine && this.token <= T.LAST_NAME) this.next();
        this.#semicolon();
        return;
      case T.SWITCH:
        this.#switch();
        return;
      case T.TRY:
        this.#try();
        return;
      case T.DEBUGGER:
        this.next();
        this.#semicolon();
        return;
      case T.IMPORT:
        this.#import();
        return;
      case T.EXPORT:
        this.#export(place);
        return;
      default:
        this.#expressionStatement(label);
    }
  }

  #expressionStatement(label: number): void {
    const { start, end } = this;
    const kind = this.#expression(false);
    if (this.token === T.COLON && kind === A_NAME && this.previousEnd === end) {
      this.next();
      this.#statement(label < 0 ? start : label, IN_BLOCK);
    } else this.#semicolon();
  }

  #block(): void {
    this.#expect(T.LEFT_BRACE);
    while (this.token !== T.RIGHT_BRACE) this.#statement(-1, IN_BLOCK);
    this.next();
  }

  #inBrackets(): void {
    this.#expect(T.LEFT_PAREN);
    this.#expression(false);
    this.#expect(T.RIGHT_PAREN);
  }

  /** `isHead`: of a `for`. Returns whether `of` may follow: there is one, and it has no value yet. */
  #declarations(isHead: boolean): boolean {
    const isVar = this.token === T.VAR;
    const mayBeEmpty = this.token !== T.CONST;
    const isLet = this.token === T.LET;
    this.next();
    if (isLet && this.token > T.LAST_NAME && this.token !== T.LEFT_BRACE && this.token !== T.LEFT_BRACKET) giveUp();
    for (let isFirst = true; ; isFirst = false) {
      const { start, end } = this;
      const isName = this.#binding(isVar);
      const hasValue = this.token === T.EQUALS;
      if (!hasValue && !(isName && mayBeEmpty) && !(isHead && isFirst && (this.token === T.OF || this.token === T.IN))) giveUp();
      if (hasValue) {
        this.next();
        this.#named(isName ? this.#nameFor(start, end) : undefined, isHead);
      }
      if (this.token !== T.COMMA) return isFirst && !hasValue;
      this.next();
    }
  }

  #for(label: number): void {
    const fn = this.#fn;
    const start = label < 0 ? this.start : label;
    this.next();
    const waits = this.token === T.AWAIT;
    if (waits) {
      if (!this.#mayAwait) giveUp();
      this.next();
      this.#wait();
      this.#insertions.put(start, inserted.forAwait.statement, fn);
    }
    this.#expect(T.LEFT_PAREN);
    if (this.#forHead()) this.#forIterable(waits);
    else {
      if (waits) giveUp();
      this.#expect(T.SEMICOLON);
      if (this.token !== T.SEMICOLON) this.#expression(false);
      this.#expect(T.SEMICOLON);
      if (this.token !== T.RIGHT_PAREN) this.#expression(false);
    }
    this.#expect(T.RIGHT_PAREN);
    if (waits) this.#forAwaitBody(fn);
    else this.#statement(-1, IN_BLOCK);
  }

  /** Whether `of` or `in` follows. */
  #forHead(): boolean {
    let mayIterate = true;
    switch (this.token) {
      case T.SEMICOLON:
        return false;
      case T.VAR:
      case T.CONST:
      case T.LET:
        mayIterate = this.#declarations(true);
        break;
      case T.ASYNC:
        return giveUp();
      default: {
        const covers = this.#covers;
        const kind = this.#expression(true);
        mayIterate = kind >= A_NAME && kind <= ARRAY;
        if (this.token === T.OF || this.token === T.IN) this.#covers = covers;
      }
    }
    if (this.token !== T.OF && this.token !== T.IN) return false;
    if (!mayIterate) giveUp();
    return true;
  }

  #forIterable(waits: boolean): void {
    const isOf = this.token === T.OF;
    this.next();
    if (!isOf) {
      if (waits) giveUp();
      this.#expression(false);
      return;
    }
    if (waits) {
      // A tree has no brackets: where it begins is not where this begins.
      if (this.token === T.LEFT_PAREN) giveUp();
      this.#insertions.put(this.start, inserted.forAwait.iterable, this.#fn);
    }
    this.#assignment(undefined, false);
    if (waits) this.#insertions.put(this.previousEnd, inserted.forAwait.afterIterable, this.#fn);
  }

  #forAwaitBody(fn: ReadFunction): void {
    if (this.token === T.LEFT_BRACE) {
      const { before, after } = inserted.forAwait.block;
      this.#insertions.put(this.end, before, fn);
      this.next();
      while (this.token !== T.RIGHT_BRACE) this.#statement(-1, IN_BLOCK);
      this.#insertions.put(this.start, after, fn);
      this.next();
    } else {
      const { before, after } = inserted.forAwait.plain;
      this.#insertions.put(this.start, before, fn);
      this.#statement(-1, IN_BLOCK);
      this.#insertions.put(this.previousEnd, after, fn);
    }
    this.#insertions.put(this.previousEnd, inserted.forAwait.afterStatement, fn);
  }

  #switch(): void {
    this.next();
    this.#inBrackets();
    this.#expect(T.LEFT_BRACE);
    while (this.token !== T.RIGHT_BRACE) {
      if (this.token === T.CASE) {
        this.next();
        this.#expression(false);
      } else if (this.token === T.DEFAULT) this.next();
      else giveUp();
      this.#expect(T.COLON);
      while (this.token !== T.CASE && this.token !== T.DEFAULT && this.token !== T.RIGHT_BRACE) this.#statement(-1, IN_BLOCK);
    }
    this.next();
  }

  #try(): void {
    const fn = this.#fn;
    const before = fn.waited;
    this.next();
    this.#block();
    const hasCatch = this.token === T.CATCH;
    if (hasCatch) this.#catch(fn.waited > before);
    if (this.token === T.FINALLY) {
      this.next();
      if (this.token === T.LEFT_BRACE && fn.waited > before) this.#insertions.put(this.end, inserted.resume, fn);
      this.#block();
    } else if (!hasCatch) giveUp();
  }

  #catch(waited: boolean): void {
    const { exceptions } = this.#options;
    this.next();
    let error: string | undefined;
    const hasParameter = this.token === T.LEFT_PAREN;
    if (hasParameter) {
      this.next();
      const { start, end } = this;
      if (this.#binding(false)) error = this.source.slice(start, end);
      this.#expect(T.RIGHT_PAREN);
    }
    if (this.token !== T.LEFT_BRACE) giveUp();
    if (exceptions && !hasParameter) this.#insertions.put(this.start, inserted.caughtUnnamed.parameter, undefined);
    if (waited) this.#insertions.put(this.end, inserted.resume, this.#fn);
    if (exceptions && error !== undefined) this.#insertions.put(this.end, inserted.caught(error), undefined);
    else if (exceptions && !hasParameter) this.#insertions.put(this.end, inserted.caughtUnnamed.statement, undefined);
    this.#block();
  }

  // Modules

  #import(): void {
    // A comment there is looked at by the parser.
    const next = /\s*([(./]?)/y;
    next.lastIndex = this.end;
    const sign = next.exec(this.source)?.[1];
    if (sign === '/') giveUp();
    if (sign === '(' || sign === '.') {
      this.#expressionStatement(-1);
      return;
    }
    this.#requireModule();
    this.next();
    if (this.token !== T.STRING) {
      if (this.token <= T.LAST_NAME) {
        this.next();
        if (this.token === T.COMMA) this.next();
        else if (this.token !== T.FROM) giveUp();
      }
      if (this.token === T.STAR) this.#allAs();
      else if (this.token === T.LEFT_BRACE) this.#moduleNames();
      this.#expect(T.FROM);
    }
    this.#from();
  }

  #requireModule(): void {
    if (this.#options.kind !== 'module') throw MODULE_SYNTAX;
    if (this.#fn.parent) giveUp();
  }

  #export(place: number): void {
    this.#requireModule();
    if (place !== IN_BODY) giveUp();
    this.next();
    switch (this.token) {
      case T.DEFAULT:
        this.#exportDefault();
        return;
      case T.LEFT_BRACE:
        this.#moduleNames();
        if (this.token === T.FROM && !this.onNewLine) {
          this.next();
          this.#from();
        } else this.#semicolon();
        return;
      case T.STAR:
        this.#allAs();
        this.#expect(T.FROM);
        this.#from();
        return;
      case T.VAR:
      case T.CONST:
      case T.LET:
      case T.FUNCTION:
      case T.CLASS:
        this.#statement(-1, IN_BODY);
        return;
      case T.ASYNC:
        if (!this.#functionFollows()) giveUp();
        this.#statement(-1, IN_BODY);
        return;
      default:
        giveUp();
    }
  }

  #exportDefault(): void {
    const name = Name.fixed('default');
    this.next();
    const { start } = this;
    if (this.token === T.FUNCTION) this.#function(start, 0, name, NOT_DECLARED);
    else if (this.token === T.ASYNC && this.#functionFollows()) {
      this.next();
      this.#function(start, FLAG.ASYNC, name, NOT_DECLARED);
    } else if (this.token === T.CLASS) this.#class(name);
    else {
      this.#named(name, false);
      this.#semicolon();
    }
  }

  /** `*`, `* as name`. */
  #allAs(): void {
    this.next();
    if (this.token !== T.AS) return;
    this.next();
    if (this.token > T.LAST_WORD) giveUp();
    this.next();
  }

  #moduleNames(): void {
    this.next();
    while (this.token !== T.RIGHT_BRACE) {
      this.#moduleName();
      if (this.token === T.AS) {
        this.next();
        if (this.token !== T.COMMA && this.token !== T.RIGHT_BRACE) this.#moduleName();
      }
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_BRACE) giveUp();
    }
    this.next();
  }

  #moduleName(): void {
    if (this.token > T.LAST_WORD && this.token !== T.STRING) giveUp();
    this.next();
  }

  /** The name of a module, and its attributes. */
  #from(): void {
    this.#expect(T.STRING);
    if (this.token === T.WITH && !this.onNewLine) {
      this.next();
      if (this.token !== T.LEFT_BRACE) giveUp();
      this.next();
      while (this.token !== T.RIGHT_BRACE) {
        this.#moduleName();
        this.#expect(T.COLON);
        this.#expect(T.STRING);
        if (this.token === T.COMMA) this.next();
      }
      this.next();
    }
    this.#semicolon();
  }

  // Patterns

  /** What is declared; true: a name. The names of a `var` are kept. */
  #binding(isVar: boolean): boolean {
    if (this.token <= T.LAST_NAME) {
      if (this.token === T.LET || this.token === T.STATIC) giveUp();
      if (isVar) this.#variable(this.start, this.end);
      this.next();
      return true;
    }
    if (this.token === T.LEFT_BRACE) this.#objectBinding(isVar);
    else if (this.token === T.LEFT_BRACKET) this.#arrayBinding(isVar);
    else giveUp();
    return false;
  }

  #bindingWithDefault(isVar: boolean): void {
    const { start, end } = this;
    const isName = this.#binding(isVar);
    if (this.token === T.EQUALS) this.#default(isName ? start : -1, end);
  }

  #default(start: number, end: number): void {
    this.next();
    this.#named(start < 0 ? undefined : this.#nameFor(start, end), false);
  }

  #objectBinding(isVar: boolean): void {
    this.next();
    while (this.token !== T.RIGHT_BRACE) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.#binding(isVar);
      } else {
        const { start, end, token } = this;
        this.#propertyKey();
        if (this.token === T.COLON) {
          this.next();
          this.#bindingWithDefault(isVar);
        } else {
          if (token > T.LAST_NAME) giveUp();
          if (isVar) this.#variable(start, end);
          if (this.token === T.EQUALS) this.#default(start, end);
        }
      }
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_BRACE) giveUp();
    }
    this.next();
  }

  #arrayBinding(isVar: boolean): void {
    this.next();
    while (this.token !== T.RIGHT_BRACKET) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.#binding(isVar);
      } else if (this.token !== T.COMMA) this.#bindingWithDefault(isVar);
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_BRACKET) giveUp();
    }
    this.next();
  }

  #variable(start: number, end: number): void {
    if (this.#varsEnd + 2 > this.#vars.length) {
      const longer = new Int32Array(this.#vars.length * 2);
      longer.set(this.#vars);
      this.#vars = longer;
    }
    this.#vars[this.#varsEnd++] = start;
    this.#vars[this.#varsEnd++] = end;
  }

  // Functions and classes

  /** At `async`: whether `function` follows on the same line. */
  #functionFollows(): boolean {
    const { source } = this;
    let at = this.end;
    while (source.charCodeAt(at) === 32 || source.charCodeAt(at) === 9) at++;
    if (source.charCodeAt(at) === 47) giveUp();
    return source.startsWith('function', at) && !/[\w$\\\x80-\uffff]/.test(source.charAt(at + 8));
  }

  #makeFunction(name: Name | undefined, start: number, flags: number, isArrow = false, strict = this.#fn.strict): ReadFunction {
    return new ReadFunction(this.source, this.#fn, name, start, flags, isArrow, strict);
  }

  /** At `function`. `place`: how its name counts for the function around it. */
  #function(start: number, async: number, given: Name | undefined, place: number): void {
    this.next();
    let flags = async;
    if (this.token === T.STAR) {
      flags |= FLAG.GENERATOR;
      this.next();
    }
    let name = given;
    let isAnonymous = true;
    if (this.token <= T.LAST_NAME) {
      isAnonymous = false;
      name = new Name(AS_IT_IS, this.start, this.end);
      if (place !== NOT_DECLARED) this.#declare(this.source.slice(this.start, this.end), place);
      this.next();
    } else if (place !== NOT_DECLARED) giveUp();
    const fn = this.#makeFunction(name, start, flags);
    if (isAnonymous && name && name.at >= 0) {
      fn.isProperty = true;
      fn.methodOf = name.owner;
    }
    this.#parametersAndBody(fn);
  }

  #declare(name: string, place: number): void {
    const fn = this.#fn;
    if (place === IN_BODY) {
      fn.declared ??= [];
      fn.declared.push(name);
    } else {
      fn.declaredInBlocks ??= [];
      fn.declaredInBlocks.push(name);
    }
  }

  #parametersAndBody(fn: ReadFunction): void {
    const outer = this.#fn;
    const mayAwait = this.#mayAwait;
    const mayYield = this.#mayYield;
    this.#fn = fn;
    this.#mayAwait = false;
    this.#mayYield = false;
    this.#expect(T.LEFT_PAREN);
    while (this.token !== T.RIGHT_PAREN) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.#binding(false);
        if (this.token !== T.RIGHT_PAREN) giveUp();
      } else this.#bindingWithDefault(false);
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_PAREN) giveUp();
    }
    this.next();
    this.#body(fn);
    this.#fn = outer;
    this.#mayAwait = mayAwait;
    this.#mayYield = mayYield;
  }

  /** Whoever calls it keeps what it changes. */
  #body(fn: ReadFunction): void {
    if (this.token !== T.LEFT_BRACE) giveUp();
    const varsFrom = this.#varsEnd;
    const forms = BODY[fn.waits ? 1 : 0];
    this.#fn = fn;
    this.#mayAwait = (fn.flags & FLAG.ASYNC) !== 0;
    this.#mayYield = (fn.flags & FLAG.GENERATOR) !== 0;
    const begin = this.#insertions.begin(this.end, forms.before, fn);
    this.next();
    if (this.token === T.STRING) {
      const prefix = this.#directives(begin, fn);
      if (prefix !== '') this.#insertions.change(begin, this.#insertions.offsetOf(begin), prefix + forms.before);
    }
    while (this.token !== T.RIGHT_BRACE) this.#statement(-1, IN_BODY);
    this.#insertions.put(this.start, forms.after, fn);
    this.next();
    const reason = fn.declared && this.#conflict(fn, varsFrom);
    if (reason !== undefined) {
      fn.leftAlone = reason;
      this.#leftAlone.push({ fn, reason });
    }
    this.#varsEnd = varsFrom;
  }

  /** As `conflict` in `tree-walker.ts`. */
  #conflict({ declared, declaredInBlocks, strict, evals }: ReadFunction, varsFrom: number): string | undefined {
    if (!declared) return undefined;
    const own = new Set(declared);
    if (own.size < declared.length) return 'declares a function twice';
    if (!strict && evals) return 'has functions and eval';
    let clashes = !strict && declaredInBlocks?.some((name) => own.has(name)) === true;
    for (let i = varsFrom; i < this.#varsEnd && !clashes; i += 2) clashes = own.has(this.source.slice(this.#vars[i], this.#vars[i + 1]));
    return clashes ? 'declares a variable and a function of one name' : undefined;
  }

  /** At its `=>`. */
  #arrow(name: Name | undefined, start: number, async: number, evals: boolean, noIn: boolean): number {
    if (this.onNewLine) giveUp();
    const fn = this.#makeFunction(name, start, async, true);
    fn.evals = evals;
    const outer = this.#fn;
    const mayAwait = this.#mayAwait;
    const mayYield = this.#mayYield;
    const { end } = this;
    this.next();
    if (this.token === T.LEFT_BRACE) this.#body(fn);
    else {
      const forms = EXPRESSION_BODY[fn.waits ? 1 : 0];
      this.#fn = fn;
      this.#mayAwait = async !== 0;
      this.#mayYield = false;
      this.#insertions.begin(end, forms.before, fn);
      this.#assignment(undefined, noIn);
      this.#insertions.put(this.previousEnd, forms.after, fn);
    }
    this.#fn = outer;
    this.#mayAwait = mayAwait;
    this.#mayYield = mayYield;
    return ARROW;
  }

  #class(given: Name | undefined, isStatement = false): void {
    this.next();
    let name: Name;
    if (this.token <= T.LAST_NAME) {
      name = new Name(AS_IT_IS, this.start, this.end);
      this.next();
    } else {
      if (isStatement && !given) giveUp();
      name = Name.fixed('(class)');
      name.instead = given;
    }
    if (this.token === T.EXTENDS) {
      this.next();
      this.#leftHandSide(undefined, false, false);
    }
    this.#expect(T.LEFT_BRACE);
    while (this.token !== T.RIGHT_BRACE) {
      if (this.token === T.SEMICOLON) this.next();
      else this.#member(name);
    }
    this.next();
  }

  #member(owner: Name): void {
    const at = this.start;
    let isStatic = false;
    let flags = 0;
    let prefix = '';
    // Words that come before a key, or are one.
    let keyToken = 0;
    let start = 0;
    let end = 0;
    const word = (): boolean => {
      keyToken = this.token;
      start = this.start;
      end = this.end;
      this.next();
      return this.token !== T.LEFT_PAREN && this.token !== T.EQUALS && this.token !== T.SEMICOLON && this.token !== T.RIGHT_BRACE;
    };
    let isModifier = true;
    if (this.token === T.STATIC) {
      isModifier = word();
      isStatic = isModifier;
      if (isStatic && this.token === T.LEFT_BRACE) {
        this.#staticBlock(owner, at);
        return;
      }
    }
    if (isModifier && (this.token === T.ASYNC || this.token === T.GET || this.token === T.SET || this.token === T.ACCESSOR)) {
      const { token } = this;
      isModifier = word();
      if (isModifier) {
        if (this.onNewLine || token === T.ACCESSOR) giveUp();
        if (token === T.ASYNC) flags = FLAG.ASYNC;
        else prefix = token === T.GET ? 'get ' : 'set ';
      }
    }
    let key: Name;
    if (!isModifier) key = new Name(AS_IT_IS, start, end);
    else {
      if (this.token === T.STAR) {
        if (prefix !== '') giveUp();
        flags |= FLAG.GENERATOR;
        this.next();
      }
      keyToken = this.token;
      start = this.start;
      end = this.end;
      key = this.#propertyKeyName(true);
    }
    key.owner = owner;
    if (this.token === T.LEFT_PAREN) {
      const isConstructor = !isStatic && keyToken === T.NAME && end - start === 11 && this.source.startsWith('constructor', start);
      if (keyToken === T.STRING && end - start === 13) giveUp();
      this.#method(isConstructor ? this.#constructorName(owner) : key, prefix, at, flags | (isConstructor ? FLAG.CONSTRUCTOR : 0), owner, true);
    } else {
      if (flags !== 0 || prefix !== '') giveUp();
      this.#field(key, owner, at);
    }
  }

  #constructorName(owner: Name): Name {
    const name = Name.fixed('');
    name.prefix = 'new ';
    name.instead = owner;
    return name;
  }

  #method(name: Name, prefix: string, at: number, flags: number, owner: Name | undefined, strict: boolean): void {
    if (prefix !== '') name.prefix = prefix;
    const fn = this.#makeFunction(name, at, flags, false, strict || this.#fn.strict);
    fn.methodOf = owner;
    this.#parametersAndBody(fn);
  }

  #field(key: Name, owner: Name, at: number): void {
    if (this.token === T.EQUALS) {
      const outer = this.#fn;
    const mayAwait = this.#mayAwait;
    const mayYield = this.#mayYield;
      const fn = this.#makeFunction(undefined, at, 0, false, true);
      fn.methodOf = owner;
      this.#fn = fn;
      this.#mayAwait = false;
      this.#mayYield = false;
      this.next();
      this.#named(key, false);
      this.#fn = outer;
      this.#mayAwait = mayAwait;
      this.#mayYield = mayYield;
    }
    this.#semicolon();
  }

  #staticBlock(owner: Name, at: number): void {
    const outer = this.#fn;
    const mayAwait = this.#mayAwait;
    const mayYield = this.#mayYield;
    const name = Name.fixed('<static>');
    name.owner = owner;
    const fn = this.#makeFunction(name, at, 0, false, true);
    this.#body(fn);
    this.#fn = outer;
    this.#mayAwait = mayAwait;
    this.#mayYield = mayYield;
  }

  // Objects and arrays

  #propertyKey(): void {
    if (this.token === T.LEFT_BRACKET) {
      this.next();
      this.#assignment(undefined, false);
      this.#expect(T.RIGHT_BRACKET);
    } else if (this.token <= T.LAST_WORD || this.token === T.STRING || this.token === T.NUMBER) this.next();
    else giveUp();
  }

  #propertyKeyName(inClass: boolean): Name {
    const { token } = this;
    if (token === T.LEFT_BRACKET) {
      this.next();
      const { start } = this;
      const key = this.#keyOf(start, this.#assignment(undefined, false));
      const name = new Name(key, start, this.previousEnd);
      this.#expect(T.RIGHT_BRACKET);
      return name;
    }
    const name = new Name(token === T.STRING ? TEXT : token === T.NUMBER ? NUMERAL : AS_IT_IS, this.start, this.end);
    if (token === T.PRIVATE && inClass) this.next();
    else this.#propertyKey();
    return name;
  }

  #object(owner: Name | undefined): void {
    this.next();
    while (this.token !== T.RIGHT_BRACE) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.#assignment(undefined, false);
      } else this.#property(owner);
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_BRACE) giveUp();
    }
    this.next();
  }

  #property(owner: Name | undefined): void {
    const at = this.start;
    let flags = 0;
    let prefix = '';
    let { token, start, end } = this;
    let key = AS_IT_IS;
    if (token <= T.LAST_WORD) {
      this.next();
      const isKey = this.token === T.COMMA || this.token === T.COLON || this.token === T.LEFT_PAREN || this.token === T.RIGHT_BRACE || this.token === T.EQUALS;
      if (!isKey) {
        if (token === T.ASYNC && !this.onNewLine) flags = FLAG.ASYNC;
        else if (token === T.GET) prefix = 'get ';
        else if (token === T.SET) prefix = 'set ';
        else giveUp();
        token = 0;
      }
    } else token = 0;
    if (token === 0) {
      if (this.token === T.STAR && prefix === '') {
        flags |= FLAG.GENERATOR;
        this.next();
      }
      const name = this.#propertyKeyName(false);
      ({ key, start, end } = name);
      if (this.token === T.LEFT_PAREN) {
        name.owner = owner;
        this.#method(name, prefix, at, flags, owner, false);
        return;
      }
      if (flags !== 0 || prefix !== '' || this.token !== T.COLON) giveUp();
    }
    if (this.token === T.COLON) {
      this.next();
      const name = this.#mayTakeName() ? new Name(key, start, end) : undefined;
      if (name) {
        name.owner = owner;
        name.at = at;
      }
      this.#named(name, false);
    } else if (this.token === T.LEFT_PAREN) {
      const name = new Name(key, start, end);
      name.owner = owner;
      this.#method(name, '', at, 0, owner, false);
    } else {
      if (token > T.LAST_NAME) giveUp();
      if (this.token === T.EQUALS) {
        this.#covers++;
        this.#default(start, end);
      }
    }
  }

  #array(): void {
    this.next();
    while (this.token !== T.RIGHT_BRACKET) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.#assignment(undefined, false);
      } else if (this.token !== T.COMMA) this.#assignment(undefined, false);
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_BRACKET) giveUp();
    }
    this.next();
  }

  // Expressions

  #expression(noIn: boolean): number {
    const kind = this.#assignment(undefined, noIn);
    if (this.token !== T.COMMA) return kind;
    do {
      this.next();
      this.#assignment(undefined, noIn);
    } while (this.token === T.COMMA);
    return OTHER;
  }

  /** Whether what begins here may take a name: only then one is made. */
  #mayTakeName(): boolean {
    const { token } = this;
    if (token === T.FUNCTION || token === T.LEFT_BRACE || token === T.LEFT_PAREN || token === T.CLASS || token === T.ASYNC) return true;
    if (token > T.LAST_NAME) return false;
    const { source } = this;
    for (let at = this.end; ; at++) {
      const code = source.charCodeAt(at);
      if (code === 61) return source.charCodeAt(at + 1) === 62;
      if (code === 47 || code > 126) return true;
      if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return false;
    }
  }

  #nameFor(start: number, end: number): Name | undefined {
    return this.#mayTakeName() ? new Name(AS_IT_IS, start, end) : undefined;
  }

  /** A value that is called `name` if it is a function, a class or an object. */
  #named(name: Name | undefined, noIn: boolean): number {
    const kind = this.#assignment(name, noIn);
    if (name && kind !== FUNCTION && kind !== OBJECT) name.isVoid = true;
    return kind;
  }

  #assignment(name: Name | undefined, noIn: boolean): number {
    if (this.token === T.YIELD) return this.#yield(noIn);
    const covers = this.#covers;
    const kind = this.#unary(name, true, noIn);
    if (kind === ARROW) return FUNCTION;
    const { token } = this;
    // By far the most end here.
    if (token > T.PREFIX_WORD && token < T.EQUALS && token !== T.IN && token !== T.INSTANCEOF) return kind;
    if (token >= T.STAR || token === T.IN || token === T.INSTANCEOF) {
      if (!this.#isBetween(noIn)) {
        if (token === T.SLASH_EQUALS) return this.#assign(kind, covers, noIn);
        return kind;
      }
      do {
        this.next();
        this.#unary(undefined, false, noIn);
      } while (this.#isBetween(noIn));
      if (this.token === T.QUESTION) this.#conditional(noIn);
      return OTHER;
    }
    if (token === T.EQUALS || token === T.ASSIGNMENT) return this.#assign(kind, covers, noIn);
    if (token === T.QUESTION) {
      this.#conditional(noIn);
      return OTHER;
    }
    return kind;
  }

  #isBetween(noIn: boolean): boolean {
    const { token } = this;
    return (token >= T.STAR && token !== T.SLASH_EQUALS) || token === T.INSTANCEOF || (token === T.IN && !noIn);
  }

  #conditional(noIn: boolean): void {
    this.next();
    this.#assignment(undefined, false);
    this.#expect(T.COLON);
    this.#assignment(undefined, noIn);
  }

  #assign(target: number, covers: number, noIn: boolean): number {
    if (target === OBJECT || target === ARRAY) {
      if (this.token !== T.EQUALS || this.source.charCodeAt(this.previousEnd - 1) === 41) giveUp();
      this.#covers = covers;
    } else if (target !== A_NAME && target !== MEMBER) giveUp();
    const isPlain = this.token === T.EQUALS;
    this.next();
    this.#named(this.#mayTakeName() ? this.#targetName(target) : undefined, noIn);
    return isPlain && target !== MEMBER ? ASSIGNED : OTHER;
  }

  /** What a function is called that is assigned to the last name or member. */
  #targetName(target: number): Name | undefined {
    if (target === A_NAME) return new Name(AS_IT_IS, this.#nameStart, this.#nameEnd);
    if (target !== MEMBER || this.#isExports) return undefined;
    const name = new Name(this.#key, this.#keyStart, this.#keyEnd);
    if (this.#ownerKind === SELF) name.self = this.#fn;
    else if (this.#ownerKind === WRITTEN) name.owner = new Name(this.#ownerKey, this.#ownerStart, this.#ownerEnd);
    return name;
  }

  #wait(): void {
    this.#fn.waits = true;
    this.#fn.waited++;
  }

  #yield(noIn: boolean): number {
    if (!this.#mayYield) giveUp();
    const fn = this.#fn;
    const { wait } = inserted;
    this.#wait();
    this.#insertions.put(this.start, wait.before, fn);
    const { end } = this;
    this.next();
    if (this.onNewLine || this.#endsExpression()) this.#insertions.put(end, wait.noValue, fn);
    else {
      if (this.token === T.STAR) {
        this.#insertions.put(this.end, wait.value, fn);
        this.next();
      } else this.#insertions.put(end, wait.value, fn);
      this.#assignment(undefined, noIn);
      this.#insertions.put(this.previousEnd, wait.afterValue, fn);
    }
    this.#insertions.put(this.previousEnd, wait.after, fn);
    return OTHER;
  }

  #endsExpression(): boolean {
    switch (this.token) {
      case T.RIGHT_BRACE:
      case T.RIGHT_PAREN:
      case T.RIGHT_BRACKET:
      case T.COMMA:
      case T.SEMICOLON:
      case T.COLON:
      case T.END:
      case T.IN:
      case T.OF:
        return true;
      default:
        return false;
    }
  }

  #unary(name: Name | undefined, mayBeArrow: boolean, noIn: boolean): number {
    switch (this.token) {
      case T.PREFIX_SIGN:
      case T.PREFIX_WORD:
      case T.SIGN:
        this.next();
        this.#unary(undefined, false, noIn);
        return OTHER;
      case T.STEP: {
        this.next();
        const kind = this.#unary(undefined, false, noIn);
        if (kind !== A_NAME && kind !== MEMBER) giveUp();
        return OTHER;
      }
      case T.AWAIT:
        this.#await(noIn);
        return OTHER;
      default: {
        const kind = this.#leftHandSide(name, mayBeArrow, noIn);
        if (this.token !== T.STEP || this.onNewLine) return kind;
        if (kind !== A_NAME && kind !== MEMBER) giveUp();
        this.next();
        return OTHER;
      }
    }
  }

  #await(noIn: boolean): void {
    if (!this.#mayAwait) giveUp();
    const fn = this.#fn;
    const { wait } = inserted;
    this.#wait();
    this.#insertions.put(this.start, wait.before, fn);
    this.#insertions.put(this.end, wait.value, fn);
    this.next();
    this.#unary(undefined, false, noIn);
    this.#insertions.put(this.previousEnd, wait.afterValue, fn);
    this.#insertions.put(this.previousEnd, wait.after, fn);
  }

  #leftHandSide(name: Name | undefined, mayBeArrow: boolean, noIn: boolean): number {
    const kind = this.#primary(name, mayBeArrow, noIn);
    const { token } = this;
    if (kind === ARROW) return kind;
    if (token === T.DOT || token === T.LEFT_PAREN || token === T.LEFT_BRACKET || token === T.OPTIONAL || token === T.TEMPLATE) return this.#chain(kind);
    return kind;
  }

  /** Members and calls behind a value. */
  #chain(first: number): number {
    let kind = first;
    let ownerKind = this.#ownerKind;
    let ownerKey = this.#ownerKey;
    let ownerStart = this.#ownerStart;
    let ownerEnd = this.#ownerEnd;
    let key = this.#key;
    let keyStart = this.#keyStart;
    let keyEnd = this.#keyEnd;
    let isExports = this.#isExports;
    let isOptional = false;
    for (;;) {
      let { token } = this;
      if (token === T.OPTIONAL) {
        isOptional = true;
        this.next();
        token = this.token === T.LEFT_PAREN || this.token === T.LEFT_BRACKET ? this.token : T.OPTIONAL;
      } else if (token === T.DOT) this.next();
      if (token === T.LEFT_PAREN) {
        const called = kind === A_NAME ? this.#nameToken : 0;
        if (called === T.EVAL) this.#fn.evals = true;
        if (called === T.KEEP_NAME) this.#keepNameArguments();
        else this.#arguments();
        kind = OTHER;
      } else if (token === T.TEMPLATE) {
        if (isOptional) giveUp();
        this.#template();
        kind = OTHER;
      } else if (token === T.DOT || token === T.OPTIONAL || token === T.LEFT_BRACKET) {
        // What the object of this member is called.
        const ofName = kind === A_NAME ? this.#nameToken : 0;
        if (kind === A_NAME) {
          ownerKind = ofName === T.EXPORTS ? NOBODY : WRITTEN;
          ownerKey = AS_IT_IS;
          ownerStart = this.#nameStart;
          ownerEnd = this.#nameEnd;
        } else if (kind !== MEMBER) ownerKind = kind === THIS ? SELF : NOBODY;
        else if (isExports) ownerKind = NOBODY;
        else if (!this.#isPrototype(key, keyStart, keyEnd)) {
          ownerKind = WRITTEN;
          ownerKey = key;
          ownerStart = keyStart;
          ownerEnd = keyEnd;
        }
        if (token === T.LEFT_BRACKET) {
          this.next();
          keyStart = this.start;
          key = this.#keyOf(keyStart, this.#expression(false));
          keyEnd = this.previousEnd;
          isExports = false;
          this.#expect(T.RIGHT_BRACKET);
        } else {
          if (this.token > T.LAST_WORD && this.token !== T.PRIVATE) giveUp();
          isExports = ofName === T.MODULE && this.token === T.EXPORTS;
          key = AS_IT_IS;
          keyStart = this.start;
          keyEnd = this.end;
          this.next();
        }
        kind = MEMBER;
      } else break;
    }
    if (kind !== MEMBER) return kind;
    // What may be undefined on the way is no place to assign to, and no owner.
    if (isOptional) return OTHER;
    this.#ownerKind = ownerKind;
    this.#ownerKey = ownerKey;
    this.#ownerStart = ownerStart;
    this.#ownerEnd = ownerEnd;
    this.#key = key;
    this.#keyStart = keyStart;
    this.#keyEnd = keyEnd;
    this.#isExports = isExports;
    return MEMBER;
  }

  #isPrototype(key: number, start: number, end: number): boolean {
    if (key === AS_IT_IS) return end - start === 9 && this.source.startsWith('prototype', start);
    return key === TEXT && end - start === 11 && this.source.startsWith('prototype', start + 1);
  }

  #arguments(): void {
    this.next();
    while (this.token !== T.RIGHT_PAREN) {
      if (this.token === T.ELLIPSIS) this.next();
      this.#assignment(undefined, false);
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_PAREN) giveUp();
    }
    this.next();
  }

  /** esbuild, and so tsx, keeps names this way: `__name(() => 1, "f")`. */
  #keepNameArguments(): void {
    this.next();
    if (this.token === T.RIGHT_PAREN || this.token === T.ELLIPSIS) giveUp();
    const name = this.#mayTakeName() ? new Name(TEXT, 0, 0) : undefined;
    this.#named(name, false);
    const isNamed = this.token === T.COMMA && this.#nameArgument(name);
    if (name && !isNamed) name.isVoid = true;
    // What comes behind a name is not looked into.
    if (this.token === T.COMMA && !isNamed) this.#arguments();
    else this.#expect(T.RIGHT_PAREN);
  }

  /** At the comma before an argument. If it is a string, that is what `name` says. */
  #nameArgument(name: Name | undefined): boolean {
    this.next();
    const { start, end, token } = this;
    if (token === T.ELLIPSIS || token === T.RIGHT_PAREN) giveUp();
    if (this.#assignment(undefined, false) !== STRING) return false;
    if (token !== T.STRING || this.previousEnd !== end) giveUp();
    name?.moveTo(start, end);
    return true;
  }

  #template(): void {
    let at = this.end;
    while (this.templateGoesOn(at)) {
      this.next();
      this.#expression(false);
      if (this.token !== T.RIGHT_BRACE) giveUp();
      at = this.end;
    }
    this.next();
  }

  #primary(name: Name | undefined, mayBeArrow: boolean, noIn: boolean): number {
    const { token, start } = this;
    if (token === T.NAME) return this.#name(start, mayBeArrow, name, noIn);
    switch (token) {
      case T.ASYNC:
        return this.#async(name, mayBeArrow, noIn);
      case T.FUNCTION:
        this.#function(start, 0, name, NOT_DECLARED);
        return FUNCTION;
      case T.CLASS:
        this.#class(name);
        return FUNCTION;
      case T.LEFT_PAREN:
        return this.#parentheses(name, mayBeArrow, noIn);
      case T.LEFT_BRACKET:
        this.#array();
        return ARRAY;
      case T.LEFT_BRACE:
        this.#object(name);
        return OBJECT;
      case T.STRING:
        this.next();
        return STRING;
      case T.NUMBER:
        this.next();
        return NUMBER;
      case T.VALUE_WORD:
        this.next();
        return WORD;
      case T.THIS:
        this.next();
        return THIS;
      case T.TEMPLATE:
        this.#template();
        return OTHER;
      case T.SLASH:
      case T.SLASH_EQUALS:
        this.regularExpression();
        this.next();
        return REGULAR_EXPRESSION;
      case T.NEW:
        this.#new();
        return OTHER;
      case T.SUPER:
        this.next();
        if (this.token !== T.DOT && this.token !== T.LEFT_PAREN && this.token !== T.LEFT_BRACKET) giveUp();
        return OTHER;
      case T.IMPORT:
        this.#importExpression();
        return OTHER;
      case T.PRIVATE:
        this.next();
        if (this.token !== T.IN) giveUp();
        return OTHER;
      case T.LET:
      case T.STATIC:
        return giveUp();
      default:
        if (token > T.LAST_NAME) giveUp();
        return this.#name(start, mayBeArrow, name, noIn);
    }
  }

  #name(start: number, mayBeArrow: boolean, name: Name | undefined, noIn: boolean): number {
    const { token, end } = this;
    this.next();
    if (this.token === T.ARROW && mayBeArrow) return this.#arrow(name, start, 0, false, noIn);
    this.#nameToken = token;
    this.#nameStart = start;
    this.#nameEnd = end;
    return A_NAME;
  }

  #async(name: Name | undefined, mayBeArrow: boolean, noIn: boolean): number {
    const { start, end } = this;
    this.next();
    if (!this.onNewLine) {
      if (this.token === T.FUNCTION) {
        this.#function(start, FLAG.ASYNC, name, NOT_DECLARED);
        return FUNCTION;
      }
      if (mayBeArrow && this.token <= T.LAST_NAME && this.token !== T.OF) {
        this.next();
        if (this.token !== T.ARROW) giveUp();
        return this.#arrow(name, start, FLAG.ASYNC, false, noIn);
      }
      if (mayBeArrow && this.token === T.LEFT_PAREN) return this.#asyncArguments(name, start, noIn);
    }
    if (this.token === T.ARROW && mayBeArrow) return this.#arrow(name, start, 0, false, noIn);
    this.#nameToken = T.ASYNC;
    this.#nameStart = start;
    this.#nameEnd = end;
    return A_NAME;
  }

  /** Of an async arrow function, or of a call of something named `async`. */
  #asyncArguments(name: Name | undefined, start: number, noIn: boolean): number {
    const fn = this.#fn;
    const { evals, waited } = fn;
    const covers = this.#covers;
    fn.evals = false;
    this.#arguments();
    const evalsInside = fn.evals;
    if (this.token === T.ARROW) {
      if (fn.waited !== waited) giveUp();
      fn.evals = evals;
      this.#covers = covers;
      return this.#arrow(name, start, FLAG.ASYNC, evalsInside, noIn);
    }
    fn.evals = evals || evalsInside;
    return OTHER;
  }

  /** An expression in brackets, or the parameters of an arrow function: its `=>` tells. */
  #parentheses(name: Name | undefined, mayBeArrow: boolean, noIn: boolean): number {
    const fn = this.#fn;
    const { start } = this;
    const { evals, waited } = fn;
    const covers = this.#covers;
    fn.evals = false;
    let mustBeArrow = false;
    let mayBeParameters = mayBeArrow;
    let kind = OTHER;
    this.next();
    if (this.token === T.RIGHT_PAREN) mustBeArrow = true;
    for (let isFirst = true; this.token !== T.RIGHT_PAREN; isFirst = false) {
      if (this.token === T.ELLIPSIS) {
        mustBeArrow = true;
        this.next();
        if (!isParameter(this.#assignment(undefined, false)) || this.token !== T.RIGHT_PAREN) giveUp();
        break;
      }
      const one = this.#assignment(isFirst ? name : undefined, false);
      mayBeParameters &&= isParameter(one);
      kind = isFirst ? one : OTHER;
      if (this.token === T.COMMA) {
        this.next();
        kind = OTHER;
        if (this.token === T.RIGHT_PAREN) mustBeArrow = true;
      } else if (this.token !== T.RIGHT_PAREN) giveUp();
    }
    this.next();
    const evalsInside = fn.evals;
    if (this.token === T.ARROW) {
      if (fn.waited !== waited || !mayBeParameters) giveUp();
      fn.evals = evals;
      this.#covers = covers;
      return this.#arrow(name, start, 0, evalsInside, noIn);
    }
    if (mustBeArrow) giveUp();
    fn.evals = evals || evalsInside;
    this.#bracketStart = start;
    this.#bracketEnd = this.previousEnd;
    return kind;
  }

  #new(): void {
    this.next();
    if (this.token === T.DOT) {
      this.next();
      if (this.token !== T.NAME || this.source.slice(this.start, this.end) !== 'target') giveUp();
      this.next();
      return;
    }
    if (this.token === T.IMPORT) giveUp();
    if (this.token === T.NEW) this.#new();
    else this.#primary(undefined, false, false);
    for (;;) {
      if (this.token === T.DOT) {
        this.next();
        if (this.token > T.LAST_WORD && this.token !== T.PRIVATE) giveUp();
        this.next();
      } else if (this.token === T.LEFT_BRACKET) {
        this.next();
        this.#expression(false);
        this.#expect(T.RIGHT_BRACKET);
      } else if (this.token === T.TEMPLATE) this.#template();
      else break;
    }
    if (this.token === T.LEFT_PAREN) this.#arguments();
    else if (this.token === T.OPTIONAL) giveUp();
  }

  #importExpression(): void {
    this.next();
    if (this.token === T.DOT) {
      this.next();
      if (this.#options.kind !== 'module' || this.token !== T.NAME || this.source.slice(this.start, this.end) !== 'meta') giveUp();
      this.next();
    } else if (this.token === T.LEFT_PAREN && this.source.charCodeAt(this.end) !== 46) this.#arguments();
    else giveUp();
  }

  /** What the text of the key in brackets is that was read last. */
  #keyOf(start: number, kind: number): number {
    // A tree has no brackets around a value.
    if (kind === REGULAR_EXPRESSION || (this.#bracketStart === start && this.#bracketEnd === this.previousEnd)) return UNKNOWN;
    if (kind === STRING) return TEXT;
    if (kind === NUMBER) return NUMERAL;
    return kind === WORD ? AS_IT_IS : EXPRESSION;
  }
}

const isParameter = (kind: number): boolean => kind === A_NAME || kind === OBJECT || kind === ARRAY || kind === ASSIGNED;
