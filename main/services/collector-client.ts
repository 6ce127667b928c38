/** The studio's end of the collector: started when first needed, started again when it died. */
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import type { CollectorControl, CollectorEvents } from '../../core/protocol/collector-api.ts';
import { Peer } from '../../core/protocol/rpc.ts';
import type { SessionInfo } from '../../core/protocol/session-types.ts';
import type { CollectorLink } from './host-port.ts';

export interface CollectorClientOptions {
  readonly spawn: () => Promise<CollectorLink>;
  readonly onSession: (info: SessionInfo) => void;
  readonly onWorthSaving: (news: CollectorEvents['session.worth-saving']) => void;
  readonly onTake?: (told: CollectorEvents['session.take']) => void;
  /** The collector ended without being told to. */
  readonly onLost: (description: string) => void;
  /** A collector has started after another was lost: what was open must be opened again. */
  readonly onRestarted: (call: CollectorClient['call']) => Promise<void>;
}

interface Running {
  readonly link: CollectorLink;
  readonly peer: Peer;
}

export class CollectorClient {
  readonly #options: CollectorClientOptions;
  #running: Promise<Running> | undefined;
  #lostBefore = false;
  #ended = false;

  constructor(options: CollectorClientOptions) {
    this.#options = options;
  }

  call = async <K extends keyof CollectorControl>(method: K, argument: Parameters<CollectorControl[K]>[0]): Promise<ReturnType<CollectorControl[K]>> => {
    const { peer } = await this.#start();
    return peer.call(method, argument);
  };

  async openWindow(): Promise<ByteChannel> {
    const { link } = await this.#start();
    return link.openWindow();
  }

  /** Ends targets and collector. Does nothing when none was started. */
  async shutdown(graceMs: number): Promise<void> {
    this.#ended = true;
    const running = await this.#running?.catch(() => undefined);
    if (!running) return;
    // The answer may be cut off by the end itself.
    await running.peer.call('shutdown', { graceMs }).catch(() => {});
    running.link.dispose();
  }

  #start(): Promise<Running> {
    if (this.#ended) return Promise.reject(new Error('the studio is closing'));
    if (this.#running) return this.#running;
    const starting = this.#spawn();
    this.#running = starting;
    // A failed start is told to its caller; the next call tries again.
    starting.catch(() => {
      if (this.#running === starting) this.#running = undefined;
    });
    return starting;
  }

  async #spawn(): Promise<Running> {
    const link = await this.#options.spawn();
    const peer = new Peer(link.control, {
      calls: {},
      notified: (event, argument) => {
        if (event === ('session.changed' satisfies keyof CollectorEvents)) this.#options.onSession(argument as SessionInfo);
        else if (event === ('session.take' satisfies keyof CollectorEvents)) this.#options.onTake?.(argument as CollectorEvents['session.take']);
        else if (event === ('session.worth-saving' satisfies keyof CollectorEvents))
          this.#options.onWorthSaving(argument as CollectorEvents['session.worth-saving']);
      },
    });
    link.onExit = ({ expected, description }) => this.#lost(expected, description);
    const running = { link, peer };
    if (this.#lostBefore) {
      this.#lostBefore = false;
      await this.#options.onRestarted((method, argument) => peer.call(method, argument));
    }
    return running;
  }

  #lost(expected: boolean, description: string): void {
    this.#running = undefined;
    if (expected || this.#ended) return;
    this.#lostBefore = true;
    this.#options.onLost(description);
  }
}
