/**
 * The newest value of each counter as its legend shows it. The sidebar shows the same text at the same time: two numbers for one
 * thing would only make the user wonder. Panels out of sight, or looking at the past, tell nothing.
 */
import { useEffect, useRef } from 'react';
import type { TraceId } from '../../trace/trace-worker-api.ts';

const told = new Map<string, string>();
const listeners = new Map<string, () => void>();
const idOf = (trace: TraceId, key: string): string => `${trace} ${key}`;

export function tellNewest(trace: TraceId, key: string, text: string | undefined): void {
  const id = idOf(trace, key);
  if (told.get(id) === text) return;
  if (text === undefined) told.delete(id);
  else told.set(id, text);
  listeners.get(id)?.();
}

/** A cell that holds the newest value; `otherwise` where no legend tells it. Written without React, as often as the legend is. */
export function useNewestCell(trace: TraceId, key: string, otherwise: string) {
  const cell = useRef<HTMLSpanElement>(null);
  const fallback = useRef(otherwise);
  fallback.current = otherwise;
  useEffect(() => {
    const id = idOf(trace, key);
    const write = () => {
      const text = told.get(id) ?? fallback.current;
      if (cell.current && cell.current.textContent !== text) cell.current.textContent = text;
    };
    write();
    listeners.set(id, write);
    return () => {
      if (listeners.get(id) === write) listeners.delete(id);
    };
  }, [trace, key]);
  useEffect(() => {
    if (cell.current && !told.has(idOf(trace, key)) && cell.current.textContent !== otherwise) cell.current.textContent = otherwise;
  }, [trace, key, otherwise]);
  return cell;
}
