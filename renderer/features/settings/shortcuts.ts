/** Every key of the window, in one list: what binds them, what the menus show, and what the help lists. */

export type ShortcutId =
  | 'run'
  | 'stop'
  | 'restart'
  | 'record'
  | 'snapshot'
  | 'mark'
  | 'save-last'
  | 'open'
  | 'save'
  | 'save-as'
  | 'export'
  | 'close'
  | 'sidebar'
  | 'drawer'
  | 'settings'
  | 'help'
  | 'pause'
  | 'newest'
  | 'all'
  | 'zoom-in'
  | 'zoom-out'
  | 'pan-left'
  | 'pan-right'
  | 'snapshot-before'
  | 'snapshot-after';

export interface Shortcut {
  readonly id: ShortcutId;
  /** "Ctrl+Shift+F5". */
  readonly keys: string;
  readonly label: string;
  readonly group: 'Run' | 'File' | 'View' | 'Time' | 'Objects';
}

export const SHORTCUTS: readonly Shortcut[] = [
  { id: 'run', keys: 'F5', label: 'Run, or run again', group: 'Run' },
  { id: 'stop', keys: 'Shift+F5', label: 'Stop', group: 'Run' },
  { id: 'restart', keys: 'Ctrl+Shift+F5', label: 'Restart', group: 'Run' },
  { id: 'record', keys: 'Ctrl+E', label: 'Recording on or off', group: 'Run' },
  { id: 'mark', keys: 'M', label: 'Mark this moment', group: 'Run' },
  { id: 'snapshot', keys: 'O', label: 'Snapshot all objects now', group: 'Run' },
  { id: 'save-last', keys: 'L', label: 'Save the newest, where only that is kept', group: 'Run' },
  { id: 'open', keys: 'Ctrl+O', label: 'Open trace', group: 'File' },
  { id: 'save', keys: 'Ctrl+S', label: 'Save', group: 'File' },
  { id: 'save-as', keys: 'Ctrl+Shift+S', label: 'Save as', group: 'File' },
  { id: 'export', keys: 'Ctrl+Shift+E', label: 'Export', group: 'File' },
  { id: 'close', keys: 'Alt+W', label: 'Close trace', group: 'File' },
  { id: 'sidebar', keys: 'Ctrl+B', label: 'Show or hide the sidebar', group: 'View' },
  { id: 'drawer', keys: 'Q', label: 'Show or hide the drawer', group: 'View' },
  { id: 'settings', keys: 'Ctrl+,', label: 'Settings', group: 'View' },
  { id: 'help', keys: '?', label: 'Keyboard shortcuts', group: 'View' },
  { id: 'pause', keys: 'Space', label: 'Pause the view, or follow again', group: 'Time' },
  { id: 'newest', keys: 'End', label: 'Go to the newest and follow', group: 'Time' },
  { id: 'all', keys: '0', label: 'Show all of the recording', group: 'Time' },
  { id: 'zoom-in', keys: 'W', label: 'Zoom in', group: 'Time' },
  { id: 'zoom-out', keys: 'S', label: 'Zoom out', group: 'Time' },
  { id: 'pan-left', keys: 'A', label: 'Move left', group: 'Time' },
  { id: 'pan-right', keys: 'D', label: 'Move right', group: 'Time' },
  // In the list of objects and in the inspector, its tree apart, the arrows do it alone.
  { id: 'snapshot-before', keys: 'Shift+ArrowLeft', label: 'Previous snapshot, in the list ← alone', group: 'Objects' },
  { id: 'snapshot-after', keys: 'Shift+ArrowRight', label: 'Next snapshot, in the list → alone', group: 'Objects' },
];

export const keysOf = (id: ShortcutId): string => SHORTCUTS.find((each) => each.id === id)?.keys ?? '';

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** The shortcut of a key press. Keys without Ctrl or Alt, other than function keys, do nothing while something is typed into. */
export function shortcutFor(press: KeyPress, typing: boolean): ShortcutId | undefined {
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('Ctrl');
  // "?" is Shift and another key on most keyboards: its Shift says nothing.
  if (press.shiftKey && press.key !== '?') parts.push('Shift');
  if (press.altKey) parts.push('Alt');
  const plain = !press.ctrlKey && !press.metaKey && !press.altKey && !/^F\d+$/.test(press.key);
  if (plain && typing) return undefined;
  parts.push(press.key === ' ' ? 'Space' : press.key.length === 1 ? press.key.toUpperCase() : press.key);
  const pressed = parts.join('+');
  return SHORTCUTS.find((each) => each.keys === pressed)?.id;
}
