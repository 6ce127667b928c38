import path from 'node:path';
import { counted } from '../base/counted.ts';
import type { Recorder } from '../events/recorder.ts';
import { type Capture, type EventSource, InlineSource, SessionSource } from './inline/event-source.ts';
import { registeredTracer, registerTracer, unregisterTracer } from './inline/registry.ts';
import { checkOutputFile, readTracerOptions, type TracerConfig, type VizTracerOptions } from './inline/tracer-options.ts';
import type { TracerPlugins } from './inline/tracer-plugins.ts';
import { loadBeside, loadSave, tracerFolder } from './load-save.ts';
import { currentRuntime, type Runtime } from './runtime.ts';
import { TracerEvents } from './tracer-events.ts';

type Wait = void | Promise<void>;

/** Tracers of bodies that are under way, and what becomes of them where one of these ends the process. */
const running = new Set<VizTracer>();
let endRunning: () => void;

/** What `getTracer` gives under the studio to plugins, and where the script has made no tracer. */
let sessionTracer: (runtime: Runtime) => VizTracer;

/**
 * Records custom events, and writes them to a file.
 *
 * In a script that was started by plain `node` it works alone. Under the studio it joins the session: what it records appears
 * there, and `save` writes a file of its own besides.
 *
 *     const tracer = new VizTracer({ outputFile: 'run.json' });
 *     tracer.start();
 *     …
 *     tracer.save();
 */
export class VizTracer extends TracerEvents {
  readonly #config: TracerConfig;
  #source: EventSource;
  #plugins: TracerPlugins | undefined;
  #started = false;
  /** It was saved or counted: the next `start` begins anew. */
  #parsed = false;
  /** Something was recorded that has not been saved. */
  #unsaved = false;
  /** It is the session's own: what it starts and stops is the gate of the session. */
  #ofSession = false;
  /** Grows when the session's tracer starts or stops. */
  #closings = 0;

