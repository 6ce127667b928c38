export { AboutDialog, ShortcutsDialog } from './help-dialogs.tsx';
export { SettingsDialog } from './settings-dialog.tsx';
export { keysOf, SHORTCUTS, type ShortcutId, shortcutFor } from './shortcuts.ts';
