export { AboutDialog, ShortcutsDialog } from './help-dialogs.tsx';
export { keysOf, SHORTCUTS, type ShortcutId, shortcutFor } from './shortcuts.ts';
