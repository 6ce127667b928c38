/** Entry of what records calls: loaded where a launch asks for every call, and nowhere else. */
import * as Module from 'node:module';
import { types } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import type { LeftAlone, TargetOptions } from '../../protocol/target-wire.ts';
import { workerThreads } from '../builtins.ts';
import { FunctionState, nextFunctions } from '../ring-layout.ts';
import type { RingWriter } from '../ring-writer.ts';
import { countCalls } from './call-capture.ts';
import { defineFunctions, type HooksThreadListener, hearHooksThread, recordingInto } from './call-recording.ts';
import { CallValues } from './call-values.ts';
import { CommonJsHooks } from './commonjs-hooks.ts';
import { showOriginalLine } from './fatal-error.ts';
import { HooksThreadCalls, type HooksThreadStart } from './hooks-thread-calls.ts';
import { registerAgainAfterOthers, traceByHooks } from './module-hooks.ts';
import { OriginalCode } from './original-code.ts';
import { OwnRealm } from './own-realm.ts';
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
  /** Told of what is not recorded. */
  readonly leftAlone: (one: LeftAlone) => void;
  /** Runs what makes promises that are not the script's. */
  readonly unseen: (run: () => void) => void;
}

export interface CallTracer {
  /** To be told of each file that is about to be required. */
  readonly beforeLoad: (file: string) => void;
  /** Calls of this file are recorded. */
  readonly chosen: (file: string) => boolean;
  /** A function that this thread's table does not know is called. */
  readonly look: (id: number) => boolean;
  /** Nobody has handled the error that ends this process. */
  readonly uncaught: (error: unknown) => void;
  /** The thread ends. */
  readonly finish: () => void;
  /** Of one that is attached: the studio leaves. */
  readonly stop?: () => void;
  /**
   * For a Node that runs hooks of modules in a thread of its own; undefined where this thread has hooks itself. `register` puts ours
   * there, with what that thread is to be told; what is returned does so now, and it is done again when the script has put some there.
   */
  readonly hooksThread: ((register: (start: HooksThreadStart) => void) => () => void) | undefined;
}

export { traceLaterCalls } from './later-calls.ts';

/** For `resolve-hooks.mjs`. */
export const hooksThreadCalls = (): HooksThreadCalls => new HooksThreadCalls();

/** Records the calls of this thread from now on. */
export function traceCalls({ folder, options, writer, words, functions, leftAlone, unseen }: CallTraceOptions): CallTracer {
  const realm = new OwnRealm(folder);
  const files = new TracedFiles({
    folder,
    realm,
    cacheFolder: options.cacheFolder,
    capture: options.capture,
    number: (count) => nextFunctions(words, count),
    define: (first, groups) => defineFunctions(writer, functions, first, groups),
    leftAlone: (file, reason) => leftAlone({ file, reason }),
    counted: (what) => countCalls(words, what),
  });
  const original = new OriginalCode(files, realm, folder);
  const values = new CallValues(writer, original, types);
  bindNames(recordingInto(writer, values, unseen));
  original.show();
  const uncaught = (error: unknown): void => {
    // Among the warnings it has been told of when it happened.
    if (options.capture.logExceptions && !options.capture.warnings) values.uncaught(error);
    showOriginalLine(error, [{ files, original }]);
  };
  const chosen = (file: string): boolean => files.chosen(file);
  const commonJs = new CommonJsHooks(files);
  if ('registerHooks' in Module.default) {
    traceByHooks(files, commonJs, (own, plain) => original.standIn(own, plain));
    Module.syncBuiltinESMExports();
    return { beforeLoad: (file) => commonJs.beforeLoad(file), chosen, look: () => false, uncaught, finish: () => values.finish(), hooksThread: undefined };
  }
  const ports: MessagePort[] = [];
  const file: HooksThreadListener['file'] = (message) => {
    defineFunctions(writer, functions, message.first, message.groups);
    files.take(message.file, message.code);
  };
  return {
    beforeLoad: commonJs.watchReading(),
    chosen,
    uncaught,
    finish: () => values.finish(),
    look: (id) => {
      hearHooksThread(ports, { file, leftAlone });
      return functions[id] === FunctionState.RECORDED;
    },
    hooksThread: (register) => {
      const again = (): void => {
        const { port1, port2 } = new (workerThreads().MessageChannel)();
        ports.push(port1);
        register({ folder, capture: options.capture, cacheFolder: options.cacheFolder, process: words.buffer as SharedArrayBuffer, port: port2 });
      };
      const registerOwn = registerAgainAfterOthers(again, (own, plain) => original.standIn(own, plain));
      Module.syncBuiltinESMExports();
      return registerOwn;
    },
  };
}
