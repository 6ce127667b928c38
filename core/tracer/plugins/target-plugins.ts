/** The plugins of a traced process, from before the script's first line to its end. Built into a file of its own, loaded where a launch has plugins. */
import path from 'node:path';
import { PluginTimeout } from '../../plugin-api/plugin-failure.ts';
import { PluginManager } from '../../plugin-api/plugin-manager.ts';
import { Sequence } from '../../plugin-api/sequence.ts';
import { DEFAULT_CAPTURE } from '../../protocol/capture-options.ts';
import type { PluginLaunch, PluginState } from '../../protocol/plugins.ts';
import type { TargetOptions } from '../../protocol/target-wire.ts';
import type { EndWatch } from '../exit.ts';
import { keepEvents } from '../kept-events.ts';
import { currentRuntime } from '../runtime.ts';
import { afterMicrotasks } from './after-microtasks.ts';
import { nodeEnvironment } from './node-environment.ts';
import { PluginScope } from './plugin-scope.ts';
import { Presence } from './presence.ts';
import { loadSave, OwnEvents } from './process-data.ts';
import { inWords } from './time-limit.ts';

// Taken at load: a script may replace it.
const getActiveResourcesInfo = process.getActiveResourcesInfo.bind(process);

export interface TargetPluginsOptions {
  readonly tracerFolder: string;
  readonly options: TargetOptions;
  /** Shared with the watchdog. */
  readonly presence: SharedArrayBuffer;
  /** Told at every change. */
  readonly changed: (state: PluginState) => void;
}

/** Loads the plugins and tells them that recording begins. What is returned is told of the process's end. */
export function startPlugins(given: TargetPluginsOptions): EndWatch {
  return new TargetPlugins(given);
}

type Phase = 'running' | 'looking' | 'ending' | 'ended';

class TargetPlugins implements EndWatch {
  readonly #scope: PluginScope;
  readonly #manager: PluginManager;
  /** What happens at the end, each thing once, whichever way the process ends. */
  readonly #end: Sequence;
  readonly #events: OwnEvents;
  readonly #write: () => void;
  readonly #presence: Presence;
  readonly #blockedMs: number | undefined;
  /** An error that nobody threw is told to Node, see `#overdue`. */
  #givesUp = false;
  #phase: Phase = 'running';
  /** When the plugins' end began: what they do to it from then on is undone. */
  #exitCode: typeof process.exitCode;
  /** What kept the process alive when it was about to end. */
  #baseline: readonly string[] = [];
  /** The process has been kept alive for plugins, and says once more that it is about to end: the script has heard it. */
  #repeats = false;

