import { ProblemError } from '../../core/base/result.ts';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import { type PortLike, portChannel } from './channels.ts';
import { CollectorSource } from './collector-source.ts';
import { DataLink } from './data-link.ts';
import { FileSource } from './file-source.ts';
import { FollowedTrace, type Opened, problemOf, type Surroundings } from './followed-trace.ts';
import { objectHandlers } from './object-handlers.ts';
import { sourceHandlers } from './source-handlers.ts';
import { type HandlersOf, timelineHandlers } from './timeline-handlers.ts';
import type { PageMessage, TraceId, TraceInput, TracePushes, TraceRequests, WorkerMessage } from './trace-worker-api.ts';

/** A frame of the screen: summaries come no faster. */
const PUSH_MS = 16;
/** How often the clock of a live trace is told while nothing happens; the page draws on between two. */
const CLOCK_MS = 100;

type Handlers = HandlersOf<TraceRequests>;

export interface ServiceOptions extends Surroundings {
  /** To the page. */
  readonly post: (message: WorkerMessage, transfer: readonly ArrayBuffer[]) => void;
  readonly openWebSocket: (url: string) => Promise<ByteChannel>;
}

/** Answers the page. All of the worker but its global scope, so that it runs in a test as well. */
export class TraceService {
  readonly #options: ServiceOptions;
  readonly #link: DataLink;
  readonly #traces = new Map<TraceId, FollowedTrace>();
  readonly #changed = new Set<FollowedTrace>();
  #pushAt: number | undefined;
  #pushedMs = Number.NEGATIVE_INFINITY;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#link = new DataLink((reason) => this.#push('data-lost', { reason }));
  }

  async receive(message: PageMessage, ports: readonly PortLike[]): Promise<void> {
    const { id, method, argument } = message;
    try {
      if (!Object.hasOwn(this.#handlers, method)) throw new ProblemError({ code: 'no-such-method', message: `The trace worker has no method ${method}.` });
      const handler = this.#handlers[method] as (argument: unknown, ports: readonly PortLike[]) => unknown;
      const value = await handler(argument, ports);
      this.#options.post({ id, value }, buffersOf(value));
    } catch (error) {
      this.#options.post({ id, problem: problemOf(error) }, []);
    }
  }

  readonly #handlers: Handlers = {
    'data.connect': (channel, ports) => {
      if (channel.kind === 'websocket') this.#link.connectBy(() => this.#options.openWebSocket(channel.url));
      else {
        const port = ports[0];
        if (!port) throw new ProblemError({ code: 'no-port', message: 'The trace worker was told to use a port, but none came with the message.' });
        this.#link.connect(portChannel(port));
      }
      return null;
    },
    'trace.open': ({ trace, input, view = 'processed', detailBytes }) => {
      if (this.#traces.has(trace)) throw new ProblemError({ code: 'trace-open', message: `The trace ${trace} is open already.` });
      const followed = new FollowedTrace(trace, view, this.#options, () => this.#note(followed));
      if (detailBytes !== undefined) followed.detailBytes = detailBytes;
      this.#traces.set(trace, followed);
      void followed.run(() => this.#open(input));
      this.#note(followed);
      return null;
    },
    'trace.close': ({ trace }) => {
      const followed = this.#traces.get(trace);
      followed?.close();
      this.#traces.delete(trace);
      if (followed) this.#changed.delete(followed);
      return null;
    },
    'trace.launch': ({ trace }) => this.#of(trace).trace.launch ?? null,
    'notes.list': ({ trace }) => this.#of(trace).trace.notes(),
    'counters.list': ({ trace }) => this.#of(trace).trace.counters(),
    'counters.newest': ({ trace, series }) => this.#of(trace).trace.newestValues(series),
    'counters.grid': ({ trace, ...query }) => {
      const followed = this.#of(trace);
      return followed.trace.grid({ ...query, endNs: followed.live ? Math.max(followed.endNs, query.toNs) : followed.endNs });
    },
    'counters.lines': ({ trace, ...query }) => {
      const followed = this.#of(trace);
      return followed.trace.lines({ ...query, endNs: followed.live ? Math.max(followed.endNs, query.toNs) : followed.endNs });
    },
    'processes.list': ({ trace }) => this.#of(trace).trace.processes(),
    'plugins.list': ({ trace }) => this.#of(trace).trace.plugins(),
    'events.page': ({ trace, filter, from, count }) => this.#of(trace).trace.events(filter, from, count),
    'console.page': ({ trace, from, count }) => this.#of(trace).trace.console(from, count),
    'console.call': async ({ trace, line }) => (await this.#of(trace).trace.consoleCall(line, this.#of(trace).endNs)) ?? null,
    'console.lineOf': async ({ trace, ref }) => (await this.#of(trace).trace.consoleLineOf(ref)) ?? null,
    ...sourceHandlers((trace) => this.#of(trace)),
    ...objectHandlers((trace) => this.#of(trace)),
    ...timelineHandlers((trace) => this.#of(trace)),
  };

  async #open(input: TraceInput): Promise<Opened> {
    if (input.kind === 'file') {
      const file = input.file as Blob & { readonly name?: string };
      return { source: new FileSource(file), live: false, totalBytes: file.size, title: file.name ?? '' };
    }
    const source = new CollectorSource(this.#link, input.recording);
    const { live, bytes, title } = await source.open();
    return { source, live, totalBytes: bytes, title };
  }

  #of(trace: TraceId): FollowedTrace {
    const followed = this.#traces.get(trace);
    if (!followed) throw new ProblemError({ code: 'trace-not-open', message: `The trace ${trace} is not open in this window.` });
    return followed;
  }

  #push<K extends keyof TracePushes>(event: K, payload: TracePushes[K]): void {
    this.#options.post({ event, payload }, []);
  }

  #note(followed: FollowedTrace): void {
    this.#changed.add(followed);
    this.#schedule(PUSH_MS);
  }

  #schedule(delayMs: number): void {
    const now = this.#options.steadyMs();
    const at = Math.max(now, this.#pushedMs + delayMs);
    if (this.#pushAt !== undefined && this.#pushAt <= at) return;
    this.#pushAt = at;
    setTimeout(() => {
      // A nearer date has replaced this one.
      if (this.#pushAt === at) this.#pushSummaries();
    }, at - now);
  }

  #pushSummaries(): void {
    this.#pushAt = undefined;
    this.#pushedMs = this.#options.steadyMs();
    for (const followed of this.#traces.values()) {
      if (this.#changed.has(followed) || followed.live || followed.listsBehind) this.#push('summary', followed.summary());
    }
    this.#changed.clear();
    if ([...this.#traces.values()].some((followed) => followed.live || followed.listsBehind)) this.#schedule(CLOCK_MS);
  }
}

/** Bulk answers are handed over, not copied: typed arrays that an answer is, or has as its members. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const views = ArrayBuffer.isView(value) ? [value] : Object.values(value).filter((member) => ArrayBuffer.isView(member));
  return [...new Set(views.map((view) => view.buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
}
