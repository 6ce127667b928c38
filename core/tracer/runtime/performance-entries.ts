import type { PerformanceEntry } from 'node:perf_hooks';
import type { OwnMap } from '../own-map.ts';
import type { RingWriter } from '../ring-writer.ts';

// Taken at load: a script may replace them.
const { performance, setImmediate } = globalThis;
const PerformanceObserver = lazyGlobal('PerformanceObserver');
const now = performance.now.bind(performance);
const getEntriesByType = performance.getEntriesByType.bind(performance);

/** Of a global that Node loads when it is first read: it stays one that has not been read. */
function lazyGlobal<Name extends keyof typeof globalThis>(name: Name): (typeof globalThis)[Name] {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  const value = globalThis[name];
  if (before) Object.defineProperty(globalThis, name, before);
  return value;
}

/** `startNs` and `endNs` are of the writer's `now()`. */
export type TakeEntry = (entry: PerformanceEntry, startNs: number, endNs: number) => void;

/** What Node tells by PerformanceObserver, some time after it happened: of one observer, since each has its cost. */
export class PerformanceEntries {
  readonly #takers: OwnMap<string, TakeEntry>;
  readonly #observer: { observe: (options: { entryTypes: string[] }) => void; takeRecords: () => PerformanceEntry[]; disconnect: () => void };
  /** The writer's time at this thread's time origin. */
  readonly #originNs: number;
  #observes = false;
  #stopped = false;
  /** When it was that it ceased to. */
  #sinceMs = 0;

  constructor(writer: RingWriter, takers: OwnMap<string, TakeEntry>) {
    this.#takers = takers;
    this.#originNs = originOf(writer);
    this.#observer = new PerformanceObserver((list) => this.#take(list.getEntries())) as never;
    this.#observe();
  }

  #observe(): void {
    this.#observes = true;
    this.#observer.observe({ entryTypes: [...this.#takers.keys()] });
  }

  #take(entries: readonly PerformanceEntry[]): void {
    try {
      for (const entry of entries) {
        const startNs = this.#originNs + entry.startTime * 1e6;
        this.#takers.get(entry.entryType)?.(entry, startNs, startNs + entry.duration * 1e6);
      }
    } catch {
      // A script may have replaced anything that this is made of, and is not to get what is thrown here.
    }
  }

  /** The thread ends: what Node has, and has not told. */
  finish(): void {
    if (this.#observes) this.#take(this.#observer.takeRecords());
    else this.#lookUp();
  }

  /**
   * Node tells of entries by a `setImmediate`, which would keep the event loop running, and make Node emit `beforeExit` again. So nothing is observed
   * from here on, until there is a next turn; what is marked until then is looked up.
   */
  beforeExit(): void {
    if (!this.#observes) return;
    this.#take(this.#observer.takeRecords());
    this.#observer.disconnect();
    this.#observes = false;
    this.#sinceMs = now();
    setImmediate(() => {
      if (this.#stopped) return;
      this.#lookUp();
      this.#observe();
    }).unref();
  }

  stop(): void {
    this.#stopped = true;
    this.#observes = false;
    this.#observer.disconnect();
  }

  #lookUp(): void {
    for (const type of ['mark', 'measure'] as const) {
      if (!this.#takers.has(type)) continue;
      this.#take(getEntriesByType(type).filter((entry) => entry.startTime + entry.duration >= this.#sinceMs) as PerformanceEntry[]);
    }
  }
}

/** The two clocks, read as close together as it can be had. */
function originOf(writer: RingWriter): number {
  let origin = 0;
  let width = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const before = writer.now();
    const ms = now();
    const after = writer.now();
    if (after - before >= width) continue;
    width = after - before;
    origin = (before + after) / 2 - ms * 1e6;
  }
  return origin;
}
