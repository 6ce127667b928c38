import { useEffect } from 'react';
import { keysOf, SHORTCUTS, type ShortcutId, shortcutFor } from '../features/settings/index.ts';
import { setCommands } from '../state/commands.ts';
import { redoEdit, undoEdit } from '../state/edit-history.ts';
import { layoutState } from '../state/layout-store.ts';
import { showPanel } from '../state/panel-store.ts';
import { clearSelection, rangeOfSelection, zoomToSelection } from '../state/selection.ts';
import { changeSettings, settingsState } from '../state/settings-store.ts';
import { timelineControl } from '../state/timeline-control.ts';
import { traceState } from '../state/trace-store.ts';
import { goInHistory } from '../state/view-history.ts';
import { followView, panView, pointerState, rangeInSight, setRange, stepSnapshot, togglePause, zoomView } from '../state/view-store.ts';
import { setWindow, showDialog, windowState } from '../state/window-store.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import type { Actions } from './use-actions.ts';

/** With the pointer over a picture of time, the time under it stays where it is. */
const zoom = (trace: TraceId, factor: number) => zoomView(trace, factor, pointerState(trace)?.ns);

const goToStart = (trace: TraceId) => {
  const { fromNs, toNs } = rangeInSight(trace);
  setRange(trace, 0, toNs - fromNs);
};

/** What concerns the trace in sight. False: there was nothing to do it to, and the key goes on. */
const VIEW: Partial<Record<ShortcutId, (trace: TraceId) => unknown>> = {
  pause: togglePause,
  newest: (trace) => followView(trace),
  all: (trace) => followView(trace, 'all'),
  oldest: goToStart,
  'zoom-in': (trace) => zoom(trace, 1 / 1.5),
  'zoom-out': (trace) => zoom(trace, 1.5),
  'zoom-in-fast': (trace) => zoom(trace, 1 / 4),
  'zoom-out-fast': (trace) => zoom(trace, 4),
  'pan-left': (trace) => panView(trace, -0.25),
  'pan-right': (trace) => panView(trace, 0.25),
  'pan-left-fast': (trace) => panView(trace, -1),
  'pan-right-fast': (trace) => panView(trace, 1),
  back: (trace) => goInHistory(trace, -1),
  forward: (trace) => goInHistory(trace, 1),
  'zoom-selection': zoomToSelection,
  range: rangeOfSelection,
  clear: clearSelection,
  'snapshot-before': (trace) => stepSnapshot(trace, -1),
  'snapshot-after': (trace) => stepSnapshot(trace, 1),
};

/** Does what a key stands for. False: nothing to do here, and the key goes on. */
export function perform(id: ShortcutId, actions: Actions): boolean {
  const { active } = traceState();
  const onView = VIEW[id];
  if (onView) {
    if (active === undefined) return false;
    return onView(active) !== false;
  }
  switch (id) {
    case 'slice-next':
      return actions.stepSlice('next');
    case 'slice-before':
      return actions.stepSlice('previous');
    case 'link-in':
      return actions.stepSlice('link-in');
    case 'link-out':
      return actions.stepSlice('link-out');
    case 'change-before':
      return actions.stepChange(true);
    case 'change-after':
      return actions.stepChange(false);
    case 'pin':
      return actions.pinSelected();
    case 'search':
      return actions.search();
    case 'search-next':
      return actions.stepSearch(false);
    case 'search-before':
      return actions.stepSearch(true);
    case 'palette':
      showDialog({ kind: 'palette', of: 'commands' });
      return true;
    case 'find-track':
      if (!timelineControl()) return false;
      showDialog({ kind: 'palette', of: 'tracks' });
      return true;
    case 'table':
      if (active === undefined) return false;
      showPanel('slices');
      return true;
    case 'layout-reset':
      layoutState().control?.reset();
      return true;
    case 'undo':
      // A change of the panels that is under way is the last one.
      layoutState().control?.settle();
      return undoEdit(active);
    case 'redo':
      return redoEdit(active);
    case 'notes-shown':
      if (active === undefined) return false;
      changeSettings({ showNotes: !settingsState().showNotes });
      return true;
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
    case 'mark-selected':
      return actions.markSelected();
    case 'manual':
      showDialog({ kind: 'manual' });
      return true;
    case 'note':
      actions.note();
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

/** In a report there is nothing to run, to save or to set. */
const inReports = (id: ShortcutId): boolean =>
  SHORTCUTS.some((each) => each.id === id && !['Run', 'File'].includes(each.group)) &&
  !['settings', 'help', 'palette', 'find-track', 'mark', 'mark-selected', 'note', 'manual'].includes(id);

export function useShortcuts(actions: Actions, inReport = false): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      // A dialog has its own keys, and what lies behind it does not move.
      if (event.defaultPrevented || document.querySelector('[data-modal-dialog]')) return;
      const id = shortcutFor(event, isTyping(event.target));
      if (id === undefined || (inReport && !inReports(id))) return;
      // Space presses the button that has the focus.
      if (id === 'pause' && event.target instanceof HTMLElement && event.target.closest('button, a, [role=button], [role=checkbox], [role=tab]')) return;
      if (perform(id, actions)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    setCommands({
      has: (id) => !inReport || inReports(id as ShortcutId),
      perform: (id) => perform(id as ShortcutId, actions),
      keysOf: (id) => keysOf(id as ShortcutId),
    });
    return () => {
      window.removeEventListener('keydown', listen);
      setCommands(undefined);
    };
  }, [actions, inReport]);
}
