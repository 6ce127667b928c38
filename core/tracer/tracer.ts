/** Entry of what preload.cjs loads: puts the tracer into this process or worker thread. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { BroadcastChannel, getEnvironmentData, isMainThread, setEnvironmentData, threadId, type Worker } from 'node:worker_threads';
import { FrameType, type TargetHello } from '../protocol/target-wire.ts';
import { STUDIO_VERSION, TARGET_WIRE_VERSION } from '../protocol/version.ts';
import { finishDrain, onProcessEnd } from './exit.ts';
import { jsonFrame } from './frames.ts';
import { resolveApi } from './resolve-api.ts';
import { DRAIN_CHANNEL, type DrainMessage, DrainState, PROCESS_BYTES, ProcessWord, ringBufferBytes, validRingBytes } from './ring-layout.ts';
import { RingWriter } from './ring-writer.ts';
import { RUNTIME, type Runtime } from './runtime.ts';
import { startDrain } from './start-drain.ts';
import { type TargetSettings, takeSettings } from './target-settings.ts';

/** What worker threads of this process are given by `setEnvironmentData`. */
interface Shared {
  readonly settings: TargetSettings;
  readonly process: SharedArrayBuffer;
}
const SHARED_KEY = 'trace-studio';

/** Called by preload.cjs with its own path. Throws nothing that the script could see: preload.cjs catches. */
export function install(preload: string): void {
  if (RUNTIME in globalThis) return;
  const folder = path.dirname(preload);
  if (isMainThread) installInProcess(folder);
  else installInWorker(folder);
  const require = createRequire(preload);
  delete require.cache[path.join(folder, 'tracer.cjs')];
}

function installInProcess(folder: string): void {
  const settings = takeSettings(process.env);
  if (!settings) return;
  const shared: Shared = { settings, process: new SharedArrayBuffer(PROCESS_BYTES) };
  setEnvironmentData(SHARED_KEY, shared as never);
  const words = new Int32Array(shared.process);
  words[ProcessWord.GATE] = 1;
  const ring = makeRing(settings, 'main');
  let drain: Worker | undefined;
  onProcessEnd(
    () => void finishDrain(words),
    (_, worker) => worker === drain,
  );
  drain = startDrain(folder, {
    traceStudioDrain: true,
    socket: settings.socket,
    hello: jsonFrame(FrameType.HELLO, 0, hello(settings)),
    spillFile: path.join(settings.options.spillFolder, `${process.pid}.spill`),
    process: shared.process,
    ring,
  });
  provideRuntime(folder, settings, words, ring);
}

function installInWorker(folder: string): void {
  const shared = getEnvironmentData(SHARED_KEY) as unknown as Shared | undefined;
  if (!shared) return;
  const words = new Int32Array(shared.process);
  if (words[ProcessWord.STATE] === DrainState.GONE) return;
  const ring = makeRing(shared.settings, `worker ${threadId}`);
  post(ring);
  provideRuntime(folder, shared.settings, words, ring);
}

function makeRing(settings: TargetSettings, name: string): Extract<DrainMessage, { kind: 'ring' }> {
  const ringBytes = validRingBytes(settings.options.ringBytes);
  return { kind: 'ring', thread: threadId, name, ringBytes, buffer: new SharedArrayBuffer(ringBufferBytes(ringBytes)) };
}

function post(message: DrainMessage): void {
  const channel = new BroadcastChannel(DRAIN_CHANNEL);
  channel.postMessage(message);
  channel.close();
}

function provideRuntime(folder: string, settings: TargetSettings, words: Int32Array, ring: Extract<DrainMessage, { kind: 'ring' }>): void {
  const recorder = new RingWriter({
    buffer: ring.buffer,
    ringBytes: ring.ringBytes,
    process: words,
    whenFull: settings.options.whenFull,
    maskSecrets: settings.options.maskSecrets !== false,
    report: (message) => post({ kind: 'error', message }),
  });
  const apiFile = path.join(folder, 'api.cjs');
  const runtime: Runtime = { recorder, apiFile, loadApi: () => createRequire(apiFile)(apiFile), tracer: undefined };
  resolveApi(folder);
  Object.defineProperty(globalThis, RUNTIME, { value: runtime, enumerable: false, configurable: true });
}

function hello(settings: TargetSettings): TargetHello {
  const monotonicNs = process.hrtime.bigint();
  const epochNs = BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n + BigInt(Math.round(performance.now() * 1e6));
  return {
    wire: TARGET_WIRE_VERSION,
    tracer: STUDIO_VERSION,
    secret: settings.secret,
    pid: process.pid,
    ppid: process.ppid,
    nodeVersion: process.version,
    execPath: process.execPath,
    execArgv: process.execArgv,
    argv: process.argv,
    cwd: process.cwd(),
    platform: process.platform,
    arch: process.arch,
    monotonicNs: String(monotonicNs),
    epochNs: String(epochNs),
    environmentNames: Object.keys(process.env),
    ...(settings.options.recordEnvironmentValues ? { environment: { ...process.env } as Record<string, string> } : {}),
  };
}
