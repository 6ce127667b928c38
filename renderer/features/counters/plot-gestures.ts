/** Pointer, wheel and keys on a graph: they change the time range that all panels of a trace share, and draw thresholds. */
import { changeThresholds } from '../../state/graph-store.ts';
import { clearCursor, fitView, followView, goToMoment, panView, pointAt, rangeInSight, setRange, zoomView } from '../../state/view-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import type { CounterPlot } from './counter-plot.ts';

const LEAST_DRAG_PX = 4;
const REACH_PX = 4;

/** Binds a graph's gestures to its host. `onPlaced`: a threshold was placed, or let go of. Returns the function that unbinds them. */
export function bindGestures(host: HTMLElement, trace: TraceId, plot: CounterPlot, onPlaced: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let drag: { readonly pointer: number; readonly fromX: number; lastX: number; readonly pan: boolean; moved: boolean } | undefined;
  const xOf = (event: MouseEvent) => event.clientX - host.getBoundingClientRect().left;
  const yOf = (event: MouseEvent) => event.clientY - host.getBoundingClientRect().top;
  /** A threshold that is being moved, or pulled out of the value axis; `pointer` undefined: it follows the pointer until a click places it. */
  let threshold: { readonly from: number | undefined; readonly pointer: number | undefined } | undefined;
  const isPlacing = () => host.dataset.placing === 'true';
  const endThreshold = () => {
    threshold = undefined;
    plot.setDraft(undefined);
    onPlaced();
  };
  const placeThreshold = (from: number | undefined, value: number | undefined) => {
    endThreshold();
    if (value === from) return;
    changeThresholds(trace, plot.key, (there) => [...there.filter((each) => each !== from), ...(value === undefined ? [] : [value])]);
  };

  host.addEventListener(
    'pointermove',
    (event) => {
      const x = xOf(event);
      if (threshold || isPlacing()) {
        plot.setDraft({ from: threshold?.from, value: plot.valueAt(yOf(event)) });
        return;
      }
      host.dataset.over = !drag && (x < plot.box().left || plot.thresholdNear(x, yOf(event), REACH_PX) !== undefined) ? 'value' : 'time';
      if (drag) {
        drag.moved ||= Math.abs(x - drag.fromX) >= LEAST_DRAG_PX;
        if (drag.moved && drag.pan) {
          panView(trace, (drag.lastX - x) / plot.box().width);
          drag.lastX = x;
        } else if (drag.moved) plot.setDragged({ from: drag.fromX, to: x });
      }
      pointAt(trace, { ns: plot.timeAt(x), panel: plot.key });
    },
    { signal },
  );
  host.addEventListener(
    'pointerleave',
    () => {
      pointAt(trace, undefined);
      if (!threshold) plot.setDraft(undefined);
    },
    { signal },
  );
  host.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0 && event.button !== 1) return;
      const x = xOf(event);
      const near = plot.thresholdNear(x, yOf(event), REACH_PX);
      if (event.button === 0 && (isPlacing() || near !== undefined || x < plot.box().left)) {
        threshold = { from: isPlacing() ? undefined : near, pointer: event.pointerId };
        plot.setDraft({ from: threshold.from, value: plot.valueAt(yOf(event)) });
        host.setPointerCapture(event.pointerId);
        return;
      }
      drag = { pointer: event.pointerId, fromX: x, lastX: x, pan: event.shiftKey || event.button === 1, moved: false };
      host.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  const release = (event: PointerEvent) => {
    if (threshold && event.pointerId === threshold.pointer) {
      const { from } = threshold;
      const x = xOf(event);
      // A click on the axis alone places nothing.
      const isPulled = isPlacing() || from !== undefined || x >= plot.box().left;
      if (event.type === 'pointercancel' || !isPulled) endThreshold();
      else placeThreshold(from, plot.valueAt(yOf(event)));
      return;
    }
    if (!drag || event.pointerId !== drag.pointer) return;
    const { fromX, moved, pan } = drag;
    drag = undefined;
    plot.setDragged(undefined);
    if (event.type === 'pointercancel') return;
    const x = xOf(event);
    if (moved && !pan) setRange(trace, plot.timeAt(Math.min(fromX, x)), plot.timeAt(Math.max(fromX, x)));
  };
  host.addEventListener('pointerup', release, { signal });
  host.addEventListener('pointercancel', release, { signal });
  host.addEventListener('dblclick', (event) => host.dataset.over !== 'value' && xOf(event) >= plot.box().left && fitView(trace), { signal });
  host.addEventListener(
    'wheel',
    (event) => {
      // A plain wheel scrolls the panels.
      if (event.ctrlKey || event.metaKey) zoomView(trace, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 250))), plot.timeAt(xOf(event)));
      else if (event.shiftKey) panView(trace, (event.deltaY || event.deltaX) / plot.box().width);
      else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) panView(trace, event.deltaX / plot.box().width);
      else return;
      event.preventDefault();
    },
    { signal, passive: false },
  );
  host.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Escape' && (threshold || isPlacing())) {
        endThreshold();
        event.preventDefault();
        event.stopPropagation();
        return;
      }
      if (!press(trace, event.key, event.shiftKey)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { signal },
  );
  return () => {
    stop.abort();
    pointAt(trace, undefined);
  };
}

/** What a key does to the view; false when it is none of these. */
function press(trace: TraceId, key: string, fast: boolean): boolean {
  const part = fast ? 0.5 : 0.12;
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case 'w':
      zoomView(trace, fast ? 0.4 : 0.75);
      return true;
    case 's':
      zoomView(trace, fast ? 2.5 : 1 / 0.75);
      return true;
    case 'a':
    case 'ArrowLeft':
      panView(trace, -part);
      return true;
    case 'd':
    case 'ArrowRight':
      panView(trace, part);
      return true;
    case '0':
      fitView(trace);
      return true;
    case 'End':
      followView(trace);
      return true;
    case 'Home': {
      const { fromNs, toNs } = rangeInSight(trace);
      setRange(trace, 0, toNs - fromNs);
      return true;
    }
    case 'Escape':
      clearCursor(trace);
      return true;
    case 'Enter': {
      const { fromNs, toNs } = rangeInSight(trace);
      goToMoment(trace, (fromNs + toNs) / 2);
      return true;
    }
    default:
      return false;
  }
}
