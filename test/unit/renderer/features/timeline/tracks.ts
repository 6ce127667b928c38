import type { CounterInfo, ProcessInfo, TimelineView, TrackInfo } from '../../../../../renderer/trace/trace-worker-api.ts';

/** A track of process 0, thread 0. */
export const track = (id: number, kind: TrackInfo['kind'], name: string, more: Partial<TrackInfo> = {}): TrackInfo => ({
  id,
  kind,
  process: 0,
  stream: 0,
  name,
  beside: '',
  rows: 1,
  overflowRow: 1,
  items: 1,
  firstNs: 0,
  lastNs: 1e9,
  isSampled: false,
  ...more,
});

export const counter = (id: number, name: string): CounterInfo => ({ id: `c${id}`, name, series: [{ id, name: 'value' }] }) as unknown as CounterInfo;

export const process = (number: number, name: string): ProcessInfo =>
  ({ process: number, name, pid: 100 + number, nodeVersion: 'v22', threads: [] }) as unknown as ProcessInfo;

/** An answer with these items: row, from, to. */
export function viewOf(list: readonly (readonly [row: number, x0: number, x1: number])[], columns = 1000): TimelineView {
  return {
    fromNs: 0,
    toNs: columns * 1000,
    columns,
    count: list.length,
    row: Uint32Array.from(list, ([row]) => row),
    x0: Float32Array.from(list, ([, x0]) => x0),
    x1: Float32Array.from(list, ([, , x1]) => x1),
    name: new Uint32Array(list.length).fill(1),
    merged: new Uint32Array(list.length).fill(1),
    busy: new Float32Array(list.length).fill(1),
    flags: new Uint8Array(list.length),
    ref: Float64Array.from(list, (_, k) => k + 1),
    isCoarse: false,
  };
}
