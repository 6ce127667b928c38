/** Every text of this folder that a user reads. */

export const words = {
  // start-page
  withExtras: (extras: string) => `with ${extras}`,
  showMore: (count: number) => `Show ${count} more`,
  exampleFile: (name: string) => `examples/${name}`,
  /** In front of a name, for who hears it. */
  beforeRunning: 'Show the running',
  beforeConfiguration: 'Run configuration',
  beforeNpmScript: 'Run npm script',
  beforeAgain: 'Run again',
  start: 'Start',
  chooseScript: 'Choose a script to run',
  whatItDoes: 'Trace Studio starts it under Node, and draws its counters and objects while it works. It prints, returns and ends as it always does.',
  script: 'Script',
  scriptPlaceholder: 'api/server.ts',
  typescript: 'TypeScript',
  runConfiguration: 'Run configuration…',
  browse: 'Browse…',
  run: 'Run',
  dropHint: 'Drop a .js, .ts or .mjs file, a folder with package.json, or a saved trace',
  running: 'Running',
  configurationsOf: 'Configurations of',
  scriptsIn: 'Scripts in',
  recentScripts: 'Recent scripts',
  orBegin: 'Or begin with',
  openTrace: 'Open trace…',
  otherTarget: 'An npm script or a command…',
  examples: 'Examples',
  examplesNote: 'Each runs in one click',
  runExample: 'Run example',
} as const;
