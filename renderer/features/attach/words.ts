/** Every text of this folder that a user reads. */

export const words = {
  // attach-dialog
  title: 'Attach to a running program',
  cancel: 'Cancel',
  field: 'Node programs on this machine',
  fieldHint: 'It goes on as it was when it is left. Its own terminal shows a few lines of Node about a debugger.',
  placeholder: 'Name, number or folder',
  lookAgain: 'Look again',
  programs: 'Programs',
  noneFound: 'No Node program was found.',
  noneMatches: 'None of them matches.',
  attaching: 'Attaching',
  attach: 'Attach',
  attachTo: (name: string, pid: number) => `Attach to ${name}, process ${pid}`,
  sampling: 'Sample its calls',
  samplingHint: 'Code that is loaded already cannot be changed to tell of each call: samples see what is busy in it.',
  laterCalls: 'Every call of code that it loads later',
  laterCallsHint: 'Files of its own and packages that the config file names. What was loaded meanwhile goes on with calls that do nothing.',
  runtime: 'What Node tells',
  runtimeHint: 'Garbage collections, the event loop, calls of the console, marks, warnings: what can be taken back when the program is left.',
  config: 'As its config file says',
  configHint: 'trace-studio.config, or the key of package.json, beside its script or in a folder above: which files, what of the runtime, how deep.',
} as const;
