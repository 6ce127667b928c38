import { onDetach } from './detach.ts';
import { DrainState, ProcessWord, Request } from './ring-layout.ts';

// Taken at load: a script may replace its clock (fake timers do), and must still come to its end.
// Not `performance`, which takes a millisecond to load.
const hrtime = process.hrtime.bigint;
const now = (): number => Number(hrtime()) / 1e6;
const { wait, notify, load, store, compareExchange } = Atomics;
/** An ending process waits at most so long for the drain, */
const EXIT_LIMIT_MS = 5000;
/** of which the last part is for the spill file. */
const SPILL_LIMIT_MS = 1000;

/**
 * Waits until the drain has sent what the rings hold, or has written it to the spill file.
 * False: there is no drain, or it did not answer; whoever ends the process owns the rings.
 */
export function finishDrain(words: Int32Array): boolean {
  const ends = now() + EXIT_LIMIT_MS;
  // A worker that has not begun would be waited for longer than it takes to write a file.
  if (compareExchange(words, ProcessWord.STATE, DrainState.STARTING, DrainState.GONE) === DrainState.STARTING) return false;
  const ask = (request: number, deadline: number): boolean => {
    store(words, ProcessWord.REQUEST, request);
    notify(words, ProcessWord.BELL);
    while (load(words, ProcessWord.DONE) === Request.NONE) {
      const left = deadline - now();
      if (left <= 0) return false;
      wait(words, ProcessWord.DONE, Request.NONE, Math.min(left, 50));
    }
    return true;
  };
  if (load(words, ProcessWord.STATE) === DrainState.GONE) return true;
  return ask(Request.FLUSH, ends - SPILL_LIMIT_MS) || ask(Request.SPILL, ends);
}

/** The same in a worker thread, which ends the process: a drain that has not begun will have in a moment, and only the main thread could do without it. */
export function finishFromWorker(words: Int32Array): void {
  const ends = now() + SPILL_LIMIT_MS;
  while (load(words, ProcessWord.STATE) === DrainState.STARTING && now() < ends) wait(words, ProcessWord.STATE, DrainState.STARTING, 20);
  if (load(words, ProcessWord.STATE) !== DrainState.STARTING) finishDrain(words);
}

/** What plugins have to do with the end of a process. */
export interface EndWatch {
  /** True: the script does not get to see the event. Asked before its listeners. */
  hides(event: string, args: readonly unknown[]): boolean;
  /** True: Node asks by the event whether somebody takes care of an error, and those who listen do not count. Asked before its listeners. */
  leavesToNode(event: string): boolean;
  /** After the script's listeners of `beforeExit`. */
  beforeExit(): void;
  /** The process ends now: what needs time is over. */
  finish(): void;
}

/** What sees the events that `process` emits, before the listeners of the script. */
export interface EmitWatch {
  emits(event: string, args: readonly unknown[]): void;
}

/** A failure of the tracer's own must reach neither the script's events nor its exit code: what was not sent is lost. */
function safely<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/**
 * Calls `finish` once when the process or worker thread ends, after every listener of the script has run, whichever way it ends.
 *
 * No listener is added, since the script may count or remove them: `process.emit` is wrapped, and `process.reallyExit`,
 * which a `process.exit()` inside of an exit listener reaches without coming back. `uncaught` is told before of the error that ends it.
 */
export function onProcessEnd(
  finish: (code: number) => void,
  isOwnWorker: (worker: unknown) => boolean,
  watch: () => EndWatch | undefined = () => undefined,
  uncaught: (error: unknown) => void = () => {},
  emits: () => EmitWatch | undefined = () => undefined,
): void {
  let finished = false;
  /** Nobody has handled an error, and Node prints it once the process has ended. */
  let fatal: { readonly error: unknown } | undefined;
  const finishOnce = (code: unknown): void => {
    if (finished) return;
    finished = true;
    safely(() => watch()?.finish());
    safely(() => finish(Number(code) || 0));
  };
  const state = process as unknown as { _exiting?: boolean; reallyExit: (code?: number) => never };
  const emit = process.emit;
  const wrapped = {
    emit(this: NodeJS.Process, event: string, ...rest: unknown[]): boolean {
      if (event === 'worker' && isOwnWorker(rest[0])) return false;
      const watching = watch();
      if (safely(() => watching?.hides(event, rest))) return true;
      const leftToNode = safely(() => watching?.leavesToNode(event));
      safely(() => emits()?.emits(event, rest));
      const answer = (Reflect.apply(emit, this, [event, ...rest]) as boolean) && !leftToNode;
      if (event === 'beforeExit') safely(() => watching?.beforeExit());
      // A script may emit 'exit' by hand; then the process does not end.
      if (event === 'uncaughtException' && !answer) fatal = { error: rest[0] };
      if (event === 'exit' && state._exiting && fatal) safely(() => uncaught(fatal?.error));
      // A listener may have changed the code since the event was emitted.
      if (event === 'exit' && state._exiting) finishOnce(process.exitCode ?? rest[0]);
      return answer;
    },
  };
  const ownEmit = Object.getOwnPropertyDescriptor(process, 'emit');
  Object.defineProperty(process, 'emit', { value: wrapped.emit, writable: true, configurable: true, enumerable: false });
  onDetach(() => {
    finished = true;
    if (process.emit !== wrapped.emit) return;
    if (ownEmit) Object.defineProperty(process, 'emit', ownEmit);
    else delete (process as { emit?: unknown }).emit;
  });
  const plainExit = state.reallyExit;
  if (typeof plainExit !== 'function') return;
  const ourExit = function reallyExit(this: unknown, code?: number): never {
    finishOnce(code);
    return Reflect.apply(plainExit, this, [code]) as never;
  };
  state.reallyExit = ourExit;
  onDetach(() => {
    if (state.reallyExit === ourExit) state.reallyExit = plainExit;
  });
}
