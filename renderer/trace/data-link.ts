import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import { Peer } from '../../core/protocol/rpc.ts';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;

/**
 * The connection to the collector, over its losses: whoever needs it waits for `peer`. A WebSocket is opened again by itself;
 * a port cannot be, so that a loss is told and the page brings a new one.
 */
export class DataLink {
  readonly #onLost: (reason: string) => void;
  #peer: Peer | undefined;
  #waiting: ((peer: Peer) => void)[] = [];
  /** Grows with each `connect`: attempts of an earlier one end. */
  #turn = 0;

  constructor(onLost: (reason: string) => void) {
    this.#onLost = onLost;
  }

  /** Opens, and opens again after each loss, with growing pauses, until the next `connect`. */
  connectBy(open: () => Promise<ByteChannel>): void {
    const turn = ++this.#turn;
    let delayMs = FIRST_DELAY_MS;
    let told = false;
    const again = () => {
      setTimeout(attempt, delayMs);
      delayMs = Math.min(LONGEST_DELAY_MS, delayMs * 2);
    };
    const attempt = () => {
      if (turn !== this.#turn) return;
      open().then(
        (channel) => {
          if (turn !== this.#turn) return channel.close();
          delayMs = FIRST_DELAY_MS;
          told = false;
          this.#use(channel, again);
        },
        (error: unknown) => {
          // Told once for a row of attempts: the page shows a state, not a list.
          if (!told) this.#onLost(error instanceof Error ? error.message : String(error));
          told = true;
          again();
        },
      );
    };
    attempt();
  }

  connect(channel: ByteChannel): void {
    this.#turn++;
    this.#use(channel, () => {});
  }

  /** The connection that is up; waits for one. */
  peer(): Promise<Peer> {
    if (this.#peer && !this.#peer.closed) return Promise.resolve(this.#peer);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #use(channel: ByteChannel, again: () => void): void {
    const before = this.#peer;
    const turn = this.#turn;
    const peer = new Peer(channel);
    peer.onClose = (reason) => {
      if (turn !== this.#turn || this.#peer !== peer) return;
      this.#onLost(reason);
      again();
    };
    this.#peer = peer;
    before?.close();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(peer);
  }
}
