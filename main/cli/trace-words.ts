/** What the words of `convert`, `info`, `stats`, `combine` and `check` mean. Pure, as command-line.ts. */
import { ok, problem, type Result } from '../../core/base/result.ts';
import {
  EXPORT_FORMAT_NAMES,
  EXPORT_FORMATS,
  EXPORT_PART_NAMES,
  type ExportFormat,
  type ExportPart,
  formatOfName,
} from '../../core/protocol/export-formats.ts';
import type { Options } from './command-line.ts';

export interface OutputWords {
  readonly output: string;
  readonly format: ExportFormat;
  readonly compressed: boolean;
  readonly overwrite: boolean;
  readonly quiet: boolean;
}

export interface RangeWords {
  /** Nanoseconds since the start of the trace. */
  readonly fromNs?: number;
  readonly toNs?: number;
}

export type TraceCommand =
  | (OutputWords &
      RangeWords & {
        readonly kind: 'convert';
        readonly input: string;
        readonly raw: boolean;
        readonly thread?: string;
        readonly table?: CsvTableWord;
        readonly without?: readonly ExportPart[];
      })
  | (OutputWords & { readonly kind: 'combine'; readonly inputs: readonly string[]; readonly align?: AlignWord; readonly marker?: string })
  | { readonly kind: 'info'; readonly input: string; readonly json: boolean }
  | (RangeWords & { readonly kind: 'stats'; readonly input: string; readonly json: boolean; readonly thread?: string; readonly match?: string })
  | { readonly kind: 'check'; readonly inputs: readonly string[]; readonly json: boolean };

const TABLES = ['counters', 'slices', 'instants', 'statistics'] as const;
export type CsvTableWord = (typeof TABLES)[number];
const ALIGNMENTS = ['start', 'marker', 'epoch'] as const;
export type AlignWord = (typeof ALIGNMENTS)[number];

export const TRACE_OPTIONS = {
  convert: {
    '--output': 'value',
    '--format': 'value',
    '--from': 'value',
    '--to': 'value',
    '--thread': 'value',
    '--table': 'value',
    '--without': 'value',
    '--raw': 'flag',
    '--force': 'flag',
    '--quiet': 'flag',
    '--help': 'flag',
  },
  combine: { '--output': 'value', '--format': 'value', '--align': 'value', '--marker': 'value', '--force': 'flag', '--quiet': 'flag', '--help': 'flag' },
  info: { '--json': 'flag', '--help': 'flag' },
  stats: { '--json': 'flag', '--from': 'value', '--to': 'value', '--thread': 'value', '--match': 'value', '--help': 'flag' },
  check: { '--json': 'flag', '--help': 'flag' },
} as const;
export type TraceCommandName = keyof typeof TRACE_OPTIONS;
export const TRACE_COMMANDS = Object.keys(TRACE_OPTIONS) as readonly TraceCommandName[];

const last = ({ values }: Options, name: string): string | undefined => values.get(name)?.at(-1);

/** `options` were read with the command's table, and ask for no help. */
export function readTraceCommand(command: TraceCommandName, options: Options): Result<TraceCommand> {
  switch (command) {
    case 'convert':
      return readConvert(options);
    case 'combine':
      return readCombine(options);
    case 'stats':
      return readStats(options);
    case 'info': {
      const input = onlyInput('info', options);
      return input.ok ? ok({ kind: 'info', input: input.value, json: options.flags.has('--json') }) : input;
    }
    case 'check': {
      if (options.plain.length === 0) return problem('no-input', 'check needs files.', 'For example: trace-studio check result.json');
      return ok({ kind: 'check', inputs: options.plain, json: options.flags.has('--json') });
    }
  }
}

function onlyInput(command: string, { plain }: Options): Result<string> {
  const [input, ...more] = plain;
  if (input === undefined) return problem('no-input', `${command} needs a file.`, `For example: trace-studio ${command} result.json`);
  if (more.length > 0) return problem('too-many-words', `${command} takes one file, ${more[0]} is one too many.`, 'Name them one after the other.');
  return ok(input);
}

function readConvert(options: Options): Result<TraceCommand> {
  const input = onlyInput('convert', options);
  if (!input.ok) return input;
  const written = readOutput('convert', options);
  if (!written.ok) return written;
  const range = readRange(options);
  if (!range.ok) return range;
  const table = choice('--table', last(options, '--table'), TABLES);
  if (!table.ok) return table;
  const without = readParts(options.values.get('--without') ?? []);
  if (!without.ok) return without;
  const thread = last(options, '--thread');
  const more = {
    ...(without.value.length > 0 && { without: without.value }),
    ...(thread !== undefined && { thread }),
    ...(table.value !== undefined && { table: table.value }),
  };
  return ok({ kind: 'convert', input: input.value, ...written.value, ...range.value, raw: options.flags.has('--raw'), ...more });
}

