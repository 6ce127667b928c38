/** Every text of this folder that a user reads. */

export const words = {
  // memory-menu
  memoryTitle: 'Memory for the details of a trace',
  usedOf: (used: string, most: string) => `${used} of ${most}`,
  inMemory: (used: string, most: string) => `Details in memory: ${used} of ${most}`,
  memoryChange: (inMemory: string) => `${inMemory}. Change.`,
  memoryBeyond: (inMemory: string) => `${inMemory}. What is beyond it is read again from the file.`,

  // reading-bar
  readFar: (read: string, all: string) => `${read} of ${all} read`,
  timeLeft: (time: string) => `, ${time} left`,
  readingFile: 'Reading the file',
  reading: 'Reading',
  usableAlready: 'What is there can be used already.',
  stopReading: 'Stop reading',

  // recording-control
  snapshotOfAllObjects: 'Snapshot of all objects',
  recordingIsOff: (asked: string) => `${asked} Recording is off.`,
  marked: 'This moment is marked in the recording, and listed in Notes.',
  keptIt: (title: string) => `${title} is among the recordings.`,

  // take-actions
  savedAs: (what: string, path: string) => `${what} saved as ${path}`,

  // toolbar
  node: (version: string) => `node ${version}`,
  runControls: 'Run controls',
  run: 'Run',
  restart: 'Restart',
  runAgain: 'Run again',
  runOther: 'Run…',
  runConfiguration: 'Run configuration,',
  notChosen: 'not chosen',
  stopRecording: 'Stop recording. The script goes on.',
  recordFromNowOn: (state: string) => `${state}. Record from now on.`,
  recording: 'Recording',
  record: 'Record',
  onlyKept: (kept: string) => `Only ${kept} are kept. Save what is there now.`,
  saveLast: (kept: string) => `Save ${kept}`,
  readings: 'Readings',
  eventsPerSecond: 'Events / s',
  dataRate: 'Data rate',
  events: 'Events',
  size: 'Size',
  file: 'File',
  dropped: 'Dropped',

  // status-bar
  buffer: 'Buffer',
  untraced: 'runs without the tracer',
  pid: (pid: number) => `pid ${pid}`,
  waited: (ms: string) => `Script waited ${ms} ms for the recorder`,
  keeps: (what: string, bytes: string) => `Keeps ${what}, ${bytes}`,
  droppedCount: (count: string) => `Dropped ${count}`,
  bufferText: 'The fullest buffer of a thread. When it is full the script waits, or events are dropped, as the run configuration says.',
  bufferFill: 'Fill of the buffer',
  notConnected: 'tracer not connected yet',
  statusBar: 'Status bar',
  elapsed: 'How far the recording is',
  commandIn: (command: string, cwd: string) => `${command}\nin ${cwd}`,
  keepsText: 'Older data goes. Save what is there from the toolbar, or with L.',
} as const;
