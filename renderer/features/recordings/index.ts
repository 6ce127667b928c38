export { CloseRunningDialog, CloseUnsavedDialog } from './close-dialogs.tsx';
export { recordingActions } from './recording-actions.ts';
export { RunsList } from './runs-list.tsx';