function readCombine(options: Options): Result<TraceCommand> {
  const inputs = options.plain;
  if (inputs.length < 2) return problem('no-input', 'combine needs at least two files.', 'For example: trace-studio combine a.json b.json -o both.json');
  const written = readOutput('combine', options);
  if (!written.ok) return written;
  const align = choice('--align', last(options, '--align'), ALIGNMENTS);
  if (!align.ok) return align;
  const marker = last(options, '--marker');
  if (marker !== undefined && align.value !== undefined && align.value !== 'marker') {
    return problem('marker-without-align', `--marker means nothing with --align ${align.value}.`, 'Leave one of them out.');
  }
  const alignment = marker === undefined ? align.value : 'marker';
  return ok({ kind: 'combine', inputs, ...written.value, ...(alignment !== undefined && { align: alignment }), ...(marker !== undefined && { marker }) });
}

function readStats(options: Options): Result<TraceCommand> {
  const input = onlyInput('stats', options);
  if (!input.ok) return input;
  const range = readRange(options);
  if (!range.ok) return range;
  const [thread, match] = [last(options, '--thread'), last(options, '--match')];
  if (match !== undefined && !isPattern(match)) {
    return problem('bad-pattern', `${match} is no regular expression.`, 'Text between slashes is one; leave the slashes out to look for the text itself.');
  }
  const chosen = { ...(thread !== undefined && { thread }), ...(match !== undefined && { match }) };
  return ok({ kind: 'stats', input: input.value, json: options.flags.has('--json'), ...range.value, ...chosen });
}

function isPattern(match: string): boolean {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(match) ?? [];
  if (source === undefined) return true;
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    // Told by the caller.
    return false;
  }
}

function readOutput(command: string, options: Options): Result<OutputWords> {
  const output = last(options, '--output');
  if (output === undefined) return problem('no-output', `${command} needs to know what to write.`, `For example: trace-studio ${command} … -o out.json`);
  const named = formatOfName(output);
  const wanted = last(options, '--format');
  const flags = { overwrite: options.flags.has('--force'), quiet: options.flags.has('--quiet') };
  if (wanted === undefined) {
    if (named !== undefined) return ok({ output, ...named, ...flags });
    const extensions = EXPORT_FORMAT_NAMES.map((name) => `.${EXPORT_FORMATS[name].extensions[0]}`).join(', ');
    return problem('bad-report-name', `The format cannot be told from the name ${output}.`, `Let it end in one of ${extensions}, or name one with --format.`);
  }
  const format = EXPORT_FORMAT_NAMES.find((name) => name === wanted);
  if (format !== undefined) return ok({ output, format, compressed: format === 'chrome-json-gz' || output.toLowerCase().endsWith('.gz'), ...flags });
  return problem('bad-format', `There is no format ${wanted}.`, `Choose one of ${EXPORT_FORMAT_NAMES.join(', ')}.`);
}

/** `console,objects`: also several times. */
function readParts(words: readonly string[]): Result<readonly ExportPart[]> {
  const parts: ExportPart[] = [];
  for (const word of words.flatMap((each) => each.split(','))) {
    const part = choice('--without', word.trim(), EXPORT_PART_NAMES);
    if (!part.ok) return part;
    if (part.value !== undefined) parts.push(part.value);
  }
  return ok(parts);
}

function choice<const T extends string>(option: string, word: string | undefined, words: readonly T[]): Result<T | undefined> {
  if (word === undefined) return ok(undefined);
  const chosen = words.find((one) => one === word);
  return chosen !== undefined ? ok(chosen) : problem('bad-choice', `${option} has no ${word}.`, `Choose one of ${words.join(', ')}.`);
}

function readRange(options: Options): Result<RangeWords> {
  const from = readTime('--from', last(options, '--from'));
  if (!from.ok) return from;
  const to = readTime('--to', last(options, '--to'));
  if (!to.ok) return to;
  const [fromNs, toNs] = [from.value, to.value];
  if (fromNs !== undefined && toNs !== undefined && fromNs > toNs)
    return problem('bad-range', 'The range ends before it begins.', 'Let --from be the earlier time.');
  return ok({ ...(fromNs !== undefined && { fromNs }), ...(toNs !== undefined && { toNs }) });
}

const NS_PER_UNIT: Readonly<Record<string, number>> = { '': 1, ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, min: 60e9 };

/** `1500`, `1.5us`, `20ms`, `2s`: since the start of the trace. */
function readTime(option: string, word: string | undefined): Result<number | undefined> {
  if (word === undefined) return ok(undefined);
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-zµ]*)$/.exec(word) ?? [];
  const factor = Object.hasOwn(NS_PER_UNIT, unit) ? NS_PER_UNIT[unit] : undefined;
  if (digits === undefined || factor === undefined) {
    return problem('bad-time', `${option} ${word} is no time.`, 'Give nanoseconds since the start of the trace, or a number with ns, us, ms, s or min: 1.5s');
  }
  return ok(Number(digits) * factor);
}
