/** What is put into a text, in its order, and the functions that it is put in for. */

/** As in core/protocol: this folder knows the wire as little as the wire knows it. */
export const FLAG = { ASYNC: 1, GENERATOR: 2, CONSTRUCTOR: 4, MODULE: 8 } as const;

/** A function that is recorded, in the order of the numbers that `code` asks for. */
export interface FoundFunction {
  /** Absent: it has none. */
  readonly name?: string;
  /** Offset in the source, UTF-16 units. */
  readonly at: number;
  /** See FunctionFlag. */
  readonly flags: number;
}

export interface Instrumented {
  /** Each ID in it stands for the number of the next function of `functions`. */
  readonly code: string;
  readonly functions: readonly FoundFunction[];
  /** Functions that are not recorded, and why. */
  readonly leftAlone: readonly { readonly at: number; readonly reason: string }[];
  /** The source as the body of a function: what the engine refuses of the one it refuses of the other. Absent: there is no such text. */
  readonly asBody?: string;
}

export interface Owner {
  readonly name: string | undefined;
  readonly at: number;
  readonly flags: number;
  /** Nothing that was put in for it counts. */
  readonly leftAlone: string | undefined;
}

export class Insertions<F extends Owner> {
  readonly #offsets: number[] = [];
  readonly #texts: string[] = [];
  /** Undefined for what belongs to no function. */
  readonly #owners: (F | undefined)[] = [];
  /** Numbers of insertions with which a function begins. */
  readonly #begins: number[] = [];

  /** Its number. */
  put(offset: number, text: string, owner: F | undefined): number {
    this.#texts.push(text);
    this.#owners.push(owner);
    return this.#offsets.push(offset) - 1;
  }

  /** `owner` begins there. */
  begin(offset: number, text: string, owner: F): number {
    const number = this.put(offset, text, owner);
    this.#begins.push(number);
    return number;
  }

  change(number: number, offset: number, text: string): void {
    this.#offsets[number] = offset;
    this.#texts[number] = text;
  }

  offsetOf(number: number): number {
    return this.#offsets[number] as number;
  }

  textOf(number: number): string {
    return this.#texts[number] as string;
  }

  splice(source: string): { readonly code: string; readonly functions: FoundFunction[] } {
    const functions: FoundFunction[] = [];
    let code = '';
    let from = 0;
    let begun = 0;
    for (let i = 0; i < this.#offsets.length; i++) {
      const owner = this.#owners[i];
      const begins = this.#begins[begun] === i;
      if (begins) begun++;
      if (owner?.leftAlone !== undefined) continue;
      const offset = this.#offsets[i] as number;
      code += source.slice(from, offset) + (this.#texts[i] as string);
      from = offset;
      if (begins && owner) functions.push(found(owner));
    }
    return { code: code + source.slice(from), functions };
  }
}

function found({ name, at, flags }: Owner): FoundFunction {
  return name === undefined ? { at, flags } : { name, at, flags };
}
