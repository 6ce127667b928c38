export { CloseRunningDialog, CloseUnsavedDialog, DiscardDialog } from './close-dialogs.tsx';
export { connectGlances } from './glance.ts';
export { type RecordingActions, recordingActions } from './recording-actions.ts';
export { RunsList } from './runs-list.tsx';
export { UploadDialog } from './upload-dialog.tsx';