  constructor({ tracerFolder, options, presence, changed }: TargetPluginsOptions) {
    const { pluginLimits: limits } = options;
    const launches = (options.plugins ?? []) as PluginLaunch[];
    this.#scope = new PluginScope(tracerFolder, (plugin, error) => this.#manager.failed(plugin, error));
    const environment = nodeEnvironment({
      scope: this.#scope,
      tracerFolder,
      script: process.argv[1],
      cwd: process.cwd(),
      limits,
      changed,
      // One mistake would be told by each process, also into what a parent reads of its child.
      quiet: options.isChild,
      // A child process with another folder loads the same file: its options are these.
      found: (plugin, file) => launches.splice(launches.indexOf(plugin), 1, { ...plugin, file }),
    });
    this.#manager = new PluginManager([...launches], environment);
    this.#events = new OwnEvents(tracerFolder, limits?.events ?? options.capture?.pluginEvents ?? DEFAULT_CAPTURE.pluginEvents);
    const file = path.join(options.spillFolder, `${process.pid}.processed.json`);
    this.#write = () => this.#writeHandled(tracerFolder, file);
    this.#end = new Sequence([
      () => this.#manager.postStop(),
      () => this.#manager.preSave(() => this.#events.take()),
      () => this.#write(),
      () => this.#manager.terminate(),
    ]);
    keepEvents();
    const runtime = currentRuntime();
    if (runtime) {
      runtime.inPlugin = () => this.#scope.code.current() !== undefined;
      runtime.overdue = (plugins) => this.#overdue(plugins);
    }
    this.#blockedMs = limits?.blockedMs;
    this.#presence = new Presence(presence, limits?.blockedMs);
    this.#scope.guardForLife(this.#presence);
    void this.#manager.load();
    void this.#manager.preStart();
  }

  /**
   * The thread is stopped somewhere in a plugin, and goes on behind all that is on its stack. Node has to hear of an uncaught error:
   * it keeps account of what runs, and nobody there will take back what was begun.
   */
  #overdue(candidates: readonly number[]): boolean {
    const { _fatalException: tell } = process as { _fatalException?: (error: unknown) => boolean };
    const known = [this.#scope.code.current(), this.#scope.waitsFor].filter((one) => one !== undefined);
    const plugin = known.find((one) => candidates.length === 0 || candidates.includes(one)) ?? candidates[0];
    if (plugin === undefined || typeof tell !== 'function' || process.hasUncaughtExceptionCaptureCallback()) return false;
    const problem = new PluginTimeout(`it kept the thread to itself for longer than ${inWords(this.#blockedMs ?? 5000)}, and was ended`);
    this.#manager.failed(plugin, problem);
    this.#givesUp = true;
    try {
      return Reflect.apply(tell, process, [problem]) === true;
    } finally {
      this.#givesUp = false;
      this.#scope.giveUp(plugin, problem);
    }
  }

  hides(event: string, args: readonly unknown[]): boolean {
    if (this.#givesUp && event.startsWith('uncaughtException')) return true;
    if (event === 'beforeExit') {
      this.#baseline = getActiveResourcesInfo();
      const repeats = this.#repeats;
      this.#repeats = false;
      return repeats;
    }
    if (event === 'worker') return this.#scope.startedThread(args[0]);
    if (event === 'rejectionHandled') return this.#scope.ownerOf(args[0]) !== undefined;
    const plugin = this.#faultOf(event, args);
    // Node tells it twice: first to those who only look on.
    if (plugin !== undefined && event !== 'uncaughtExceptionMonitor') this.#manager.failed(plugin, args[0]);
    return plugin !== undefined;
  }

  /** The plugin whose fault an event of the process tells of. */
  #faultOf(event: string, args: readonly unknown[]): number | undefined {
    if (event === 'unhandledRejection') return this.#scope.ownerOfRejection(args[1]);
    return event.startsWith('uncaughtException') ? this.#scope.code.ofError(args[0]) : undefined;
  }

  leavesToNode(event: string): boolean {
    return this.#scope.isHeardByPluginsOnly(event);
  }

  /** After the script's listeners: it ends unless one of them has begun something. */
  beforeExit(): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'looking';
    if (process.listenerCount('beforeExit') === 0) this.#endNow();
    else afterMicrotasks(2, () => this.#look());
  }

  finish(): void {
    if (this.#phase === 'ended') {
      this.#addLate();
      return;
    }
    this.#phase = 'ended';
    this.#presence.ending(true);
    this.#manager.hurry();
    void this.#end.advance();
  }

  #look(): void {
    if (this.#phase !== 'looking') return;
    if (this.#scriptGoesOn()) this.#phase = 'running';
    else this.#endNow();
  }

  /** Something keeps the process alive that did not when it was about to end. */
  #scriptGoesOn(): boolean {
    const before = [...this.#baseline];
    return getActiveResourcesInfo().some((resource) => {
      const place = before.indexOf(resource);
      if (place >= 0) before.splice(place, 1);
      return place < 0;
    });
  }

  #endNow(): void {
    this.#phase = 'ending';
    this.#exitCode = process.exitCode;
    this.#presence.ending(true);
    this.#scope.hold();
    const wait = this.#end.advance();
    const done = (): void => {
      this.#phase = 'ended';
      this.#presence.ending(false);
      // Changed behind an `await`, where nobody sees whose code it is: the script has nothing left to do.
      if (process.exitCode !== this.#exitCode) process.exitCode = this.#exitCode;
    };
    if (!wait) done();
    else {
      void wait.then(() => {
        if (this.#phase !== 'ending') return;
        done();
        this.#repeats = !this.#scriptGoesOn();
      });
    }
  }

  /** The handlers have been there before the script's listeners of `exit`: what these have recorded is added as it is. */
  #addLate(): void {
    const { handled } = this.#manager;
    const late = handled ? this.#events.late() : [];
    if (!handled || late.length === 0) return;
    for (const event of late) handled.traceEvents.push(event);
    this.#write();
  }

  #writeHandled(tracerFolder: string, file: string): void {
    const { handled } = this.#manager;
    if (!handled) return;
    try {
      loadSave(tracerFolder).writeTraceData(file, handled);
    } catch (error) {
      for (const { index, handler } of this.#manager.states) if (handler === 'ran') this.#manager.failed(index, error);
    }
  }
}
