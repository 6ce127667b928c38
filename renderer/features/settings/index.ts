export { AboutDialog, ShortcutsDialog } from './help-dialogs.tsx';
export { SettingsDialog } from './settings-dialog.tsx';
export { keysNow, keysOf, SHORTCUTS, type ShortcutId, shortcutFor } from './shortcuts.ts';
