import type { PluginFailure, PluginLaunch, PluginState, PluginWhen } from '../protocol/plugins.ts';
import { HandledData } from './handled-data.ts';
import { LoadedPlugin, moduleOf, type PluginInstance } from './loaded-plugin.ts';
import type { DataSource, LimitOf, PluginEnvironment } from './plugin-environment.ts';
import { failureOf, PluginProblem, PluginTimeout } from './plugin-failure.ts';
import { versionWarning } from './plugin-version.ts';
import { answerText, isSuccess, readEventAnswer } from './read-answer.ts';
import { Sequence } from './sequence.ts';
import { checkHandled, type TraceData } from './trace-data.ts';

type Wait = void | Promise<void>;

/**
 * The plugins of one process, or of one tracer: loads them, sends them their messages in order, and keeps what goes wrong in one
 * of them from everything else.
 *
 * Nothing here throws or rejects. What a method gives is a promise only where some plugin answers with one; the next message
 * waits for it.
 */
export class PluginManager {
  readonly #environment: PluginEnvironment;
  readonly #plugins: LoadedPlugin[] = [];
  /** The message that is being sent, or the loading. */
  #round: Sequence | undefined;
  #pending: Promise<void> | undefined;
  /** What waits for its turn. */
  #queue: (() => Wait)[] = [];
  #loading = false;
  #hurried = false;
  /** Of the last `preSave`. */
  #data: HandledData | undefined;
  /** Whose promise is being waited for, and what it answers. */
  readonly #waiting = new Map<LoadedPlugin, PluginFailure['during']>();
  /** An error may come twice: out of a call, and as a rejection that nobody handles. */
  readonly #known = new WeakSet<object>();

  /** Each is a text of a launch, or a plugin that the script has made itself; anything else throws a TypeError. `skip`: by their places. */
  constructor(
    plugins: readonly (PluginLaunch | PluginInstance | string)[],
    environment: PluginEnvironment,
    ranIn: PluginState['ranIn'] = 'target',
    skip: readonly number[] = [],
  ) {
    this.#environment = environment;
    plugins.forEach((given, index) => {
      if (skip.includes(index)) return;
      const plugin = new LoadedPlugin(index, launchOf(given), ranIn);
      if (isInstance(given)) plugin.instance = given;
      this.#plugins.push(plugin);
    });
  }

  get states(): readonly PluginState[] {
    return this.#plugins.map((plugin) => plugin.snapshot());
  }

  /** What the handlers of the last `preSave` have left; undefined where none has run to its end. */
  get handled(): TraceData | undefined {
    const data = this.#data?.by ? this.#data.get() : undefined;
    return data === 'elsewhere' ? undefined : data;
  }

