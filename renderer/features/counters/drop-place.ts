/** What is dragged among list, legends and graphs, of two types: series, and graphs. */
import { useState } from 'react';

export function startDragOf(transfer: DataTransfer, type: string, value: unknown, effect: 'copy' | 'move'): void {
  transfer.setData(type, JSON.stringify(value));
  transfer.effectAllowed = effect;
}

/** What was dropped may come from anywhere. Undefined: nothing of this type. */
export function droppedOf(transfer: DataTransfer, type: string): unknown {
  try {
    return JSON.parse(transfer.getData(type));
  } catch {
    // Not ours, whatever its type says.
    return undefined;
  }
}

/**
 * Handlers that make an element take what is dragged, if it is of this type. `placeAt`: the part of the element under the pointer, which is `place`
 * while something is dragged over it.
 */
export function useDropPlace<Place>(
  type: string,
  effect: 'copy' | 'move',
  placeAt: (event: React.DragEvent) => Place,
  onDrop: (transfer: DataTransfer, place: Place) => void,
) {
  const [place, setPlace] = useState<Place>();
  const over = (event: React.DragEvent) => {
    if (!event.dataTransfer.types.includes(type)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = effect;
    const now = placeAt(event);
    setPlace(() => now);
  };
  const leave = (event: React.DragEvent) => {
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setPlace(undefined);
  };
  const drop = (event: React.DragEvent) => {
    if (!event.dataTransfer.types.includes(type)) return;
    event.preventDefault();
    event.stopPropagation();
    setPlace(undefined);
    onDrop(event.dataTransfer, placeAt(event));
  };
  return { place, handlers: { onDragEnter: over, onDragOver: over, onDragLeave: leave, onDrop: drop } };
}
