/** Every text of this folder that a user reads. */
import { plural } from '../state/words.ts';
import type { ToastTone } from '../widgets/index.ts';

export const words = {
  // command-palette
  palettePrompt: 'Type what you want to do',
  paletteLabel: 'Type a part of its name',
  paletteNone: 'Nothing has this name',
  missing: {
    trace: 'needs an open trace',
    run: 'needs a run that goes on',
    started: 'needs a run that the studio started',
    kept: 'needs a run that keeps only the newest',
    end: 'it is running already',
  },
  countOf: (shown: number, all: number) => `${shown} of ${all}`,

  // connection-banner
  connectionLost: 'The connection to the studio is lost. What is shown stays; it is tried again by itself.',
  tryNow: 'Try now',
  reload: 'Reload',

  // dialogs
  aScript: 'A script',

  // drop-target
  notAPlugin: 'That is no plugin',
  whatPluginsAre: 'A plugin is a file that ends in .js, .mjs, .cjs, .ts, .mts or .cts.',

  // error-boundary
  failedText: (message: string) => `${message} The run and its recording are not touched.`,
  failed: (what: string) => `${what} failed`,
  showItAgain: 'Show it again',

  // layouts-dialog
  arrangementsFull: (most: number) => `There are ${most} already. Remove one first.`,
  arrangementReplaced: 'There is one of this name: it will be replaced.',
  arrangements: 'Arrangements of panels',
  keep: 'Keep',
  name: 'Name',
  arrangementName: 'Name of this arrangement',
  keptArrangements: 'Kept arrangements',
  remove: (name: string) => `Remove ${name}`,

  // notifications-dialog
  tones: { info: 'Note', ok: 'Done', warn: 'Warning', error: 'Failure' } satisfies Record<ToastTone, string>,
  notifications: 'Notifications',
  clear: 'Clear',
  done: 'Done',
  noMessages: 'Nothing was said in this window so far.',
  messages: 'Messages of this window',

  // report-window
  reportStays: 'a report, nothing leaves this page',
  view: 'View',
  trace: 'Trace',
  statistics: 'Statistics',
  lightTheme: 'Light theme',
  darkTheme: 'Dark theme',

  // time-controls
  viewPaused: 'The script and the recording go on',
  showNewest: 'Show the newest again',
  pauseView: 'Pause view',
  resumeView: 'Resume view',
  timeRange: 'Time range,',
  show: (label: string) => `Show: ${label}`,
  zoomed: 'Zoomed',

  // title-bar
  changeTheme: (now: string, next: string) => `${now}. Change to ${next}`,
  startPage: 'Start page',
  mainMenu: 'Main menu',
  notSaved: 'not saved',
  unread: (unread: number) => `Notifications, ${unread} not read`,

  // trace-window
  graphsAndLists: 'Graphs and lists',
  widthOfTheSidebar: 'Width of the sidebar',
  sidebar: 'Sidebar',
  counters: 'Counters',
  objects: 'Objects',
  plugins: 'Plugins',
  inspector: 'Inspector',
  closeInspector: 'Close the inspector',
  aboutThisTrace: 'About this trace',

  // use-host-events
  wasSaved: (title: string) => `${title} was saved`,
  because: (why: string) => `Because ${why}`,
  recordingStopped: (title: string) => `The recording of ${title} stopped`,

  // use-actions
  hadValues: (names: string) => `${names} had a value when this ran last`,
  valuesNotKept: 'Values of environment variables are not kept. Fill them in, or run it without.',
  saved: 'Saved',
  namesWithoutValues: (names: string) => `The recording names ${names}, without a value`,
  fillValues: 'Fill the values in, or run it without.',

  // app
  studio: (version: string) => `Trace Studio ${version}`,
  node: (version: string | undefined, why: string) => `node ${version ?? ''} ${why}`,
  nodeFrom: (source: string) => `from ${source}`,
  noNode: 'No Node was found. Choose one in the run configuration.',
  openTraces: (open: number, running: number) => `${plural(open, 'trace')} open${running > 0 ? `, ${running} running` : ''}`,
  allShortcuts: 'All shortcuts',
  statusBar: 'Status bar',
  lookingForNode: 'Looking for Node',

  // start-window
  reloadText: 'Reload the window. The run and its recording are not touched.',
} as const;
