import { AsyncLocalStorage, executionAsyncId, triggerAsyncId } from 'node:async_hooks';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Where Node has no contexts: resources of plugins that are remembered, the last ones. */
const MAX_OWNERS = 10_000;
const STACK_DEPTH = 50;

/**
 * Whose code runs: that of a plugin, and of which, or the script's.
 *
 * Known from what the code was begun by: from the async context where that costs nothing (Node 24 and newer), else from the ids of
 * async resources, as far as those have been noted. Then from the stack: the first file on it that is not Node's. A file that a
 * plugin was the first to load says nothing, since the script may use it as well.
 */
export class PluginCode {
  readonly #contexts = freeContexts();
  readonly #owners = new Map<number, number>();
  /** The modules of plugins, by their paths. */
  readonly #modules = new Map<string, number>();
  readonly #loadedByPlugins = new Set<string>();
  readonly #tracerFolder: string;
  /** The plugin that is being called. */
  running: number | undefined;

  constructor(tracerFolder: string) {
    this.#tracerFolder = tracerFolder;
  }

  /** Whether `current` knows it of everything that plugins have begun, without `note`. */
  get hasContexts(): boolean {
    return this.#contexts !== undefined;
  }

  run<T>(plugin: number, run: () => T): T {
    return this.#contexts ? this.#contexts.run(plugin, run) : run();
  }

  /** An async resource belongs to a plugin. */
  note(id: number, plugin: number): void {
    if (this.#contexts) return;
    this.#owners.set(id, plugin);
    if (this.#owners.size > MAX_OWNERS) this.#owners.delete(this.#owners.keys().next().value as number);
  }

  /** The module of the plugin that is being called. */
  isModule(file: string): void {
    if (this.running === undefined) return;
    for (const one of [file, realPath(file)]) this.#modules.set(one, this.running);
  }

  /** Notes which CommonJS files `run` is the first to load. */
  loading<T>(run: () => T): T {
    const { cache } = createRequire(`${this.#tracerFolder}/plugin.js`);
    const before = new Set(Object.keys(cache));
    try {
      return run();
    } finally {
      for (const file of Object.keys(cache)) if (!before.has(file)) this.#loadedByPlugins.add(file);
    }
  }

  /** By what the code was begun. */
  current(): number | undefined {
    return this.running ?? (this.#contexts ? this.#contexts.getStore() : this.#owners.get(executionAsyncId()));
  }

  /** Of whoever has called the function that asks. */
  caller(): number | undefined {
    return this.current() ?? this.#ofFiles(filesOnStack());
  }

  /** Whose fault an error is that nobody has caught, while it is told of. Not of a rejection: Node shows its place otherwise once the stack has been read. */
  ofError(error: unknown): number | undefined {
    const current = this.current();
    if (current !== undefined) return current;
    const files = filesOfError(error);
    const own = this.#ofFiles(files);
    if (own !== undefined || this.#contexts || files.some((file) => !this.#isNeutral(file))) return own;
    // Told of in a tick that the resource has begun: a socket of a plugin's that could not connect.
    return this.#owners.get(triggerAsyncId());
  }

  #ofFiles(files: readonly string[]): number | undefined {
    for (const file of files) {
      const plugin = this.#modules.get(file);
      if (plugin !== undefined) return plugin;
      if (!this.#isNeutral(file)) return undefined;
    }
    return undefined;
  }

  /** Says nothing of whose code it is. */
  #isNeutral(file: string): boolean {
    return file.startsWith('node:') || file.startsWith(this.#tracerFolder) || this.#loadedByPlugins.has(file);
  }
}

/**
 * Undefined where they would cost the script: before Node 24 each promise becomes dearer, and is printed with more than its script
 * would see without them.
 */
function freeContexts(): AsyncLocalStorage<number> | undefined {
  const contexts = new AsyncLocalStorage<number>();
  if (contexts.run(0, () => promisesAreTracked())) {
    contexts.disable();
    return undefined;
  }
  return contexts;
}

export const promisesAreTracked = (): boolean => Object.getOwnPropertySymbols(Promise.resolve()).length > 0;

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function filesOnStack(): string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = STACK_DEPTH;
    // The script's own must not be asked.
    Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFileName() ?? site.getEvalOrigin() ?? '');
    return (new Error().stack as unknown as string[]).flatMap(pathOf);
  } catch {
    return [];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Its stack is text, and may be anything. */
function filesOfError(error: unknown): string[] {
  try {
    const { stack } = error as { readonly stack?: unknown };
    if (typeof stack !== 'string') return [];
    return stack.split('\n').flatMap((line) => (/^\s+at /.test(line) ? pathOf(line) : []));
  } catch {
    return []; // Null, or a getter that throws.
  }
}

/** `at run (/a/b.js:1:2)`, `at /a/b.js:1:2`, `file:///a/b.js`, `eval at run (/a/b.js:1:2)`. */
function pathOf(text: string): string[] {
  const place = /(?:^|[\s(])((?:file:\/\/|node:|\/|[A-Za-z]:[\\/]).*?)(?::\d+(?::\d+)?)?\)*(?:,.*)?$/.exec(text)?.[1];
  if (place === undefined) return [];
  try {
    return [place.startsWith('file:') ? fileURLToPath(place) : place];
  } catch {
    return [];
  }
}
