export { markMoment, saveLast, snapshotObjects, switchRecording } from './recording-control.ts';
export { restartRun, showSession, startRun, stopRun } from './run-actions.ts';
export { endWords, keptWords, mainNotice, type Standing, standing } from './session-words.ts';
export { StatusBar } from './status-bar.tsx';
export { Toolbar } from './toolbar.tsx';
