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
  if (objectId === undefined) return new StopStartChunks(session);
  const overlapping = new OverlappingChunks(session, objectId);
  return (await overlapping.isDebugged()) ? new StopStartChunks(session) : overlapping;
}

const TITLES = ['trace-studio a', 'trace-studio b'] as const;

class OverlappingChunks implements Chunks {
  readonly kind = 'overlap';
  readonly #session: ThreadSession;
  readonly #objectId: string;
  /** That have ended, by title: ours, also where the script has ended one of them (`console.profileEnd()` ends whichever began last). */
  readonly #ended = new Map<string, CpuProfile>();
  #title = '';

  constructor(session: ThreadSession, objectId: string) {
    this.#session = session;
    this.#objectId = objectId;
    session.on('Profiler.consoleProfileFinished', ({ title, profile }) => {
      if (TITLES.some((own) => own === title)) this.#ended.set(String(title), profile as CpuProfile);
    });
  }

  async isDebugged(): Promise<boolean> {
    return (await this.#swap('', ''))[1];
  }

  async change(goOn: boolean): Promise<Change> {
    const last = this.#title;
    const next = goOn ? (last === TITLES[0] ? TITLES[1] : TITLES[0]) : '';
    this.#title = next;
    const [pauseUs] = await this.#swap(next, last);
    const profile = this.#ended.get(last);
    this.#ended.delete(last);
    return { profile, pauseUs };
  }

  async #swap(next: string, last: string): Promise<readonly [us: number, debugged: boolean]> {
    const { result, exceptionDetails } = await this.#session.post('Runtime.callFunctionOn', {
      objectId: this.#objectId,
      functionDeclaration: `function ${SWAP_FUNCTION}(next, last) { return this.swap(next, last); }`,
      arguments: [{ value: next }, { value: last }],
      silent: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error('The thread cannot change profiles.');
    return (result as { value: [number, boolean] }).value;
  }
}

class StopStartChunks implements Chunks {
  readonly kind = 'stop-start';
  readonly #session: ThreadSession;
  #isOn = false;

  constructor(session: ThreadSession) {
    this.#session = session;
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
