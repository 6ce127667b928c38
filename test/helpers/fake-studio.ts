/** A host and a worker that answer what a test tells them to. */
import type { StudioClient, StudioPushes, StudioRequests } from '../../core/protocol/studio-api.ts';
import type { TraceClient, TracePushes, TraceRequests } from '../../renderer/trace/trace-worker-api.ts';

type Handlers<R extends object> = { [K in keyof R]?: R[K] extends (argument: infer A) => infer V ? (argument: A) => V | Promise<V> : never };

class Pushes<P> {
  readonly #listeners = new Map<keyof P, Set<(payload: never) => void>>();

  on<K extends keyof P>(event: K, listener: (payload: P[K]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set.add(listener as (payload: never) => void));
    return () => set.delete(listener as (payload: never) => void);
  }

  push<K extends keyof P>(event: K, payload: P[K]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(payload as never);
  }
}

/** Rejects what has no handler, and remembers what it was asked. */
export class FakeStudio extends Pushes<StudioPushes> implements StudioClient {
  readonly asked: { readonly method: keyof StudioRequests; readonly argument: unknown }[] = [];
  handlers: Handlers<StudioRequests>;

  constructor(handlers: Handlers<StudioRequests> = {}) {
    super();
    this.handlers = handlers;
  }

  async request<K extends keyof StudioRequests>(method: K, argument: Parameters<StudioRequests[K]>[0]): Promise<ReturnType<StudioRequests[K]>> {
    this.asked.push({ method, argument });
    const handler = this.handlers[method] as ((argument: unknown) => unknown) | undefined;
    if (!handler) throw new Error(`The fake studio has no ${method}.`);
    return (await handler(argument)) as ReturnType<StudioRequests[K]>;
  }
}

export class FakeTraces extends Pushes<TracePushes> implements TraceClient {
  readonly asked: { readonly method: keyof TraceRequests; readonly argument: unknown }[] = [];
  handlers: Handlers<TraceRequests>;

  constructor(handlers: Handlers<TraceRequests> = {}) {
    super();
    this.handlers = { 'trace.open': () => null, 'trace.close': () => null, ...handlers };
  }

  async request<K extends keyof TraceRequests>(method: K, argument: Parameters<TraceRequests[K]>[0]): Promise<ReturnType<TraceRequests[K]>> {
    this.asked.push({ method, argument });
    const handler = this.handlers[method] as ((argument: unknown) => unknown) | undefined;
    if (!handler) throw new Error(`The fake worker has no ${method}.`);
    return (await handler(argument)) as ReturnType<TraceRequests[K]>;
  }
}
