/**
 * What a run records, as one table: the window's form, the command line, its help and the config file are made of it, so that an option
 * exists everywhere or nowhere. The values travel in a LaunchConfig, a SpawnPlan and the target's TargetOptions as they are.
 */

export interface CaptureOptions {
  /** `exact`: every call of the chosen code. `sampling`: the engine's profiler. `off`: custom and runtime events only. */
  readonly calls: 'exact' | 'sampling' | 'off';
  /** Globs or folders, relative to the working directory. Not empty: only calls of these files. */
  readonly include: readonly string[];
  /** Globs or folders: never these. */
  readonly exclude: readonly string[];
  /** Packages of `node_modules` whose calls are recorded too; `*` is all of them. */
  readonly packages: readonly string[];
  /** Calls deeper than this are not recorded. 0: no limit. */
  readonly maxDepth: number;
  /** Calls shorter than this are left out. 0: none. */
  readonly minDurationUs: number;
  readonly logArguments: boolean;
  readonly logReturn: boolean;
  readonly logExceptions: boolean;

  /** Timers, promises, files, requests as async slices with arrows. */
  readonly asyncOperations: boolean;
  /** Every promise, too, by `async_hooks`: dear. */
  readonly asyncHooks: boolean;
  readonly gc: boolean;
  readonly eventLoop: boolean;
  readonly consoleCalls: boolean;
  /** `performance.mark` and `measure`. */
  readonly marks: boolean;
  /** Warnings and unhandled rejections. */
  readonly warnings: boolean;
  readonly modules: boolean;

  readonly samplingUs: number;

  /** `all`: the whole run. `last`: the newest only, saved on demand, at a crash, or where a limit is reached. */
  readonly keep: 'all' | 'last';
  /** With `last`. 0: no limit by time. */
  readonly keepSeconds: number;
  /** With `last`. 0: no limit by size. */
  readonly keepMegabytes: number;
  /** Recording ends after so long, or at this size; the script goes on. 0: no limit. */
  readonly stopSeconds: number;
  readonly stopMegabytes: number;
  /** Do not record until it is told to: from the window, or by `getTracer().start()`. */
  readonly startPaused: boolean;
  /** The text of each file whose functions are recorded, and of the script, is kept in the recording. */
  readonly sources: boolean;

  /** Exact: a full ring makes the script wait. Live: it drops and counts. */
  readonly whenFull: 'exact' | 'live';
  readonly ringMegabytes: number;
  readonly maskSecrets: boolean;
  /** With more events than this, handlers of plugins run after the process, in a plugin host. */
  readonly pluginEvents: number;
}

/** What a config file exports: any of the options. */
export type TraceStudioConfig = Partial<CaptureOptions>;

export type CaptureKey = keyof CaptureOptions;
export type CaptureGroup = 'calls' | 'values' | 'runtime' | 'sampling' | 'keeping' | 'limits';

export const CAPTURE_GROUPS: readonly { readonly id: CaptureGroup; readonly title: string }[] = [
  { id: 'calls', title: 'Calls' },
  { id: 'values', title: 'Arguments, results, exceptions' },
  { id: 'runtime', title: 'Runtime and async' },
  { id: 'sampling', title: 'Sampling' },
  { id: 'keeping', title: 'What is kept' },
  { id: 'limits', title: 'Buffer and secrets' },
];

interface Common {
  readonly key: CaptureKey;
  readonly group: CaptureGroup;
  /** Without the dashes. A boolean whose default is true is switched off by `--no-…`. */
  readonly flag: string;
  /** Sentence case, for the form. */
  readonly label: string;
  /** One sentence, for the form's hint and the command line's help. */
  readonly help: string;
  /** It means something only where that option has that value. */
  readonly onlyWith?: { readonly key: CaptureKey; readonly value: string };
}
export type CaptureOption =
  | (Common & { readonly type: 'boolean'; readonly default: boolean })
  | (Common & {
      readonly type: 'choice';
      readonly default: string;
      readonly choices: readonly { readonly value: string; readonly label: string; readonly help: string }[];
    })
  | (Common & {
      readonly type: 'number';
      readonly default: number;
      readonly min: number;
      readonly max: number;
      /** Shown behind the field; on the command line a suffix of it may be written. */
      readonly unit: string;
    })
  /** May be given several times; a comma separates, too. */
  | (Common & { readonly type: 'list'; readonly default: readonly string[]; readonly placeholder: string });

