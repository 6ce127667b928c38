/**
 * Reads a program once, from its first letter to its last, and puts the recording of calls in on the way: no tree is made of it. What it puts in is to the letter
 * what `tree-walker.ts` puts in. It reads all that is common; whatever is not, or looks wrong, is left to the parser.
 */

import { A_NAME, ARRAY, type ReaderOptions } from './expression-reader.ts';
import { BODY, FunctionReader } from './function-reader.ts';
import { inserted, PREFIX } from './inserted-text.ts';
import { FLAG, type Instrumented } from './insertions.ts';
import { IN_BLOCK, IN_BODY, Name, NOT_DECLARED, type ReadFunction } from './reader-names.ts';
import { giveUp } from './scanner.ts';
import * as T from './tokens.ts';

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

class Reader extends FunctionReader {
  readonly #original: string;

  constructor(source: string, options: ReaderOptions) {
    super(source, options);
    // Where a comment may say that something is to be left alone, it is asked of the tree.
    if (source.includes('!viztracer:')) giveUp();
    this.#original = source;
  }

  run(): Instrumented {
    this.next();
    if (this.token === T.END) return { code: this.#original, functions: [], leftAlone: [] };
    const fn = this.fn;
    const begin = this.insertions.begin(this.start, '', fn);
    const prefix = this.directives(begin, fn);
    while (this.token !== T.END) this.statement(-1, IN_BODY);
    const inBlock = this.options.kind === 'commonjs' && this.conflict(fn, 0) === undefined;
    const forms = inBlock ? BODY[0] : inserted.module(fn.waits);
    this.insertions.change(begin, this.insertions.offsetOf(begin), prefix + forms.before);
    this.insertions.put(this.previousEnd, forms.after, fn);
    if (this.covers > 0) giveUp();
    const { code, functions } = this.insertions.splice(this.#original);
    const leftAlone = this.unrecorded.map(({ fn: { at }, reason }) => ({ at, reason }));
    return { code, functions, leftAlone, asBody: this.options.kind === 'module' ? this.#moduleAsBody() : this.#original };
  }

  /** The names that an import declares are not in it, nor what an export asks for: whatever else is wrong with a module is wrong with this. */
  #moduleAsBody(): string {
    let text = '';
    let from = this.#original.startsWith('#!') ? this.#original.indexOf('\n') : 0;
    if (from < 0) return '';
    for (const piece of this.ofModules) {
      text += this.#original.slice(from, piece.start) + piece.text;
      from = piece.end;
    }
    return `"use strict";async()=>{{${text}${this.#original.slice(from)}\n}}`;
  }

  /** `label`: where the first label in front of it begins. */
  protected statement(label: number, place: number): void {
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
        this.semicolon();
        return;
      case T.FUNCTION:
        this.functionAt(this.start, 0, undefined, place);
        return;
      case T.ASYNC:
        if (this.functionFollows()) {
          const { start } = this;
          this.next();
          this.functionAt(start, FLAG.ASYNC, undefined, place);
        } else this.#expressionStatement(label);
        return;
      case T.CLASS:
        this.classAt(undefined, true);
        return;
      case T.IF:
        this.next();
        this.#inBrackets();
        this.statement(-1, IN_BLOCK);
        if (this.token === T.ELSE) {
          this.next();
          this.statement(-1, IN_BLOCK);
        }
        return;
      case T.RETURN:
        if (this.fn.flags === FLAG.MODULE && this.options.kind === 'module') giveUp();
        this.next();
        if (!this.onNewLine && this.token !== T.SEMICOLON && this.token !== T.RIGHT_BRACE && this.token !== T.END) this.expression(false);
        this.semicolon();
        return;
      case T.THROW:
        this.next();
        if (this.onNewLine) giveUp();
        this.expression(false);
        this.semicolon();
        return;
      case T.FOR:
        this.#for(label);
        return;
      case T.WHILE:
      case T.WITH:
        this.next();
        this.#inBrackets();
        this.statement(-1, IN_BLOCK);
        return;
      case T.DO:
        this.next();
        this.statement(-1, IN_BLOCK);
        this.expect(T.WHILE);
        this.#inBrackets();
        if (this.token === T.SEMICOLON) this.next();
        return;
      case T.LEAVE:
        this.next();
        if (!this.onNewLine && this.token <= T.LAST_NAME) this.next();
        this.semicolon();
        return;
      case T.SWITCH:
        this.#switch();
        return;
      case T.TRY:
        this.#try();
        return;
      case T.DEBUGGER:
        this.next();
        this.semicolon();
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
    const kind = this.expression(false);
    if (this.token === T.COLON && kind === A_NAME && this.previousEnd === end) {
      this.next();
      this.statement(label < 0 ? start : label, IN_BLOCK);
    } else this.semicolon();
  }

  #block(): void {
    this.expect(T.LEFT_BRACE);
    while (this.token !== T.RIGHT_BRACE) this.statement(-1, IN_BLOCK);
    this.next();
  }

  #inBrackets(): void {
    this.expect(T.LEFT_PAREN);
    this.expression(false);
    this.expect(T.RIGHT_PAREN);
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
      const isName = this.binding(isVar);
      const hasValue = this.token === T.EQUALS;
      if (!hasValue && !(isName && mayBeEmpty) && !(isHead && isFirst && (this.token === T.OF || this.token === T.IN))) giveUp();
      if (hasValue) {
        this.next();
        this.named(isName ? this.nameFor(start, end) : undefined, isHead);
      }
      if (this.token !== T.COMMA) return isFirst && !hasValue;
      this.next();
    }
  }

  #for(label: number): void {
    const fn = this.fn;
    const start = label < 0 ? this.start : label;
    this.next();
    const waits = this.token === T.AWAIT;
    if (waits) {
      if (!this.mayAwait) giveUp();
      this.next();
      this.wait();
      this.insertions.put(start, inserted.forAwait.statement, fn);
    }
    this.expect(T.LEFT_PAREN);
    if (this.#forHead()) this.#forIterable(waits);
    else {
      if (waits) giveUp();
      this.expect(T.SEMICOLON);
      if (this.token !== T.SEMICOLON) this.expression(false);
      this.expect(T.SEMICOLON);
      if (this.token !== T.RIGHT_PAREN) this.expression(false);
    }
    this.expect(T.RIGHT_PAREN);
    if (waits) this.#forAwaitBody(fn);
    else this.statement(-1, IN_BLOCK);
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
        const covers = this.covers;
        const kind = this.expression(true);
        mayIterate = kind >= A_NAME && kind <= ARRAY;
        if (this.token === T.OF || this.token === T.IN) this.covers = covers;
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
      this.expression(false);
      return;
    }
    if (waits) {
      // A tree has no brackets: where it begins is not where this begins.
      if (this.token === T.LEFT_PAREN) giveUp();
      this.insertions.put(this.start, inserted.forAwait.iterable, this.fn);
    }
    this.assignment(undefined, false);
    if (waits) this.insertions.put(this.previousEnd, inserted.forAwait.afterIterable, this.fn);
  }

  #forAwaitBody(fn: ReadFunction): void {
    if (this.token === T.LEFT_BRACE) {
      const { before, after } = inserted.forAwait.block;
      this.insertions.put(this.end, before, fn);
      this.next();
      while (this.token !== T.RIGHT_BRACE) this.statement(-1, IN_BLOCK);
      this.insertions.put(this.start, after, fn);
      this.next();
    } else {
      const { before, after } = inserted.forAwait.plain;
      this.insertions.put(this.start, before, fn);
      this.statement(-1, IN_BLOCK);
      this.insertions.put(this.previousEnd, after, fn);
    }
    this.insertions.put(this.previousEnd, inserted.forAwait.afterStatement, fn);
  }

  #switch(): void {
    this.next();
    this.#inBrackets();
    this.expect(T.LEFT_BRACE);
    while (this.token !== T.RIGHT_BRACE) {
      if (this.token === T.CASE) {
        this.next();
        this.expression(false);
      } else if (this.token === T.DEFAULT) this.next();
      else giveUp();
      this.expect(T.COLON);
      while (this.token !== T.CASE && this.token !== T.DEFAULT && this.token !== T.RIGHT_BRACE) this.statement(-1, IN_BLOCK);
    }
    this.next();
  }

  #try(): void {
    const fn = this.fn;
    const before = fn.waited;
    this.next();
    this.#block();
    const hasCatch = this.token === T.CATCH;
    if (hasCatch) this.#catch(fn.waited > before);
    if (this.token === T.FINALLY) {
      this.next();
      if (this.token === T.LEFT_BRACE && fn.waited > before) this.insertions.put(this.end, inserted.resume, fn);
      this.#block();
    } else if (!hasCatch) giveUp();
  }

  #catch(waited: boolean): void {
    const { exceptions } = this.options;
    this.next();
    let error: string | undefined;
    const hasParameter = this.token === T.LEFT_PAREN;
    if (hasParameter) {
      this.next();
      const { start, end } = this;
      if (this.binding(false)) error = this.source.slice(start, end);
      this.expect(T.RIGHT_PAREN);
    }
    if (this.token !== T.LEFT_BRACE) giveUp();
    if (exceptions && !hasParameter) this.insertions.put(this.start, inserted.caughtUnnamed.parameter, undefined);
    if (waited) this.insertions.put(this.end, inserted.resume, this.fn);
    if (exceptions && error !== undefined) this.insertions.put(this.end, inserted.caught(error), undefined);
    else if (exceptions && !hasParameter) this.insertions.put(this.end, inserted.caughtUnnamed.statement, undefined);
    this.#block();
  }

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
    const { start } = this;
    this.next();
    if (this.token !== T.STRING) {
      if (this.token <= T.LAST_NAME) {
        this.next();
        if (this.token === T.COMMA) this.next();
        else if (this.token !== T.FROM) giveUp();
      }
      if (this.token === T.STAR) this.#allAs();
      else if (this.token === T.LEFT_BRACE) this.#moduleNames();
      this.expect(T.FROM);
    }
    this.#from();
    this.#ofModules(start, ';');
  }

  /** From `start` to where the last token ended: see `ofModules`. */
  #ofModules(start: number, text: string): void {
    this.ofModules.push({ start, end: this.previousEnd, text });
  }

  #requireModule(): void {
    if (this.options.kind !== 'module') throw MODULE_SYNTAX;
    if (this.fn.parent) giveUp();
  }

  #export(place: number): void {
    this.#requireModule();
    if (place !== IN_BODY) giveUp();
    const { start } = this;
    this.next();
    switch (this.token) {
      case T.DEFAULT:
        this.#exportDefault(start);
        return;
      case T.LEFT_BRACE:
        this.#moduleNames();
        if (this.token === T.FROM && !this.onNewLine) {
          this.next();
          this.#from();
        } else this.semicolon();
        this.#ofModules(start, ';');
        return;
      case T.STAR:
        this.#allAs();
        this.expect(T.FROM);
        this.#from();
        this.#ofModules(start, ';');
        return;
      case T.VAR:
      case T.CONST:
      case T.LET:
      case T.FUNCTION:
      case T.CLASS:
        break;
      case T.ASYNC:
        if (!this.functionFollows()) giveUp();
        break;
      default:
        giveUp();
    }
    this.#ofModules(start, '');
    this.statement(-1, IN_BODY);
  }

  #exportDefault(exportStart: number): void {
    const name = Name.fixed('default');
    this.next();
    this.#ofModules(exportStart, `;${PREFIX}=`);
    const { start } = this;
    if (this.token === T.FUNCTION) this.functionAt(start, 0, name, NOT_DECLARED);
    else if (this.token === T.ASYNC && this.functionFollows()) {
      this.next();
      this.functionAt(start, FLAG.ASYNC, name, NOT_DECLARED);
    } else if (this.token === T.CLASS) this.classAt(name);
    else {
      this.named(name, false);
      this.semicolon();
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
    this.expect(T.STRING);
    if (this.token === T.WITH && !this.onNewLine) {
      this.next();
      if (this.token !== T.LEFT_BRACE) giveUp();
      this.next();
      while (this.token !== T.RIGHT_BRACE) {
        this.#moduleName();
        this.expect(T.COLON);
        this.expect(T.STRING);
        if (this.token === T.COMMA) this.next();
      }
      this.next();
    }
    this.semicolon();
  }
}