  /** From now on `getTracer` gives this tracer. It records once it is started. An unknown option, or a wrong value, throws a TypeError. */
  constructor(options?: VizTracerOptions) {
    super();
    this.#config = readTracerOptions(options);
    const runtime = currentRuntime();
    const { tracerEntries: maxEvents, maskSecrets } = this.#config;
    this.#source = runtime ? new SessionSource(runtime) : new InlineSource({ maxEvents, maskSecrets });
    if (this.#config.plugins.length > 0) {
      const { makePlugins } = loadBeside<typeof import('./inline/tracer-plugins.ts')>('tracer-plugins.cjs');
      this.#plugins = makePlugins(this.#config.plugins, tracerFolder());
    }
    if (this.#config.registerGlobal && !runtime?.inPlugin?.()) registerTracer(this);
  }

  /** A tracer that has begun: `using tracer = VizTracer.begin();` stops, saves and terminates at the end of the block, whatever happens in it. */
  static begin(options?: VizTracerOptions): VizTracer {
    const tracer = new VizTracer(options);
    tracer.start();
    return tracer;
  }

  /**
   * Runs `body` with a tracer that has begun; then stops, saves and terminates it, also if `body` throws or ends the process, and
   * for a promise when it settles. Gives what `body` gives.
   */
  static run<T>(body: (tracer: VizTracer) => T): T;
  static run<T>(options: VizTracerOptions, body: (tracer: VizTracer) => T): T;
  static run<T>(first: VizTracerOptions | ((tracer: VizTracer) => T), second?: (tracer: VizTracer) => T): T {
    const [options, body] = typeof first === 'function' ? [undefined, first] : [first, second];
    if (typeof body !== 'function') throw new TypeError('VizTracer.run takes a function: VizTracer.run((tracer) => { … })');
    const tracer = VizTracer.begin(options);
    running.add(tracer);
    if (running.size === 1) process.once('exit', endRunning);
    const over = (): void => {
      running.delete(tracer);
      if (running.size === 0) process.removeListener('exit', endRunning);
    };
    let result: T;
    try {
      result = body(tracer);
    } catch (error) {
      over();
      tracer.#endQuietly();
      throw error;
    }
    if (!(result instanceof Promise)) {
      over();
      tracer[Symbol.dispose]();
      return result;
    }
    return result.then(
      async (value) => {
        over();
        await tracer.#end();
        return value;
      },
      async (error) => {
        over();
        await tracer.#endQuietly();
        throw error;
      },
    ) as T;
  }

  get recorder(): Recorder | undefined {
    return this.#source.recorder;
  }

  /**
   * Begins to record. Does nothing when it has begun. After `save` or `parse` it begins anew, else what is recorded is added.
   * Under the studio it also switches the recording of the session on, should that be off.
   */
  start(): void {
    this.#source.openGate?.();
    this.#closings++;
    if (this.#ofSession) this.enabled = true;
    if (this.#started) return;
    if (this.#parsed) this.#source.clear();
    this.#parsed = false;
    void this.#plugins?.manager.preStart();
    this.#source.start();
    this.#started = true;
    this.#unsaved = true;
    this.enabled = true;
  }

  /**
   * Ends recording, until the next `start`. Does nothing when it has ended. The session's own tracer (`getTracer()` where the script
   * has made none) switches the recording of the whole session off, as the window does.
   */
  stop(): void {
    if (!this.#started) return;
    if (this.#ofSession) {
      this.#closeGate();
      return;
    }
    this.#started = false;
    this.enabled = false;
    this.#source.stop();
    void this.#plugins?.manager.postStop();
  }

  /** The window may open what the script has closed: then its counters and objects are recorded again, too. */
  #closeGate(): void {
    this.enabled = false;
    this.#source.closeGate?.();
    const closing = ++this.#closings;
    this.#source.whenGateOpens?.(() => {
      if (closing === this.#closings) this.enabled = true;
    });
  }

  /** Between `start` and `stop`: records nothing until `resume`. */
  pause(): void {
    this.enabled = false;
  }

  resume(): void {
    this.enabled = this.#started;
  }

  /** Forgets what was recorded until now. */
  clear(): void {
    this.#source.clear();
  }

  /** Stops, and gives the number of events. */
  parse(): number {
    this.#mustKeep();
    this.stop();
    this.#parsed = true;
    const { frames, selection } = this.#capture();
    return loadSave().countEvents(frames(), selection && { selection }).events;
  }

  /**
   * Stops, and writes what was recorded; a second time writes the same again. `.json`, `.json.gz` and `.tsr` by the name. The file
   * is there as a whole or not at all, missing folders are made. A promise only where a plugin answers with one.
   * Throws an Error in words where it cannot be written.
   */
  save(outputFile?: string | null): Wait {
    this.#mustKeep();
    const file = this.#fileOf(outputFile);
    this.stop();
    this.#parsed = true;
    const capture = this.#capture();
    const options = {
      ...(capture.selection && { selection: capture.selection }),
      ...(this.#config.processName !== undefined && { processName: this.#config.processName }),
    };
    const save = loadSave();
    this.#unsaved = false;
    const manager = this.#plugins?.manager;
    const write = (): void => {
      const handled = manager?.handled;
      const names = manager?.states.filter(({ handler }) => handler === 'ran').map(({ name }) => name) ?? [];
      this.#unsaved = true;
      const { events, lost } = save.writeReport(file, capture.frames(), options, handled && { data: handled, plugins: names });
      this.#unsaved = false;
      this.#tell(`Saved ${events === 1 ? '1 event' : `${events.toLocaleString('en-US')} events`} to ${file}`);
      if (lost > 0)
        this.#tell(
          `${counted('# {event is not in it: there was no room for it|events are not in it: there was no room for them}', lost)}${this.#source.roomHint}.`,
        );
    };
    if (!manager) return write();
    // No promise is settled any more.
    if ((process as { _exiting?: boolean })._exiting) manager.hurry();
    const answered = manager.preSave(() => save.traceDataOf(capture.frames(), options));
    if (!answered) return write();
    this.#plugins?.hold();
    return answered.then(write);
  }

  /** Tells the plugins that it is over. They hear nothing after this. */
  terminate(): Wait {
    const terminated = this.#plugins?.manager.terminate();
    if (terminated) this.#plugins?.hold();
    this.#plugins = undefined;
    return terminated;
  }

  /** Stops, saves what is not saved yet, terminates. */
  [Symbol.dispose](): void {
    this.#whenDone(this.#end());
  }

  /** As `Symbol.dispose`, and waits for plugins that answer with promises: `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  /** A promise only where a plugin answers with one. */
  #end(): Wait {
    this.stop();
    const leave = (): Wait => {
      unregisterTracer(this);
      return this.terminate();
    };
    let saved: Wait;
    try {
      saved = this.#unsaved && this.#source.keeps ? this.save() : undefined;
    } catch (error) {
      this.#whenDone(leave());
      throw error;
    }
    return saved ? saved.finally(leave) : leave();
  }

  /** For where an error is on its way already, which must not be lost to one of ours. */
  #endQuietly(): Wait {
    try {
      return this.#end()?.catch((error: unknown) => this.#complain(error));
    } catch (error) {
      this.#complain(error);
    }
  }

  #whenDone(wait: Wait): void {
    wait?.catch((error: unknown) => this.#complain(error));
  }

  /** Before anything is stopped for the sake of a file. */
  #mustKeep(): void {
    if (!this.#source.keeps) throw new Error(NOT_KEPT);
  }

  #capture(): Capture {
    const capture = this.#source.capture();
    if (!capture) throw new Error(NOT_KEPT);
    if (capture.cut) this.#tell('The report ends early: the process has recorded more than may be kept for it. The recording of the studio has all of it.');
    return capture;
  }

  #fileOf(outputFile: string | null | undefined): string {
    const named = outputFile ?? this.#config.outputFile;
    checkOutputFile(named);
    const file = path.resolve(named);
    return this.#config.pidSuffix ? file.replace(/((?:\.json)?\.\w+)$/, `_${process.pid}$1`) : file;
  }

  #tell(line: string): void {
    if (this.#config.verbose > 0) process.stderr.write(`${line}\n`);
  }

  #complain(error: unknown): void {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }

  static {
    endRunning = () => {
      for (const tracer of [...running].reverse()) void tracer.#endQuietly();
    };
    sessionTracer = (runtime) => {
      if (runtime.session) return runtime.session as VizTracer;
      const tracer = new VizTracer({ registerGlobal: false });
      tracer.#source = new SessionSource(runtime, { keeps: false });
      tracer.#ofSession = true;
      tracer.#started = true;
      tracer.enabled = true;
      runtime.session = tracer;
      return tracer;
    };
  }
}

const NOT_KEPT =
  "This tracer is the session's own: the studio records what it records, and there is nothing here to save. For a file of your own make a tracer: new VizTracer().";

/**
 * The tracer that the script has made last; under the studio, where it has made none, the session's, which has begun. A plugin of
 * the launch always gets the session's: what it records is not the script's to stop. Undefined where nobody records.
 */
export function getTracer(): VizTracer | undefined {
  const runtime = currentRuntime();
  if (runtime?.inPlugin?.()) return sessionTracer(runtime);
  return (registeredTracer() as VizTracer | undefined) ?? (runtime && sessionTracer(runtime));
}