export const CAPTURE_OPTIONS: readonly CaptureOption[] = [
  {
    key: 'calls',
    group: 'calls',
    flag: 'calls',
    type: 'choice',
    default: 'exact',
    label: 'Calls',
    help: 'How calls of functions are recorded.',
    choices: [
      { value: 'exact', label: 'Every call', help: 'Each call with its exact duration.' },
      { value: 'sampling', label: 'Sampling', help: 'The lowest cost: what runs is looked at in intervals.' },
      { value: 'off', label: 'None', help: 'Counters, objects and runtime events only.' },
    ],
  },
  {
    key: 'include',
    group: 'calls',
    flag: 'include',
    type: 'list',
    default: [],
    label: 'Only these files',
    help: 'Folders or globs; calls of all other files are not recorded.',
    placeholder: 'src/**',
  },
  {
    key: 'exclude',
    group: 'calls',
    flag: 'exclude',
    type: 'list',
    default: [],
    label: 'Not these files',
    help: 'Folders or globs whose calls are not recorded.',
    placeholder: 'src/generated/**',
  },
  {
    key: 'packages',
    group: 'calls',
    flag: 'packages',
    type: 'list',
    default: [],
    label: 'Packages, too',
    help: 'Packages of node_modules whose calls are recorded as well; * takes all.',
    placeholder: 'express, *',
  },
  {
    key: 'maxDepth',
    group: 'calls',
    flag: 'max-depth',
    type: 'number',
    default: 0,
    min: 0,
    max: 100_000,
    unit: 'calls',
    label: 'Depth at most',
    help: 'Calls deeper than this are not recorded; 0 sets no limit.',
  },
  {
    key: 'minDurationUs',
    group: 'calls',
    flag: 'min-duration',
    type: 'number',
    default: 0,
    min: 0,
    max: 60_000_000,
    unit: 'µs',
    label: 'Duration at least',
    help: 'Calls shorter than this are left out; 0 keeps all.',
  },
  {
    key: 'logArguments',
    group: 'values',
    flag: 'log-args',
    type: 'boolean',
    default: false,
    label: 'Arguments',
    help: 'Record a bounded copy of the arguments of each call.',
  },
  {
    key: 'logReturn',
    group: 'values',
    flag: 'log-return',
    type: 'boolean',
    default: false,
    label: 'Results',
    help: 'Record a bounded copy of what each call returns.',
  },
  {
    key: 'logExceptions',
    group: 'values',
    flag: 'exceptions',
    type: 'boolean',
    default: true,
    label: 'Exceptions',
    help: 'Record exceptions with message and stack.',
  },
  {
    key: 'asyncOperations',
    group: 'runtime',
    flag: 'async',
    type: 'boolean',
    default: true,
    label: 'Async operations',
    help: 'Record timers, files, requests and streams with arrows to what they resumed.',
  },
  {
    key: 'asyncHooks',
    group: 'runtime',
    flag: 'async-hooks',
    type: 'boolean',
    default: false,
    label: 'Every promise (slow)',
    help: 'Record each promise by async_hooks, which makes async code several times slower.',
  },
  {
    key: 'gc',
    group: 'runtime',
    flag: 'gc',
    type: 'boolean',
    default: true,
    label: 'Garbage collection',
    help: 'Record each collection with its kind and pause.',
  },
  {
    key: 'eventLoop',
    group: 'runtime',
    flag: 'event-loop',
    type: 'boolean',
    default: true,
    label: 'Event loop',
    help: 'Record the delay of the event loop and when it was blocked.',
  },
  {
    key: 'consoleCalls',
    group: 'runtime',
    flag: 'console',
    type: 'boolean',
    default: true,
    label: 'Console calls',
    help: 'Record calls of console.* on the timeline.',
  },
  {
    key: 'marks',
    group: 'runtime',
    flag: 'marks',
    type: 'boolean',
    default: true,
    label: 'performance.mark and measure',
    help: 'Record marks and measures of the script.',
  },
  {
    key: 'warnings',
    group: 'runtime',
    flag: 'warnings',
    type: 'boolean',
    default: true,
    label: 'Warnings and rejections',
    help: 'Record warnings of Node and unhandled rejections.',
  },
  { key: 'modules', group: 'runtime', flag: 'modules', type: 'boolean', default: true, label: 'Module loads', help: 'Record how long modules take to load.' },
  {
    key: 'samplingUs',
    group: 'sampling',
    flag: 'sampling-interval',
    type: 'number',
    default: 1000,
    min: 50,
    max: 1_000_000,
    unit: 'µs',
    label: 'Interval',
    help: 'Time between two samples.',
    onlyWith: { key: 'calls', value: 'sampling' },
  },
  {
    key: 'keep',
    group: 'keeping',
    flag: 'keep',
    type: 'choice',
    default: 'all',
    label: 'Keep',
    help: 'How much of the run is kept.',
    choices: [
      { value: 'all', label: 'Everything', help: 'The whole run.' },
      { value: 'last', label: 'The newest only', help: 'A flight recorder: older data goes, what is left is saved on demand or at a crash.' },
    ],
  },
  {
    key: 'keepSeconds',
    group: 'keeping',
    flag: 'keep-seconds',
    type: 'number',
    default: 30,
    min: 0,
    max: 86_400,
    unit: 's',
    label: 'Newest seconds',
    help: 'How much time is kept of the newest; 0 sets no limit.',
    onlyWith: { key: 'keep', value: 'last' },
  },
  {
    key: 'keepMegabytes',
    group: 'keeping',
    flag: 'keep-mb',
    type: 'number',
    default: 256,
    min: 0,
    max: 1_000_000,
    unit: 'MB',
    label: 'Newest megabytes',
    help: 'How much data is kept of the newest; 0 sets no limit.',
    onlyWith: { key: 'keep', value: 'last' },
  },
  {
    key: 'stopSeconds',
    group: 'keeping',
    flag: 'stop-after',
    type: 'number',
    default: 0,
    min: 0,
    max: 604_800,
    unit: 's',
    label: 'Stop recording after',
    help: 'Recording ends after so many seconds and the script goes on; 0 sets no limit.',
  },
  {
    key: 'stopMegabytes',
    group: 'keeping',
    flag: 'stop-at-mb',
    type: 'number',
    default: 0,
    min: 0,
    max: 10_000_000,
    unit: 'MB',
    label: 'Stop recording at',
    help: 'Recording ends at this size and the script goes on; 0 sets no limit.',
  },
  {
    key: 'startPaused',
    group: 'keeping',
    flag: 'start-paused',
    type: 'boolean',
    default: false,
    label: 'Begin without recording',
    help: 'Record only once it is switched on.',
  },
  {
    key: 'sources',
    group: 'keeping',
    flag: 'sources',
    type: 'boolean',
    default: true,
    label: 'Source texts',
    help: 'Keep the text of the script and of the files whose functions are recorded in the recording.',
  },
  {
    key: 'whenFull',
    group: 'limits',
    flag: 'when-full',
    type: 'choice',
    default: 'exact',
    label: 'When the buffer is full',
    help: 'What happens when events come faster than they can be written.',
    choices: [
      { value: 'exact', label: 'The script waits', help: 'Nothing is lost; each wait is recorded.' },
      { value: 'live', label: 'Events are dropped', help: 'The script never waits; what is lost is counted.' },
    ],
  },
  {
    key: 'ringMegabytes',
    group: 'limits',
    flag: 'ring-mb',
    type: 'number',
    default: 8,
    min: 1,
    max: 1024,
    unit: 'MB',
    label: 'Buffer of each thread',
    help: 'Size of the ring in shared memory, rounded down to a power of two.',
  },
  {
    key: 'maskSecrets',
    group: 'limits',
    flag: 'mask',
    type: 'boolean',
    default: true,
    label: 'Mask secrets',
    help: 'Mask values whose key looks secret in snapshots and arguments.',
  },
  {
    key: 'pluginEvents',
    group: 'limits',
    flag: 'plugin-events',
    type: 'number',
    default: 1_000_000,
    min: 0,
    max: 100_000_000,
    unit: 'events',
    label: 'Events for plugins',
    help: 'With more events than this, handlers of plugins run after the script, in a process of their own.',
  },
];

