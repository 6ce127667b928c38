/** What the words of the command line mean. Pure: nothing is looked up, nothing is run. */
import { ok, problem, type Result } from '../../core/base/result.ts';
import { CAPTURE_OPTIONS, type CaptureOptions, captureProblem } from '../../core/protocol/capture-options.ts';
import { readCaptureValue, splitList } from '../../core/protocol/capture-text.ts';
import { MAX_PLUGINS } from '../../core/protocol/plugin-state.ts';
import { MAX_PROFILE_SECONDS, TAKE_EXTENSIONS } from '../../core/protocol/sampling.ts';
import { readTraceCommand, TRACE_COMMANDS, TRACE_OPTIONS, type TraceCommand, type TraceCommandName } from './trace-words.ts';

export type Command =
  | { readonly kind: 'help'; readonly about?: CommandName }
  | { readonly kind: 'version' }
  /** `forStart`: called by `npm start`, where Electron's binary may be fetched. */
  | { readonly kind: 'open'; readonly files: readonly string[]; readonly forStart: boolean }
  | {
      readonly kind: 'serve';
      readonly files: readonly string[];
      readonly port: number;
      readonly host: string;
      readonly allowHosts: readonly string[];
      readonly roots: readonly string[];
      readonly openBrowser: boolean;
    }
  | {
      readonly kind: 'run';
      readonly output: string;
      readonly node?: string;
      readonly nodeFlags: string;
      /** What was named: it goes before a config file. */
      readonly capture: Partial<CaptureOptions>;
      /** Empty: none. Absent: that of the project. */
      readonly configFile?: string;
      readonly quiet: boolean;
      /** Specs, in their order. */
      readonly plugins: readonly string[];
      /** A failed plugin makes a good run a failed one. */
      readonly strictPlugins: boolean;
      readonly script: string;
      readonly args: readonly string[];
    }
  | {
      readonly kind: 'attach';
      /** A number or a name; undefined: list what runs. */
      readonly target?: string;
      /** Undefined: nothing is recorded, only files are taken. */
      readonly output?: string;
      /** 0: until the process ends, or Ctrl+C. */
      readonly seconds: number;
      readonly sampling: boolean;
      /** Undefined: as the config file says. */
      readonly samplingUs?: number;
      /** Every call of code that it loads from then on. */
      readonly laterCalls: boolean;
      readonly runtime: boolean;
      /** Empty: none is wanted. Undefined: the one of the program's project. */
      readonly configFile?: string;
      readonly cpuProfile?: string;
      readonly profileSeconds: number;
      readonly heapSnapshot?: string;
      readonly quiet: boolean;
    }
  | { readonly kind: 'export'; readonly input: string; readonly output: string; readonly overwrite: boolean; readonly raw: boolean; readonly quiet: boolean }
  | TraceCommand;

const COMMAND_NAMES = ['run', 'attach', 'serve', 'export', ...TRACE_COMMANDS, 'help', 'version'] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/**
 * An option takes a word (`value`), may be given several times (`values`), stands alone (`flag`), or takes every word up to the next
 * option or `--` (`list`; with `=` one word), as often as it is given.
 */
type OptionKind = 'flag' | 'value' | 'values' | 'list';
type OptionTable = Readonly<Record<string, OptionKind>>;

/** Words that stand for others. */
const SHORT: Readonly<Record<string, string>> = { '-o': '--output', '-q': '--quiet', '-h': '--help', '-v': '--version', '-p': '--port', '-f': '--force' };
const ALIASES: Readonly<Record<string, string>> = { '--live': '--when-full=live' };

/** `--gc` and `--no-gc`: what a config file says can be taken back either way. A list is emptied by `--no-…`. */
const CAPTURE_FLAGS: OptionTable = Object.fromEntries(
  CAPTURE_OPTIONS.flatMap(({ type, flag }): [string, OptionKind][] => {
    switch (type) {
      case 'boolean':
        return [
          [`--${flag}`, 'flag'],
          [`--no-${flag}`, 'flag'],
        ];
      case 'list':
        return [
          [`--${flag}`, 'values'],
          [`--no-${flag}`, 'flag'],
        ];
      default:
        return [[`--${flag}`, 'value']];
    }
  }),
);

