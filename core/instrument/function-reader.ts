/** Functions, classes, objects and patterns, as `reader.ts` reads them. */

import { ARROW, ExpressionReader, STRING } from './expression-reader.ts';
import { inserted } from './inserted-text.ts';
import { FLAG } from './insertions.ts';
import { AS_IT_IS, IN_BODY, Name, NOT_DECLARED, NUMERAL, ReadFunction, TEXT } from './reader-names.ts';
import { giveUp } from './scanner.ts';
import * as T from './tokens.ts';

export const BODY = [inserted.body(false), inserted.body(true)] as const;
const EXPRESSION_BODY = [inserted.expressionBody(false), inserted.expressionBody(true)] as const;

export abstract class FunctionReader extends ExpressionReader {
  /** Functions that are not recorded, and why. */
  protected readonly unrecorded: { readonly fn: ReadFunction; readonly reason: string }[] = [];
  /** Where the names of variables begin and end: those of each function behind those of the function around it. */
  #vars = new Int32Array(256);
  #varsEnd = 0;

  protected semicolon(): void {
    if (this.token === T.SEMICOLON) this.next();
    else if (this.token !== T.RIGHT_BRACE && this.token !== T.END && !this.onNewLine) giveUp();
  }

  /** Moves what was put in as number `begin` behind them, and returns what comes in front of it. */
  protected directives(begin: number, fn: ReadFunction): string {
    let prefix = '';
    while (this.token === T.STRING) {
      const { start, end } = this;
      const isDirective = this.expression(false) === STRING && this.previousEnd === end;
      this.semicolon();
      if (!isDirective) break;
      if (this.source.slice(start + 1, end - 1) === 'use strict') fn.strict = true;
      prefix = this.source.charCodeAt(this.previousEnd - 1) === 59 ? '' : inserted.semicolon;
      this.insertions.change(begin, this.previousEnd, this.insertions.textOf(begin));
    }
    return prefix;
  }

  /** `label`: where the first label in front of it begins; -1: there is none. `place`: how the name of a function counts. */
  protected abstract statement(label: number, place: number): void;

  /** What is declared; true: a name. The names of a `var` are kept. */
  protected binding(isVar: boolean): boolean {
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
    const isName = this.binding(isVar);
    if (this.token === T.EQUALS) this.#default(isName ? start : -1, end);
  }

