/** Series that are being dragged from the list of counters, or from a legend, into a graph. */
import { useEffect, useState } from 'react';
import { type SeriesName, seriesNameOf } from '../../state/graph-arrangement.ts';

const TYPE = 'application/x-trace-studio-series';
const MOST_DROPPED = 1024;

export function startDrag(transfer: DataTransfer, series: readonly SeriesName[]): void {
  transfer.setData(TYPE, JSON.stringify(series));
  transfer.effectAllowed = 'copy';
}

export const isSeriesDrag = (transfer: DataTransfer): boolean => transfer.types.includes(TYPE);

/** What was dropped may come from anywhere. */
export function droppedSeries(transfer: DataTransfer): readonly SeriesName[] {
  try {
    const value: unknown = JSON.parse(transfer.getData(TYPE));
    return Array.isArray(value) ? value.slice(0, MOST_DROPPED).flatMap(seriesNameOf) : [];
  } catch {
    // Not ours, whatever its type says.
    return [];
  }
}

/** Handlers that make a place take series. */
export function useSeriesDrop(onDrop: (series: readonly SeriesName[]) => void) {
  const [isOver, setOver] = useState(false);
  const over = (event: React.DragEvent) => {
    if (!isSeriesDrag(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    setOver(true);
  };
  const leave = (event: React.DragEvent) => {
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setOver(false);
  };
  const drop = (event: React.DragEvent) => {
    if (!isSeriesDrag(event.dataTransfer)) return;
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    const series = droppedSeries(event.dataTransfer);
    if (series.length > 0) onDrop(series);
  };
  return { isOver, handlers: { onDragEnter: over, onDragOver: over, onDragLeave: leave, onDrop: drop } };
}

/** Series are being dragged somewhere in this window. */
export function useDragUnderWay(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const off = new AbortController();
    const { signal } = off;
    // A task later: what changes the page under a drag that has just begun ends it.
    document.addEventListener('dragstart', (event) => event.dataTransfer && isSeriesDrag(event.dataTransfer) && setTimeout(() => setDragging(true), 0), {
      signal,
    });
    // A task later too: the place for a new graph must be there when it is dropped upon. A source that has gone meanwhile ends no drag, a drop does.
    for (const ends of ['dragend', 'drop'] as const) document.addEventListener(ends, () => setTimeout(() => setDragging(false), 0), { signal, capture: true });
    return () => off.abort();
  }, []);
  return dragging;
}
