/**
 * Entry of `runtime-capture.cjs`, which a thread loads when its launch wants anything of the runtime recorded: garbage collections, the event loop, calls of the
 * console, marks, warnings, module loads, async operations. Each source is a file of this folder, and is put in before the script begins.
 */
import type { CaptureOptions } from '../../protocol/capture-options.ts';
import { NodesStacks } from '../error-stack.ts';
import { OwnMap } from '../own-map.ts';
import type { EsModuleWatch } from '../resolve-api.ts';
import type { RingWriter } from '../ring-writer.ts';
import { belonging } from './belonging.ts';
import { type ChildWatch, watchChildren } from './children.ts';
import { hasConsoleChannels, watchConsole } from './console-calls.ts';
import { dnsLookups } from './dns.ts';
import { EsModuleLoads } from './es-modules.ts';
import { EventLoopWatch } from './event-loop.ts';
import { watchFetch } from './fetch.ts';
import { watchFilePromises, watchFiles } from './fs.ts';
import { gcPauses } from './gc.ts';
import { watchHttp } from './http.ts';
import { Functions } from './invisible.ts';
import { userMarks, userMeasures } from './marks.ts';
import { messagesOfWorker, type WorkerMessages, watchParentPort } from './messages.ts';
import { ModuleLoads } from './modules.ts';
import { Numbers, type OperationSource } from './operation.ts';
import { PerformanceEntries, type TakeEntry } from './performance-entries.ts';
import { watchPromises } from './promises.ts';
import { watchSockets } from './sockets.ts';
import { hideOwnFrames } from './stack-frames.ts';
import { watchFileStreams } from './streams.ts';
import { showPlainTimers, watchTimerPromises, watchTimers } from './timers.ts';
import { watchWarnings } from './warnings.ts';

export interface CaptureStart {
  readonly writer: RingWriter;
  readonly options: CaptureOptions;
  /** Where the tracer's files are. */
  readonly folder: string;
  readonly isMainThread: boolean;
  /** The process ran before, and goes on without it. */
  readonly isAttached: boolean;
}

/** What the rest of the tracer tells it, and asks. */
export interface RuntimeCapture {
  /** All of the tracer is in place; the script comes next. */
  begins(): void;
  /** Runs what makes promises of the tracer's own: they are not recorded. */
  unseen(run: () => void): void;
  /** `process` emits an event; its listeners come next. */
  emits(event: string, args: readonly unknown[]): void;
  /** A file that is about to be loaded may use `fs`. */
  files(): void;
  /** Or `fs.promises`, which takes longer to load than all of this. */
  filePromises(): void;
  /** Likewise: the module `timers`. Node's own modules that are loaded before have functions that are not recorded. */
  timersModule(): void;
  /** Undefined where module loads are not recorded. */
  readonly esModules: EsModuleWatch | undefined;
  /** Undefined where async operations are not recorded. */
  readonly workerMessages: ((thread: number) => WorkerMessages) | undefined;
  /** Undefined where async operations are not recorded. */
  readonly children: ChildWatch | undefined;
  /** The thread ends. */
  finish(): void;
  /** Takes back what was put in: of the sources that a process has which the studio attaches to, see `forAttached`. */
  stop(): void;
}

/**
 * Of `options` what can be taken back when the process is left: operations, promises and modules are told by functions and accessors in place of Node's, which
 * a script may have taken over meanwhile.
 */
export function forAttached(options: CaptureOptions): CaptureOptions {
  return { ...options, asyncOperations: false, asyncHooks: false, modules: false, consoleCalls: options.consoleCalls && hasConsoleChannels() };
}

export function startCapture({ writer, options: wanted, folder, isMainThread, isAttached }: CaptureStart): RuntimeCapture {
  const options = isAttached ? forAttached(wanted) : wanted;
  const functions = new Functions();
  const numbers = new Numbers();
  const entries = performanceEntries(writer, options, numbers);
  const loop = options.eventLoop ? new EventLoopWatch(writer) : undefined;
  const modules = options.modules ? new ModuleLoads(writer) : undefined;
  const esModules = options.modules ? new EsModuleLoads(writer) : undefined;
  const stacks = new NodesStacks();
  const warned = options.warnings ? watchWarnings(writer, stacks) : undefined;
  const operations = options.asyncOperations ? watchOperations(writer, numbers, functions, isMainThread) : undefined;
  const unseen = options.asyncHooks ? watchPromises(writer) : (run: () => void) => run();
  const endConsole = options.consoleCalls ? watchConsole(writer, functions, isMainThread) : undefined;
  if (operations || (options.consoleCalls && !isAttached)) hideOwnFrames(functions, folder);
  return {
    begins() {
      stacks.begins();
    },
    unseen,
    emits(event, args) {
      if (event === 'beforeExit') entries?.beforeExit();
      warned?.(event, args);
    },
    files() {
      if (!operations) return;
      const fs = process.getBuiltinModule('node:fs');
      watchFiles(operations, functions, fs);
      watchFileStreams(operations, functions, fs);
    },
    filePromises() {
      if (operations) watchFilePromises(operations, functions, process.getBuiltinModule('node:fs').promises);
    },
    timersModule() {
      if (!operations) return;
      watchTimers(operations, functions, [process.getBuiltinModule('node:timers')]);
      watchTimerPromises(operations, functions, process.getBuiltinModule('node:timers/promises'));
    },
    esModules,
    workerMessages: operations && ((thread) => messagesOfWorker(writer, thread)),
    children: operations && watchChildren(operations),
    finish() {
      loop?.finish();
      modules?.finish();
      esModules?.finish();
      entries?.finish();
    },
    stop() {
      loop?.stop();
      entries?.stop();
      endConsole?.();
    },
  };
}

function performanceEntries(writer: RingWriter, options: CaptureOptions, numbers: Numbers): PerformanceEntries | undefined {
  const takers = new OwnMap<string, TakeEntry>();
  if (options.gc) takers.set('gc', gcPauses(writer));
  if (options.marks) {
    takers.set('mark', userMarks(writer));
    takers.set('measure', userMeasures(writer, numbers));
  }
  if (options.asyncOperations) takers.set('dns', dnsLookups(writer, numbers));
  return takers.size > 0 ? new PerformanceEntries(writer, takers) : undefined;
}

function watchOperations(writer: RingWriter, numbers: Numbers, functions: Functions, isMainThread: boolean): OperationSource {
  const belongs = belonging();
  const source: OperationSource = { writer, numbers, parent: belongs.current };
  showPlainTimers(functions);
  watchTimers(source, functions, [globalThis]);
  watchSockets(source);
  watchHttp(source, (number) => belongs.enter(number));
  watchFetch(source);
  if (!isMainThread) watchParentPort(writer, functions);
  return source;
}
