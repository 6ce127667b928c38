export { runCommand } from './command-text.ts';
export { RunConfigDialog } from './run-config-dialog.tsx';
