/** Answers of the trace worker that follow the trace: asked again when what they tell of moved, never faster than `everyMs`. */
import { useEffect, useRef, useState } from 'react';
import type { TraceClient, TraceId, TraceRequests, TraceSummary } from '../trace/trace-worker-api.ts';
import { useClients } from './clients.tsx';
import { subscribeTraces, traceState } from './trace-store.ts';

type Method = Exclude<keyof TraceRequests, 'data.connect' | 'trace.open' | 'trace.close' | 'trace.budget' | 'trace.cancel'>;
type Argument<K extends Method> = Omit<Parameters<TraceRequests[K]>[0], 'trace'>;

export interface TraceAnswer<K extends Method> {
  /** The newest answer; of the question before until the first answer to a changed one arrives. */
  readonly value: ReturnType<TraceRequests[K]> | undefined;
  /** What `value` is the answer to. */
  readonly argument: Argument<K> | undefined;
  readonly problem: string | undefined;
}

/** A changed question (scrolling, following) is asked this soon after the one before. */
const CHANGED_EVERY_MS = 30;

const nothing = () => ({ value: undefined, argument: undefined, problem: undefined });

/** `argument` undefined asks nothing. At most one question is under way, however often the argument changes. */
export function useTraceQuery<K extends Method>(
  trace: TraceId,
  method: K,
  argument: Argument<K> | undefined,
  everyMs = 100,
  changedEveryMs = CHANGED_EVERY_MS,
): TraceAnswer<K> {
  const { traces } = useClients();
  const [answer, setAnswer] = useState<TraceAnswer<K>>(nothing);
  const loop = useRef<QueryLoop<K> | undefined>(undefined);

  useEffect(() => {
    setAnswer(nothing);
    const mine = new QueryLoop(traces, trace, method, setAnswer);
    loop.current = mine;
    return () => mine.end();
  }, [traces, trace, method]);
  useEffect(() => {
    loop.current?.ask(argument, everyMs, changedEveryMs);
  });
  return answer;
}

class QueryLoop<K extends Method> {
  private readonly traces: TraceClient;
  private readonly trace: TraceId;
  private readonly method: K;
  private readonly tell: (answer: (before: TraceAnswer<K>) => TraceAnswer<K>) => void;
  private readonly off: () => void;
  private argument: Argument<K> | undefined;
  private question = '';
  private everyMs = 100;
  private changedEveryMs = CHANGED_EVERY_MS;
  private asked = '';
  private askedVersion = -2;
  private askedAt = Number.NEGATIVE_INFINITY;
  private busy = false;
  private ended = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerAt = 0;

  constructor(traces: TraceClient, trace: TraceId, method: K, tell: QueryLoop<K>['tell']) {
    this.traces = traces;
    this.trace = trace;
    this.method = method;
    this.tell = tell;
    this.off = subscribeTraces(() => this.consider());
  }

  ask(argument: Argument<K> | undefined, everyMs: number, changedEveryMs: number): void {
    this.argument = argument;
    const isSooner = everyMs < this.everyMs;
    this.everyMs = everyMs;
    this.changedEveryMs = changedEveryMs;
    const question = argument === undefined ? '' : JSON.stringify(argument);
    if (question === this.question) {
      if (isSooner) this.consider();
      return;
    }
    this.question = question;
    if (question === '') {
      this.tell(nothing);
      // The answer is gone: the same question is a new one then.
      this.asked = '';
    }
    this.consider();
  }

  end(): void {
    this.ended = true;
    this.off();
    clearTimeout(this.timer);
  }

  private consider(): void {
    if (this.ended || this.busy || this.question === '') return;
    const changed = this.question !== this.asked;
    if (!changed && versionOf(this.trace, this.method) === this.askedVersion) return;
    const at = this.askedAt + (changed ? this.changedEveryMs : this.everyMs);
    if (this.timer !== undefined && this.timerAt <= at) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const wait = at - performance.now();
    if (wait <= 0) {
      this.send();
      return;
    }
    this.timerAt = at;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.send();
    }, wait);
  }

  private send(): void {
    if (this.ended || this.busy || this.argument === undefined) return;
    this.busy = true;
    this.asked = this.question;
    this.askedVersion = versionOf(this.trace, this.method);
    this.askedAt = performance.now();
    const { argument } = this;
    this.traces
      .request(this.method, { ...argument, trace: this.trace } as Parameters<TraceRequests[K]>[0])
      .then(
        (value) => this.ended || this.question === '' || this.tell(() => ({ value, argument, problem: undefined })),
        (error: unknown) => this.ended || this.tell((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) })),
      )
      .finally(() => {
        this.busy = false;
        this.consider();
      });
  }
}

/** What must move in a summary for an answer to be another one: a live trace changes in each frame, most answers do not. */
const VERSIONS: { readonly [K in Method]: (summary: TraceSummary) => number } = {
  // Known with the head, as is the start.
  'trace.launch': (summary) => summary.startEpochMs,
  // Texts come with the definitions of their functions, and these with calls.
  'sources.totals': (summary) => summary.events,
  'sources.excerpt': (summary) => summary.events,
  'notes.list': (summary) => summary.notesRevision,
  // Which counters there are: their values are `counters.newest`.
  'counters.list': (summary) => summary.countersRevision,
  'counters.newest': (summary) => summary.counterSamples + summary.countersRevision,
  'counters.grid': (summary) => summary.revision,
  'counters.lines': (summary) => summary.revision,
  'processes.list': (summary) => summary.processesRevision,
  'plugins.list': (summary) => summary.pluginsRevision,
  'objects.list': (summary) => summary.snapshots + summary.objectsRevision,
  'objects.snapshot': (summary) => summary.snapshots + summary.objectsRevision,
  'objects.times': (summary) => summary.snapshots + summary.objectsRevision,
  'objects.json': () => 0,
  'objects.fields': (summary) => summary.revision,
  'objects.graph': (summary) => summary.revision,
  'objects.history': (summary) => summary.revision,
  'objects.step': () => 0,
  'events.page': (summary) => summary.revision,
  'console.page': (summary) => summary.consoleChunks,
  'console.call': (summary) => summary.consoleChunks,
  'console.lineOf': (summary) => summary.consoleChunks,
  'tracks.list': (summary) => summary.tracksRevision,
  'names.get': () => 0,
  'timeline.view': (summary) => summary.revision,
  'timeline.density': (summary) => summary.revision,
  'timeline.hit': (summary) => summary.revision,
  'timeline.snap': (summary) => summary.revision,
  'timeline.flows': (summary) => summary.revision,
  'timeline.gaps': (summary) => summary.revision,
  'slices.get': (summary) => summary.revision,
  'slices.children': (summary) => summary.revision,
  'slices.neighbour': (summary) => summary.revision,
  'slices.page': (summary) => summary.revision,
  'analysis.table': (summary) => summary.revision,
  'analysis.spread': (summary) => summary.revision,
  'analysis.histogram': (summary) => summary.revision,
  'analysis.tree': (summary) => summary.revision,
  'analysis.find': (summary) => summary.revision,
  'analysis.flame': (summary) => summary.revision,
  'analysis.counters': (summary) => summary.revision,
  'search.state': (summary) => summary.revision,
  'search.step': (summary) => summary.revision,
  'issues.list': (summary) => summary.issuesRevision,
};

/** The step to "complete" counts as a change, even where the numbers stay. */
function versionOf(trace: TraceId, method: Method): number {
  const summary = traceState().summaries[trace];
  return summary ? VERSIONS[method](summary) + (summary.phase === 'complete' ? 0.5 : 0) : -1;
}
