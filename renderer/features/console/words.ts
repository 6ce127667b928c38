/** Every text of this folder that a user reads. */

export const words = {
  // console-end
  showTheError: 'Show the error',
  showTheEnd: 'Show the end',

  // console-panel
  console: 'Console',
  consoleOutput: 'Console output',
  filterConsole: 'Filter console',
  filterLines: 'Filter lines',
  noTerminal: 'stdout is not a terminal here',
  noTerminalText:
    "The script's stdout and stderr are pipes: isTTY is false there, and many programs then print without colours. FORCE_COLOR=1 asks most of them for colours.",
  follow: 'Follow',
  followHint: 'Stay at the newest line',
  cutHere: '… cut here',
  close: 'Close',
  noMatchText: 'The filter looks for its text in each line.',
  noMatch: 'No line matches',

  // stdin-form
  input: 'Input for the script',
  inputEnded: 'Input was ended',
  typeALine: 'Type a line',
  send: 'Send',
  endInput: 'End input',
  endInputHint: "Closes the script's stdin, as Ctrl+D does in a terminal",
} as const;