  /** The first is loaded and told `initialize` before the second is loaded. */
  load(): Wait {
    return this.#inOrder(() => {
      this.#loading = true;
      const round = this.#start((plugin) => this.#load(plugin));
      const done = (): void => {
        this.#loading = false;
      };
      return round ? round.then(done) : done();
    });
  }
  preStart(): Wait {
    return this.#inOrder(() => this.#start((plugin) => this.#send(plugin, 'pre-start')));
  }
  postStop(): Wait {
    return this.#inOrder(() => this.#start((plugin) => this.#send(plugin, 'post-stop')));
  }
  /** Handlers change what `source` gives, one after the other. It is asked for it when the first of them wants it, and again if that one fails. */
  preSave(source: DataSource): Wait {
    return this.#inOrder(() => {
      const data = new HandledData(source);
      this.#data = data;
      return this.#start((plugin) => this.#send(plugin, 'pre-save', (_, handler) => this.#handle(plugin, handler, data)));
    });
  }
  /** Sent to all, whatever became of them; nothing is sent after it. */
  terminate(): Wait {
    return this.#inOrder(() => this.#start((plugin) => this.#terminate(plugin)));
  }

  /**
   * The process ends now: what is being sent is sent to the rest at once, and no promise is waited for any more, neither one that
   * is under way nor one to come.
   */
  hurry(): void {
    if (this.#hurried) return;
    this.#hurried = true;
    this.#pending = undefined;
    for (const [plugin, during] of this.#waiting) {
      if (plugin.state !== 'loading') this.#fail(plugin, during, new PluginProblem('the process ended before its promise was settled'));
      if (during === 'handle_data') this.#data?.drop();
    }
    if (this.#loading) {
      const late = (): PluginProblem => new PluginProblem('the process ended before it was loaded');
      for (const plugin of this.#plugins) if (plugin.state === 'loading') this.#fail(plugin, 'load', late());
    } else void this.#round?.advance();
    for (const run of [...this.#queue]) void run();
  }

  #inOrder(run: () => Wait): Wait {
    let started: Wait;
    if (this.#pending) {
      const once = (): Wait => {
        const place = this.#queue.indexOf(once);
        if (place < 0) return;
        this.#queue.splice(place, 1);
        return run();
      };
      this.#queue.push(once);
      started = this.#pending.then(once);
    } else started = run();
    if (!started) return;
    const pending = started.then(() => {
      if (this.#pending === pending) this.#pending = undefined;
    });
    this.#pending = pending;
    return pending;
  }

  #start(step: (plugin: LoadedPlugin) => Wait): Wait {
    this.#round = new Sequence(this.#plugins.map((plugin) => () => step(plugin)));
    return this.#round.advance();
  }

  #load(plugin: LoadedPlugin): Wait {
    if (plugin.state !== 'loading') return;
    this.#changed(plugin);
    if (plugin.instance) return this.#accept(plugin, plugin.instance);
    const { spec } = plugin.launch;
    const find = (): unknown => {
      if (moduleOf(spec).trim() === '') throw new PluginProblem('its text is empty: it begins with the name or the path of a module');
      plugin.file = this.#environment.find(plugin.launch);
      return this.#environment.load(plugin.file);
    };
    return this.#ask(plugin, 'load', 'load', find, (exports) =>
      this.#ask(
        plugin,
        'load',
        'load',
        () => callHook(exports, plugin.name, spec),
        (instance) => this.#accept(plugin, instance),
      ),
    );
  }

  #accept(plugin: LoadedPlugin, given: unknown): Wait {
    plugin.instance = undefined;
    const look = (): unknown => {
      const name = (given as { constructor?: { name?: unknown } } | null | undefined)?.constructor?.name;
      if (!isInstance(given)) throw new PluginProblem('get_vizplugin has to give a plugin: an object with a method message');
      if (typeof name === 'string' && name !== '' && name !== 'Object') plugin.name = name.slice(0, 100);
      return versionOf(given);
    };
    return this.#ask(plugin, 'load', 'message', look, (version) => {
      if (typeof version === 'string') plugin.supportVersion = version.slice(0, 100);
      const warning = versionWarning(version, this.#environment.version);
      if (warning) this.#warn(plugin, warning);
      plugin.instance = given as PluginInstance;
      plugin.state = 'ready';
      this.#changed(plugin);
      return this.#send(plugin, 'initialize');
    });
  }

  #send(plugin: LoadedPlugin, when: Exclude<PluginWhen, 'terminate'>, handle = this.#handleNothing): Wait {
    const { instance } = plugin;
    if (!instance || plugin.state !== 'ready' || plugin.hung) return;
    plugin.sending(when);
    this.#changed(plugin);
    return this.#ask(
      plugin,
      when,
      'message',
      () => instance.message('event', { when }),
      (answer) =>
        // What lies in an answer is the plugin's own, too: a getter may throw or hang.
        this.#ask(
          plugin,
          when,
          'message',
          () => {
            plugin.lastAnswer = answerText(answer);
            return { read: readEventAnswer(answer) };
          },
          (result) => {
            const { read } = result as { read: ReturnType<typeof readEventAnswer> };
            if (read.kind === 'junk') this.#fail(plugin, when, new PluginProblem(read.problem));
            else if (read.kind === 'handle_data') return handle(plugin, read.handler);
            else if (read.warning) this.#warn(plugin, read.warning);
            this.#changed(plugin);
          },
        ),
    );
  }

  /** Before `pre-save` there is no data yet: a handler gets an empty object. */
  readonly #handleNothing = (plugin: LoadedPlugin, handler: (data: unknown) => unknown): Wait =>
    this.#ask(
      plugin,
      'handle_data',
      'handler',
      () => handler({}),
      () => this.#changed(plugin),
    );

  #handle(plugin: LoadedPlugin, handler: (data: unknown) => unknown, data: HandledData): Wait {
    this.#keep(data);
    let given: TraceData | 'elsewhere';
    try {
      given = data.get();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return this.#fail(plugin, 'handle_data', new PluginProblem(`the events could not be given to it: ${why}`));
    }
    if (given === 'elsewhere') {
      plugin.handler = 'needed';
      return;
    }
    const own = given;
    const drop = (): void => data.drop();
    const take = (result: unknown): Wait =>
      this.#ask(
        plugin,
        'handle_data',
        'handler',
        () => ({ data: checkHandled(own, result) }),
        (checked) => {
          data.take(plugin, (checked as { data: TraceData }).data);
          plugin.handler = 'ran';
          this.#changed(plugin);
        },
        drop,
      );
    return this.#ask(plugin, 'handle_data', 'handler', () => handler(own), take, drop);
  }

  /** To copy what a plugin has left runs what lies in it: a getter may hang. */
  #keep(data: HandledData): void {
    const { by } = data;
    if (!by) return;
    try {
      this.#environment.call('handler', by.index, () => data.keep((left) => this.#environment.copy(left)));
    } catch (error) {
      by.handler = 'none';
      this.#fail(by, 'handle_data', error);
      data.drop();
    }
  }

  #terminate(plugin: LoadedPlugin): Wait {
    const { instance } = plugin;
    if (!instance || plugin.state !== 'ready') return;
    plugin.sending('terminate');
    plugin.state = 'terminated';
    this.#changed(plugin);
    return this.#ask(
      plugin,
      'terminate',
      'message',
      () => instance.message('command', { cmd_type: 'terminate' }),
      (answer) =>
        this.#ask(
          plugin,
          'terminate',
          'message',
          () => {
            plugin.lastAnswer = answerText(answer);
            return isSuccess(answer);
          },
          (success) => {
            if (success) this.#changed(plugin);
            else this.#fail(plugin, 'terminate', new PluginProblem(`${plugin.name} failed to process {'cmd_type': 'terminate'}`));
          },
        ),
    );
  }

  /** Calls into the plugin; `then` gets what it gives, now or later. Whatever goes wrong is the plugin's failure, and `orElse` is called. */
  #ask(
    plugin: LoadedPlugin,
    during: PluginFailure['during'],
    limit: LimitOf,
    run: () => unknown,
    then: (value: unknown) => Wait,
    orElse: () => void = () => {},
  ): Wait {
    const environment = this.#environment;
    plugin.doing = during;
    const began = environment.now();
    const spent = (): void => {
      plugin.spentMs += environment.now() - began;
    };
    const failed = (error: unknown): void => {
      spent();
      this.#fail(plugin, during, error);
      orElse();
    };
    let value: unknown;
    let promise: PromiseLike<unknown> | undefined;
    try {
      environment.call(limit, plugin.index, () => {
        value = run();
        if (isThenable(value)) promise = value;
      });
    } catch (error) {
      return failed(error);
    }
    if (!promise) {
      spent();
      return then(value);
    }
    if (this.#hurried) return failed(new PluginProblem('it answered with a promise, and the process ends: only what is done at once counts there'));
    this.#waiting.set(plugin, during);
    return environment.settle(limit, plugin.index, promise).then(
      (settled) => {
        this.#waiting.delete(plugin);
        if (this.#hurried) return; // Its place was given up when the process began to end.
        spent();
        return then(settled);
      },
      (error) => {
        this.#waiting.delete(plugin);
        if (!this.#hurried) failed(error);
      },
    );
  }

  #fail(plugin: LoadedPlugin, during: PluginFailure['during'], error: unknown): void {
    if (typeof error === 'object' && error !== null) {
      if (this.#known.has(error)) return;
      this.#known.add(error);
    }
    const failure = failureOf(during, error);
    plugin.failed(failure);
    if (during === 'load') plugin.state = 'failed';
    if (error instanceof PluginTimeout) plugin.hung = true;
    this.#environment.tell(`Plugin ${plugin.name} failed at ${during}: ${failure.message}`);
    this.#changed(plugin);
  }

  /** Of something that a plugin did outside of an answer: a timer of its own, for example. */
  failed(index: number, error: unknown): void {
    const plugin = this.#plugins.find((each) => each.index === index);
    if (plugin) this.#fail(plugin, plugin.doing, error);
  }

  #warn(plugin: LoadedPlugin, text: string): void {
    if (plugin.warned(text)) this.#environment.tell(`Plugin ${plugin.name}: ${text}`);
  }

  #changed(plugin: LoadedPlugin): void {
    this.#environment.changed(plugin.snapshot());
  }
}