const OPTIONS = {
  open: { '--electron-or-web': 'flag', '--help': 'flag', '--version': 'flag' },
  run: {
    '--output': 'value',
    '--node': 'value',
    '--node-flags': 'value',
    '--config': 'value',
    '--no-config': 'flag',
    '--plugins': 'list',
    '--strict-plugins': 'flag',
    '--quiet': 'flag',
    '--help': 'flag',
    ...CAPTURE_FLAGS,
  },
  serve: { '--port': 'value', '--host': 'value', '--allow-host': 'values', '--root': 'values', '--no-open': 'flag', '--help': 'flag' },
  attach: {
    '--output': 'value',
    '--duration': 'value',
    '--detach-after': 'value',
    '--no-sampling': 'flag',
    '--no-later-calls': 'flag',
    '--no-runtime': 'flag',
    '--sampling-interval': 'value',
    '--config': 'value',
    '--no-config': 'flag',
    '--cpu-profile': 'value',
    '--profile-seconds': 'value',
    '--heap-snapshot': 'value',
    '--quiet': 'flag',
    '--help': 'flag',
  },
  export: { '--output': 'value', '--force': 'flag', '--raw': 'flag', '--quiet': 'flag', '--help': 'flag' },
} as const satisfies Record<string, OptionTable>;

const REPORT_EXTENSIONS = ['.json', '.json.gz', '.tsr'] as const;

/** `words`: process.argv without Node and the script. */
export function readCommandLine(words: readonly string[]): Result<Command> {
  const [first, ...rest] = words;
  switch (first) {
    case 'run':
      return readRun(rest);
    case 'attach':
      return readAttach(rest);
    case 'serve':
      return readServe(rest);
    case 'export':
      return readExport(rest);
    case 'convert':
    case 'info':
    case 'stats':
    case 'combine':
    case 'check':
      return readTrace(first, rest);
    case 'help':
      return readHelp(rest);
    case 'version':
      return ok({ kind: 'version' });
    default:
      return readOpen(words);
  }
}

function readOpen(words: readonly string[]): Result<Command> {
  const parsed = readOptions(words, OPTIONS.open, 'trace-studio', false);
  if (!parsed.ok) return parsed;
  const { flags, plain } = parsed.value;
  if (flags.has('--help')) return ok({ kind: 'help' });
  if (flags.has('--version')) return ok({ kind: 'version' });
  const mistaken = plain.find(looksLikeCommand);
  if (mistaken !== undefined && plain.length === words.length) return unknownCommand(mistaken);
  return ok({ kind: 'open', files: plain, forStart: flags.has('--electron-or-web') });
}

/** A bare word that is no path: with neither a dot nor a separator it can only be meant as a command. */
const looksLikeCommand = (word: string): boolean => /^[a-z][a-z-]*$/i.test(word);

function unknownCommand(word: string): Result<Command> {
  const near = nearest(word, COMMAND_NAMES);
  const hint =
    near === undefined
      ? 'See trace-studio --help. To open a file of that name, write ./'
      : `Did you mean trace-studio ${near}? To open a file of that name, write ./`;
  return problem('unknown-command', `There is no command ${word}.`, `${hint}${word}`);
}

function readHelp([about]: readonly string[]): Result<Command> {
  if (about === undefined) return ok({ kind: 'help' });
  const name = COMMAND_NAMES.find((known) => known === about);
  return name ? ok({ kind: 'help', about: name }) : unknownCommand(about);
}

function readRun(words: readonly string[]): Result<Command> {
  const parsed = readOptions(words, OPTIONS.run, 'run', true);
  if (!parsed.ok) return parsed;
  const { flags, values, plain } = parsed.value;
  if (flags.has('--help')) return ok({ kind: 'help', about: 'run' });
  const [script, ...args] = plain;
  if (script === undefined && values.has('--plugins')) {
    const remedy = 'Write -- between the plugins and the script: trace-studio run --plugins "vizplugins.cpu_usage -f 50" -- script.js';
    return problem('no-script', 'run needs a script, and --plugins takes every word up to the next option or --.', remedy);
  }
  if (script === undefined) return problem('no-script', 'run needs a script.', 'For example: trace-studio run -- script.js');
  const plugins = values.get('--plugins') ?? [];
  if (plugins.length > MAX_PLUGINS) return problem('too-many-plugins', `A run takes at most ${MAX_PLUGINS} plugins, not ${plugins.length}.`);
  const output = last(values, '--output') ?? 'result.json';
  if (!REPORT_EXTENSIONS.some((extension) => output.toLowerCase().endsWith(extension))) return badReportName(output);
  const node = last(values, '--node');
  const capture = readCapture(flags, values);
  if (!capture.ok) return capture;
  const configFile = flags.has('--no-config') ? '' : last(values, '--config');
  return ok({
    kind: 'run',
    output,
    ...(node !== undefined && { node }),
    nodeFlags: last(values, '--node-flags') ?? '',
    capture: capture.value,
    ...(configFile !== undefined && { configFile }),
    quiet: flags.has('--quiet'),
    plugins,
    strictPlugins: flags.has('--strict-plugins'),
    script,
    args,
  });
}

