/** TraceClient over the trace worker. */
import { ProblemError } from '../../core/base/result.ts';
import type { PageMessage, TraceClient, TracePushes, TraceRequests, WorkerMessage } from '../trace/trace-worker-api.ts';

/** What is needed of a Worker. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

type Listener = (payload: never) => void;

/** `onCrash` is told once when the worker fails as a whole; every request fails from then on. */
export function createTraceClient(worker: WorkerLike, onCrash: (message: string) => void = () => {}): TraceClient {
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Map<keyof TracePushes, Set<Listener>>();
  let nextId = 1;
  let crash: Error | undefined;

  worker.onmessage = (event) => {
    const message = event.data as WorkerMessage;
    if ('event' in message) {
      for (const listener of [...(listeners.get(message.event) ?? [])]) listener(message.payload as never);
      return;
    }
    const call = calls.get(message.id);
    calls.delete(message.id);
    if ('problem' in message) call?.reject(new ProblemError(message.problem));
    else call?.resolve(message.value);
  };
  worker.onerror = (event) => {
    crash = new Error(`The trace worker failed: ${event.message || 'it could not be loaded'}.`);
    for (const call of calls.values()) call.reject(crash);
    calls.clear();
    onCrash(crash.message);
  };

  return {
    request<K extends keyof TraceRequests>(method: K, argument: Parameters<TraceRequests[K]>[0], transfer: readonly unknown[] = []) {
      if (crash) return Promise.reject(crash);
      const id = nextId++;
      return new Promise<ReturnType<TraceRequests[K]>>((resolve, reject) => {
        calls.set(id, { resolve: resolve as (value: unknown) => void, reject });
        const message: PageMessage = { id, method, argument };
        worker.postMessage(message, [...transfer] as Transferable[]);
      });
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener as Listener));
      return () => set.delete(listener as Listener);
    },
  };
}
