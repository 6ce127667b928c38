/** Expressions, as `reader.ts` reads them. */

import { oneLine } from './function-names.ts';
import { inserted } from './inserted-text.ts';
import { FLAG, Insertions } from './insertions.ts';
import { AS_IT_IS, EXPRESSION, Name, NOBODY, NOT_DECLARED, NUMERAL, ReadFunction, SELF, TEXT, UNKNOWN, WRITTEN } from './reader-names.ts';
import { giveUp, Scanner } from './scanner.ts';
import type { SourceKind } from './syntax.ts';
import * as T from './tokens.ts';

export interface ReaderOptions {
  readonly kind: SourceKind;
  readonly fileName: string;
  readonly exceptions: boolean;
}

// What an expression was, brackets not counted.
export const OTHER: number = 0;
export const A_NAME: number = 1;
export const MEMBER: number = 2;
export const OBJECT: number = 3;
export const ARRAY: number = 4;
/** A function or class. */
export const FUNCTION: number = 5;
/** Nothing may follow it but the end of what it stands in. */
export const ARROW: number = 6;
export const STRING: number = 7;
export const NUMBER: number = 8;
export const WORD: number = 9;
export const THIS: number = 10;
export const REGULAR_EXPRESSION: number = 11;
/** `a = 1`, `{ a } = b`: what a parameter may be. */
export const ASSIGNED: number = 12;

