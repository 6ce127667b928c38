import { createRequire } from 'node:module';
import path from 'node:path';
import type { LeftAlone } from '../protocol/target-wire.ts';
import { workerThreads } from './builtins.ts';
import type * as calls from './calls/trace-calls.ts';
import type { KeptEvents } from './kept-events.ts';
import { resolveApi } from './resolve-api.ts';
import { DRAIN_CHANNEL, type DrainMessage, functionTable, ringBufferBytes, validRingBytes } from './ring-layout.ts';
import { RingWriter } from './ring-writer.ts';
import { RUNTIME, type Runtime } from './runtime.ts';
import type { TargetSettings } from './target-settings.ts';

type RingMessage = Extract<DrainMessage, { kind: 'ring' }>;

/** A ring for the thread of that number. */
export function makeRing(settings: TargetSettings, thread: number, name: string): RingMessage {
  const ringBytes = validRingBytes(settings.options.ringBytes);
  return { kind: 'ring', thread, name, ringBytes, buffer: new SharedArrayBuffer(ringBufferBytes(ringBytes, recordsCalls(settings))) };
}

const recordsCalls = ({ options }: TargetSettings): boolean => options.capture?.calls === 'exact';

/** For threads that have no port of the drain's: lost if the drain does not listen yet. */
export function postToDrain(message: DrainMessage): void {
  const { BroadcastChannel } = workerThreads();
  const channel = new BroadcastChannel(DRAIN_CHANNEL);
  channel.postMessage(message);
  channel.close();
}

/** Leaves the runtime of this thread where the API finds it, and makes the API resolve. `patch`: see `resolveApi`. */
export function provideRuntime(
  folder: string,
  settings: TargetSettings,
  { words, ring, kept }: { readonly words: Int32Array; readonly ring: RingMessage; readonly kept: KeptEvents },
  attach: () => boolean,
  patch: () => void,
  leftAlone: (one: LeftAlone) => void,
): calls.CallTracer | undefined {
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
  const runtime: Runtime = { recorder, apiFile, loadApi: () => createRequire(apiFile)(apiFile), tracer: undefined, kept };
  Object.defineProperty(globalThis, RUNTIME, { value: runtime, enumerable: false, configurable: true });
  const { capture } = settings.options;
  if (functions && capture) {
    const options = { ...settings.options, capture };
    callTracer = loadCalls(folder).traceCalls({ folder, options, writer: recorder, words, functions, leftAlone });
  }
  resolveApi(folder, patch, callTracer);
  return callTracer;
}

function loadCalls(folder: string): typeof calls {
  const file = path.join(folder, 'calls.cjs');
  const require = createRequire(file);
  const loaded = require(file) as typeof calls;
  delete require.cache[file];
  return loaded;
}
