import type { PortLike } from '../../../../renderer/trace/channels.ts';
import { type ServiceOptions, TraceService } from '../../../../renderer/trace/trace-service.ts';
import type { PageMessage, TracePushes, TraceRequests, TraceSummary, WorkerMessage } from '../../../../renderer/trace/trace-worker-api.ts';
import { START_EPOCH_NS } from '../../../helpers/build-recording.ts';
import type { FakeCollector } from './fake-collector.ts';

/** The page's side of a worker. */
export class Page {
  readonly service: TraceService;
  readonly pushes: { event: keyof TracePushes; payload: unknown; atMs: number }[] = [];
  readonly #answers = new Map<number, (message: WorkerMessage) => void>();
  readonly #open: string[] = [];
  #wake: (() => void)[] = [];
  #id = 0;
  wallMs = Number(START_EPOCH_NS / 1_000_000n);

  constructor(collector?: FakeCollector, options: Partial<ServiceOptions> = {}) {
    this.service = new TraceService({
      post: (message) => {
        if ('event' in message) {
          this.pushes.push({ ...message, atMs: performance.now() });
          for (const wake of this.#wake.splice(0)) wake();
        } else this.#answers.get(message.id)?.(message);
      },
      openWebSocket: () => (collector ? collector.connect() : Promise.reject(new Error('no collector'))),
      wallMs: () => this.wallMs,
      steadyMs: () => performance.now(),
      nextTask: () => new Promise((resolve) => setImmediate(resolve)),
      ...options,
    });
  }

  request<K extends keyof TraceRequests>(
    method: K,
    argument: Parameters<TraceRequests[K]>[0],
    ports: readonly PortLike[] = [],
  ): Promise<Awaited<ReturnType<TraceRequests[K]>>> {
    const id = ++this.#id;
    if (method === 'trace.open') this.#open.push((argument as { trace: string }).trace);
    return new Promise((resolve, reject) => {
      this.#answers.set(id, (message) => ('value' in message ? resolve(message.value as never) : reject((message as { problem: unknown }).problem)));
      void this.service.receive({ id, method, argument } as PageMessage, ports);
    });
  }

  summary(trace = 't1'): TraceSummary | undefined {
    const last = this.pushes.findLast(({ event, payload }) => event === 'summary' && (payload as TraceSummary).trace === trace);
    return last?.payload as TraceSummary | undefined;
  }

  async until(condition: (summary: TraceSummary) => boolean, trace = 't1'): Promise<TraceSummary> {
    for (;;) {
      const summary = this.summary(trace);
      if (summary && condition(summary)) return summary;
      await this.pushed();
    }
  }

  pushed(): Promise<void> {
    return new Promise((wake) => this.#wake.push(wake));
  }

  async close(): Promise<void> {
    for (const trace of this.#open) await this.request('trace.close', { trace });
  }
}
