/** How the call tree of a trace is looked at: its direction and what was changed in it. The tree and the flame graph show the same. */
import { create } from 'zustand';
import type { NameId, TraceId, TreeTransform } from '../trace/trace-worker-api.ts';
import { subscribeTraces } from './trace-store.ts';

export type TreeDirection = 'callees' | 'callers';
export type FlameMode = 'time' | 'heavy' | 'sandwich';

/** A change of the tree, and what it is called: "Focus: priceCart". */
export interface TreeChange {
  readonly transform: TreeTransform;
  readonly text: string;
}

interface CallTreeState {
  readonly direction: TreeDirection;
  readonly mode: FlameMode;
  readonly changes: readonly TreeChange[];
  /** The function whose callers and callees are shown. */
  readonly sandwich: NameId | undefined;
}

const INITIAL: CallTreeState = { direction: 'callees', mode: 'heavy', changes: [], sandwich: undefined };
const store = create<{ readonly trees: Readonly<Record<TraceId, CallTreeState>> }>(() => ({ trees: {} }));

subscribeTraces(({ open }) => {
  const { trees } = store.getState();
  const gone = Object.keys(trees).filter((trace) => !open.some((each) => each.trace === trace));
  if (gone.length > 0) store.setState({ trees: Object.fromEntries(Object.entries(trees).filter(([trace]) => !gone.includes(trace))) });
});

const change = (trace: TraceId, update: (state: CallTreeState) => Partial<CallTreeState>): void =>
  store.setState(({ trees }) => {
    const before = trees[trace] ?? INITIAL;
    return { trees: { ...trees, [trace]: { ...before, ...update(before) } } };
  });

export const useCallTree = (trace: TraceId): CallTreeState => store((state) => state.trees[trace] ?? INITIAL);
export const callTreeState = (trace: TraceId): CallTreeState => store.getState().trees[trace] ?? INITIAL;

export const setTreeDirection = (trace: TraceId, direction: TreeDirection): void => change(trace, () => ({ direction }));
export const setFlameMode = (trace: TraceId, mode: FlameMode): void => change(trace, () => ({ mode }));
export const setSandwich = (trace: TraceId, sandwich: NameId): void => change(trace, () => ({ sandwich }));
export const addTreeChange = (trace: TraceId, added: TreeChange): void => change(trace, ({ changes }) => ({ changes: [...changes, added] }));
/** Keeps the first `count` changes. */
export const keepTreeChanges = (trace: TraceId, count: number): void => change(trace, ({ changes }) => ({ changes: changes.slice(0, count) }));
