import { CAPTURE_GROUPS, CAPTURE_OPTIONS, type CaptureOption } from '../../core/protocol/capture-options.ts';
import { EXPORT_FORMAT_NAMES, EXPORT_PART_NAMES } from '../../core/protocol/export-formats.ts';
import type { CommandName } from './command-line.ts';

const MAIN = `Trace Studio: watch a Node.js or TypeScript program while it runs.

  trace-studio [files…]                       open the studio, with these recordings or traces
  trace-studio run [options] -- script.js …   record a script without a window
  trace-studio attach [process] [options]     record a Node program that runs already; without a process: list them
  trace-studio serve [options] [files…]       the studio in a browser: for SSH, containers, no Electron
  trace-studio export recording [-o file]     write a recording in another format
  trace-studio convert file -o file           write any trace in another format, all of it or a part
  trace-studio combine files… -o file         several traces as one
  trace-studio info file                      what is in a trace, and what is amiss with it
  trace-studio stats file                     the slices of a trace by name: count, total, self, percentiles
  trace-studio check files…                   are these traces whole?
  trace-studio help <command>                 the options of a command

  --help, --version
`;

const runHelp = (): string => `trace-studio run [options] [--] script.js [arguments…]

Runs the script with this Node and its own terminal, and writes a report when it ends, however it ends.
The exit code is the script's own; a script ended by a signal gives 128 + the signal's number.
The first Ctrl+C goes to the script and the report is written; the second ends everything.

  -o, --output <file>    the report: .json, .json.gz (Chrome Trace Event Format) or .tsr (a recording); result.json
      --node <path>      run it with another Node
      --node-flags <…>   flags for Node, in quotes: "--max-old-space-size=4096"
      --config <file>    a config file; trace-studio.config.{ts,js,mjs,cjs,json} or the key trace-studio of package.json, from the
                         script's folder up to its project's root
      --no-config        no config file
      --plugins <…>      plugins with their arguments, each in quotes: "vizplugins.cpu_usage -f 50" "./my-plugin.ts a b";
                         every word up to the next option or --; may be given several times
      --strict-plugins   exit with 1 when a plugin failed and all else went well
  -q, --quiet            say nothing about the report

What is recorded, with what holds where nothing is named. --[no-]x is --x or --no-x; --no- before a list empties it.
${captureHelp()}
--live is short for --when-full live.
`;

/** The options of the table, in its groups and words. */
function captureHelp(): string {
  const groups = CAPTURE_GROUPS.map(({ id, title }) => {
    const rows = CAPTURE_OPTIONS.filter(({ group }) => group === id).map(
      (option) => [flagWords(option), `${onlyWords(option)}${option.help} ${choiceWords(option)}${defaultWords(option)}`] as const,
    );
    return `\n${title}\n${rows.map(([flag, words]) => wrapped(`      ${flag}`, words)).join('')}`;
  });
  return groups.join('');
}

function flagWords(option: CaptureOption): string {
  switch (option.type) {
    case 'boolean':
      return `--[no-]${option.flag}`;
    case 'choice':
      return `--${option.flag} <${option.choices.map(({ value }) => value).join('|')}>`;
    case 'number':
      return `--${option.flag} <${option.unit}>`;
    case 'list':
      return `--${option.flag} <…>`;
  }
}

const choiceWords = (option: CaptureOption): string =>
  option.type === 'choice' ? option.choices.map(({ value, help }) => `${value}: ${help.charAt(0).toLowerCase()}${help.slice(1)} `).join('') : '';

function onlyWords({ onlyWith }: CaptureOption): string {
  const owner = CAPTURE_OPTIONS.find(({ key }) => key === onlyWith?.key);
  return owner && onlyWith ? `With --${owner.flag} ${onlyWith.value}. ` : '';
}

function defaultWords(option: CaptureOption): string {
  switch (option.type) {
    case 'boolean':
      return option.default ? '[on]' : '[off]';
    case 'list':
      return '[none]';
    default:
      return `[${option.default}]`;
  }
}

const COLUMN = 33;
const WIDTH = 118;

function wrapped(flag: string, words: string): string {
  const lines: string[] = [];
  let line = flag.padEnd(COLUMN);
  if (flag.length >= COLUMN) {
    lines.push(flag);
    line = ' '.repeat(COLUMN);
  }
  for (const word of words.split(' ')) {
    if (line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(COLUMN);
    }
    line += `${word} `;
  }
  return `${[...lines, line.trimEnd()].join('\n')}\n`;
}