export abstract class ExpressionReader extends Scanner {
  protected readonly insertions = new Insertions<ReadFunction>();
  protected readonly options: ReaderOptions;
  /** The function that is read. */
  protected fn: ReadFunction;
  protected mayAwait: boolean;
  protected mayYield = false;
  /** `{ a = 1 }` where no pattern has been made of it yet. */
  protected covers = 0;
  /** Pieces of an ES module that no function can have in it, in their order, and what may stand in their place. */
  protected readonly ofModules: { readonly start: number; readonly end: number; readonly text: string }[] = [];
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
    const isModule = options.kind === 'module';
    this.options = options;
    this.mayAwait = isModule;
    this.fn = new ReadFunction(source, undefined, Name.fixed(oneLine(options.fileName)), 0, FLAG.MODULE, false, isModule);
  }

  protected abstract functionAt(start: number, async: number, given: Name | undefined, place: number): void;
  protected abstract arrowAt(name: Name | undefined, start: number, async: number, evals: boolean, noIn: boolean): number;
  protected abstract classAt(given: Name | undefined): void;
  protected abstract objectAt(owner: Name | undefined): void;
  protected abstract arrayAt(): void;

  protected expect(token: number): void {
    if (this.token !== token) giveUp();
    this.next();
  }

  protected expression(noIn: boolean): number {
    const kind = this.assignment(undefined, noIn);
    if (this.token !== T.COMMA) return kind;
    do {
      this.next();
      this.assignment(undefined, noIn);
    } while (this.token === T.COMMA);
    return OTHER;
  }

  /** Whether what begins here may take a name: only then one is made. */
  protected mayTakeName(): boolean {
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

  protected nameFor(start: number, end: number): Name | undefined {
    return this.mayTakeName() ? new Name(AS_IT_IS, start, end) : undefined;
  }

  /** A value that is called `name` if it is a function, a class or an object. */
  protected named(name: Name | undefined, noIn: boolean): number {
    const kind = this.assignment(name, noIn);
    if (name && kind !== FUNCTION && kind !== OBJECT) name.isVoid = true;
    return kind;
  }

  protected assignment(name: Name | undefined, noIn: boolean): number {
    if (this.token === T.YIELD) return this.#yield(noIn);
    const covers = this.covers;
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
    this.assignment(undefined, false);
    this.expect(T.COLON);
    this.assignment(undefined, noIn);
  }

  #assign(target: number, covers: number, noIn: boolean): number {
    if (target === OBJECT || target === ARRAY) {
      if (this.token !== T.EQUALS || this.source.charCodeAt(this.previousEnd - 1) === 41) giveUp();
      this.covers = covers;
    } else if (target !== A_NAME && target !== MEMBER) giveUp();
    const isPlain = this.token === T.EQUALS;
    this.next();
    this.named(this.mayTakeName() ? this.#targetName(target) : undefined, noIn);
    return isPlain && target !== MEMBER ? ASSIGNED : OTHER;
  }

  /** What a function is called that is assigned to the last name or member. */
  #targetName(target: number): Name | undefined {
    if (target === A_NAME) return new Name(AS_IT_IS, this.#nameStart, this.#nameEnd);
    if (target !== MEMBER || this.#isExports) return undefined;
    const name = new Name(this.#key, this.#keyStart, this.#keyEnd);
    if (this.#ownerKind === SELF) name.self = this.fn;
    else if (this.#ownerKind === WRITTEN) name.owner = new Name(this.#ownerKey, this.#ownerStart, this.#ownerEnd);
    return name;
  }

  protected wait(): void {
    this.fn.waits = true;
    this.fn.waited++;
  }

  #yield(noIn: boolean): number {
    if (!this.mayYield) giveUp();
    const fn = this.fn;
    const { wait } = inserted;
    this.wait();
    this.insertions.put(this.start, wait.before, fn);
    const { end } = this;
    this.next();
    if (this.onNewLine || this.#endsExpression()) this.insertions.put(end, wait.noValue, fn);
    else {
      if (this.token === T.STAR) {
        this.insertions.put(this.end, wait.value, fn);
        this.next();
      } else this.insertions.put(end, wait.value, fn);
      this.assignment(undefined, noIn);
      this.insertions.put(this.previousEnd, wait.afterValue, fn);
    }
    this.insertions.put(this.previousEnd, wait.after, fn);
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
        const kind = this.leftHandSide(name, mayBeArrow, noIn);
        if (this.token !== T.STEP || this.onNewLine) return kind;
        if (kind !== A_NAME && kind !== MEMBER) giveUp();
        this.next();
        return OTHER;
      }
    }
  }

  #await(noIn: boolean): void {
    if (!this.mayAwait) giveUp();
    const fn = this.fn;
    const { wait } = inserted;
    this.wait();
    this.insertions.put(this.start, wait.before, fn);
    this.insertions.put(this.end, wait.value, fn);
    this.next();
    this.#unary(undefined, false, noIn);
    this.insertions.put(this.previousEnd, wait.afterValue, fn);
    this.insertions.put(this.previousEnd, wait.after, fn);
  }

  protected leftHandSide(name: Name | undefined, mayBeArrow: boolean, noIn: boolean): number {
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
        if (called === T.EVAL) this.fn.evals = true;
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
          key = this.keyOf(keyStart, this.expression(false));
          keyEnd = this.previousEnd;
          isExports = false;
          this.expect(T.RIGHT_BRACKET);
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
      this.assignment(undefined, false);
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_PAREN) giveUp();
    }
    this.next();
  }

  /** esbuild, and so tsx, keeps names this way: `__name(() => 1, "f")`. */
  #keepNameArguments(): void {
    this.next();
    if (this.token === T.RIGHT_PAREN || this.token === T.ELLIPSIS) giveUp();
    const name = this.mayTakeName() ? new Name(TEXT, 0, 0) : undefined;
    this.named(name, false);
    const isNamed = this.token === T.COMMA && this.#nameArgument(name);
    if (name && !isNamed) name.isVoid = true;
    // What comes behind a name is not looked into.
    if (this.token === T.COMMA && !isNamed) this.#arguments();
    else this.expect(T.RIGHT_PAREN);
  }

  /** At the comma before an argument. If it is a string, that is what `name` says. */
  #nameArgument(name: Name | undefined): boolean {
    this.next();
    const { start, end, token } = this;
    if (token === T.ELLIPSIS || token === T.RIGHT_PAREN) giveUp();
    if (this.assignment(undefined, false) !== STRING) return false;
    if (token !== T.STRING || this.previousEnd !== end) giveUp();
    name?.moveTo(start, end);
    return true;
  }

  #template(): void {
    let at = this.end;
    while (this.templateGoesOn(at)) {
      this.next();
      this.expression(false);
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
        this.functionAt(start, 0, name, NOT_DECLARED);
        return FUNCTION;
      case T.CLASS:
        this.classAt(name);
        return FUNCTION;
      case T.LEFT_PAREN:
        return this.#parentheses(name, mayBeArrow, noIn);
      case T.LEFT_BRACKET:
        this.arrayAt();
        return ARRAY;
      case T.LEFT_BRACE:
        this.objectAt(name);
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
    if (this.token === T.ARROW && mayBeArrow) return this.arrowAt(name, start, 0, false, noIn);
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
        this.functionAt(start, FLAG.ASYNC, name, NOT_DECLARED);
        return FUNCTION;
      }
      if (mayBeArrow && this.token <= T.LAST_NAME && this.token !== T.OF) {
        this.next();
        if (this.token !== T.ARROW) giveUp();
        return this.arrowAt(name, start, FLAG.ASYNC, false, noIn);
      }
      if (mayBeArrow && this.token === T.LEFT_PAREN) return this.#asyncArguments(name, start, noIn);
    }
    if (this.token === T.ARROW && mayBeArrow) return this.arrowAt(name, start, 0, false, noIn);
    this.#nameToken = T.ASYNC;
    this.#nameStart = start;
    this.#nameEnd = end;
    return A_NAME;
  }

  /** Of an async arrow function, or of a call of something named `async`. */
  #asyncArguments(name: Name | undefined, start: number, noIn: boolean): number {
    const fn = this.fn;
    const { evals, waited } = fn;
    const covers = this.covers;
    fn.evals = false;
    this.#arguments();
    const evalsInside = fn.evals;
    if (this.token === T.ARROW) {
      if (fn.waited !== waited) giveUp();
      fn.evals = evals;
      this.covers = covers;
      return this.arrowAt(name, start, FLAG.ASYNC, evalsInside, noIn);
    }
    fn.evals = evals || evalsInside;
    return OTHER;
  }

  /** An expression in brackets, or the parameters of an arrow function: its `=>` tells. */
  #parentheses(name: Name | undefined, mayBeArrow: boolean, noIn: boolean): number {
    const fn = this.fn;
    const { start } = this;
    const { evals, waited } = fn;
    const covers = this.covers;
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
        if (!isParameter(this.assignment(undefined, false)) || this.token !== T.RIGHT_PAREN) giveUp();
        break;
      }
      const one = this.assignment(isFirst ? name : undefined, false);
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
      this.covers = covers;
      return this.arrowAt(name, start, 0, evalsInside, noIn);
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
        this.expression(false);
        this.expect(T.RIGHT_BRACKET);
      } else if (this.token === T.TEMPLATE) this.#template();
      else break;
    }
    if (this.token === T.LEFT_PAREN) this.#arguments();
    else if (this.token === T.OPTIONAL) giveUp();
  }

  #importExpression(): void {
    const { start } = this;
    this.next();
    if (this.token === T.DOT) {
      this.next();
      if (this.options.kind !== 'module' || this.token !== T.NAME || this.source.slice(this.start, this.end) !== 'meta') giveUp();
      this.next();
      this.ofModules.push({ start, end: this.previousEnd, text: 'this' });
    } else if (this.token === T.LEFT_PAREN && this.source.charCodeAt(this.end) !== 46) this.#arguments();
    else giveUp();
  }

  /** What the text of the key in brackets is that was read last. */
  protected keyOf(start: number, kind: number): number {
    // A tree has no brackets around a value.
    if (kind === REGULAR_EXPRESSION || (this.#bracketStart === start && this.#bracketEnd === this.previousEnd)) return UNKNOWN;
    if (kind === STRING) return TEXT;
    if (kind === NUMBER) return NUMERAL;
    return kind === WORD ? AS_IT_IS : EXPRESSION;
  }
}

const isParameter = (kind: number): boolean => kind === A_NAME || kind === OBJECT || kind === ARRAY || kind === ASSIGNED;
