/** The traces that this window has open. Bulk data stays in the worker; here are ids, titles and the newest summary of each. */
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { RecordingId, SessionId } from '../../core/protocol/session-types.ts';
import type { TraceView } from '../../core/protocol/studio-api.ts';
import type { TraceClient, TraceId, TraceInput, TraceSummary } from '../trace/trace-worker-api.ts';

export interface OpenTrace {
  readonly trace: TraceId;
  readonly title: string;
  /** Undefined for a file dropped into the browser: the collector does not know it. */
  readonly recording?: RecordingId;
  /** The run that writes, or wrote, this recording. */
  readonly session?: SessionId;
  /** Where the file is; empty for a dropped file. */
  readonly path: string;
  /** Not saved by the user yet. */
  readonly unsaved: boolean;
  /** A `.tsr`; anything else can be looked at and exported, not saved in place. */
  readonly format: 'recording' | 'other';
  readonly bytes?: number;
}

interface TraceState {
  readonly open: readonly OpenTrace[];
  /** Undefined: the start page is shown. */
  readonly active: TraceId | undefined;
  readonly summaries: Readonly<Record<TraceId, TraceSummary>>;
}

const store = create<TraceState>(() => ({ open: [], active: undefined, summaries: {} }));

let client: TraceClient | undefined;
let minted = 0;
/** What a trace may keep in memory; undefined: what the machine allows. */
let detailBytes: number | undefined;
const budget = () => (detailBytes === undefined ? {} : { detailBytes });
/** What each open trace was opened from, to open it again in its other view. */
const inputs = new Map<TraceId, TraceInput>();

/** Feeds the store from the worker. Returns the function that ends it. */
export function connectTraces(traces: TraceClient): () => void {
  client = traces;
  const off = traces.on('summary', (summary) => {
    const { summaries, open } = store.getState();
    if (!open.some((each) => each.trace === summary.trace) || !differs(summaries[summary.trace], summary)) return;
    store.setState({ summaries: { ...summaries, [summary.trace]: summary } });
  });
  return () => {
    off();
    if (client === traces) client = undefined;
  };
}

const differs = (before: TraceSummary | undefined, now: TraceSummary) =>
  before === undefined ||
  before.revision !== now.revision ||
  before.phase !== now.phase ||
  before.loadedBytes !== now.loadedBytes ||
  before.endNs !== now.endNs;

/** Opens a trace in this window and shows it; one that is open already is only shown. */
export function openTrace(input: TraceInput, about: Omit<OpenTrace, 'trace'>): TraceId {
  const there = about.recording === undefined ? undefined : store.getState().open.find((each) => each.recording === about.recording);
  if (there) {
    updateTrace(there.trace, about);
    activateTrace(there.trace);
    return there.trace;
  }
  minted += 1;
  const trace = `t${minted}`;
  store.setState((state) => ({ open: [...state.open, { ...about, trace }], active: trace }));
  inputs.set(trace, input);
  client?.request('trace.open', { trace, input, ...budget() }).catch((error: unknown) => failTrace(trace, error));
  return trace;
}

/** What a trace was dropped as: undefined where the host has it. */
export function droppedFile(trace: TraceId): File | undefined {
  const input = inputs.get(trace);
  return input?.kind === 'file' && input.file instanceof File ? input.file : undefined;
}

/** The same trace with what plugins made of it, or as it was recorded. */
export function showTraceView(trace: TraceId, view: TraceView): void {
  const input = inputs.get(trace);
  if (!input || !client || store.getState().summaries[trace]?.view === view) return;
  client.request('trace.close', { trace }).catch(() => {}); // It is opened anew whatever became of it.
  store.setState((state) => ({ summaries: { ...state.summaries, [trace]: { ...emptySummary(trace), view } } }));
  client.request('trace.open', { trace, input, view, ...budget() }).catch((error: unknown) => failTrace(trace, error));
}

/** The worker refused: shown in the trace's own place, like a failure while loading. */
function failTrace(trace: TraceId, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const before = store.getState().summaries[trace];
  const failed: TraceSummary = { ...(before ?? emptySummary(trace)), phase: 'failed', problem: { code: 'open-failed', message } };
  store.setState((state) => ({ summaries: { ...state.summaries, [trace]: failed } }));
}

/** Decoded detail that each trace may keep in memory from now on; undefined: what the machine allows. */
export function setDetailBytes(bytes: number | undefined): void {
  if (bytes === detailBytes) return;
  detailBytes = bytes;
  // A trace that was closed meanwhile needs none.
  for (const { trace } of store.getState().open) client?.request('trace.budget', { trace, ...budget() }).catch(() => {});
}

/** Reads no further: what has been read stays, and a notice tells how much that is. */
export function stopReading(trace: TraceId): void {
  client?.request('trace.cancel', { trace }).catch(() => {}); // A worker that failed reads nothing either.
}

export function emptySummary(trace: TraceId): TraceSummary {
  return {
    trace,
    revision: 0,
    phase: 'loading',
    loadedBytes: 0,
    notices: [],
    startEpochMs: 0,
    startNs: 0,
    endNs: 0,
    events: 0,
    counterSamples: 0,
    instants: 0,
    slices: 0,
    snapshots: 0,
    dropped: 0,
    stallNs: 0,
    consoleChunks: 0,
    countersRevision: 0,
    objectsRevision: 0,
    processesRevision: 0,
    pluginsRevision: 0,
    notesRevision: 0,
    tracksRevision: 0,
    issuesRevision: 0,
    timelineSlices: 0,
    memory: { usedBytes: 0, budgetBytes: 0 },
  };
}

export function closeTrace(trace: TraceId): void {
  store.setState((state) => {
    const at = state.open.findIndex((each) => each.trace === trace);
    if (at < 0) return state;
    const open = state.open.filter((each) => each.trace !== trace);
    const { [trace]: _gone, ...summaries } = state.summaries;
    return { open, summaries, active: state.active === trace ? open[Math.min(at, open.length - 1)]?.trace : state.active };
  });
  inputs.delete(trace);
  // The worker may be gone already; then there is nothing left to free.
  client?.request('trace.close', { trace }).catch(() => {});
}

/** Undefined shows the start page. */
export function activateTrace(trace: TraceId | undefined): void {
  store.setState({ active: trace });
}

export function updateTrace(trace: TraceId, change: Partial<Omit<OpenTrace, 'trace'>>): void {
  store.setState((state) => ({ open: state.open.map((each) => (each.trace === trace ? { ...each, ...change } : each)) }));
}

export const traceState = () => store.getState();
export const subscribeTraces = store.subscribe;

export const useOpenTraces = (): readonly OpenTrace[] => store((state) => state.open);
export const useActiveTraceId = (): TraceId | undefined => store((state) => state.active);
export const useOpenTrace = (trace: TraceId | undefined): OpenTrace | undefined => store((state) => state.open.find((each) => each.trace === trace));
/** One value of a summary, so that a component re-renders only when that value moves. */
export const useTraceValue = <T>(trace: TraceId, pick: (summary: TraceSummary | undefined) => T): T =>
  store(useShallow((state) => pick(state.summaries[trace])));

/** For tests: forget everything. */
export function resetTraces(): void {
  store.setState({ open: [], active: undefined, summaries: {} });
}