  #default(start: number, end: number): void {
    this.next();
    this.named(start < 0 ? undefined : this.nameFor(start, end), false);
  }

  #objectBinding(isVar: boolean): void {
    this.next();
    while (this.token !== T.RIGHT_BRACE) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.binding(isVar);
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
        this.binding(isVar);
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

  /** At `async`: whether `function` follows on the same line. */
  protected functionFollows(): boolean {
    const { source } = this;
    let at = this.end;
    while (source.charCodeAt(at) === 32 || source.charCodeAt(at) === 9) at++;
    if (source.charCodeAt(at) === 47) giveUp();
    return source.startsWith('function', at) && !/[\w$\\\x80-\uffff]/.test(source.charAt(at + 8));
  }

  #makeFunction(name: Name | undefined, start: number, flags: number, isArrow = false, strict = this.fn.strict): ReadFunction {
    return new ReadFunction(this.source, this.fn, name, start, flags, isArrow, strict);
  }

  /** At `function`. `place`: how its name counts for the function around it. */
  protected functionAt(start: number, async: number, given: Name | undefined, place: number): void {
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
    const fn = this.fn;
    if (place === IN_BODY) {
      fn.declared ??= [];
      fn.declared.push(name);
    } else {
      fn.declaredInBlocks ??= [];
      fn.declaredInBlocks.push(name);
    }
  }

  #parametersAndBody(fn: ReadFunction): void {
    const outer = this.fn;
    const mayAwait = this.mayAwait;
    const mayYield = this.mayYield;
    this.fn = fn;
    this.mayAwait = false;
    this.mayYield = false;
    this.expect(T.LEFT_PAREN);
    while (this.token !== T.RIGHT_PAREN) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.binding(false);
        if (this.token !== T.RIGHT_PAREN) giveUp();
      } else this.#bindingWithDefault(false);
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_PAREN) giveUp();
    }
    this.next();
    this.#body(fn);
    this.fn = outer;
    this.mayAwait = mayAwait;
    this.mayYield = mayYield;
  }

  /** Whoever calls it keeps what it changes. */
  #body(fn: ReadFunction): void {
    if (this.token !== T.LEFT_BRACE) giveUp();
    const varsFrom = this.#varsEnd;
    const forms = BODY[fn.waits ? 1 : 0];
    this.fn = fn;
    this.mayAwait = (fn.flags & FLAG.ASYNC) !== 0;
    this.mayYield = (fn.flags & FLAG.GENERATOR) !== 0;
    const begin = this.insertions.begin(this.end, forms.before, fn);
    this.next();
    if (this.token === T.STRING) {
      const prefix = this.directives(begin, fn);
      if (prefix !== '') this.insertions.change(begin, this.insertions.offsetOf(begin), prefix + forms.before);
    }
    while (this.token !== T.RIGHT_BRACE) this.statement(-1, IN_BODY);
    this.insertions.put(this.start, forms.after, fn);
    this.next();
    const reason = fn.declared && this.conflict(fn, varsFrom);
    if (reason !== undefined) {
      fn.leftAlone = reason;
      this.unrecorded.push({ fn, reason });
    }
    this.#varsEnd = varsFrom;
  }

  /** As `conflict` in `tree-walker.ts`. */
  protected conflict({ declared, declaredInBlocks, strict, evals }: ReadFunction, varsFrom: number): string | undefined {
    if (!declared) return undefined;
    const own = new Set(declared);
    if (own.size < declared.length) return 'declares a function twice';
    if (!strict && evals) return 'has functions and eval';
    let clashes = !strict && declaredInBlocks?.some((name) => own.has(name)) === true;
    for (let i = varsFrom; i < this.#varsEnd && !clashes; i += 2) clashes = own.has(this.source.slice(this.#vars[i], this.#vars[i + 1]));
    return clashes ? 'declares a variable and a function of one name' : undefined;
  }

  /** At its `=>`. */
  protected arrowAt(name: Name | undefined, start: number, async: number, evals: boolean, noIn: boolean): number {
    if (this.onNewLine) giveUp();
    const fn = this.#makeFunction(name, start, async, true);
    fn.evals = evals;
    const outer = this.fn;
    const mayAwait = this.mayAwait;
    const mayYield = this.mayYield;
    const { end } = this;
    this.next();
    if (this.token === T.LEFT_BRACE) this.#body(fn);
    else {
      const forms = EXPRESSION_BODY[fn.waits ? 1 : 0];
      this.fn = fn;
      this.mayAwait = async !== 0;
      this.mayYield = false;
      this.insertions.begin(end, forms.before, fn);
      this.assignment(undefined, noIn);
      this.insertions.put(this.previousEnd, forms.after, fn);
    }
    this.fn = outer;
    this.mayAwait = mayAwait;
    this.mayYield = mayYield;
    return ARROW;
  }

  protected classAt(given: Name | undefined, isStatement = false): void {
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
      this.leftHandSide(undefined, false, false);
    }
    this.expect(T.LEFT_BRACE);
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
    const fn = this.#makeFunction(name, at, flags, false, strict || this.fn.strict);
    fn.methodOf = owner;
    this.#parametersAndBody(fn);
  }

  #field(key: Name, owner: Name, at: number): void {
    if (this.token === T.EQUALS) {
      const outer = this.fn;
      const mayAwait = this.mayAwait;
      const mayYield = this.mayYield;
      const fn = this.#makeFunction(undefined, at, 0, false, true);
      fn.methodOf = owner;
      this.fn = fn;
      this.mayAwait = false;
      this.mayYield = false;
      this.next();
      this.named(key, false);
      this.fn = outer;
      this.mayAwait = mayAwait;
      this.mayYield = mayYield;
    }
    this.semicolon();
  }

  #staticBlock(owner: Name, at: number): void {
    const outer = this.fn;
    const mayAwait = this.mayAwait;
    const mayYield = this.mayYield;
    const name = Name.fixed('<static>');
    name.owner = owner;
    const fn = this.#makeFunction(name, at, 0, false, true);
    this.#body(fn);
    this.fn = outer;
    this.mayAwait = mayAwait;
    this.mayYield = mayYield;
  }

  #propertyKey(): void {
    if (this.token === T.LEFT_BRACKET) {
      this.next();
      this.assignment(undefined, false);
      this.expect(T.RIGHT_BRACKET);
    } else if (this.token <= T.LAST_WORD || this.token === T.STRING || this.token === T.NUMBER) this.next();
    else giveUp();
  }

  #propertyKeyName(inClass: boolean): Name {
    const { token } = this;
    if (token === T.LEFT_BRACKET) {
      this.next();
      const { start } = this;
      const key = this.keyOf(start, this.assignment(undefined, false));
      const name = new Name(key, start, this.previousEnd);
      this.expect(T.RIGHT_BRACKET);
      return name;
    }
    const name = new Name(token === T.STRING ? TEXT : token === T.NUMBER ? NUMERAL : AS_IT_IS, this.start, this.end);
    if (token === T.PRIVATE && inClass) this.next();
    else this.#propertyKey();
    return name;
  }

  protected objectAt(owner: Name | undefined): void {
    this.next();
    while (this.token !== T.RIGHT_BRACE) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.assignment(undefined, false);
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
      const name = this.mayTakeName() ? new Name(key, start, end) : undefined;
      if (name) {
        name.owner = owner;
        name.at = at;
      }
      this.named(name, false);
    } else if (this.token === T.LEFT_PAREN) {
      const name = new Name(key, start, end);
      name.owner = owner;
      this.#method(name, '', at, 0, owner, false);
    } else {
      if (token > T.LAST_NAME) giveUp();
      if (this.token === T.EQUALS) {
        this.covers++;
        this.#default(start, end);
      }
    }
  }

  protected arrayAt(): void {
    this.next();
    while (this.token !== T.RIGHT_BRACKET) {
      if (this.token === T.ELLIPSIS) {
        this.next();
        this.assignment(undefined, false);
      } else if (this.token !== T.COMMA) this.assignment(undefined, false);
      if (this.token === T.COMMA) this.next();
      else if (this.token !== T.RIGHT_BRACKET) giveUp();
    }
    this.next();
  }
}
