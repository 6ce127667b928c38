import type { CpuProfile } from './cpu-profile.ts';
import { ThreadReach } from './thread-reach.ts';
import type { ThreadSession } from './thread-session.ts';

/** One change: the profile that ended, and how long the thread stood still for it. */
export interface Change {
  readonly profile: CpuProfile | undefined;
  readonly pauseUs: number;
  /** A debugger listens now, or no more: the other kind of chunks is the right one. */
  readonly isWrongKind: boolean;
}

/** A row of profiles of one thread. `change(true)` begins the next one and ends the one before; `change(false)` only ends. */
export interface Chunks {
  readonly kind: 'overlap' | 'stop-start';
  change(goOn: boolean): Promise<Change>;
  /** What the thread has seen of itself until now, if it has looked. Asked once a profile of ours has begun, or where none will. */
  early(): Promise<CpuProfile | undefined>;
  /** Nothing more is asked of it. */
  dispose(): void;
}

const now = (): number => performance.now();

/**
 * The better kind where it is possible: the next profile begins before the last one ends. To start a profiler the engine has to tell it of all code
 * that there is, which takes tens of milliseconds in a larger program and loses the names of functions that run optimised at that moment; while
 * one profile is on, the next costs next to nothing. Only profiles by title (`console.profile`) may overlap, and those are told to every
 * debugger, too: where one listens, profiles stop and start.
 */
export async function chooseChunks(session: ThreadSession): Promise<Chunks> {
  const reach = await ThreadReach.find(session);
  if (!reach) return new StopStartChunks(session, undefined);
  const [, debugged] = await reach.swap('', '');
  return debugged ? new StopStartChunks(session, reach) : new OverlappingChunks(session, reach);
}

const TITLES = ['trace-studio a', 'trace-studio b'] as const;

class OverlappingChunks implements Chunks {
  readonly kind = 'overlap';
  readonly #reach: ThreadReach;
  /** That have ended, by title: ours, also where the script has ended one of them (`console.profileEnd()` ends whichever began last). */
  readonly #ended = new Map<string, CpuProfile>();
  #title = '';
  readonly dispose: () => void;

  constructor(session: ThreadSession, reach: ThreadReach) {
    this.#reach = reach;
    this.dispose = session.on('Profiler.consoleProfileFinished', ({ title, profile }) => {
      if (TITLES.some((own) => own === title)) this.#ended.set(String(title), profile as CpuProfile);
    });
  }

  early(): Promise<CpuProfile | undefined> {
    return this.#reach.early();
  }

  async change(goOn: boolean): Promise<Change> {
    const last = this.#title;
    const next = goOn ? (last === TITLES[0] ? TITLES[1] : TITLES[0]) : '';
    this.#title = next;
    const [pauseUs, isWrongKind] = await this.#reach.swap(next, last);
    const profile = this.#ended.get(last);
    this.#ended.delete(last);
    return { profile, pauseUs, isWrongKind };
  }
}

class StopStartChunks implements Chunks {
  readonly kind = 'stop-start';
  readonly #session: ThreadSession;
  readonly #reach: ThreadReach | undefined;
  #isOn = false;
  readonly dispose = (): void => {};

  constructor(session: ThreadSession, reach: ThreadReach | undefined) {
    this.#session = session;
    this.#reach = reach;
  }

  async early(): Promise<CpuProfile | undefined> {
    return this.#reach?.early();
  }

  async change(goOn: boolean): Promise<Change> {
    const began = now();
    const stopped = this.#isOn ? this.#session.post('Profiler.stop') : undefined;
    const started = goOn ? this.#session.post('Profiler.start') : undefined;
    this.#isOn = goOn;
    const profile = (await stopped)?.profile as CpuProfile | undefined;
    await started;
    const pauseUs = (now() - began) * 1000;
    const isDebugged = this.#reach ? (await this.#reach.swap('', ''))[1] : true;
    return { profile, pauseUs, isWrongKind: !isDebugged };
  }
}
