import { onDetach } from './detach.ts';
import { DrainState, ProcessWord, Request } from './ring-layout.ts';

// Taken at load: a script may replace its clock.
const hrtime = process.hrtime.bigint;
const now = (): number => Number(hrtime()) / 1e6;
const { wait, notify, load, store } = Atomics;

/** A process that signals itself, and may go on, waits at most so long for the drain. */
const FLUSH_LIMIT_MS = 1000;

/** Signals that end a process that does not listen for them. Not SIGHUP, which one that is to outlive its terminal ignores. */
const ENDING = [
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
];

type Call = (this: unknown, ...args: unknown[]) => unknown;
interface Internals {
  abort?: Call;
  _kill?: Call;
  pid: number;
  listenerCount: (name: string) => number;
}

/**
 * A process that ends itself without an `exit`: `process.abort`, and signals to itself. What it has recorded is sent first. It is no orderly end: plugins are
 * not told, and what they had to do with it is done as for any process that was killed.
 *
 * Both are bound functions in place of Node's: their text is that of a native function, as it was. `process.kill` itself is left as it is, and so what it
 * throws; it ends in `process._kill`.
 *
 * `sendAll`: the process ends now, all of its threads. `words`: of the process.
 */
export function flushBeforeSelfEnds(words: Int32Array, sendAll: () => void, isMainThread: boolean): void {
  const internals = process as unknown as Internals;
  const { abort, _kill: kill, pid } = internals;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    store(words, ProcessWord.ABRUPT, 1);
    try {
      sendAll();
    } catch {
      // What was not sent is lost, and no matter of the script's.
    }
  };
  // In a worker thread `abort` throws.
  if (isMainThread && typeof abort === 'function') {
    const ourAbort = likeNative('abort', () => {
      end();
      return Reflect.apply(abort, process, []);
    });
    internals.abort = ourAbort;
    onDetach(() => {
      if (internals.abort === ourAbort) internals.abort = abort;
    });
  }
  if (typeof kill !== 'function') return;
  const ourKill = likeNative('_kill', (...args) => {
    const [target, signal] = args;
    if (typeof signal === 'number' && signal !== 0) {
      // The process group -pid may not be there, and -1 means all processes but this one, if the system says so.
      if ((target === pid || target === 0) && surelyEnds(internals, signal)) end();
      else if (target === pid || target === 0 || target === -1 || target === -pid) flushDrain(words);
    }
    return Reflect.apply(kill, process, args);
  });
  internals._kill = ourKill;
  onDetach(() => {
    ended = true;
    if (internals._kill === ourKill) internals._kill = kill;
  });
}

function likeNative(name: string, run: Call): Call {
  return Object.defineProperty(run.bind(undefined), 'name', { value: name });
}

function surelyEnds(internals: Internals, signal: number): boolean {
  const { signals } = process.getBuiltinModule('node:os').constants;
  if (signal === signals.SIGKILL) return true;
  const name = ENDING.find((each) => (signals as unknown as Readonly<Record<string, number>>)[each] === signal);
  return name !== undefined && internals.listenerCount(name) === 0;
}

/** Waits until the drain has sent what was recorded until now, and goes on. Does nothing where there is no connection yet. */
export function flushDrain(words: Int32Array): void {
  if (load(words, ProcessWord.STATE) !== DrainState.CONNECTED || load(words, ProcessWord.REQUEST) !== Request.NONE) return;
  const ends = now() + FLUSH_LIMIT_MS;
  store(words, ProcessWord.REQUEST, Request.SYNC);
  notify(words, ProcessWord.BELL);
  while (load(words, ProcessWord.REQUEST) === Request.SYNC) {
    const left = ends - now();
    if (left <= 0) return;
    wait(words, ProcessWord.REQUEST, Request.SYNC, Math.min(left, 20));
  }
}
