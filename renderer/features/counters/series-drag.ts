/** Series that are being dragged from the list of counters, or from a legend, into a graph. */
import { useEffect, useState } from 'react';
import { type SeriesName, seriesNameOf } from '../../state/graph-arrangement.ts';
import { droppedOf, startDragOf, useDropPlace } from './drop-place.ts';

const TYPE = 'application/x-trace-studio-series';
const MOST_DROPPED = 1024;

export const startDrag = (transfer: DataTransfer, series: readonly SeriesName[]): void => startDragOf(transfer, TYPE, series, 'copy');

export const isSeriesDrag = (transfer: DataTransfer): boolean => transfer.types.includes(TYPE);

export function droppedSeries(transfer: DataTransfer): readonly SeriesName[] {
  const value = droppedOf(transfer, TYPE);
  return Array.isArray(value) ? value.slice(0, MOST_DROPPED).flatMap(seriesNameOf) : [];
}

/** Handlers that make a place take series. */
export function useSeriesDrop(onDrop: (series: readonly SeriesName[]) => void) {
  const { place, handlers } = useDropPlace(
    TYPE,
    'copy',
    () => true,
    (transfer) => {
      const series = droppedSeries(transfer);
      if (series.length > 0) onDrop(series);
    },
  );
  return { isOver: place === true, handlers };
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
