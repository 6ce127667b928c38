import { createRequire } from 'node:module';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { MAX_PLUGINS } from '../protocol/plugin-state.ts';
import type { PluginState } from '../protocol/plugins.ts';
import type { ChildNotice, LeftAlone } from '../protocol/target-wire.ts';
import { FrameType } from '../protocol/target-wire.ts';
import { callCapture } from './calls/call-capture.ts';
import { traceChildProcesses } from './child-processes.ts';
import { Children } from './children.ts';
import { undoAll } from './detach.ts';
import { type EndWatch, finishDrain, onProcessEnd } from './exit.ts';
import { jsonFrame } from './frames.ts';
import { gateTime, isPaused } from './gate.ts';
import { targetHello } from './hello.ts';
import { KeptEvents } from './kept-events.ts';
import { PRESENCE_BYTES } from './plugins/presence.ts';
import type * as targetPlugins from './plugins/target-plugins.ts';
import { type DrainMessage, DrainState, PROCESS_BYTES, ProcessWord } from './ring-layout.ts';
import { isTaken, RingReader } from './ring-reader.ts';
import type { Urgency } from './ring-writer.ts';
import type { RuntimeCapture } from './runtime/runtime-capture.ts';
import { currentRuntime } from './runtime.ts';
import { finishSampling, sampleEarly } from './sampling/thread-side.ts';
import { flushBeforeSelfEnds } from './self-ends.ts';
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
/** Modules that load and collections are told so late at most: they may be all that a script that is soon over has to tell. */
const PATIENCE_MS = 50;

// Taken at load: a script may replace its clock.
const hrtime = process.hrtime.bigint;
const { setImmediate } = globalThis;

