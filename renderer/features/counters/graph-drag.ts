/** A graph that is dragged by its title bar to another place among the graphs. */
import { useState } from 'react';
import type { GraphSide } from '../../state/graph-arrangement.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';

const TYPE = 'application/x-trace-studio-graph';

export function startGraphDrag(transfer: DataTransfer, trace: TraceId, id: string): void {
  transfer.setData(TYPE, JSON.stringify([trace, id]));
  transfer.effectAllowed = 'move';
}

/** Id of the graph that was dropped. Undefined: none of this trace. */
export function droppedGraph(transfer: DataTransfer, trace: TraceId): string | undefined {
  try {
    const value: unknown = JSON.parse(transfer.getData(TYPE));
    return Array.isArray(value) && value[0] === trace && typeof value[1] === 'string' ? value[1] : undefined;
  } catch {
    // Not ours, whatever its type says.
    return undefined;
  }
}

/** On which side of a panel a graph would be put that is over this point of it. */
export function sideAt(
  x: number,
  y: number,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  isColumn: boolean,
): GraphSide {
  return (isColumn ? y - box.top > box.height / 2 : x - box.left > box.width / 2) ? 'behind' : 'before';
}

/** Handlers that make a panel take a graph at either side. `isColumn`: panels stand below each other. */
export function useGraphDrop(trace: TraceId, isColumn: boolean, onDrop: (graph: string, side: GraphSide) => void) {
  const [side, setSide] = useState<GraphSide>();
  const over = (event: React.DragEvent) => {
    if (!event.dataTransfer.types.includes(TYPE)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'move';
    setSide(sideAt(event.clientX, event.clientY, event.currentTarget.getBoundingClientRect(), isColumn));
  };
  const leave = (event: React.DragEvent) => {
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setSide(undefined);
  };
  const drop = (event: React.DragEvent) => {
    if (!event.dataTransfer.types.includes(TYPE)) return;
    event.preventDefault();
    event.stopPropagation();
    setSide(undefined);
    const graph = droppedGraph(event.dataTransfer, trace);
    if (graph !== undefined) onDrop(graph, sideAt(event.clientX, event.clientY, event.currentTarget.getBoundingClientRect(), isColumn));
  };
  return { side, handlers: { onDragEnter: over, onDragOver: over, onDragLeave: leave, onDrop: drop } };
}
