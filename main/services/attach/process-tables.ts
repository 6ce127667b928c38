/** What the systems' own tools print about processes, read. Pure; a line that makes no sense is left out. */

export interface PsRow {
  readonly pid: number;
  readonly uid: number;
  readonly argv: readonly string[];
}

/** `ps -axww -o pid=,uid=,args=`. Words of the command are told apart by spaces only: `ps` does not say more. */
export function readPs(text: string): PsRow[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, uid, args] = /^\s*(\d+)\s+(\d+)\s+(\S.*)$/.exec(line) ?? [];
    return args === undefined ? [] : [{ pid: Number(pid), uid: Number(uid), argv: args.trimEnd().split(/ +/) }];
  });
}

export interface WindowsRow {
  readonly pid: number;
  readonly executable: string;
  readonly argv: readonly string[];
}

/** `wmic … get CommandLine,ExecutablePath,ProcessId /format:csv`: `Node,CommandLine,ExecutablePath,ProcessId`. Commas in a command are not marked. */
export function readWmic(text: string): WindowsRow[] {
  return text.split(/\r*\n/).flatMap((line) => {
    const [, command, executable, pid] = /^[^,]*,(.*),([^,]*),(\d+)\s*$/.exec(line) ?? [];
    if (pid === undefined || command === undefined) return [];
    const argv = windowsWords(command);
    return [{ pid: Number(pid), executable: executable || (argv[0] ?? 'node.exe'), argv }];
  });
}

/** `tasklist /fo csv /nh`: `"node.exe","1234","Console","1","50,000 K"`. */
export function readTasklist(text: string): WindowsRow[] {
  return text.split(/\r*\n/).flatMap((line) => {
    const [, name, pid] = /^"([^"]+)","(\d+)",/.exec(line) ?? [];
    return name === undefined ? [] : [{ pid: Number(pid), executable: name, argv: [name] }];
  });
}

/** Words of a Windows command line; quotes keep spaces. */
function windowsWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