export const DEFAULT_CAPTURE = Object.fromEntries(CAPTURE_OPTIONS.map((option) => [option.key, option.default])) as unknown as CaptureOptions;

/** Of objects that override each other, the last that says it: a config file, a form, the command line. */
export const mergeCapture = (...parts: readonly (Partial<CaptureOptions> | undefined)[]): Partial<CaptureOptions> => Object.assign({}, ...parts);

/** Options with the defaults for what is missing. What is no such option, or not of its type or range, is not taken. */
export const captureOptions = (given: Readonly<Record<string, unknown>> | undefined): CaptureOptions =>
  given ? { ...DEFAULT_CAPTURE, ...validCapture(given) } : DEFAULT_CAPTURE;

/** Those of `given` that are options, with values that they can have. */
export function validCapture(given: Readonly<Record<string, unknown>>): Partial<CaptureOptions> {
  const options: Record<string, unknown> = {};
  for (const option of CAPTURE_OPTIONS) {
    if (!Object.hasOwn(given, option.key)) continue;
    const value = given[option.key];
    if (captureProblem(option, value) === undefined) options[option.key] = value;
  }
  return options;
}

/** Those that differ from the defaults. */
export const changedCapture = (options: CaptureOptions): Partial<CaptureOptions> =>
  Object.fromEntries(CAPTURE_OPTIONS.filter(({ key, default: usual }) => String(options[key]) !== String(usual)).map(({ key }) => [key, options[key]]));

/** Why `value` cannot be the value of `option`, in words; undefined where it can. */
export function captureProblem(option: CaptureOption, value: unknown): string | undefined {
  switch (option.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${option.label} is true or false.`;
    case 'choice':
      return option.choices.some((choice) => choice.value === value)
        ? undefined
        : `${option.label} is one of ${option.choices.map((choice) => choice.value).join(', ')}.`;
    case 'number':
      return typeof value === 'number' && value >= option.min && value <= option.max
        ? undefined
        : `${option.label} is a number from ${option.min} to ${option.max}${option.unit === '' ? '' : ` ${option.unit}`}.`;
    case 'list':
      return Array.isArray(value) && value.length <= MAX_LIST && value.every((one) => typeof one === 'string' && one.length <= MAX_TEXT)
        ? undefined
        : `${option.label} is a list of at most ${MAX_LIST} texts.`;
  }
}

const MAX_LIST = 1000;
const MAX_TEXT = 4096;
