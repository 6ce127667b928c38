/** StudioClient over a ByteChannel that may be lost and come back. */

import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import { Peer } from '../../core/protocol/rpc.ts';
import type { StudioClient, StudioPushes, StudioRequests } from '../../core/protocol/studio-api.ts';

export type ConnectionState = 'connecting' | 'connected' | 'lost';

export interface ConnectedStudio extends StudioClient {
  readonly state: () => ConnectionState;
  onState(listener: (state: ConnectionState) => void): () => void;
  /** Try now instead of at the next turn. */
  retry(): void;
  /** Gives the connection up and opens a new one, for a host whose channels come in pairs. */
  reconnect(): void;
}

type Listener = (payload: never) => void;

/** Milliseconds before each new try; the last one repeats. */
const PAUSES = [250, 500, 1000, 2000, 4000];

/**
 * `connect` opens a new channel or rejects. Requests made while the connection is away wait for it for the first connection,
 * and fail at once later: the user sees that it is away, and nothing runs unseen when it comes back.
 */
export function createStudioClient(connect: () => Promise<ByteChannel>, schedule: (task: () => void, ms: number) => () => void = onTimer): ConnectedStudio {
  const listeners = new Map<keyof StudioPushes, Set<Listener>>();
  const stateListeners = new Set<(state: ConnectionState) => void>();
  let state: ConnectionState = 'connecting';
  let peer: Peer | undefined;
  let failures = 0;
  let cancelTimer = () => {};
  let waiting: ((peer: Peer) => void)[] = [];

  const become = (next: ConnectionState) => {
    if (state === next) return;
    state = next;
    for (const listener of stateListeners) listener(next);
  };

  let trying = false;

  const tryConnect = () => {
    if (trying) return;
    trying = true;
    cancelTimer();
    connect().then(
      (channel) => {
        trying = false;
        failures = 0;
        const own = new Peer(channel, { calls: {}, notified: (event, payload) => emit(event as keyof StudioPushes, payload) });
        own.onClose = () => {
          if (peer !== own) return;
          peer = undefined;
          become('lost');
          later();
        };
        peer = own;
        become('connected');
        for (const each of waiting) each(own);
        waiting = [];
      },
      () => {
        trying = false;
        become('lost');
        later();
      },
    );
  };

  const later = () => {
    const pause = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 4000;
    failures += 1;
    cancelTimer = schedule(tryConnect, pause);
  };

  const emit = (event: keyof StudioPushes, payload: unknown) => {
    for (const listener of [...(listeners.get(event) ?? [])]) listener(payload as never);
  };

  const current = (): Promise<Peer> => {
    if (peer) return Promise.resolve(peer);
    if (state === 'connecting') return new Promise((resolve) => waiting.push(resolve));
    return Promise.reject(new Error('The connection to the studio is lost. It is tried again by itself.'));
  };

  tryConnect();
  return {
    async request<K extends keyof StudioRequests>(
      method: K,
      argument: Parameters<StudioRequests[K]>[0],
      bytes?: Uint8Array,
    ): Promise<ReturnType<StudioRequests[K]>> {
      const answer = await (await current()).call<ReturnType<StudioRequests[K]> | null>(method, argument, bytes);
      // JSON has no undefined: a request that answers "none" arrives as null.
      return (answer ?? undefined) as ReturnType<StudioRequests[K]>;
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener as Listener));
      return () => set.delete(listener as Listener);
    },
    state: () => state,
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    retry: () => {
      if (state === 'lost') tryConnect();
    },
    reconnect: () => {
      const before = peer;
      peer = undefined;
      before?.close();
      become('lost');
      tryConnect();
    },
  };
}

function onTimer(task: () => void, ms: number): () => void {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
}
