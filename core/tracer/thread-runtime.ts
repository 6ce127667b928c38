import { createRequire } from 'node:module';
import path from 'node:path';
import { workerThreads } from './builtins.ts';
import { type LateChange, mayReach, mayReachFilePromises, mayReachFiles, mayReachTimers } from './first-use.ts';
import type { KeptEvents } from './kept-events.ts';
import { loadCapture } from './load-capture.ts';
import { resolveApi } from './resolve-api.ts';
import { DRAIN_CHANNEL, type DrainMessage, ringBufferBytes, validRingBytes } from './ring-layout.ts';
import { RingWriter } from './ring-writer.ts';
import type { RuntimeCapture } from './runtime/runtime-capture.ts';
import { RUNTIME, type Runtime } from './runtime.ts';
import type { TargetSettings } from './target-settings.ts';

type RingMessage = Extract<DrainMessage, { kind: 'ring' }>;

/** A ring for the thread of that number. */
export function makeRing(settings: TargetSettings, thread: number, name: string): RingMessage {
  const ringBytes = validRingBytes(settings.options.ringBytes);
  return { kind: 'ring', thread, name, ringBytes, buffer: new SharedArrayBuffer(ringBufferBytes(ringBytes)) };
}

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
  attach: (patient: boolean) => boolean,
  patch: (capture: RuntimeCapture | undefined) => void,
): RuntimeCapture | undefined {
  const recorder = new RingWriter({
    buffer: ring.buffer,
    ringBytes: ring.ringBytes,
    process: words,
    whenFull: settings.options.whenFull,
    maskSecrets: settings.options.maskSecrets !== false,
    report: (message) => postToDrain({ kind: 'error', message }),
    attach,
  });
  const apiFile = path.join(folder, 'api.cjs');
  const runtime: Runtime = { recorder, apiFile, loadApi: () => createRequire(apiFile)(apiFile), tracer: undefined, kept };
  Object.defineProperty(globalThis, RUNTIME, { value: runtime, enumerable: false, configurable: true });
  const capture = loadCapture(folder, settings.options.capture, recorder, ring.thread === 0);
  const changes: LateChange[] = [{ make: () => patch(capture), mayReach }];
  if (capture) {
    changes.push({ make: () => capture.files(), mayReach: mayReachFiles });
    changes.push({ make: () => capture.filePromises(), mayReach: mayReachFilePromises });
    changes.push({ make: () => capture.timersModule(), mayReach: mayReachTimers });
  }
  resolveApi(folder, changes, capture?.esModules);
  return capture;
}
