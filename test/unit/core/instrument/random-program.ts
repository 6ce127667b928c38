/**
 * Programs made of numbers: small ones of nested functions, classes, generators, async functions and errors, that always end and
 * print all along. The same numbers give the same program, so that a failing one can be made smaller.
 */
interface Place {
  readonly depth: number;
  readonly waits: boolean;
  readonly yields: boolean;
  readonly loop: string | undefined;
  readonly isFunction: boolean;
}

export function randomProgram(numbers: Uint8Array): string {
  return new ProgramMaker(numbers).program();
}

class ProgramMaker {
  readonly #numbers: Uint8Array;
  #at = 0;
  #names = 0;

  constructor(numbers: Uint8Array) {
    this.#numbers = numbers;
  }

  program(): string {
    const top: Place = { depth: 0, waits: false, yields: false, loop: undefined, isFunction: false };
    const strict = this.#pick(3) === 0 ? "'use strict';\n" : '';
    return `${strict}var a = 1, b = 2, c = [3, 4], o = { m() { return a; } };
let fuel = 300;
const show = (v) => { if (fuel-- > 0) print(typeof v === 'object' && v !== null ? Object.keys(v).join() : String(v).slice(0, 80)); };
const use = (v) => { if (fuel-- < 0) return 'spent'; try { return typeof v === 'function' ? v(a) : v && typeof v.next === 'function' ? String(v.next().value) : v && typeof v.then === 'function' ? (v.then(show, (e) => show('rejected ' + e)), 'promise') : v; } catch (e) { return 'error ' + (e && e.message); } };
${this.#statements(top, 6)}`;
  }

  /** A number below `of`; 0 once there are none left, which always leads to an end. */
  #pick(of: number): number {
    return (this.#numbers[this.#at++] ?? 0) % of;
  }

  #statements(place: Place, most: number): string {
    const count = this.#pick(most) + (place.depth === 0 ? 3 : 0);
    return Array.from({ length: count }, () => this.#statement(place)).join('\n');
  }

