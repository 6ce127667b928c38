/** Every text of this folder that a user reads. */

export const words = {
  // close-dialogs
  stillRunning: (title: string, count: number) => (count > 1 ? `${count} scripts are still running` : `${title} is still running`),
  stopEnds: (count: number) =>
    count > 1
      ? 'Stop ends them with everything they started. Keep recording lets them go on. In both cases the recording stays on the start page.'
      : 'Stop ends it with everything it started. Keep recording lets it go on. In both cases the recording stays on the start page.',
  neverSaved: (title: string) => `${title} was recorded but never saved. Keep leaves it on the start page.`,
  discardText: (facts: string) => `This recording (${facts}) was never saved. Discarding removes its only copy.`,
  cancel: 'Cancel',
  keepRecording: 'Keep recording',
  stopAndClose: 'Stop and close',
  notSavedTitle: 'This recording is not saved',
  discard: 'Discard',
  keep: 'Keep',
  save: 'Save…',
  discardIt: (title: string) => `Discard ${title}?`,

  // runs-list
  runs: 'Runs',
  newRun: 'New run',
  elsewhere: 'Running, not open in this window',
  show: 'show',
  notSaved: 'Not saved',
  close: (title: string) => `Close ${title}`,

  // upload-dialog
  upload: (bytes: string) => `Upload ${bytes}`,
  uploadText: (most: string) =>
    `This file was opened in the browser only. The studio writes files on its own machine, so it needs a copy there first: an unsaved recording, which the start page lists and a reload finds again. At most ${most} are uploaded.`,
  uploadTitle: (title: string, purpose: string) => `Upload ${title} to ${purpose} it?`,
  uploadProgress: 'Upload progress',
} as const;
