import type { ChildNotice } from '../../core/protocol/target-wire.ts';

/** A Node that is traced greets within tenths of a second; on a machine that does a lot it may take longer. */
const WAIT_MS = 10_000;
const MAX_WAITING = 10_000;
const NEVER_HEARD =
  'It never greeted the studio: its Node is older than 20.19, or it was started in an environment without the tracer (by another program, for example).';

export interface UntracedChild extends Required<ChildNotice> {
  /** Index of the process that has started it. */
  readonly process: number;
}

/** Children that targets have told of, until they greet. Those that do not are told of once. */
export class UntracedChildren {
  readonly #tell: (child: UntracedChild) => void;
  /** Takes in what processes that are gone have left in files: a short one may never have come to greet by its socket. */
  readonly #look: () => Promise<void>;
  readonly #waiting = new Map<number, UntracedChild>();
  /** Processes that have greeted, and their parents: a shell that was told of as a child may have become the Node that greets, or have started it. */
  readonly #greeted = new Set<number>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(tell: (child: UntracedChild) => void, look: () => Promise<void>) {
    this.#tell = tell;
    this.#look = look;
  }

  started(process: number, { pid, what, why }: ChildNotice): void {
    if (why !== undefined) {
      this.#tell({ process, pid, what, why });
      return;
    }
    if (this.#greeted.has(pid) || this.#waiting.size >= MAX_WAITING) return;
    this.#waiting.set(pid, { process, pid, what, why: NEVER_HEARD });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#timeIsUp(pid);
    }, WAIT_MS);
    // The session is what keeps the collector alive.
    timer.unref();
    this.#timers.add(timer);
  }

  greeted(pid: number, parent: number): void {
    for (const each of [pid, parent]) {
      this.#greeted.add(each);
      this.#waiting.delete(each);
    }
  }

  async #timeIsUp(pid: number): Promise<void> {
    if (this.#waiting.has(pid)) await this.#look();
    this.#give(pid);
  }

  #give(pid: number): void {
    const child = this.#waiting.get(pid);
    if (!child) return;
    this.#waiting.delete(pid);
    this.#tell(child);
  }

  /** Nobody greets any more. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const pid of [...this.#waiting.keys()]) this.#give(pid);
  }
}
