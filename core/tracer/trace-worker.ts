import path from 'node:path';
import { workerThreads } from './builtins.ts';
import type { CallTracer } from './calls/trace-calls.ts';
import { traceChildProcesses } from './child-processes.ts';
import { Children } from './children.ts';
import { finishFromWorker, onProcessEnd } from './exit.ts';
import { isPaused } from './gate.ts';
import { KeptEvents } from './kept-events.ts';
import { type DrainMessage, DrainState, ProcessWord, RING_HEADER_BYTES, RingWord, validRingBytes } from './ring-layout.ts';
import type { RuntimeCapture } from './runtime/runtime-capture.ts';
import { finishSampling, sampleEarly } from './sampling/thread-side.ts';
import { flushBeforeSelfEnds } from './self-ends.ts';
import { hideFromEnvironment } from './target-settings.ts';
import { postToDrain, provideRuntime } from './thread-runtime.ts';
import { hideFromFlags, SHARED_KEY, type SharedWithWorkers, traceWorkers } from './worker-threads.ts';

// Taken at load: a script may replace its clock.
const hrtime = process.hrtime.bigint;
const clock = (): number => Number(hrtime()) / 1e6;

/** A message that the drain was not there to hear is sent again after this. */
const REPEAT_MS = 20;
/** A thread that ends waits at most so long to be known to the drain. */
const ATTACH_LIMIT_MS = 1000;

/** Puts the tracer into a worker thread of a traced process. Its ring goes to the process's one drain worker. */
export function traceWorker(folder: string): void {
  const { getEnvironmentData, threadId } = workerThreads();
  const shared = getEnvironmentData(SHARED_KEY) as unknown as SharedWithWorkers | undefined;
  if (!shared) return;
  const { settings } = shared;
  hideFromEnvironment(process.env, settings.options.preload);
  hideFromFlags(settings, process.execArgv);
  const words = new Int32Array(shared.process);
  if (words[ProcessWord.STATE] === DrainState.GONE) return;
  const ring = {
    kind: 'ring' as const,
    thread: threadId,
    name: `worker ${threadId}`,
    ringBytes: validRingBytes(settings.options.ringBytes),
    buffer: shared.ring,
  };
  const attach = attacher(ring);
  const copyFile = path.join(settings.options.spillFolder, `${process.pid}.copy`);
  const kept = new KeptEvents({ process: words, copyFile, hello: new Uint8Array(0), rings: () => [ring] });
  const ringWords = new Int32Array(ring.buffer, 0, RING_HEADER_BYTES / 4);

  const { calls, samplingUs } = settings.options.capture ?? {};
  if (calls === 'sampling' && samplingUs !== undefined && words[ProcessWord.GATE] === 1) sampleEarly(samplingUs);

  const timer = setInterval(() => attach() && clearInterval(timer), REPEAT_MS);
  timer.unref();
  let capture: RuntimeCapture | undefined;
  let callTracer: CallTracer | undefined;
  onProcessEnd(
    () => {
      capture?.finish();
      finishSampling(ring.buffer, words);
      const ends = clock() + ATTACH_LIMIT_MS;
      while (!attach() && clock() < ends && words[ProcessWord.STATE] !== DrainState.GONE) {
        Atomics.wait(ringWords, RingWord.ATTACHED, 0, REPEAT_MS);
      }
      Atomics.store(ringWords, RingWord.ENDED, 1);
      Atomics.notify(words, ProcessWord.BELL);
    },
    () => false,
    undefined,
    undefined,
    () => capture,
  );
  const sendAll = (): void => {
    callTracer?.finish();
    capture?.finish();
    finishSampling(ring.buffer, words);
    finishFromWorker(words);
  };
  flushBeforeSelfEnds(words, sendAll, false);
  ({ capture, callTracer } = provideRuntime(
    folder,
    settings,
    { words, ring, kept },
    attach,
    (given) => {
      traceWorkers({ settings, process: shared.process }, postToDrain, given?.workerMessages);
      traceChildProcesses(settings, new Children(settings, (notice) => postToDrain({ kind: 'child', notice })), isPaused(words), given?.children);
    },
    (one) => postToDrain({ kind: 'left-alone', ...one }),
  ));
}

/** Makes the ring known to the drain; true once it is. */
function attacher(ring: Extract<DrainMessage, { kind: 'ring' }>): () => boolean {
  const words = new Int32Array(ring.buffer, 0, RING_HEADER_BYTES / 4);
  // Usually the thread that made this one has told the drain.
  let postedAt = clock();
  return (): boolean => {
    if (Atomics.load(words, RingWord.ATTACHED) === 1) return true;
    const now = clock();
    if (now - postedAt >= REPEAT_MS) {
      postedAt = now;
      postToDrain(ring);
    }
    return false;
  };
}