const ATTACH = `trace-studio attach [number or name] [options]

Records a Node program that runs already: samples of its calls, every call of code that it loads from then on, what Node tells, its counters and
objects. It goes on as it was when it is left: after --duration, by Ctrl+C, or when this command dies. Without a process: lists the Node programs of
this machine, and why one cannot be attached to.

  -o, --output <file>              the report: .json, .json.gz (Chrome Trace Event Format) or .tsr (a recording); result.json
      --duration <seconds>         leave it after so long (also --detach-after); else when it ends, or by Ctrl+C
      --no-sampling                no samples of calls
      --no-later-calls             not every call of code that it loads from then on
      --no-runtime                 no collections, event loop, console calls, marks, warnings
      --sampling-interval <µs>     time between two samples; 1000
      --config <file>, --no-config another config file than that of the program's project, or none
      --cpu-profile <file>         take a .cpuprofile of --profile-seconds (5) and leave; with -o, record meanwhile
      --heap-snapshot <file>       take a .heapsnapshot and leave; the program stands still meanwhile
  -q, --quiet                      say nothing about the report
`;

const SERVE = `trace-studio serve [options] [files…]

Serves the studio to a browser on this machine. From another machine: ssh -L 8080:127.0.0.1:8080 and --port 8080.
It opens by the link that is printed, which works once; press Enter for another one
(without a terminal: kill -USR2 and the number of the process).

  -p, --port <number>      0 takes any free one
      --no-open            do not open the browser
      --root <folder>      where the file panel may look and save; several may be given; your home and this folder
      --host <address>     listen on another address: for containers only, and with --allow-host
      --allow-host <name>  also answer by this name, with or without a port; several may be given
`;

const EXPORT = `trace-studio export recording [-o file]

  -o, --output <file>    .json, .json.gz (Chrome Trace Event Format) or .tsr (a recording); the same name with .json
  -f, --force            replace a file that is there
      --raw              what was recorded, where plugins left something else of it; a .tsr always keeps both
  -q, --quiet            say nothing about the result
`;

const CONVERT = `trace-studio convert file -o file

Reads any trace that the studio opens, and writes it in the format that the new name's end tells.

  -o, --output <file>    .tsr, .json, .json.gz, .html, .pftrace, .viztracer.json, .cpuprofile, .speedscope.json,
                         .folded, .csv; with .gz behind it, it is compressed
      --format <name>    the format, whatever the name: ${EXPORT_FORMAT_NAMES.join(', ')}
      --from <time>      only what is after this time since the start of the trace: 1500 (ns), 20us, 3ms, 1.5s
      --to <time>        only what is before it
      --thread <name>    the thread (or its number), for formats that hold one: .cpuprofile
      --table <name>     the table of a .csv: counters, slices, instants, statistics
      --without <parts>  leaves out: ${EXPORT_PART_NAMES.join(', ')}
      --raw              what was recorded, where plugins left something else of it
  -f, --force            replace a file that is there
  -q, --quiet            say nothing about the result
`;

const COMBINE = `trace-studio combine files… -o file

Puts traces of any format into one, each with its own processes. The files themselves are not changed.

  -o, --output <file>    as for convert
      --format <name>    as for convert
      --align <how>      start: all begin together; epoch: by the calendar; marker: by a marker of each.
                         By default epoch where every file tells it, else start
      --marker <name>    the marker to align by; by default the first one of each
  -f, --force            replace a file that is there
  -q, --quiet            say nothing about the result
`;

const INFO = `trace-studio info file [--json]

      --json             one object: format, slices, instants, counterSamples, objectSnapshots, asyncSlices, flowEvents,
                         processes, threads, startNs, durationNs, issues: [{ kind, count, example }],
                         sources: { files, bytes }
`;

const STATS = `trace-studio stats file [options]

The slices of a trace by name, by total. Total counts a recursive call once, self is without the direct children.

      --json             an array of { name, count, totalNs, selfNs, minNs, maxNs, meanNs, p50Ns, p90Ns, p99Ns }
      --from <time>      only what is after this time since the start of the trace: 1500 (ns), 20us, 3ms, 1.5s
      --to <time>        only what is before it
      --thread <name>    only this thread, by its name or number
      --match <text>     only names that hold this text; between slashes a regular expression: /^get/
`;

const CHECK = `trace-studio check files… [--json]

Says of each file whether it is a trace that can be read, and whole. Exit code 1 if any is not.
`;

export function helpText(about: CommandName | undefined): string {
  switch (about) {
    case 'run':
      return runHelp();
    case 'attach':
      return ATTACH;
    case 'serve':
      return SERVE;
    case 'export':
      return EXPORT;
    case 'convert':
      return CONVERT;
    case 'combine':
      return COMBINE;
    case 'info':
      return INFO;
    case 'stats':
      return STATS;
    case 'check':
      return CHECK;
    default:
      return MAIN;
  }
}
