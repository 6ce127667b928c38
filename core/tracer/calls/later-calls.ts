/** Calls of code that is loaded after the studio has attached to the process. */
import * as Module from 'node:module';
import { types } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import type { FunctionGroup } from '../../instrument/instrument-file.ts';
import { workerThreads } from '../builtins.ts';
import { DrainState, FunctionState, nextFunctions, ProcessWord } from '../ring-layout.ts';
import { countCalls } from './call-capture.ts';
import { defineFunctions, type HooksThreadListener, hearHooksThread, recordingInto } from './call-recording.ts';
import { CallValues } from './call-values.ts';
import { CommonJsHooks } from './commonjs-hooks.ts';
import { type ChangedFiles, showOriginalLine, watchFatalErrors } from './fatal-error.ts';
import { hooksOf, type RegisterHooks } from './module-hooks.ts';
import { OriginalCode } from './original-code.ts';
import { OwnRealm } from './own-realm.ts';
import { lendNames } from './recording-names.ts';
import type { CallTraceOptions, CallTracer } from './trace-calls.ts';
import { TracedFiles } from './traced-files.ts';

/** Functions of a file that has been changed while the studio was attached. */
interface Defined {
  readonly file: string;
  readonly first: number;
  readonly groups: readonly FunctionGroup[];
}

/**
 * As `traceCalls`, and taken back when the process is left: files are as they are again. What has been changed by then cannot be: it calls functions that do
 * nothing, and goes on to look as it was written. Where another studio attaches later, it is recorded again.
 */
export function traceLaterCalls({ folder, options, writer, words, functions, leftAlone, unseen }: CallTraceOptions): CallTracer {
  const lent = lendNames();
  const numbers = (): number => Atomics.load(words, ProcessWord.NEXT_FUNCTION);
  const { left } = lent;
  left.isAlone = false;
  const defined = [...left.defined] as Defined[];
  const isOver = (): boolean => Atomics.load(words, ProcessWord.STATE) === DrainState.GONE;
  const realm = new OwnRealm(folder);
  const define = (file: string, first: number, groups: readonly FunctionGroup[]): void => {
    defineFunctions(writer, functions, first, groups);
    defined.push({ file, first, groups });
    showOriginal();
  };
  let last: Omit<Defined, 'file'> = { first: 0, groups: [] };
  const files = new TracedFiles({
    folder,
    realm,
    cacheFolder: options.cacheFolder,
    capture: options.capture,
    isOver,
    number: (count) => nextFunctions(words, count),
    define: (first, groups) => {
      last = { first, groups };
    },
    changed: (file) => define(file, last.first, last.groups),
    leftAlone: (file, reason) => leftAlone({ file, reason }),
    counted: (what) => countCalls(words, what),
  });
  const original = new OriginalCode(files, realm, folder);
  let isShown = false;
  /** With the first text that is changed: a process that loads nothing stays as it is. */
  function showOriginal(): void {
    if (isShown) return;
    isShown = true;
    original.show();
    left.changed = [...left.changed, { files, original }];
  }
  const values = new CallValues(writer, original, types);

  // Numbers of an earlier attaching are in code that runs still.
  if (left.numbers > numbers()) Atomics.store(words, ProcessWord.NEXT_FUNCTION, left.numbers);
  functions.fill(FunctionState.MUTED, 1, left.numbers + 1);
  for (const { file, first, groups } of defined) if (files.chosen(file)) defineFunctions(writer, functions, first, groups);
  lent.lend(recordingInto(writer, values, unseen));
  const commonJs = new CommonJsHooks(files);
  const stop = (): void => {
    commonJs.stop();
    lent.lend(undefined);
    left.defined = defined;
    left.numbers = numbers();
    left.isAlone = true;
    if (left.changed.length === 0 || left.watches) return;
    left.watches = true;
    watchFatalErrors((error) => {
      if (left.isAlone) showOriginalLine(error, left.changed as ChangedFiles[]);
    });
  };
  const common = {
    chosen: (file: string) => files.chosen(file),
    uncaught: (error: unknown) => {
      if (options.capture.logExceptions && !options.capture.warnings) values.uncaught(error);
      showOriginalLine(error, left.changed as ChangedFiles[]);
    },
    finish: () => values.finish(),
  };
  const { registerHooks } = Module.default as { readonly registerHooks?: RegisterHooks };
  if (registerHooks) {
    const registered = registerHooks(hooksOf(files, commonJs));
    const beforeLoad = (file: string): void => {
      commonJs.beforeLoad(file);
      // A loader that was there before us cannot be told from Node's own: what it makes of a file is taken when it is compiled.
      commonJs.expectScript(file);
    };
    const stopAll = (): void => {
      registered.deregister();
      stop();
    };
    return { ...common, beforeLoad, look: () => false, hooksThread: undefined, stop: stopAll };
  }
  const ports: MessagePort[] = [];
  const file: HooksThreadListener['file'] = (message) => {
    files.take(message.file, message.code);
    define(message.file, message.first, message.groups);
  };
  return {
    ...common,
    beforeLoad: commonJs.watchReading(),
    look: (id) => {
      hearHooksThread(ports, { file, leftAlone });
      return functions[id] === FunctionState.RECORDED;
    },
    stop: () => {
      for (const port of ports) port.close();
      stop();
    },
    hooksThread: (register) => () => {
      const { port1, port2 } = new (workerThreads().MessageChannel)();
      ports.push(port1);
      const { capture, cacheFolder } = options;
      register({ folder, capture, cacheFolder, process: words.buffer as SharedArrayBuffer, port: port2, mayEnd: true });
    },
  };
}
