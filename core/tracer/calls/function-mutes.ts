import { isExtended, kindOf, RecordKind, recordBytes } from '../../protocol/records.ts';
import type { FunctionRule } from '../../protocol/target-wire.ts';
import { FunctionState } from '../ring-layout.ts';

interface FileFunctions {
  readonly table: Uint8Array;
  readonly first: number;
  readonly lines: readonly string[];
}
interface Rule {
  readonly muted: boolean;
  readonly name: string | undefined;
  readonly line: number | undefined;
}

/**
 * Which functions are muted, kept by the drain: it goes on while a thread is busy, and every definition passes by it. Rules are for
 * functions by their place, so that they hold in every thread and for what is loaded later.
 */
export class FunctionMutes {
  readonly #files = new Map<string, FileFunctions[]>();
  readonly #rules = new Map<string, Rule[]>();
  /** By thread: texts that may name a file. */
  readonly #texts = new Map<number, Map<number, string>>();
  /** Functions that are muted now. */
  count = 0;

  /** Definitions of a thread on their way: whole records. `table`: its functions. */
  take(thread: number, table: Uint8Array, definitions: Buffer): void {
    let texts = this.#texts.get(thread);
    if (!texts) {
      texts = new Map();
      this.#texts.set(thread, texts);
    }
    for (let at = 0; at + 8 <= definitions.length; ) {
      const tag = definitions.readUInt32LE(at + 4);
      const kind = isExtended(tag) ? kindOf(tag) : 0;
      const body = at + 8;
      if (kind === RecordKind.DEF_STRING) {
        const text = definitions.toString('utf8', body + 8, body + 8 + definitions.readUInt32LE(body + 4));
        if (/[\\/]/.test(text)) texts.set(definitions.readUInt32LE(body), text);
      } else if (kind === RecordKind.DEF_FUNCTIONS) {
        const file = texts.get(definitions.readUInt32LE(body + 8));
        const lines = definitions.toString('utf8', body + 16, body + 16 + definitions.readUInt32LE(body + 12)).split('\n', definitions.readUInt32LE(body + 4));
        if (file !== undefined) this.#add(file, { table, first: definitions.readUInt32LE(body), lines });
      }
      at += recordBytes(tag);
    }
  }

  set(functions: readonly FunctionRule[], muted: boolean): void {
    for (const { file, name, line } of functions) {
      const rule: Rule = { muted, name, line };
      const rules = this.#rules.get(file) ?? [];
      // One for the whole file says all that earlier ones said; one for the same functions takes the place of its own.
      const isWhole = name === undefined && line === undefined;
      this.#rules.set(file, [...(isWhole ? [] : rules.filter((one) => one.name !== name || one.line !== line)), rule]);
      for (const group of this.#files.get(file) ?? []) this.#apply(group, rule);
    }
  }

  #add(file: string, group: FileFunctions): void {
    const groups = this.#files.get(file) ?? [];
    this.#files.set(file, groups);
    groups.push(group);
    for (const rule of this.#rules.get(file) ?? []) this.#apply(group, rule);
  }

  #apply({ table, first, lines }: FileFunctions, rule: Rule): void {
    const state = rule.muted ? FunctionState.MUTED : FunctionState.RECORDED;
    for (const [i, text] of lines.entries()) {
      if (!isMeant(text, rule)) continue;
      const before = table[first + i];
      if (before === state || before === FunctionState.UNKNOWN) continue;
      table[first + i] = state;
      this.count += rule.muted ? 1 : -1;
    }
  }
}

/** `text` is a line of DEF_FUNCTIONS. */
function isMeant(text: string, { name, line }: Rule): boolean {
  if (name === undefined && line === undefined) return true;
  const [at, , , ...words] = text.split(' ');
  return (line === undefined || Number(at) === line) && (name === undefined || words.join(' ') === name);
}
