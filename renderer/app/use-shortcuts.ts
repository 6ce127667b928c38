import { useEffect } from 'react';
import { type ShortcutId, shortcutFor } from '../features/settings/index.ts';
import { traceState } from '../state/trace-store.ts';
import { followView, panView, stepSnapshot, togglePause, zoomView } from '../state/view-store.ts';
import { setWindow, showDialog, windowState } from '../state/window-store.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import type { Actions } from './use-actions.ts';

const VIEW: Partial<Record<ShortcutId, (trace: TraceId) => void>> = {
  pause: togglePause,
  newest: (trace) => followView(trace),
  all: (trace) => followView(trace, 'all'),
  'zoom-in': (trace) => zoomView(trace, 1 / 1.5),
  'zoom-out': (trace) => zoomView(trace, 1.5),
  'pan-left': (trace) => panView(trace, -0.25),
  'pan-right': (trace) => panView(trace, 0.25),
  'snapshot-before': (trace) => stepSnapshot(trace, -1),
  'snapshot-after': (trace) => stepSnapshot(trace, 1),
};

/** Does what a key stands for. False: nothing to do here, and the key goes on. */
export function perform(id: ShortcutId, actions: Actions): boolean {
  const { active } = traceState();
  const onView = VIEW[id];
  if (onView) {
    if (active === undefined) return false;
    onView(active);
    return true;
  }
  switch (id) {
    case 'run':
      actions.runAgain();
      return true;
    case 'stop':
      actions.stop();
      return true;
    case 'restart':
      actions.restart();
      return true;
    case 'record':
      actions.record();
      return true;
    case 'mark':
      actions.mark();
      return true;
    case 'snapshot':
      actions.snapshot();
      return true;
    case 'save-last':
      actions.saveLast();
      return true;
    case 'open':
      actions.openTrace();
      return true;
    case 'save':
      actions.save();
      return true;
    case 'save-as':
      actions.saveAs();
      return true;
    case 'export':
      actions.exportTrace();
      return true;
    case 'close':
      actions.close();
      return true;
    case 'sidebar':
      setWindow({ sidebarOpen: !windowState().sidebarOpen });
      return true;
    case 'drawer':
      setWindow({ drawerOpen: !windowState().drawerOpen });
      return true;
    case 'settings':
      showDialog({ kind: 'settings' });
      return true;
    case 'help':
      showDialog({ kind: 'shortcuts' });
      return true;
    default:
      return false;
  }
}

/** A text field, or a control that uses single keys itself. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox]):not([type=radio])')) return true;
  return target.closest('[role=listbox], [role=menu]') !== null;
}

export function useShortcuts(actions: Actions): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      // A dialog has its own keys, and what lies behind it does not move.
      if (event.defaultPrevented || document.querySelector('[data-modal-dialog]')) return;
      const id = shortcutFor(event, isTyping(event.target));
      if (id === undefined) return;
      // Space presses the button that has the focus.
      if (id === 'pause' && event.target instanceof HTMLElement && event.target.closest('button, a, [role=button], [role=checkbox], [role=tab]')) return;
      if (perform(id, actions)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [actions]);
}
