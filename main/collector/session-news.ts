import type { SessionInfo } from '../../core/protocol/session-types.ts';

const CHANGED_MS = 100;
const QUIET_MS = 1000;

/** Tells the host how a session stands: at once where that matters, else a few times a second. */
export class SessionNews {
  readonly #info: () => SessionInfo;
  readonly #tell: (info: SessionInfo) => void;
  #timer: NodeJS.Timeout | undefined;
  #quietTimer: NodeJS.Timeout | undefined;
  #toldAt = 0;

  constructor(info: () => SessionInfo, tell: (info: SessionInfo) => void) {
    this.#info = info;
    this.#tell = tell;
  }

  soon(): void {
    this.#timer ??= setTimeout(() => this.now(), Math.max(0, this.#toldAt + CHANGED_MS - Date.now())).unref();
  }

  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = Date.now();
    const info = this.#info();
    this.#tell(info);
    // What has become quiet is told as quiet, too.
    if (info.load && (info.load.bytesPerSecond > 0 || info.load.bufferShare > 0)) {
      this.#quietTimer ??= setTimeout(() => {
        this.#quietTimer = undefined;
        if (this.#info().load) this.soon();
      }, QUIET_MS).unref();
    }
  }
}
