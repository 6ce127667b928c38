/** A graph that is dragged by its title bar to another place among the graphs. */
import type { GraphSide } from '../../state/graph-arrangement.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { droppedOf, startDragOf, useDropPlace } from './drop-place.ts';

const TYPE = 'application/x-trace-studio-graph';

export const startGraphDrag = (transfer: DataTransfer, trace: TraceId, id: string): void => startDragOf(transfer, TYPE, [trace, id], 'move');

/** Id of the graph that was dropped. Undefined: none of this trace. */
export function droppedGraph(transfer: DataTransfer, trace: TraceId): string | undefined {
  const value = droppedOf(transfer, TYPE);
  return Array.isArray(value) && value[0] === trace && typeof value[1] === 'string' ? value[1] : undefined;
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
  const sideOf = (event: React.DragEvent) => sideAt(event.clientX, event.clientY, event.currentTarget.getBoundingClientRect(), isColumn);
  const { place, handlers } = useDropPlace(TYPE, 'move', sideOf, (transfer, side) => {
    const graph = droppedGraph(transfer, trace);
    if (graph !== undefined) onDrop(graph, side);
  });
  return { side: place, handlers };
}
