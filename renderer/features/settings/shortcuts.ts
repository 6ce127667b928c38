/** Every key of the window, in one list: what binds them, what the menus show, and what the help lists. */

export interface Shortcut {
  readonly id: string;
  /** "Ctrl+Shift+F5"; empty: none of its own, but it can be given one. */
  readonly keys: string;
  /** Another key that does the same. */
  readonly also?: string;
  readonly label: string;
  readonly group: 'Run' | 'File' | 'View' | 'Time' | 'Timeline' | 'Search' | 'Objects';
}

const COMMANDS = [
  { id: 'run', keys: 'F5', label: 'Run, or run again', group: 'Run' },
  { id: 'stop', keys: 'Shift+F5', label: 'Stop', group: 'Run' },
  { id: 'restart', keys: 'Ctrl+Shift+F5', label: 'Restart', group: 'Run' },
  { id: 'open', keys: 'Ctrl+O', label: 'Open trace', group: 'File' },
  { id: 'save', keys: 'Ctrl+S', label: 'Save', group: 'File' },
  { id: 'save-as', keys: 'Ctrl+Shift+S', label: 'Save as', group: 'File' },
  { id: 'export', keys: 'Ctrl+Shift+E', label: 'Export', group: 'File' },
  { id: 'close', keys: 'Alt+W', label: 'Close trace', group: 'File' },
  { id: 'sidebar', keys: 'Ctrl+B', label: 'Show or hide the sidebar', group: 'View' },
  { id: 'drawer', keys: 'Q', label: 'Show or hide the drawer', group: 'View' },
  { id: 'settings', keys: 'Ctrl+,', label: 'Settings', group: 'View' },
  { id: 'help', keys: '?', label: 'Keyboard shortcuts', group: 'View' },
  { id: 'layout-undo', keys: 'Ctrl+Z', label: 'Undo the last change of the panels', group: 'View' },
  { id: 'layout-redo', keys: 'Ctrl+Shift+Z', label: 'Redo it', group: 'View' },
  { id: 'pause', keys: 'Space', label: 'Pause the view, or follow again', group: 'Time' },
  { id: 'newest', keys: 'End', label: 'Go to the newest and follow', group: 'Time' },
  { id: 'oldest', keys: 'Home', label: 'Go to the start', group: 'Time' },
  { id: 'all', keys: '0', label: 'Show all of the recording', group: 'Time' },
  { id: 'zoom-in', keys: 'W', label: 'Zoom in', group: 'Time' },
  { id: 'zoom-out', keys: 'S', label: 'Zoom out', group: 'Time' },
  { id: 'pan-left', keys: 'A', label: 'Move left', group: 'Time' },
  { id: 'pan-right', keys: 'D', label: 'Move right', group: 'Time' },
  { id: 'zoom-in-fast', keys: 'Shift+W', label: 'Zoom in fast', group: 'Time' },
  { id: 'zoom-out-fast', keys: 'Shift+S', label: 'Zoom out fast', group: 'Time' },
  { id: 'pan-left-fast', keys: 'Shift+A', label: 'Move left fast', group: 'Time' },
  { id: 'pan-right-fast', keys: 'Shift+D', label: 'Move right fast', group: 'Time' },
  { id: 'back', keys: 'Alt+ArrowLeft', label: 'Back to what was looked at before', group: 'Time' },
  { id: 'forward', keys: 'Alt+ArrowRight', label: 'Forward again', group: 'Time' },
  { id: 'zoom-selection', keys: 'F', label: 'Zoom to the selection', group: 'Timeline' },
  { id: 'slice-next', keys: '.', label: 'Next slice in the row', group: 'Timeline' },
  { id: 'slice-before', keys: ',', label: 'Previous slice in the row', group: 'Timeline' },
  { id: 'link-in', keys: '[', label: 'Slice that an arrow comes from', group: 'Timeline' },
  { id: 'link-out', keys: ']', label: 'Slice that an arrow goes to', group: 'Timeline' },
  { id: 'range', keys: 'R', label: 'Make the slice the range', group: 'Timeline' },
  { id: 'mark', keys: 'M', label: 'Mark the selection, or the time under the pointer', group: 'Timeline' },
  { id: 'pin', keys: 'P', label: 'Pin or unpin the track of the selection', group: 'Timeline' },
  { id: 'clear', keys: 'Escape', label: 'Clear the selection', group: 'Timeline' },
  { id: 'search', keys: '/', also: 'Ctrl+F', label: 'Search slices', group: 'Search' },
  { id: 'search-next', keys: 'F3', label: 'Next match, in the field Enter', group: 'Search' },
  { id: 'search-before', keys: 'Shift+F3', label: 'Previous match, in the field Shift Enter', group: 'Search' },
  // In the list of objects and in the inspector, its tree apart, the arrows do it alone.
  { id: 'snapshot-before', keys: 'Shift+ArrowLeft', label: 'Previous snapshot, in the list ← alone', group: 'Objects' },
  { id: 'snapshot-after', keys: 'Shift+ArrowRight', label: 'Next snapshot, in the list → alone', group: 'Objects' },
] as const satisfies readonly Shortcut[];

export type ShortcutId = (typeof COMMANDS)[number]['id'];

export const SHORTCUTS: readonly (Shortcut & { readonly id: ShortcutId })[] = COMMANDS;

export const keysOf = (id: ShortcutId): string => SHORTCUTS.find((each) => each.id === id)?.keys ?? '';

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Undo, redo, select all, clipboard: of the field that is typed into. */
const isOfFields = (press: KeyPress): boolean => (press.ctrlKey || press.metaKey) && !press.altKey && /^[zyacvx]$/i.test(press.key);

/** The shortcut of a key press. Keys without Ctrl or Alt, other than function keys, do nothing while something is typed into. */
export function shortcutFor(press: KeyPress, typing: boolean): ShortcutId | undefined {
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('Ctrl');
  // "?" and other signs are Shift and another key on some keyboards: their Shift says nothing.
  if (press.shiftKey && !/^[^\p{L}\p{N}\s]$/u.test(press.key)) parts.push('Shift');
  if (press.altKey) parts.push('Alt');
  const plain = !press.ctrlKey && !press.metaKey && !press.altKey && !/^F\d+$/.test(press.key);
  if (typing && (plain || isOfFields(press))) return undefined;
  parts.push(press.key === ' ' ? 'Space' : press.key.length === 1 ? press.key.toUpperCase() : press.key);
  const pressed = parts.join('+');
  return SHORTCUTS.find((each) => each.keys === pressed || each.also === pressed)?.id;
}
