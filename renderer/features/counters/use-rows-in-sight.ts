/** Which rows of a long list, or of a long grid of graphs, are in sight: only those are rendered. */
import { type RefObject, useLayoutEffect, useState } from 'react';

export interface RowsInSight {
  readonly first: number;
  /** Behind the last one. */
  readonly end: number;
}

/**
 * `list` is as high as all its rows, and scrolls with the nearest place around it that does. `around`: rows rendered besides those in sight,
 * at each side.
 */
export function useRowsInSight(list: RefObject<HTMLElement | null>, total: number, rowPx: number, around: number): RowsInSight {
  const [rows, setRows] = useState<RowsInSight>({ first: 0, end: Math.min(total, 2 * around) });
  useLayoutEffect(() => {
    const element = list.current;
    const place = element && scrollerOf(element);
    if (!element || !place || !(rowPx > 0)) return;
    const look = () => {
      const top = place.getBoundingClientRect().top - element.getBoundingClientRect().top;
      const first = Math.max(0, Math.min(total, Math.floor(top / rowPx) - around));
      const end = Math.min(total, Math.max(first, Math.ceil((top + place.clientHeight) / rowPx) + around));
      setRows((before) => (before.first === first && before.end === end ? before : { first, end }));
    };
    look();
    const watch = new ResizeObserver(look);
    watch.observe(place);
    place.addEventListener('scroll', look, { passive: true });
    return () => {
      watch.disconnect();
      place.removeEventListener('scroll', look);
    };
  }, [list, total, rowPx, around]);
  return { first: Math.min(rows.first, total), end: Math.min(rows.end, total) };
}

export function scrollerOf(element: HTMLElement): HTMLElement | undefined {
  for (let place = element.parentElement; place; place = place.parentElement) {
    const { overflowY } = getComputedStyle(place);
    if (overflowY === 'auto' || overflowY === 'scroll') return place;
  }
  return undefined;
}
