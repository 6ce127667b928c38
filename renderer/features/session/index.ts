export { ReadingBar } from './reading-bar.tsx';
export { markMoment, saveLast, snapshotObjects, switchRecording } from './recording-control.ts';
export { attachRun, restartRun, showSession, startRun, stopRun } from './run-actions.ts';
export { endWords, keptWords, mainNotice, type Standing, standing } from './session-words.ts';
export { StatusBar } from './status-bar.tsx';
export { isSampled, takeFile } from './take-actions.ts';
export { Toolbar } from './toolbar.tsx';
