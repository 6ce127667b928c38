/** Asking the statistics for a name: the panel comes to the front, with that name in its filter. */
import { create } from 'zustand';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { showPanel } from './panel-store.ts';

/** A new object each time, so that asking twice works. */
interface Asked {
  readonly trace: TraceId;
  readonly text: string;
}

const store = create<{ readonly asked: Asked | undefined }>(() => ({ asked: undefined }));

export function findInStatistics(trace: TraceId, text: string): void {
  store.setState({ asked: { trace, text } });
  showPanel('statistics');
}

export const useStatisticsRequest = (trace: TraceId): Asked | undefined => store(({ asked }) => (asked?.trace === trace ? asked : undefined));
export const statisticsWereFound = (): void => store.setState({ asked: undefined });
