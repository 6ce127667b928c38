/** Entry of what records calls: loaded where a launch asks for every call, and nowhere else. */
import * as Module from 'node:module';
import { types } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import type { FunctionGroup } from '../../instrument/instrument-file.ts';
import type { LeftAlone, TargetOptions } from '../../protocol/target-wire.ts';
import { workerThreads } from '../builtins.ts';
import { FunctionState, nextFunctions } from '../ring-layout.ts';
import type { RingWriter } from '../ring-writer.ts';
import { countCalls } from './call-capture.ts';
import { CallValues } from './call-values.ts';
import { CommonJsHooks } from './commonjs-hooks.ts';
import { showOriginalLine } from './fatal-error.ts';
import { HooksThreadCalls, type HooksThreadMessage, type HooksThreadStart } from './hooks-thread-calls.ts';
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
  /**
   * For a Node that runs hooks of modules in a thread of its own; undefined where this thread has hooks itself. `register` puts ours
   * there, with what that thread is to be told; what is returned does so now, and it is done again when the script has put some there.
   */
  readonly hooksThread: ((register: (start: HooksThreadStart) => void) => () => void) | undefined;
}

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
    define: (first, groups) => define(writer, functions, first, groups),
    leftAlone: (file, reason) => leftAlone({ file, reason }),
    counted: (what) => countCalls(words, what),
  });
  const original = new OriginalCode(files, realm, folder);
  const values = new CallValues(writer, original, types);
  bindNames({
    enter: (id: number) => writer.enter(id),
    module: (id: number) => {
      const token = writer.enter(id);
      if (token !== 0) unseen(() => void closeLater(writer, token));
      return token;
    },
    exit: (token: number) => writer.exit(token),
    begin: (id: number) => writer.begin(id),
    suspend: (value: unknown, token: number) => {
      writer.suspend(token);
      return value;
    },
    resume: (value: unknown, token: number) => {
      writer.resume(token);
      return value;
    },
    finish: (token: number) => writer.finish(token),
    caught: (error: unknown) => values.caught(error),
    arguments: (token: number, given: object) => values.arguments(token, given),
    result: (value: unknown, token: number) => {
      values.result(value, token);
      return value;
    },
  });
  original.show();
  const uncaught = (error: unknown): void => {
    // Among the warnings it has been told of when it happened.
    if (options.capture.logExceptions && !options.capture.warnings) values.uncaught(error);
    showOriginalLine(error, files, original);
  };
  const chosen = (file: string): boolean => files.chosen(file);
  const commonJs = new CommonJsHooks(files);
  if ('registerHooks' in Module.default) {
    traceByHooks(files, commonJs, (own, plain) => original.standIn(own, plain));
    Module.syncBuiltinESMExports();
    return { beforeLoad: (file) => commonJs.beforeLoad(file), chosen, look: () => false, uncaught, finish: () => values.finish(), hooksThread: undefined };
  }
  const ports: MessagePort[] = [];
  return {
    beforeLoad: commonJs.watchReading(),
    chosen,
    uncaught,
    finish: () => values.finish(),
    look: (id) => {
      for (const port of ports) listen(port, files, writer, functions, leftAlone);
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

/** Takes in what the thread of hooks has said. */
function listen(port: MessagePort, files: TracedFiles, writer: RingWriter, table: Uint8Array, leftAlone: (one: LeftAlone) => void): void {
  const { receiveMessageOnPort } = workerThreads();
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    const message = next.message as HooksThreadMessage;
    if (message.kind === 'left-alone') {
      leftAlone({ file: message.file, reason: message.reason });
      continue;
    }
    define(writer, table, message.first, message.groups);
    files.take(message.file, message.code);
  }
}

/** The body of a module has no end where an error leaves it: it is over when what the engine runs in one go is. */
async function closeLater(writer: RingWriter, token: number): Promise<void> {
  await undefined;
  writer.close(token);
}

function define(writer: RingWriter, table: Uint8Array, first: number, groups: readonly FunctionGroup[]): void {
  let id = first;
  for (const { file, count, lines } of groups) {
    // Before the drain sees the definitions: it may mute some of them at once.
    table.fill(FunctionState.RECORDED, id, id + count);
    if (!writer.defineFunctions(id, file, lines.split('\n'))) table.fill(FunctionState.UNKNOWN, id, id + count);
    id += count;
  }
}
