/**
 * In the drain worker of a process with plugins: ends code of a plugin that keeps the main thread to itself where no time limit can be
 * set: behind an `await`, in a callback, in a timer that was quick before. Does nothing but compare two numbers until then.
 *
 * The thread is stopped by the inspector, and its stack says whose code it is: the script may take as long as it likes.
 */
import { fileURLToPath } from 'node:url';
import type { PluginState } from '../../protocol/plugins.ts';
import { DUE, ENDING } from './presence.ts';

const hrtime = process.hrtime.bigint;
/** A thread that nothing runs on does not stop. */
const STOP_LIMIT_MS = 1000;
/** After a look that found nothing to end. */
const FIRST_PATIENCE_NS = 5_000_000_000n;

interface CallFrame {
  readonly callFrameId: string;
  readonly location: { readonly scriptId: string };
}
interface Session {
  connectToMainThread(): void;
  disconnect(): void;
  on(event: string, listener: (message: { readonly params: never }) => void): void;
  post(method: string, params?: object, then?: (error: unknown, result: unknown) => void): void;
}

export class Watchdog {
  readonly #words: BigInt64Array;
  readonly #tracerFolder: string;
  readonly #states: () => Iterable<PluginState>;
  #looking = false;
  #lastDue = 0n;
  #patienceNs = 0n;

  constructor(memory: SharedArrayBuffer, tracerFolder: string, states: () => Iterable<PluginState>) {
    this.#words = new BigInt64Array(memory);
    this.#tracerFolder = tracerFolder;
    this.#states = states;
  }

  /** Called every few milliseconds. */
  look(): void {
    const due = Atomics.load(this.#words, DUE);
    if (due === 0n || this.#looking) return;
    if (due !== this.#lastDue) {
      this.#lastDue = due;
      this.#patienceNs = 0n;
    }
    if (hrtime() < due + this.#patienceNs) return;
    this.#patienceNs = this.#patienceNs === 0n ? FIRST_PATIENCE_NS : this.#patienceNs * 2n;
    try {
      this.#stop();
    } catch {
      this.#looking = false; // This Node has no inspector.
    }
  }

  get #isThere(): boolean {
    return Atomics.load(this.#words, DUE) !== this.#lastDue;
  }

  #stop(): void {
    this.#looking = true;
    const { Session } = process.getBuiltinModule('node:inspector') as unknown as { readonly Session: new () => Session };
    const session = new Session();
    session.connectToMainThread();
    const urls = new Map<string, string>();
    let state: 'connecting' | 'stopping' | 'over' = 'connecting';
    const leave = (): void => {
      state = 'over';
      session.post('Debugger.disable', undefined, () => {
        session.disconnect();
        this.#looking = false;
      });
    };
    session.on('Debugger.scriptParsed', ({ params }) => {
      const { scriptId, url } = params as { readonly scriptId: string; readonly url: string };
      urls.set(scriptId, url);
    });
    session.on('Debugger.paused', ({ params }) => {
      // A debugger of the user's has stopped it: that is none of our business.
      if (state !== 'stopping') return;
      state = 'over';
      const { callFrames } = params as { readonly callFrames: readonly CallFrame[] };
      this.#judge(session, callFrames, urls, leave);
    });
    // Answered when the thread runs JavaScript: from within a call into the system it comes when that is over.
    session.post('Debugger.enable', undefined, (error) => {
      if (error || this.#isThere || state !== 'connecting') return leave();
      state = 'stopping';
      session.post('Debugger.pause');
      setTimeout(() => state === 'stopping' && leave(), STOP_LIMIT_MS);
    });
  }

  #judge(session: Session, frames: readonly CallFrame[], urls: ReadonlyMap<string, string>, leave: () => void): void {
    const plugins = this.#isThere ? undefined : this.#pluginsOf(frames.map(({ location }) => urls.get(location.scriptId) ?? ''));
    const [top] = frames;
    const goOn = (terminateOnResume: boolean): void => {
      session.post('Debugger.resume', { terminateOnResume });
      leave();
    };
    if (plugins === undefined || !top) {
      goOn(false);
      return;
    }
    const expression = `globalThis[Symbol.for('trace-studio.runtime')].overdue([${plugins}])`;
    session.post('Debugger.evaluateOnCallFrame', { callFrameId: top.callFrameId, expression, returnByValue: true }, (error, answer) => {
      const { result } = (answer ?? {}) as { readonly result?: { readonly value?: unknown } };
      goOn(!error && result?.value === true);
    });
  }

  /** A plugin's own file is on the stack, and nothing of the script's: one of these (a file can be that of several). Empty: the script has ended, and somebody has to be it. */
  #pluginsOf(urls: readonly string[]): readonly number[] | undefined {
    const isEnding = Atomics.load(this.#words, ENDING) === 1n;
    const states = [...this.#states()];
    const files = urls.flatMap(fileOf);
    const found = files.map((file) => states.flatMap((state) => (state.file === file ? [state.index] : []))).find((indices) => indices.length > 0);
    const others = files.filter((file) => !states.some((state) => state.file === file) && !file.startsWith(this.#tracerFolder));
    if (isEnding) return found ?? (others.length > 0 ? [] : undefined);
    return others.length === 0 ? found : undefined;
  }
}

/** Node's own files, and code without one, say nothing. */
function fileOf(url: string): string[] {
  try {
    return url.startsWith('file:') ? [fileURLToPath(url)] : [];
  } catch {
    return [];
  }
}
