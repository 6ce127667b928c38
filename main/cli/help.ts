import type { CommandName } from './command-line.ts';

const MAIN = `Trace Studio: watch a Node.js or TypeScript program while it runs.

  trace-studio [files…]                       open the studio, with these recordings or traces
  trace-studio run [options] -- script.js …   record a script without a window
  trace-studio attach [process] [options]     record a Node program that runs already; without a process: list them
  trace-studio serve [options] [files…]       the studio in a browser: for SSH, containers, no Electron
  trace-studio export recording [-o file]     write a recording in another format
  trace-studio help <command>                 the options of a command

  --help, --version
`;

const RUN = `trace-studio run [options] [--] script.js [arguments…]

Runs the script with this Node and its own terminal, and writes a report when it ends, however it ends.
The exit code is the script's own; a script ended by a signal gives 128 + the signal's number.
The first Ctrl+C goes to the script and the report is written; the second ends everything.

  -o, --output <file>    the report: .json, .json.gz (Chrome Trace Event Format) or .tsr (a recording); result.json
      --node <path>      run it with another Node
      --node-flags <…>   flags for Node, in quotes: "--max-old-space-size=4096"
      --live             when the script is faster than the recorder, drop events and count them; else the script waits
      --no-mask          do not mask values whose name looks secret (token, password, …)
      --plugins <…>      plugins with their arguments, each in quotes: "vizplugins.cpu_usage -f 50" "./my-plugin.ts a b";
                         every word up to the next option or --; may be given several times
      --strict-plugins   exit with 1 when a plugin failed and all else went well
  -q, --quiet            say nothing about the report
`;

const ATTACH = `trace-studio attach [number or name] [options]

Records a Node program that runs already: samples of its calls, its counters and objects. It goes on as it was when it is left: after --duration, by Ctrl+C,
or when this command dies. Without a process: lists the Node programs of this machine, and why one cannot be attached to.

  -o, --output <file>              the report: .json, .json.gz (Chrome Trace Event Format) or .tsr (a recording); result.json
      --duration <seconds>         leave it after so long (also --detach-after); else when it ends, or by Ctrl+C
      --no-sampling                counters and objects only
      --sampling-interval <µs>     time between two samples; 1000
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

export function helpText(about: CommandName | undefined): string {
  switch (about) {
    case 'run':
      return RUN;
    case 'attach':
      return ATTACH;
    case 'serve':
      return SERVE;
    case 'export':
      return EXPORT;
    default:
      return MAIN;
  }
}
