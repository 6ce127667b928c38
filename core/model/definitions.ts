import { isExtended, kindOf, RecordKind, recordBytes } from '../protocol/records.ts';

export interface CounterDefinition {
  readonly id: number;
  readonly name: string;
  /** Names of the series, in the order of the values of a record. */
  readonly series: readonly string[];
}

export interface ObjectDefinition {
  readonly id: number;
  readonly name: string;
  readonly className: string;
}

/** A function of a file. `line` and `column` count from 1; 0: not known. `flags`: see FunctionFlag. */
export interface FunctionDefinition {
  readonly id: number;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly flags: number;
}

const decoder = new TextDecoder();
const FUNCTION_LINE = /^(\d{1,9}) (\d{1,9}) (\d{1,9}) (.*)$/;

/**
 * What the ids in one stream's records mean. Grows with each DEFS block of the stream; a definition never changes, but one
 * that comes twice (a tracer that started again) replaces the first.
 */
export class Definitions {
  readonly strings = new Map<number, string>();
  readonly counters = new Map<number, CounterDefinition>();
  readonly objects = new Map<number, ObjectDefinition>();
  readonly functions = new Map<number, FunctionDefinition>();
  /** Id of the text that is the category of exceptions; 0: there is none yet. */
  exceptionCategory = 0;

  /** Takes in the payload of a DEFS block. Returns how many records could not be understood; never throws. */
  add(payload: Uint8Array): number {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const u32 = (at: number) => view.getUint32(at, true);
    let damaged = 0;
    let at = 0;
    while (at + 8 <= payload.length) {
      const tag = u32(at + 4);
      const end = at + recordBytes(tag);
      if (end > payload.length) return damaged + 1;
      const body = at + 8;
      const room = end - body;
      const kind = isExtended(tag) ? kindOf(tag) : 0;
      if (kind === RecordKind.DEF_STRING && room >= 8 && u32(body + 4) <= room - 8) {
        const text = decoder.decode(payload.subarray(body + 8, body + 8 + u32(body + 4)));
        this.strings.set(u32(body), text);
        if (text === 'exception') this.exceptionCategory = u32(body);
      } else if (kind === RecordKind.DEF_COUNTER && room >= 16 && u32(body + 8) <= (room - 16) / 4) {
        const series: string[] = [];
        for (let s = 0; s < u32(body + 8); s++) series.push(this.text(u32(body + 16 + s * 4)));
        this.counters.set(u32(body), { id: u32(body), name: this.text(u32(body + 4)), series });
      } else if (kind === RecordKind.DEF_OBJECT && room >= 16) {
        this.objects.set(u32(body), { id: u32(body), name: this.text(u32(body + 4)), className: this.text(u32(body + 8)) });
      } else if (kind === RecordKind.DEF_FUNCTIONS && room >= 16 && u32(body + 12) <= room - 16) {
        const lines = decoder.decode(payload.subarray(body + 16, body + 16 + u32(body + 12)));
        damaged += this.#addFunctions(u32(body), u32(body + 4), this.text(u32(body + 8)), lines);
      } else if (kind !== RecordKind.EPOCH) damaged++;
      at = end;
    }
    return damaged;
  }

  /** Returns 1 where there are not as many lines as functions. */
  #addFunctions(first: number, count: number, file: string, text: string): number {
    const lines = text.split('\n', count);
    for (const [i, line] of lines.entries()) {
      const [, lineNumber, column, flags, name] = FUNCTION_LINE.exec(line) ?? [];
      const id = first + i;
      this.functions.set(id, { id, name: name ?? line, file, line: Number(lineNumber ?? 0), column: Number(column ?? 0), flags: Number(flags ?? 0) });
    }
    return lines.length === count ? 0 : 1;
  }

  /** Name of a function; says so where its definition is missing. */
  functionName(id: number): string {
    return this.functions.get(id)?.name ?? `(undefined function ${id})`;
  }

  /** Text of a string definition; empty for 0 ("none"), and says so where the definition is missing. */
  text(id: number): string {
    return id === 0 ? '' : (this.strings.get(id) ?? `(undefined text ${id})`);
  }
}
