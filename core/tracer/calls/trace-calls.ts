/** Entry of what records calls: loaded where a launch asks for every call, and nowhere else. */
import * as Module from 'node:module';
import type { FunctionGroup } from '../../instrument/instrument-file.ts';
import type { TargetOptions } from '../../protocol/target-wire.ts';
import { FunctionState, MAX_FUNCTIONS, ProcessWord } from '../ring-layout.ts';
import type { RingWriter } from '../ring-writer.ts';
import { CommonJsHooks } from './commonjs-hooks.ts';
import { traceByHooks } from './module-hooks.ts';
import { bindNames } from './recording-names.ts';
import { TracedFiles } from './traced-files.ts';

export interface CallTraceOptions {
  /** Of the tracer. */
  readonly folder: string;
  readonly options: TargetOptions & { readonly capture: NonNullable<TargetOptions['capture']> };
  readonly writer: RingWriter;
  /** See ProcessWord. */
  readonly words: Int32Array;
  /** See FunctionState. */
  readonly functions: Uint8Array;
}

export interface CallTracer {
  /** To be told of each file that is about to be required. */
  readonly beforeLoad: (file: string) => void;
  /** A function that this thread's table does not know is called. */
  readonly look: (id: number) => boolean;
}

/** Records the calls of this thread from now on. */
export function traceCalls({ folder, options, writer, words, functions }: CallTraceOptions): CallTracer {
  const files = new TracedFiles({
    folder,
    cacheFolder: options.cacheFolder,
    capture: options.capture,
    number: (count) => {
      const first = Atomics.add(words, ProcessWord.NEXT_FUNCTION, count) + 1;
      return first + count <= MAX_FUNCTIONS ? first : 0;
    },
    define: (first, groups) => define(writer, functions, first, groups),
    leftAlone: (file, reason) => writer.report(`${file} is left alone. ${reason}`),
  });
  bindNames({
    ENTER: (id: number) => writer.enter(id),
    EXIT: (token: number) => writer.exit(token),
    BEGIN: (id: number) => writer.begin(id),
    SUSPEND: (value: unknown, token: number) => {
      writer.suspend(token);
      return value;
    },
    RESUME: (value: unknown, token: number) => {
      writer.resume(token);
      return value;
    },
    FINISH: (token: number) => writer.finish(token),
    CAUGHT: () => {},
    THROWN: (error: unknown) => error,
  });
  const commonJs = new CommonJsHooks(files);
  const hasHooks = 'registerHooks' in Module.default;
  if (hasHooks)
    traceByHooks(
      files,
      (file) => commonJs.isOwnLoad(file),
      (file) => commonJs.served(file),
    );
  return {
    beforeLoad: hasHooks ? () => {} : (file) => commonJs.awaitReading(file),
    look: () => false,
  };
}

function define(writer: RingWriter, table: Uint8Array, first: number, groups: readonly FunctionGroup[]): void {
  let id = first;
  for (const { file, count, lines } of groups) {
    if (writer.defineFunctions(id, file, lines.split('\n'))) table.fill(FunctionState.RECORDED, id, id + count);
    id += count;
  }
}