/** What was said last of an option counts. */
function readCapture(flags: ReadonlySet<string>, values: ReadonlyMap<string, readonly string[]>): Result<Partial<CaptureOptions>> {
  const order = [...flags];
  const capture: Record<string, unknown> = {};
  for (const option of CAPTURE_OPTIONS) {
    const [on, off] = [`--${option.flag}`, `--no-${option.flag}`];
    const given = values.get(on);
    if (given && option.type === 'list') {
      const parts = given.flatMap(splitList);
      const refusal = captureProblem(option, parts);
      if (refusal !== undefined) return problem('bad-capture-value', `${on}: ${refusal}`);
      capture[option.key] = parts;
    } else if (given) {
      const value = readCaptureValue(option, given.at(-1) as string, on);
      if (!value.ok) return value;
      capture[option.key] = value.value;
    } else if (flags.has(on) || flags.has(off)) capture[option.key] = option.type === 'list' ? [] : order.indexOf(on) > order.indexOf(off);
  }
  return ok(capture);
}

function readServe(words: readonly string[]): Result<Command> {
  const parsed = readOptions(words, OPTIONS.serve, 'serve', false);
  if (!parsed.ok) return parsed;
  const { flags, values, plain } = parsed.value;
  if (flags.has('--help')) return ok({ kind: 'help', about: 'serve' });
  const port = last(values, '--port') ?? '0';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return problem('bad-port', `${port} is not a port.`, 'Give a number from 0 to 65535; 0 takes any free one.');
  const host = last(values, '--host') ?? '127.0.0.1';
  const allowHosts = values.get('--allow-host') ?? [];
  const badHost = allowHosts.find((name) => !/^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(name));
  if (badHost !== undefined)
    return problem('bad-host', `${badHost} is not a host name.`, 'Give a name with or without a port, such as studio.example or studio.example:8080.');
  const isLoopback = /^(127\.0\.0\.1|::1|localhost)$/.test(host);
  if (!isLoopback && allowHosts.length === 0) {
    return problem(
      'no-allowed-host',
      `With --host ${host} others can reach the studio.`,
      'Say by which names it may be opened: --allow-host studio.example (or localhost for a mapped port of a container).',
    );
  }
  return ok({ kind: 'serve', files: plain, port: Number(port), host, allowHosts, roots: values.get('--root') ?? [], openBrowser: !flags.has('--no-open') });
}

function readAttach(words: readonly string[]): Result<Command> {
  const parsed = readOptions(words, OPTIONS.attach, 'attach', false);
  if (!parsed.ok) return parsed;
  const { flags, values, plain } = parsed.value;
  if (flags.has('--help')) return ok({ kind: 'help', about: 'attach' });
  const [target, ...more] = plain;
  if (more.length > 0) return problem('too-many-words', `attach takes one process, ${more[0]} is one too many.`, 'Attach to them one after the other.');
  const seconds = numberOf(values, ['--duration', '--detach-after'], 0, [0.1, 604_800], 'seconds');
  const samplingUs = numberOf(values, ['--sampling-interval'], 1000, [50, 1_000_000], 'microseconds');
  const profileSeconds = numberOf(values, ['--profile-seconds'], 5, [0.1, MAX_PROFILE_SECONDS], 'seconds');
  if (!seconds.ok) return seconds;
  if (!samplingUs.ok) return samplingUs;
  if (!profileSeconds.ok) return profileSeconds;
  const [cpuProfile, heapSnapshot] = [last(values, '--cpu-profile'), last(values, '--heap-snapshot')];
  const configFile = flags.has('--no-config') ? '' : last(values, '--config');
  const takes = cpuProfile !== undefined || heapSnapshot !== undefined;
  const output = last(values, '--output') ?? (takes ? undefined : 'result.json');
  if (output !== undefined && !REPORT_EXTENSIONS.some((extension) => output.toLowerCase().endsWith(extension))) return badReportName(output);
  for (const [file, what] of [[cpuProfile, 'cpu-profile'] as const, [heapSnapshot, 'heap-snapshot'] as const]) {
    if (file === undefined || file.toLowerCase().endsWith(TAKE_EXTENSIONS[what])) continue;
    return problem('bad-file-name', `Tools know this kind of file by its ending, and ${file} has another.`, `Let it end in ${TAKE_EXTENSIONS[what]}.`);
  }
  return ok({
    kind: 'attach',
    ...(target !== undefined && { target }),
    ...(output !== undefined && { output }),
    seconds: seconds.value,
    sampling: !flags.has('--no-sampling') && output !== undefined,
    ...(values.has('--sampling-interval') && { samplingUs: samplingUs.value }),
    ...(configFile !== undefined && { configFile }),
    laterCalls: !flags.has('--no-later-calls') && output !== undefined,
    runtime: !flags.has('--no-runtime') && output !== undefined,
    ...(cpuProfile !== undefined && { cpuProfile }),
    profileSeconds: profileSeconds.value,
    ...(heapSnapshot !== undefined && { heapSnapshot }),
    quiet: flags.has('--quiet'),
  });
}

