import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { ProblemError } from '../../core/base/result.ts';
import type { TakeOrder, TakeProgress, TakeRequest } from '../../core/protocol/sampling.ts';
import type { TargetConnection } from './target-connection.ts';

/** Without a choice: what `--cpu-prof` takes. */
const PROFILE_INTERVAL_US = 1000;

interface Pending {
  readonly connection: TargetConnection;
  readonly order: TakeOrder;
  readonly part: string;
  readonly tell: (progress: TakeProgress) => void;
  readonly done: (progress: TakeProgress) => void;
  readonly failed: (error: Error) => void;
}

/** CPU profiles and heap snapshots that the processes of a session were asked for. The target writes them; here is kept who waits. */
export class Takes {
  readonly #pending = new Map<number, Pending>();
  #next = 1;

  /** Resolves when the file is there; rejects with a ProblemError. */
  start(connection: TargetConnection, order: TakeOrder, tell: (progress: TakeProgress) => void): Promise<TakeProgress> {
    const take = this.#next++;
    const { what, path, overwrite, seconds, thread = 0 } = order;
    const part = `${path}.${randomBytes(4).toString('hex')}.part`;
    const request: TakeRequest = { take, what, path, part, overwrite, seconds, thread, intervalUs: PROFILE_INTERVAL_US };
    return new Promise((done, failed) => {
      this.#pending.set(take, { connection, order, part, tell, done, failed });
      connection.control({ command: 'take', ...request });
    });
  }

  progress(connection: TargetConnection, progress: TakeProgress): void {
    const pending = this.#pending.get(progress.take);
    // Of another process: the number is no secret.
    if (pending?.connection !== connection) return;
    if (progress.state === 'running') pending.tell(progress);
    else this.#end(progress.take, pending, progress);
  }

  /** Its socket has closed. What it wrote last may have been finished all the same. */
  left(connection: TargetConnection): void {
    for (const [take, pending] of this.#pending) {
      if (pending.connection !== connection) continue;
      removePart(pending.part);
      const isThere = existsSync(pending.order.path) && !pending.order.overwrite;
      const message = isThere ? 'It was written while the process ended.' : `${nameOf(pending.order)} was not taken: the process has ended.`;
      this.#end(take, pending, { take, state: isThere ? 'done' : 'failed', done: 1, bytes: 0, message });
    }
  }

  #end(take: number, pending: Pending, progress: TakeProgress): void {
    this.#pending.delete(take);
    if (progress.state === 'done') pending.done(progress);
    else pending.failed(new ProblemError({ code: 'not-taken', message: progress.message }));
  }
}

const nameOf = ({ what }: TakeOrder): string => (what === 'cpu-profile' ? 'The CPU profile' : 'The heap snapshot');

function removePart(part: string): void {
  try {
    rmSync(part, { force: true });
  } catch {
    // In a folder where only the script may remove: it is the user's to do.
  }
}
