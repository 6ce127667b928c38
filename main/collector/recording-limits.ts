import type { CaptureOptions } from '../../core/protocol/capture-options.ts';

const MEGABYTE = 1_000_000;

/**
 * Ends recording after so long, or at so many bytes: of the time and the bytes since it was switched on, each time anew. Whoever
 * switches it on again wants to see as much again.
 */
export class RecordingLimits {
  readonly #seconds: number;
  readonly #megabytes: number;
  readonly #bytes: () => number;
  readonly #reached: (why: string) => void;
  #timer: NodeJS.Timeout | undefined;
  /** Undefined while recording is off. */
  #endBytes: number | undefined;

  /** `reached` gets the limit in a sentence. */
  constructor(capture: CaptureOptions | undefined, bytes: () => number, reached: (why: string) => void) {
    this.#seconds = capture?.stopSeconds ?? 0;
    this.#megabytes = capture?.stopMegabytes ?? 0;
    this.#bytes = bytes;
    this.#reached = reached;
  }

  recording(on: boolean): void {
    this.end();
    if (!on) return;
    if (this.#megabytes > 0) this.#endBytes = this.#bytes() + this.#megabytes * MEGABYTE;
    if (this.#seconds > 0) {
      this.#timer = setTimeout(() => this.#reached(`it has gone on for ${this.#seconds} s, as the launch wants it.`), this.#seconds * 1000);
      this.#timer.unref();
    }
  }

  /** The recording has grown. */
  look(): void {
    if (this.#endBytes === undefined || this.#bytes() < this.#endBytes) return;
    this.#endBytes = undefined;
    this.#reached(`it has grown by ${this.#megabytes} MB, as the launch wants it.`);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#endBytes = undefined;
  }
}