/** Puts the tracer into the main thread: if this process was launched by the studio, or as an attached studio says. */
export function traceProcess(folder: string, attached?: TargetSettings): void {
  const settings = attached ? { ...attached, attached: true } : takeSettings(process.env);
  if (!settings) return;
  const presence = settings.options.plugins?.length ? new SharedArrayBuffer(PRESENCE_BYTES) : undefined;
  const began = hrtime();
  const sinceStart = (): number => Number(hrtime() - began) / 1e6;
  const shared = { settings, process: new SharedArrayBuffer(PROCESS_BYTES) };
  const words = new Int32Array(shared.process);
  const gate = settings.options.paused === true ? 0 : 1;
  words[ProcessWord.GATE] = gate;
  const minDurationNs = (settings.options.capture?.minDurationUs ?? 0) * 1000;
  const ring = makeRing(settings, 0, 'main');
  const helloFrame = jsonFrame(FrameType.HELLO, 0, { ...targetHello(settings.secret, settings.options.isChild), ...(gate === 0 && { paused: true }) });
  const copyFile = path.join(settings.options.spillFolder, `${process.pid}.copy`);
  const spillFile = path.join(settings.options.spillFolder, `${process.pid}.spill`);

  const { calls, samplingUs = 1000, include = [], exclude = [], maxDepth = 0 } = settings.options.capture ?? {};
  const samples = calls === 'sampling';

  /** How each plugin fares, as far as this thread knows. */
  const plugins = new Map<number, PluginState>();
  /** Rings of all threads that this one knows of: for the spill file, should there be no drain to write it. */
  const rings = new Map([[0, ring]]);
  /** Files whose calls cannot be recorded, as far as there is no drain to tell. */
  const leftAlone: LeftAlone[] = [];
  /** Threads that are gone. */
  const ended = new Set<number>();
  /** Children that the drain has not been told of, since there was none. */
  const children: ChildNotice[] = [];
  const spill = (error?: string): void => {
    const readers = [...rings.values()].map((one) => new RingReader(one, minDurationNs));
    const now = words[ProcessWord.GATE] as number;
    const switched = now === gate || error !== undefined ? undefined : { on: now === 1, time: String(gateTime(words)), obeyed: 0 };
    writeSpill(spillFile, helloFrame, readers, {
      plugins: plugins.values(),
      children,
      capture: callCapture(words, 0),
      leftAlone,
      gate: switched,
      code: words[ProcessWord.EXIT_CODE] as number,
      abrupt: words[ProcessWord.ABRUPT] === 1,
      ...(error !== undefined && { error }),
    });
  };
  /** Nothing is recorded any more; the script goes on, and the collector is told why once this process has ended. */
  const giveUp = (error: string): void => {
    words[ProcessWord.GATE] = 0;
    Atomics.store(words, ProcessWord.STATE, DrainState.GONE);
    spill(error);
  };

  let drain: Worker | undefined;
  let watch: EndWatch | undefined;
  let capture: RuntimeCapture | undefined;
  const ensureDrain = (): void => {
    if (drain || words[ProcessWord.STATE] === DrainState.GONE) return;
    const start = {
      traceStudioDrain: true,
      socket: settings.socket,
      hello: helloFrame,
      spillFile,
      copyFile,
      process: shared.process,
      gate,
      minDurationNs,
      ring,
      ...(presence && { presence }),
      sampling: { on: samples, intervalUs: samplingUs, filter: { include, exclude, maxDepth } },
      // A program that was not started for being watched has a stderr of its own.
      complains: !settings.options.isChild && !attached,
    } as const;
    try {
      drain = startDrain(folder, start, (error) => giveUp(`The thread that sends events has failed: ${String(error)}`));
      if (attached) drain.on('message', detach);
      for (const state of plugins.values()) drain.postMessage({ kind: 'plugin', state });
      for (const one of leftAlone) drain.postMessage({ kind: 'left-alone', ...one });
    } catch (error) {
      giveUp(`The thread that sends events cannot be started: ${String(error)}`); // The permission model may forbid threads.
    }
  };
  // A script may block from its first line on, and one that is attached to does it already.
  if (samples || attached) ensureDrain();
  if (samples) {
    if (words[ProcessWord.GATE] === 1) sampleEarly(samplingUs);
  } else setTimeout(ensureDrain, DRAIN_AFTER_MS).unref();

  /** The script has nothing left to do. A thread that is started now would keep the event loop running, and Node would say so once more. */
  let ending = false;
  const emits = (event: string, args: readonly unknown[]): void => {
    if (event === 'beforeExit') {
      ending = true;
      setImmediate(() => {
        ending = false;
      }).unref();
    }
    capture?.emits(event, args);
  };
  const sendAll = (): void => {
    callTracer?.finish();
    capture?.finish();
    finishSampling(ring.buffer, words);
    if (!finishDrain(words)) spill();
  };
  const finish = (): void => {
    sendAll();
    kept.remove();
  };
  /** The studio leaves, or is gone: the process goes on as it was before it came. */
  function detach(): void {
    finish();
    undoAll();
    words[ProcessWord.GATE] = 0;
    Atomics.store(words, ProcessWord.STATE, DrainState.GONE);
    void drain?.terminate();
  }
  onProcessEnd(
    (code) => {
      Atomics.store(words, ProcessWord.EXIT_CODE, code);
      finish();
    },
    (worker) => worker === drain,
    () => watch,
    (error) => callTracer?.uncaught(error),
    () => ({ emits }),
  );
  flushBeforeSelfEnds(words, sendAll, true);
  const kept = new KeptEvents({ process: words, copyFile, hello: helloFrame, rings: () => rings.values() });
  const attach = (urgency: Urgency): boolean => {
    const mayWait = urgency !== 'now' && (ending || (urgency === 'patient' && sinceStart() < PATIENCE_MS));
    if (mayWait && drain === undefined) return false;
    ensureDrain();
    return true;
  };
  const tellDrain = (message: DrainMessage): void => {
    if (message.kind === 'child' && words[ProcessWord.STATE] === DrainState.STARTING) children.push(message.notice);
    if (message.kind === 'ring') rings.set(message.thread, message);
    if (message.kind === 'ended') ended.add(message.thread);
    // What a thread has left in its ring is looked for there until the drain has it.
    for (const thread of ended) {
      const left = rings.get(thread);
      if (left && words[ProcessWord.STATE] !== DrainState.GONE && !isTaken(left)) continue;
      rings.delete(thread);
      ended.delete(thread);
    }
    ensureDrain();
    drain?.postMessage(message);
  };
  let patched = false;
  const patch = (given: RuntimeCapture | undefined): void => {
    if (patched) return;
    patched = true;
    traceWorkers(shared, tellDrain, given?.workerMessages);
    // Children of a process that is attached to are left alone: they would go on to be traced when the studio has left it.
    if (attached) return;
    traceChildProcesses(settings, new Children(settings, (notice) => tellDrain({ kind: 'child', notice })), isPaused(words), given?.children);
  };
  const provided = provideRuntime(folder, settings, { words, ring, kept }, attach, patch, (one) => {
    leftAlone.push(one);
    drain?.postMessage({ kind: 'left-alone', ...one });
  });
  const { callTracer } = provided;
  capture = provided.capture;
  const changed = (state: PluginState): void => {
    if (state.index >= MAX_PLUGINS) return;
    plugins.set(state.index, state);
    drain?.postMessage({ kind: 'plugin', state });
  };
  let places = settings.options.plugins?.length ?? 0;
  const runtime = currentRuntime();
  if (runtime) {
    runtime.ownPlugins = (count) => {
      const first = places;
      places += count;
      return (state) => changed({ ...state, index: first + state.index, ofScript: true });
    };
  }
  if (settings.options.plugins?.length && presence) {
    patch(capture); // A plugin may have threads of its own.
    try {
      watch = loadPlugins(folder).startPlugins({ tracerFolder: folder, options: settings.options, presence, changed });
      ensureDrain(); // The watchdog: what a plugin has begun may hang before anything is recorded.
    } catch (error) {
      for (const [index, { spec }] of settings.options.plugins.entries()) changed(notStarted(index, spec, error));
    }
  }
}

/** The tracer's own part of plugins has failed: its file is gone, for example. */
function notStarted(index: number, spec: string, error: unknown): PluginState {
  const failures = [{ during: 'load' as const, message: `Plugins cannot be run here: ${error instanceof Error ? error.message : String(error)}` }];
  return { index, spec, name: spec, state: 'failed', messages: 0, spentMs: 0, handler: 'none', ranIn: 'target', failures, failureCount: 1, warnings: [] };
}

function loadPlugins(folder: string): typeof targetPlugins {
  const file = path.join(folder, 'target-plugins.cjs');
  const require = createRequire(file);
  const loaded = require(file) as typeof targetPlugins;
  delete require.cache[file];
  return loaded;
}
