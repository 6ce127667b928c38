import { isAlive } from './process-tree.ts';
import type { TargetEnd, TargetListener } from './target-process.ts';

/** How often it is looked whether a process that never connected is still there. */
const LOOK_MS = 500;

/**
 * A process that ran before the studio came to it: its streams are not ours, and it is left, not ended. What a session needs of it is what it
 * needs of a `TargetProcess`.
 */
export class AttachedTarget {
  readonly pid: number;
  readonly ownGroup = false;
  readonly outputClosed = true;
  readonly untraced = undefined;
  #end: TargetEnd | undefined;
  #listener: TargetListener | undefined;
  readonly #looking: NodeJS.Timeout;

  constructor(pid: number) {
    this.pid = pid;
    this.#looking = setInterval(() => isAlive(pid) || this.over(), LOOK_MS);
    this.#looking.unref();
  }

  get end(): TargetEnd | undefined {
    return this.#end;
  }

  watch(listener: TargetListener): void {
    this.#listener = listener;
    if (this.#end) listener.ended(this.#end);
  }

  hold(_held: boolean): void {}

  write(_text: string, _end: boolean): boolean {
    return false;
  }

  abandon(): void {
    this.over();
  }

  /** It has been left, or has ended: by which code or signal only its parent knows. */
  over(): void {
    clearInterval(this.#looking);
    if (this.#end) return;
    this.#end = { code: 0 };
    this.#listener?.ended(this.#end);
  }
}
