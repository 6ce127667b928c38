/**
 * Every command that has keys, or can be given some, in one list: what binds them, what the menus show, what the help and the command palette list.
 * The user's own keys are in the settings.
 */
import type { Settings } from '../../../core/protocol/studio-api.ts';
import { changeSettings, settingsState } from '../../state/settings-store.ts';

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
  { id: 'record', keys: 'Ctrl+E', label: 'Recording on or off', group: 'Run' },
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
  { id: 'manual', keys: 'Shift+F1', label: 'Manual', group: 'View' },
  { id: 'palette', keys: 'Ctrl+Shift+P', also: 'F1', label: 'All commands', group: 'View' },
  { id: 'undo', keys: 'Ctrl+Z', label: 'Undo the last change of panels or notes', group: 'View' },
  { id: 'redo', keys: 'Ctrl+Shift+Z', label: 'Redo what was undone', group: 'View' },
  { id: 'layout-reset', keys: '', label: 'Put the panels back as they come', group: 'View' },
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
  { id: 'mark', keys: 'M', label: 'Mark a run’s moment, or what is selected', group: 'Timeline' },
  { id: 'mark-selected', keys: '', label: 'Mark what is selected, also while it runs', group: 'Timeline' },
  { id: 'note', keys: 'Shift+M', label: 'Write a note on it, or where the pointer is', group: 'Timeline' },
  { id: 'notes-shown', keys: 'N', label: 'Show or hide marks and notes', group: 'Timeline' },
  { id: 'pin', keys: 'P', label: 'Pin or unpin the track of the selection', group: 'Timeline' },
  { id: 'table', keys: '', label: 'Show slices as a table', group: 'Timeline' },
  { id: 'clear', keys: 'Escape', label: 'Clear the selection', group: 'Timeline' },
  { id: 'search', keys: '/', also: 'Ctrl+F', label: 'Search slices', group: 'Search' },
  { id: 'find-track', keys: 'Ctrl+P', label: 'Find a track', group: 'Search' },
  { id: 'search-next', keys: 'F3', label: 'Next match, in the field Enter', group: 'Search' },
  { id: 'search-before', keys: 'Shift+F3', label: 'Previous match, in the field Shift Enter', group: 'Search' },
  { id: 'snapshot-before', keys: 'ArrowLeft', label: 'Previous snapshot of the object', group: 'Objects' },
  { id: 'snapshot-after', keys: 'ArrowRight', label: 'Next snapshot of the object', group: 'Objects' },
  { id: 'change-before', keys: 'Shift+ArrowLeft', label: 'Previous change of the chosen field', group: 'Objects' },
  { id: 'change-after', keys: 'Shift+ArrowRight', label: 'Next change of the chosen field', group: 'Objects' },
] as const satisfies readonly Shortcut[];

export type ShortcutId = (typeof COMMANDS)[number]['id'];

export const SHORTCUTS: readonly (Shortcut & { readonly id: ShortcutId })[] = COMMANDS;

type Overrides = Settings['keys'];

/** Keys that a command has now: the user's, or the product's own. Empty: none. */
export function keysNow(shortcut: Shortcut, overrides: Overrides = settingsState().keys): readonly string[] {
  const own = overrides.find((each) => each.command === shortcut.id);
  const keys = own ? [own.keys] : [shortcut.keys, shortcut.also ?? ''];
  return keys.filter((each) => each !== '');
}

/** The first of them, for menus and tooltips. */
export function keysOf(id: ShortcutId): string {
  const shortcut = SHORTCUTS.find((each) => each.id === id);
  return (shortcut && keysNow(shortcut)[0]) ?? '';
}

/** The command that has these keys. */
export const commandOf = (keys: string, overrides: Overrides = settingsState().keys) => SHORTCUTS.find((each) => keysNow(each, overrides).includes(keys));

/** Gives a command other keys; undefined: its own again; empty: none. */
export function bindKeys(id: ShortcutId, keys: string | undefined): void {
  const others = settingsState().keys.filter((each) => each.command !== id);
  changeSettings({ keys: keys === undefined ? others : [...others, { command: id, keys }] });
}

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Undo, redo, select all, clipboard: of the field that is typed into. */
const isOfFields = (press: KeyPress): boolean => (press.ctrlKey || press.metaKey) && !press.altKey && /^[zyacvx]$/i.test(press.key);

/** A key press as it is written in the list: "Ctrl+Shift+F5". Undefined: a modifier alone. */
export function pressedKeys(press: KeyPress): string | undefined {
  if (/^(Control|Shift|Alt|AltGraph|Meta|CapsLock|Dead|Process|Unidentified)$/.test(press.key)) return undefined;
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('Ctrl');
  // "?" and other signs are Shift and another key on some keyboards: their Shift says nothing.
  if (press.shiftKey && !/^[^\p{L}\p{N}\s]$/u.test(press.key)) parts.push('Shift');
  if (press.altKey) parts.push('Alt');
  parts.push(press.key === ' ' ? 'Space' : press.key.length === 1 ? press.key.toUpperCase() : press.key);
  return parts.join('+');
}

/** The shortcut of a key press. Keys without Ctrl or Alt, other than function keys, do nothing while something is typed into. */
export function shortcutFor(press: KeyPress, typing: boolean, overrides: Overrides = settingsState().keys): ShortcutId | undefined {
  const plain = !press.ctrlKey && !press.metaKey && !press.altKey && !/^F\d+$/.test(press.key);
  if (typing && (plain || isOfFields(press))) return undefined;
  const pressed = pressedKeys(press);
  return pressed === undefined ? undefined : commandOf(pressed, overrides)?.id;
}
