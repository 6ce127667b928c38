export { RunConfigDialog } from './run-config-dialog.tsx';
