import { FunctionFlag, MAX_FUNCTION_ID } from '../../protocol/records.ts';
import type { CallFrame } from './cpu-profile.ts';
import type { SourcePositions } from './source-positions.ts';

const MAX_NAME_LETTERS = 1000;

/** Tells the definitions of functions, in front of the calls that use them. */
export interface DefinitionSink {
  functions(first: number, file: string, lines: readonly string[]): boolean;
}

/** Numbers of the functions of one sampled thread, as their frames name them. */
export class FunctionTable {
  readonly #sink: DefinitionSink;
  readonly #positions: SourcePositions;
  readonly #ownUrl: string;
  readonly #isWanted: (frame: CallFrame) => boolean;
  readonly #ids = new Map<string, number>();
  #next = 1;

  /** `ownUrl`: functions of scripts below it are no part of the program. `isWanted`: of the others, which are told. */
  constructor(sink: DefinitionSink, positions: SourcePositions, ownUrl: string, isWanted: (frame: CallFrame) => boolean = () => true) {
    this.#sink = sink;
    this.#positions = positions;
    this.#ownUrl = ownUrl;
    this.#isWanted = isWanted;
  }

  /** 0: to be left out. Defined by `define` before, otherwise left out, too. */
  idOf(frame: CallFrame): number {
    return this.#ids.get(keyOf(frame)) ?? 0;
  }

  define(frames: Iterable<CallFrame>): void {
    const byFile = new Map<string, { readonly key: string; readonly line: string }[]>();
    for (const frame of frames) {
      const key = keyOf(frame);
      if (this.#ids.has(key)) continue;
      this.#ids.set(key, 0);
      if (frame.functionName === '(root)' || (frame.url !== '' && frame.url.startsWith(this.#ownUrl)) || !this.#isWanted(frame)) continue;
      const { file, line } = this.#describe(frame);
      const own = byFile.get(file) ?? [];
      byFile.set(file, own);
      own.push({ key, line });
    }
    for (const [file, group] of byFile) this.#tell(file, group);
  }

  /** A call of it stands where nobody looked. */
  get notSampled(): number {
    const frame = { functionName: '(not sampled)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
    this.define([frame]);
    return this.idOf(frame);
  }

  #tell(file: string, group: readonly { readonly key: string; readonly line: string }[]): void {
    const first = this.#next;
    if (first + group.length > MAX_FUNCTION_ID) return;
    const lines = group.map(({ line }) => line);
    if (!this.#sink.functions(first, file, lines)) return;
    this.#next += group.length;
    for (const [i, { key }] of group.entries()) this.#ids.set(key, first + i);
  }

  #describe(frame: CallFrame): { readonly file: string; readonly line: string } {
    const native = frame.scriptId === '0';
    const { file, line, column } = this.#positions.find(frame.url, frame.lineNumber, frame.columnNumber);
    const short = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    // The body of a file is a function without a name that begins where the file does.
    const isModule = !native && frame.functionName === '' && frame.lineNumber === 0 && frame.columnNumber === 0 && file !== '';
    const name = frame.functionName || (isModule ? short : `(anonymous${file === '' ? '' : ` ${short}:${line}`})`);
    const flags = native ? FunctionFlag.NATIVE : isModule ? FunctionFlag.MODULE : 0;
    return { file, line: `${Math.max(0, line)} ${Math.max(0, column)} ${flags} ${name.replaceAll(/[\r\n]+/g, ' ').slice(0, MAX_NAME_LETTERS)}` };
  }
}

const keyOf = ({ scriptId, lineNumber, columnNumber, functionName }: CallFrame): string => `${scriptId}:${lineNumber}:${columnNumber}:${functionName}`;
