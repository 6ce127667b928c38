import * as Module from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CommonJsHooks } from './commonjs-hooks.ts';
import type { Kind, TracedFiles } from './traced-files.ts';
import { withoutTypes } from './without-types.ts';

interface Loaded {
  readonly format?: string | null;
  readonly source?: string | ArrayBufferView | ArrayBuffer | null;
}
interface LoadContext {
  readonly conditions?: readonly string[];
}
type NextLoad = (url: string, context: LoadContext) => Loaded;
interface Hooks {
  load: (url: string, context: LoadContext, next: NextLoad) => Loaded;
}
export type RegisterHooks = (hooks: Hooks) => { deregister(): void };
interface Internals {
  registerHooks: RegisterHooks;
}

// Taken at load: a script may replace them.
const toPath = fileURLToPath;
const decoder = new TextDecoder();
const decode = decoder.decode.bind(decoder);

/** What kind of source Node is about to run as which format; undefined: nothing of ours. */
export function kindOf(format: string | null | undefined, file: string): { readonly kind: Kind; readonly typescript: boolean } | undefined {
  switch (format) {
    case 'module':
      return { kind: 'module', typescript: false };
    case 'commonjs':
      return { kind: 'commonjs', typescript: false };
    case 'module-typescript':
      return { kind: 'module', typescript: true };
    case 'commonjs-typescript':
      return { kind: 'commonjs', typescript: true };
    case undefined:
    case null: // A package that does not say: Node tries.
      return /\.json$|\.node$|\.wasm$/.test(file) ? undefined : { kind: 'either', typescript: /\.ts$/.test(file) };
    case 'typescript':
      return { kind: 'either', typescript: true };
    default:
      return undefined;
  }
}

/** Node's hooks in this thread are asked for the text of every module: none of ours is on the stack when it runs. */
export function hooksOf(files: TracedFiles, commonJs: CommonJsHooks): Hooks {
  return {
    load(url, context, next) {
      const loaded = next(url, context);
      if (typeof url !== 'string' || !url.startsWith('file:') || loaded.source == null) return loaded;
      const file = toPath(url);
      const found = kindOf(loaded.format, file);
      if (!found || !files.chosen(file)) return loaded;
      if (found.kind !== 'module' && !commonJs.isOwnLoad(file)) {
        // Imported, and made by hooks of the script's: Node compiles what its loader of required files makes of it.
        if (context.conditions?.includes('require') !== true) commonJs.expectCompile(file);
        return loaded;
      }
      const { source } = loaded;
      let text = typeof source === 'string' ? source : decode(source as Uint8Array);
      if (found.typescript) {
        const stripped = withoutTypes(text);
        if (stripped === undefined) return loaded;
        text = stripped;
      }
      const code = files.code(file, text, found.kind);
      commonJs.settled(file);
      if (code === text) return loaded;
      if (found.kind === 'commonjs' && !found.typescript && context.conditions?.includes('require') !== true) {
        // An imported CommonJS module is looked through for its exports first: that has to see the file itself.
        commonJs.expectCompile(file);
        return loaded;
      }
      files.came('load');
      if (found.kind !== 'module') commonJs.served(file);
      return { ...loaded, source: code };
    },
  };
}

/** Registers them, and does so again behind those that the script registers. */
export function traceByHooks(files: TracedFiles, commonJs: CommonJsHooks, standIn: StandIn): void {
  const internals = Module.default as unknown as Internals;
  const hooks = hooksOf(files, commonJs);
  const plain = internals.registerHooks;
  let own = plain(hooks);
  // Hooks of the script's come after ours, and would be given instrumented text to compile: ours go behind them again.
  const { registerHooks } = {
    registerHooks(this: unknown, given: Hooks): ReturnType<RegisterHooks> {
      const handle = plain(given);
      own.deregister();
      own = plain(hooks);
      return handle;
    },
  };
  internals.registerHooks = registerHooks;
  standIn(registerHooks, plain);
}

/**
 * For a Node that runs hooks in a thread of its own: `again` registers ours once more, behind those that the script has registered
 * just now.
 */
export function registerAgainAfterOthers(again: () => void, standIn: StandIn): () => void {
  const internals = Module.default as { register: (...args: unknown[]) => unknown };
  const plain = internals.register;
  let own = false;
  const { register } = {
    register(this: unknown, ...args: unknown[]): unknown {
      const answer = Reflect.apply(plain, this, args);
      if (!own) registerOwn();
      return answer;
    },
  };
  const registerOwn = (): void => {
    own = true;
    try {
      again();
    } finally {
      own = false;
    }
  };
  internals.register = register;
  standIn(register, plain);
  return registerOwn;
}

/** Tells that a function of ours is to look like another. */
export type StandIn = (own: unknown, plain: unknown) => void;