/** Of the first of these options that was given. */
function numberOf(
  values: ReadonlyMap<string, readonly string[]>,
  names: readonly string[],
  standard: number,
  [min, max]: readonly [number, number],
  unit: string,
): Result<number> {
  for (const name of names) {
    const word = last(values, name);
    if (word === undefined) continue;
    const value = Number(word);
    if (value >= min && value <= max) return ok(value);
    return problem('bad-number', `${name} is a number of ${unit} from ${min} to ${max}, not ${word}.`, `For example: ${name} ${Math.max(min, standard, 1)}`);
  }
  return ok(standard);
}

function readExport(words: readonly string[]): Result<Command> {
  const parsed = readOptions(words, OPTIONS.export, 'export', false);
  if (!parsed.ok) return parsed;
  const { flags, values, plain } = parsed.value;
  if (flags.has('--help')) return ok({ kind: 'help', about: 'export' });
  const [input, ...more] = plain;
  if (input === undefined) return problem('no-input', 'export needs a recording.', 'For example: trace-studio export result.tsr -o result.json');
  if (more.length > 0) return problem('too-many-words', `export takes one recording, ${more[0]} is one too many.`, 'Export them one after the other.');
  const output = last(values, '--output') ?? `${input.replace(/\.(tsr|json|json\.gz)$/i, '')}.json`;
  if (!REPORT_EXTENSIONS.some((extension) => output.toLowerCase().endsWith(extension))) return badReportName(output);
  return ok({ kind: 'export', input, output, overwrite: flags.has('--force'), raw: flags.has('--raw'), quiet: flags.has('--quiet') });
}

function readTrace(command: TraceCommandName, words: readonly string[]): Result<Command> {
  const parsed = readOptions(words, TRACE_OPTIONS[command], command, false);
  if (!parsed.ok) return parsed;
  if (parsed.value.flags.has('--help')) return ok({ kind: 'help', about: command });
  return readTraceCommand(command, parsed.value);
}

const badReportName = (output: string): Result<never> =>
  problem('bad-report-name', `The kind of the report cannot be told from its name ${output}.`, `Let it end in one of ${REPORT_EXTENSIONS.join(', ')}.`);

export interface Options {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly plain: readonly string[];
}

/** `stopAtPlain`: the first word that is no option begins what belongs to the script. `--` always ends the options. */
function readOptions(words: readonly string[], table: OptionTable, command: string, stopAtPlain: boolean): Result<Options> {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const plain: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const typed = words[i] as string;
    const alias = Object.hasOwn(ALIASES, typed) ? (ALIASES[typed] as string) : '';
    const word = Object.hasOwn(table, alias.replace(/=.*/, '')) ? alias : typed;
    if (word === '--') {
      plain.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      if (stopAtPlain) {
        plain.push(...words.slice(i));
        break;
      }
      plain.push(word);
      continue;
    }
    const at = word.indexOf('=');
    const given = at < 0 ? word : word.slice(0, at);
    const name = SHORT[given] ?? given;
    const kind = Object.hasOwn(table, name) ? table[name] : undefined;
    if (kind === undefined) {
      const near = nearest(given, Object.keys(table));
      return problem('unknown-option', `${command} has no option ${given}.`, near === undefined ? 'See trace-studio --help.' : `Did you mean ${near}?`);
    }
    if (kind === 'flag') {
      if (at >= 0) return problem('option-without-value', `${given} takes no value.`, `Write ${given} alone.`);
      // Again at the end: of two that say the opposite, the last counts.
      flags.delete(name);
      flags.add(name);
      continue;
    }
    if (kind === 'list' && at < 0) {
      const listed = listAt(words, i + 1);
      const empty = listed.length === 0 || listed.some((each) => each.trim() === '');
      if (empty) return problem('option-needs-value', `${given} needs at least one word, and none that is empty.`, 'See trace-studio --help.');
      values.set(name, [...(values.get(name) ?? []), ...listed]);
      i += listed.length;
      continue;
    }
    const value = at < 0 ? words[++i] : word.slice(at + 1);
    if (value === undefined || value === '') return problem('option-needs-value', `${given} needs a value.`, 'See trace-studio --help.');
    values.set(name, [...(kind === 'value' ? [] : (values.get(name) ?? [])), value]);
  }
  return ok({ flags, values, plain });
}

/** Words from `at` up to the next option or `--`. */
function listAt(words: readonly string[], at: number): readonly string[] {
  const end = words.findIndex((word, i) => i >= at && word.startsWith('-') && word !== '-');
  return words.slice(at, end < 0 ? undefined : end);
}

const last = (values: ReadonlyMap<string, readonly string[]>, name: string): string | undefined => values.get(name)?.at(-1);

/** The known word with the fewest edits, if it is near enough to be a slip of the finger. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(word.toLowerCase(), candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
