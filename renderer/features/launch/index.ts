export { runCommand } from './command-text.ts';
export { configFromRecord, valuesNotRecorded } from './config-from-record.ts';
export { RunConfigDialog } from './run-config-dialog.tsx';
