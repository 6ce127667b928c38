/** The trace worker: a classic script without SharedArrayBuffer, so that a page opened from a file can start it too. */
import { openWebSocket } from './channels.ts';
import { TraceService } from './trace-service.ts';
import type { PageMessage } from './trace-worker-api.ts';

declare const self: DedicatedWorkerGlobalScope;

// A message to oneself is a task of its own without the 4 ms that nested timers wait.
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

const service = new TraceService({
  post: (message, transfer) => self.postMessage(message, [...transfer]),
  openWebSocket,
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
  nextTask: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    }),
});

self.onmessage = (event: MessageEvent<PageMessage>) => void service.receive(event.data, event.ports);
