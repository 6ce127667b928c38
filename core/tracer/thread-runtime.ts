import { createRequire } from 'node:module';
import path from 'node:path';
import type { LeftAlone } from '../protocol/target-wire.ts';
import { workerThreads } from './builtins.ts';
import type * as calls from './calls/trace-calls.ts';
import { onDetach } from './detach.ts';
import { type LateChange, mayReach, mayReachFilePromises, mayReachFiles, mayReachTimers } from './first-use.ts';
import { switchGate, whenGateOpens } from './gate.ts';
import type { KeptEvents } from './kept-events.ts';
import { loadCapture } from './load-capture.ts';
import { resolveApi, resolveApiFromNowOn } from './resolve-api.ts';
import { DRAIN_CHANNEL, type DrainMessage, functionTable, ringBufferBytes, validRingBytes } from './ring-layout.ts';
import { RingWriter, type Urgency } from './ring-writer.ts';
import type { RuntimeCapture } from './runtime/runtime-capture.ts';
import { RUNTIME, type Runtime } from './runtime.ts';
import { sampledThread } from './sampling/thread-side.ts';
import type { TargetSettings } from './target-settings.ts';

type RingMessage = Extract<DrainMessage, { kind: 'ring' }>;

/** A ring for the thread of that number. */
export function makeRing(settings: TargetSettings, thread: number, name: string): RingMessage {
  const ringBytes = validRingBytes(settings.options.ringBytes);
  return { kind: 'ring', thread, name, ringBytes, buffer: new SharedArrayBuffer(ringBufferBytes(ringBytes, recordsCalls(settings))) };
}

const recordsCalls = ({ options }: TargetSettings): boolean => options.capture?.calls === 'exact' || options.laterCalls === true;

/** For threads that have no port of the drain's: lost if the drain does not listen yet. */
export function postToDrain(message: DrainMessage): void {
  const { BroadcastChannel } = workerThreads();
  const channel = new BroadcastChannel(DRAIN_CHANNEL);
  channel.postMessage(message);
  channel.close();
}

/**
 * Leaves the runtime of this thread where the API finds it, makes the API resolve, and records what the launch wants of the runtime. `patch`: see `resolveApi`;
 * is given what is returned.
 */
export function provideRuntime(
  folder: string,
  settings: TargetSettings,
  { words, ring, kept }: { readonly words: Int32Array; readonly ring: RingMessage; readonly kept: KeptEvents },
  attach: (urgency: Urgency) => boolean,
  patch: (capture: RuntimeCapture | undefined) => void,
  leftAlone: (one: LeftAlone) => void,
): { readonly capture: RuntimeCapture | undefined; readonly callTracer: calls.CallTracer | undefined } {
  let callTracer: calls.CallTracer | undefined;
  const functions = functionTable(ring);
  const recorder = new RingWriter({
    buffer: ring.buffer,
    ringBytes: ring.ringBytes,
    process: words,
    whenFull: settings.options.whenFull,
    maskSecrets: settings.options.maskSecrets !== false,
    report: (message) => postToDrain({ kind: 'error', message }),
    attach,
    ...(functions && { functions, look: (id) => callTracer?.look(id) === true, maxDepth: settings.options.capture?.maxDepth ?? 0 }),
  });
  const apiFile = path.join(folder, 'api.cjs');
  const runtime: Runtime = {
    recorder,
    apiFile,
    loadApi: () => createRequire(apiFile)(apiFile),
    tracer: undefined,
    switchGate: (on) => void switchGate(words, on),
    whenGateOpens: (opened) => whenGateOpens(words, opened),
    kept,
    sampled: sampledThread(),
  };
  Object.defineProperty(globalThis, RUNTIME, { value: runtime, enumerable: false, configurable: true });
  onDetach(() => {
    if ((globalThis as { [RUNTIME]?: Runtime })[RUNTIME] === runtime) delete (globalThis as { [RUNTIME]?: Runtime })[RUNTIME];
  });
  const { capture: options } = settings.options;
  // Before the calls: what they change of stack traces stands on what is left out of them here.
  const [isMainThread, isAttached] = [ring.thread === 0, settings.attached === true];
  // A worker that begins meanwhile is not left with the process: it would go on to be watched.
  const capture = isAttached && !isMainThread ? undefined : loadCapture(folder, options, recorder, { isMainThread, isAttached });
  onDetach(() => capture?.stop());
  if (functions && options) {
    const unseen = capture ? capture.unseen : (run: () => void) => run();
    const start = { folder, options: { ...settings.options, capture: options }, writer: recorder, words, functions, leftAlone, unseen };
    callTracer = isAttached ? laterCalls(start) : loadCalls(folder).traceCalls(start);
  }
  onDetach(() => callTracer?.stop?.());
  if (isAttached) {
    resolveApiFromNowOn(folder, callTracer);
    patch(capture);
  } else {
    const changes: LateChange[] = [{ make: () => patch(capture), mayReach }];
    if (capture) {
      changes.push({ make: () => capture.files(), mayReach: mayReachFiles });
      changes.push({ make: () => capture.filePromises(), mayReach: mayReachFilePromises });
      changes.push({ make: () => capture.timersModule(), mayReach: mayReachTimers });
    }
    resolveApi(folder, { changes, esModule: capture?.esModules, calls: callTracer, words, cacheFolder: settings.options.cacheFolder });
  }
  capture?.begins();
  return { capture, callTracer };
}

/** The process goes on without them where it does not take what is put in: its constants may be another version's. */
function laterCalls(start: calls.CallTraceOptions): calls.CallTracer | undefined {
  try {
    return loadCalls(start.folder).traceLaterCalls(start);
  } catch (error) {
    start.leftAlone({
      file: '',
      reason: `Calls of code that is loaded from now on cannot be recorded: ${error instanceof Error ? error.message : String(error)}`,
    });
    return undefined;
  }
}

function loadCalls(folder: string): typeof calls {
  const file = path.join(folder, 'calls.cjs');
  const require = createRequire(file);
  const loaded = require(file) as typeof calls;
  delete require.cache[file];
  return loaded;
}
