import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { FrameType, type TargetHello } from '../protocol/target-wire.ts';
import { STUDIO_VERSION, TARGET_WIRE_VERSION } from '../protocol/version.ts';
import { traceChildProcesses } from './child-processes.ts';
import { finishDrain, onProcessEnd } from './exit.ts';
import { jsonFrame } from './frames.ts';
import { type DrainMessage, DrainState, PROCESS_BYTES, ProcessWord } from './ring-layout.ts';
import { RingReader } from './ring-reader.ts';
import { writeSpill } from './spill.ts';
import { startDrain } from './start-drain.ts';
import { type TargetSettings, takeSettings } from './target-settings.ts';
import { makeRing, provideRuntime } from './thread-runtime.ts';
import { traceWorkers } from './worker-threads.ts';

/**
 * A script that has recorded nothing until then is told of to the collector; one that is over sooner never starts the drain
 * worker, which takes the machine tens of milliseconds. The first record starts it at once: the script may block from then on.
 */
const DRAIN_AFTER_MS = 10;

/** Puts the tracer into the main thread, if this process was launched by the studio. */
export function traceProcess(folder: string): void {
  const settings = takeSettings(process.env);
  if (!settings) return;
  const shared = { settings, process: new SharedArrayBuffer(PROCESS_BYTES) };
  const words = new Int32Array(shared.process);
  words[ProcessWord.GATE] = 1;
  const ring = makeRing(settings, 0, 'main');
  const helloFrame = jsonFrame(FrameType.HELLO, 0, hello(settings));
  const spillFile = path.join(settings.options.spillFolder, `${process.pid}.spill`);

  /** Rings of all threads that this one knows of: for the spill file, should there be no drain to write it. */
  const rings = new Map([[0, ring]]);
  const spill = (error?: string): void => {
    const readers = [...rings.values()].map((one) => new RingReader(one));
    writeSpill(spillFile, helloFrame, readers, error);
  };
  /** Nothing is recorded any more; the script goes on, and the collector is told why once this process has ended. */
  const giveUp = (error: string): void => {
    words[ProcessWord.GATE] = 0;
    Atomics.store(words, ProcessWord.STATE, DrainState.GONE);
    spill(error);
  };

  let drain: Worker | undefined;
  const ensureDrain = (): void => {
    if (drain || words[ProcessWord.STATE] === DrainState.GONE) return;
    const start = { traceStudioDrain: true, socket: settings.socket, hello: helloFrame, spillFile, process: shared.process, ring } as const;
    try {
      drain = startDrain(folder, start, (error) => giveUp(`The thread that sends events has failed: ${String(error)}`));
    } catch (error) {
      giveUp(`The thread that sends events cannot be started: ${String(error)}`); // The permission model may forbid threads.
    }
  };
  setTimeout(ensureDrain, DRAIN_AFTER_MS).unref();

  onProcessEnd(
    () => {
      if (!finishDrain(words)) spill();
    },
    (worker) => worker === drain,
  );
  const attach = (): boolean => {
    ensureDrain();
    return true;
  };
  const tellDrain = (message: DrainMessage): void => {
    if (message.kind === 'ring') rings.set(message.thread, message);
    if (message.kind === 'ended') rings.delete(message.thread);
    ensureDrain();
    drain?.postMessage(message);
  };
  provideRuntime(folder, settings, words, ring, attach, () => {
    traceWorkers(shared, tellDrain);
    traceChildProcesses(settings);
  });
}

function hello(settings: TargetSettings): TargetHello {
  const monotonicNs = process.hrtime.bigint();
  const epochNs = BigInt(Date.now()) * 1_000_000n;
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
  };
}
