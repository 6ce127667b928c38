import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const POLL_MS = 20;
/** After SIGKILL: a process in an uninterruptible wait cannot be waited for. */
const KILL_WAIT_MS = 2000;

interface ProcessRow {
  readonly pid: number;
  readonly ppid: number;
  readonly group: number;
  readonly zombie: boolean;
}

/** Every process of the machine, on Linux; elsewhere nothing, and signals go to the group and to known pids only. */
function processTable(): ProcessRow[] {
  if (process.platform !== 'linux') return [];
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      // "pid (name) state ppid group …": the name may hold anything, also parentheses.
      const [state, ppid, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      rows.push({ pid: Number(name), ppid: Number(ppid), group: Number(group), zombie: state === 'Z' || state === 'X' });
    } catch {
      // It ended while the table was read.
    }
  }
  return rows;
}

function descendants(rows: readonly ProcessRow[], roots: ReadonlySet<number>): Set<number> {
  const found = new Set<number>();
  const open = [...roots];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const row of rows) {
      if (row.ppid === parent && !found.has(row.pid) && !roots.has(row.pid)) {
        found.add(row.pid);
        open.push(row.pid);
      }
    }
  }
  return found;
}

/** False for a process that has ended, also while nobody has collected its exit code. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Signals one process or group (negative); one that is gone is no failure. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH' && (error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/**
 * The processes that a target has become: its process group (where it has its own), everything that descends from it, and
 * what told its pid by connecting. Descendants are remembered while they are seen, because a process whose parent ended
 * cannot be told from a stranger any more.
 */
export class ProcessTree {
  readonly #root: number;
  readonly #ownGroup: boolean;
  readonly #connected: () => Iterable<number>;
  readonly #seen = new Set<number>();

  /** `connected`: pids of the traced processes whose sockets are open now. */
  constructor(root: number, ownGroup: boolean, connected: () => Iterable<number>) {
    this.#root = root;
    this.#ownGroup = ownGroup && process.platform !== 'win32';
    this.#connected = connected;
  }

  /** Signals all of it. On Windows every signal is an end. */
  signal(name: NodeJS.Signals): void {
    if (process.platform === 'win32') {
      taskkill(this.#root, name === 'SIGKILL');
      for (const pid of this.#connected()) if (pid !== this.#root) taskkill(pid, name === 'SIGKILL');
      return;
    }
    const members = this.members();
    if (this.#ownGroup) signal(-this.#root, name);
    for (const pid of members.outside) signal(pid, name);
  }

  /** Something of it still runs. */
  alive(): boolean {
    const { group, outside } = this.members();
    return group || outside.size > 0;
  }

  /** Asks all of it to end, and ends it by force after `forceAt()`, which may come nearer meanwhile. Resolves with whether force was used. */
  async end(forceAt: () => number): Promise<boolean> {
    this.signal('SIGTERM');
    while (this.alive() && Date.now() < forceAt()) await setTimeout(POLL_MS);
    if (!this.alive()) return false;
    const until = Date.now() + KILL_WAIT_MS;
    while (this.alive() && Date.now() < until) {
      // Again each time: a process may have been forked while the others were killed.
      this.signal('SIGKILL');
      await setTimeout(POLL_MS);
    }
    return true;
  }

  /** `group`: members of the own group run. `outside`: pids that run and are not in that group. */
  members(): { readonly group: boolean; readonly outside: ReadonlySet<number> } {
    const rows = processTable();
    const connected = [...this.#connected()];
    if (rows.length === 0) return this.#membersWithoutTable(connected);
    const byPid = new Map(rows.map((row) => [row.pid, row]));
    for (const pid of [...this.#seen]) if (!byPid.has(pid) || byPid.get(pid)?.zombie) this.#seen.delete(pid);
    const inGroup = this.#ownGroup ? rows.filter((row) => row.group === this.#root && !row.zombie) : [];
    const roots = new Set([this.#root, ...this.#seen, ...connected, ...inGroup.map((row) => row.pid)]);
    for (const pid of [...descendants(rows, roots), ...connected]) this.#seen.add(pid);
    const outside = new Set<number>();
    for (const pid of [...this.#seen, this.#root]) {
      const row = byPid.get(pid);
      if (row && !row.zombie && !(this.#ownGroup && row.group === this.#root) && pid !== process.pid) outside.add(pid);
    }
    return { group: inGroup.length > 0, outside };
  }

  #membersWithoutTable(connected: readonly number[]): { readonly group: boolean; readonly outside: ReadonlySet<number> } {
    const outside = new Set(connected.filter((pid) => pid !== this.#root && isAlive(pid)));
    if (!this.#ownGroup) {
      if (isAlive(this.#root)) outside.add(this.#root);
      return { group: false, outside };
    }
    return { group: isAlive(-this.#root), outside };
  }
}

function taskkill(pid: number, force: boolean): void {
  // Its failure means that the process is gone already, which is what was wanted.
  execFile('taskkill', ['/PID', String(pid), '/T', ...(force ? ['/F'] : [])], { windowsHide: true }, () => {});
}