  #block(place: Place): string {
    return `{ ${this.#statements({ ...place, depth: place.depth + 1 }, 3)} }`;
  }

  #statement(place: Place): string {
    const name = `v${this.#names++ % 7}`;
    const label = `l${place.depth}`;
    if (place.depth > 5) return `show(${this.#expression(place)});`;
    switch (this.#pick(18)) {
      case 1:
        return `if (${this.#expression(place)}) ${this.#block(place)} else ${this.#block(place)}`;
      case 2:
        return `try ${this.#block(place)} catch (e) { show(e && e.message); ${this.#statement(place)} }`;
      case 3:
        return `try ${this.#block(place)} finally ${this.#block(place)}`;
      case 4:
        return `try { throw new ${['Error', 'TypeError', 'RangeError'][this.#pick(3)]}('t' + ${this.#expression(place)}); } catch${['', ' (e)', ' ({ message })'][this.#pick(3)]} ${this.#block(place)} finally { show('f'); }`;
      case 5:
        return `${label}: for (let i = 0; i < ${this.#pick(3) + 1} && fuel-- > 0; i++) ${this.#block({ ...place, loop: label })}`;
      case 6:
        return place.loop === undefined
          ? 'show(a);'
          : `if (${this.#expression(place)}) ${['continue', 'break'][this.#pick(2)]}${['', ` ${place.loop}`][this.#pick(2)]};`;
      case 7:
        return `{ const ${name} = ${this.#function(place, name)}; show(use(${name})); }`;
      case 8:
        return `{ ${this.#declaration(place, `f${this.#names % 5}`)}\nshow(use(f${this.#lastDeclared})); }`;
      case 9:
        return `{ ${this.#class(place)} }`;
      case 10:
        return place.isFunction ? `if (${this.#expression(place)}) return ${this.#expression(place)}` : `show(${this.#expression(place)})`;
      case 11:
        return place.waits ? `await ${this.#expression(place)}` : `a = ${this.#expression(place)}`;
      case 12:
        return place.yields ? `yield ${this.#expression(place)}` : `b = ${this.#expression(place)}`;
      case 13:
        return place.waits
          ? `${this.#pick(2) ? `${label}: ` : ''}for await (const x of [${this.#expression(place)}, Promise.resolve(2)]) ${this.#pick(2) ? this.#block({ ...place, loop: undefined }) : 'show(x);'}`
          : `for (const x of [1, ${this.#expression(place)}]) ${this.#block({ ...place, loop: undefined })}`;
      case 14:
        return `switch (${this.#expression(place)}) { case 1: ${this.#statement({ ...place, depth: place.depth + 1, loop: undefined })} default: show('d'); }`;
      case 15:
        return `show(String(${this.#function(place, undefined)}));`;
      case 16:
        return this.#declaration(place, `g${this.#names++ % 4}`);
      default:
        return `show(${this.#expression(place)});`;
    }
  }

  #lastDeclared = 0;

  #declaration(place: Place, name: string): string {
    this.#lastDeclared = Number(name.slice(1));
    const [waits, yields] = [this.#pick(3) === 0, this.#pick(3) === 0];
    return `${waits ? 'async ' : ''}function${yields ? '*' : ''} ${name}(${this.#parameters(place)}) ${this.#functionBody(place, waits, yields)}`;
  }

  #functionBody(place: Place, waits: boolean, yields: boolean): string {
    const inside: Place = { depth: place.depth + 1, waits, yields, loop: undefined, isFunction: true };
    const directive = this.#pick(9) === 0 ? "'use strict'; " : '';
    return `{ ${this.#simple ? directive : ''}${this.#statements(inside, 4)}${this.#pick(2) ? `\nreturn ${this.#expression(inside)}` : ''} }`;
  }

  /** A function may say 'use strict' only with plain parameters. */
  #simple = true;

  #parameters(place: Place): string {
    const kind = this.#pick(5);
    this.#simple = kind < 2;
    return ['', 'p', `p = ${place.depth > 4 ? '1' : 'a'}`, '{ x = () => a } = {}', 'p, ...[q]'][kind] as string;
  }

  #function(place: Place, name: string | undefined): string {
    const [waits, yields] = [this.#pick(3) === 0, this.#pick(4) === 0];
    const inside: Place = { depth: place.depth + 1, waits, yields: false, loop: undefined, isFunction: true };
    switch (this.#pick(4)) {
      case 0:
        return `${waits ? 'async ' : ''}(${this.#parameters(place)}) => ${this.#functionBody(place, waits, false)}`;
      case 1:
        return `${waits ? 'async ' : ''}(p) => ${this.#pick(2) ? `(${this.#expression(inside)})` : `({ p, q: ${this.#expression(inside)} })`}`;
      case 2:
        return `{ m: ${waits ? 'async ' : ''}(p) => p, ${waits ? 'async ' : ''}${yields ? '*' : ''}k(${this.#parameters(place)}) ${this.#functionBody(place, waits, yields)} }.k`;
      default:
        return `(${waits ? 'async ' : ''}function${yields ? '*' : ''}${name && this.#pick(2) ? ` ${name}` : ''}(${this.#parameters(place)}) ${this.#functionBody(place, waits, yields)})`;
    }
  }

  #class(place: Place): string {
    const name = `K${this.#names++}`;
    const plain: Place = { depth: place.depth + 1, waits: false, yields: false, loop: undefined, isFunction: true };
    const parent = this.#pick(2) ? ' extends Array' : '';
    const maker = this.#pick(2) ? `constructor(n) { ${parent ? 'super();' : ''} this.n = n; ${this.#statements(plain, 2)} }` : '';
    return `class ${name}${parent} { ${maker} f = ${this.#function(place, undefined)}; get g() ${this.#functionBody(place, false, false)} static s() ${this.#functionBody(place, false, false)} async w() ${this.#functionBody(place, true, false)} *[Symbol.iterator]() ${this.#functionBody(place, false, true)} static { show(this.name); } #p() { return 1; } q() { return this.#p(); } }
try { const k = new ${name}(1); show(use(k.g)); show(use(k.f)); show(use(${name}.s)); show(k.q()); show(use(k.w())); for (const y of k) { show(y); break; } } catch (e) { show(e && e.message); }`;
  }

  #expression(place: Place): string {
    if (place.depth > 6) return 'a';
    const inner = { ...place, depth: place.depth + 1 };
    switch (this.#pick(16)) {
      case 1:
        return '(a + b)';
      case 2:
        return `use(${this.#function(place, undefined)})`;
      case 3:
        return place.waits ? `(await ${this.#expression(inner)})` : 'c[0]';
      case 4:
        return place.yields ? `(yield ${this.#expression(inner)})` : 'o.m()';
      case 5:
        return place.yields ? '(yield)' : 'typeof a';
      case 6:
        return place.yields ? `(yield* [${this.#expression(inner)}])` : '[...c].length';
      case 7:
        return `\`\${${this.#expression(inner)}}-\``;
      case 8:
        return `(${this.#expression(inner)} ? ${this.#expression(inner)} : ${this.#expression(inner)})`;
      case 9:
        return place.waits ? 'await Promise.reject(new Error("r"))' : 'null';
      case 10:
        return place.isFunction && place.depth > 0 ? 'void 0' : '0';
      case 11:
        return `[${this.#expression(inner)}, ${this.#expression(inner)}]`;
      case 12:
        return `(() => ${this.#expression({ ...inner, waits: false, yields: false })})()`;
      case 13:
        return `(a = ${this.#expression(inner)}, b)`;
      case 14:
        return place.waits ? `(await (async () => ${this.#expression({ ...inner, yields: false })})())` : 'o?.m?.()';
      default:
        return ['1', "'s'", 'a', 'b', 'undefined', '/x}/.test("x}")'][this.#pick(6)] as string;
    }
  }
}
