/** The trace worker: a classic script without SharedArrayBuffer, so that a page opened from a file can start it too; what it starts itself may be missing there. */
import { openWebSocket } from './channels.ts';
import { gunzipInThread } from './inflate-thread.ts';
import { TraceService } from './trace-service.ts';
import type { PageMessage } from './trace-worker-api.ts';

declare const self: DedicatedWorkerGlobalScope;

// A message to oneself is a task of its own without the 4 ms that nested timers wait.
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

/**
 * Of decoded detail: an eighth of the machine's memory, which a browser tells as 8 GB at most. Beside it stand names, summaries and what is being answered: some hundred
 * megabytes for the largest recordings.
 */
const { deviceMemory: gigabytes = 4 } = navigator as { readonly deviceMemory?: number };
const DETAIL_BYTES = Math.max(256 * 2 ** 20, (gigabytes / 8) * 2 ** 30);

const service = new TraceService({
  detailBytes: DETAIL_BYTES,
  post: (message, transfer) => self.postMessage(message, [...transfer]),
  openWebSocket,
  gunzip: (bytes) => gunzipInThread(bytes, () => new Worker(new URL('./inflate-worker.ts', import.meta.url), { name: 'inflate' })),
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
  nextTask: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    }),
});

self.onmessage = (event: MessageEvent<PageMessage>) => void service.receive(event.data, event.ports);
