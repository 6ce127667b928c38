import { RUNTIME } from '../runtime.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { SWAP_FUNCTION } from './sampled-calls.ts';
import type { ThreadSession } from './thread-session.ts';

/** One change: the profile that ended, and how long the thread stood still for it. */
export interface Change {
  readonly profile: CpuProfile | undefined;
  readonly pauseUs: number;
}

/** A row of profiles of one thread. `change(true)` begins the next one and ends the one before; `change(false)` only ends. */
export interface Chunks {
  readonly kind: 'overlap' | 'stop-start';
  change(goOn: boolean): Promise<Change>;
  /** What the thread has seen of itself until now, if it has looked. Asked once a profile of ours has begun, or where none will. */
  early(): Promise<CpuProfile | undefined>;
}

const now = (): number => performance.now();

/**
 * The better kind where it is possible: the next profile begins before the last one ends. To start a profiler the engine has to tell it of all code
 * that there is, which takes tens of milliseconds in a larger program and loses the names of functions that run optimised at that moment; while
 * one profile is on, the next costs next to nothing. Only profiles by title (`console.profile`) may overlap, and those are told to every
 * debugger, too: where one listens, profiles stop and start.
 */
export async function chooseChunks(session: ThreadSession): Promise<Chunks> {
  const found = await session.post('Runtime.evaluate', {
    expression: `globalThis[Symbol.for(${JSON.stringify(RUNTIME.description)})]?.sampled`,
    silent: true,
    objectGroup: 'trace-studio',
  });
  const { objectId } = found.result as { objectId?: string };
  if (objectId === undefined) return new StopStartChunks(session, undefined);
  const side = new ThreadSide(session, objectId);
  const [, debugged] = await side.swap('', '');
  return debugged ? new StopStartChunks(session, side) : new OverlappingChunks(session, side);
}

/** What the tracer has left for us in the thread. */
class ThreadSide {
  readonly #session: ThreadSession;
  readonly #objectId: string;

  constructor(session: ThreadSession, objectId: string) {
    this.#session = session;
    this.#objectId = objectId;
  }

  async swap(next: string, last: string): Promise<readonly [us: number, debugged: boolean]> {
    return (await this.#call(`function ${SWAP_FUNCTION}(next, last) { return this.swap(next, last); }`, next, last)) as [number, boolean];
  }

  async early(): Promise<CpuProfile | undefined> {
    const json = await this.#call(`function ${SWAP_FUNCTION}() { return this.early(); }`);
    return typeof json === 'string' && json !== '' ? (JSON.parse(json) as CpuProfile) : undefined;
  }

  async #call(functionDeclaration: string, ...values: readonly string[]): Promise<unknown> {
    const { result, exceptionDetails } = await this.#session.post('Runtime.callFunctionOn', {
      objectId: this.#objectId,
      functionDeclaration,
      arguments: values.map((value) => ({ value })),
      silent: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error('The thread cannot change profiles.');
    return (result as { value?: unknown }).value;
  }
}

const TITLES = ['trace-studio a', 'trace-studio b'] as const;

class OverlappingChunks implements Chunks {
  readonly kind = 'overlap';
  readonly #side: ThreadSide;
  /** That have ended, by title: ours, also where the script has ended one of them (`console.profileEnd()` ends whichever began last). */
  readonly #ended = new Map<string, CpuProfile>();
  #title = '';

  constructor(session: ThreadSession, side: ThreadSide) {
    this.#side = side;
    session.on('Profiler.consoleProfileFinished', ({ title, profile }) => {
      if (TITLES.some((own) => own === title)) this.#ended.set(String(title), profile as CpuProfile);
    });
  }

  early(): Promise<CpuProfile | undefined> {
    return this.#side.early();
  }

  async change(goOn: boolean): Promise<Change> {
    const last = this.#title;
    const next = goOn ? (last === TITLES[0] ? TITLES[1] : TITLES[0]) : '';
    this.#title = next;
    const [pauseUs] = await this.#side.swap(next, last);
    const profile = this.#ended.get(last);
    this.#ended.delete(last);
    return { profile, pauseUs };
  }
}

class StopStartChunks implements Chunks {
  readonly kind = 'stop-start';
  readonly #session: ThreadSession;
  readonly #side: ThreadSide | undefined;
  #isOn = false;

  constructor(session: ThreadSession, side: ThreadSide | undefined) {
    this.#session = session;
    this.#side = side;
  }

  async early(): Promise<CpuProfile | undefined> {
    return this.#side?.early();
  }

  async change(goOn: boolean): Promise<Change> {
    const began = now();
    const stopped = this.#isOn ? this.#session.post('Profiler.stop') : undefined;
    const started = goOn ? this.#session.post('Profiler.start') : undefined;
    this.#isOn = goOn;
    const profile = (await stopped)?.profile as CpuProfile | undefined;
    await started;
    return { profile, pauseUs: (now() - began) * 1000 };
  }
}