function launchOf(given: PluginLaunch | PluginInstance | string): PluginLaunch {
  if (typeof given === 'string') return { spec: given };
  if (isInstance(given)) return { spec: given.constructor.name };
  if (typeof given === 'object' && given !== null && typeof given.spec === 'string') return given;
  throw new TypeError('Invalid plugin!');
}

const isInstance = (given: unknown): given is PluginInstance =>
  typeof given === 'object' && given !== null && typeof (given as { message?: unknown }).message === 'function';

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

/** Named exports, those of a default export, and those of a CommonJS module that was compiled from an ES module. */
function callHook(exports: unknown, name: string, spec: string): unknown {
  let there = false;
  for (let holder = exports, depth = 0; holder && depth < 3; holder = (holder as { default?: unknown }).default, depth++) {
    for (const key of ['get_vizplugin', 'getVizPlugin']) {
      const hook = (holder as Record<string, unknown>)[key];
      if (typeof hook === 'function') return Reflect.apply(hook, holder, [spec]);
      there ||= hook !== undefined;
    }
  }
  throw new PluginProblem(`Unable to find get_vizplugin ${there ? 'as a callable ' : ''}in ${name}. Incorrect plugin.`);
}

function versionOf(instance: PluginInstance): unknown {
  const { support_version: one, supportVersion: other } = instance as { support_version?: unknown; supportVersion?: unknown };
  const version = typeof one === 'function' ? one : other;
  if (typeof version !== 'function') throw new PluginProblem('Plugin of viztracer has to implement support_version method');
  return Reflect.apply(version, instance, []);
}
