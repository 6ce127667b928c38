/** Which Node programs run on this machine, and which of them the studio can attach to. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type NodeProcess, OLDEST_NODE } from '../../../core/protocol/attach.ts';
import { TargetEnvironment } from '../../../core/protocol/target-wire.ts';
import { probeNode } from '../nodes/node-probe.ts';
import { readPs, readTasklist, readWmic } from './process-tables.ts';

const run = promisify(execFile);
/** Of the answer of `ps` or `wmic`. */
const MAX_OUTPUT = 16 * 1024 * 1024;
const SIGUSR1 = 10;

/** What the system tells of a process, before anything is concluded. */
export interface RawProcess {
  readonly pid: number;
  readonly executable: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Another user's. */
  readonly foreign?: boolean;
  /** It was started by the studio. */
  readonly traced?: boolean;
  /** It does not answer the signal that opens the inspector, and would end by it. */
  readonly deaf?: boolean;
  readonly startedAtMs?: number;
}

/** Answers of binaries that were asked for their version. */
const versions = new Map<string, Promise<string | undefined>>();

/** Newest first. Never rejects: a system that cannot be asked has none. */
export async function listNodeProcesses(): Promise<readonly NodeProcess[]> {
  const raw = await rawProcesses().catch((): RawProcess[] => []);
  const found = raw.filter(({ pid, argv }) => pid !== process.pid && !isOurs(argv));
  return (await Promise.all(found.map(describe))).sort((a, b) => (b.startedAtMs ?? b.pid) - (a.startedAtMs ?? a.pid));
}

/** Undefined: there is no such Node process. */
export async function findNodeProcess(pid: number): Promise<NodeProcess | undefined> {
  if (process.platform === 'linux') {
    const raw = await linuxProcess(pid);
    return raw && describe(raw);
  }
  return (await listNodeProcesses()).find((each) => each.pid === pid);
}

async function describe(raw: RawProcess): Promise<NodeProcess> {
  const { pid, executable, argv, cwd, startedAtMs } = raw;
  const nodeVersion = raw.foreign ? undefined : await versionOf(executable);
  const problem = problemOf(raw, nodeVersion);
  return {
    pid,
    name: processName(argv),
    executable,
    argv,
    ...(cwd !== undefined && { cwd }),
    ...(nodeVersion !== undefined && { nodeVersion }),
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(problem !== undefined && { problem }),
  };
}

/** Why it cannot be attached to, in a sentence. */
export function problemOf(raw: RawProcess, nodeVersion: string | undefined): string | undefined {
  if (raw.foreign) return 'It belongs to another user.';
  if (raw.traced) return 'It is recorded already: it was started by a studio.';
  if (nodeVersion !== undefined && isBelowFloor(nodeVersion)) return `It runs Node ${nodeVersion}; the tracer needs ${OLDEST_NODE} or newer.`;
  if (raw.deaf) return 'It was started so that no debugger can be opened in it (--disable-sigusr1).';
  return undefined;
}

export function isBelowFloor(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19);
}

/** Of its script, else what it was given: the words that a person knows it by. */
export function processName(argv: readonly string[]): string {
  const rest = argv.slice(1);
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] as string;
    // These take the next word.
    if (/^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file|--title)$/.test(word)) i++;
    else if (/^(-e|-p|-pe|--eval|--print)$/.test(word)) return `${word} ${(rest[i + 1] ?? '').split('\n', 1)[0]?.slice(0, 60)}`;
    else if (word !== '' && !word.startsWith('-')) return path.basename(word);
  }
  return argv[0] === undefined ? 'node' : path.basename(argv[0]);
}

/** The studio's own processes. */
const isOurs = (argv: readonly string[]): boolean => argv.some((word) => /[\\/](?:trace-studio\.cjs|collector\.cjs|export-worker\.cjs)$/.test(word));

function versionOf(executable: string): Promise<string | undefined> {
  const known = versions.get(executable);
  if (known) return known;
  const asked = probeNode(executable).then((answer) => (answer.ok ? answer.version : undefined));
  versions.set(executable, asked);
  return asked;
}

function rawProcesses(): Promise<RawProcess[]> {
  switch (process.platform) {
    case 'linux':
      return linuxProcesses();
    case 'win32':
      return windowsProcesses();
    default:
      return psProcesses();
  }
}

const isNode = (executable: string): boolean => /^node(?:js)?(?:\.exe)?$/i.test(path.basename(executable).replace(/ \(deleted\)$/, ''));

async function linuxProcesses(): Promise<RawProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return (await Promise.all(pids.map(linuxProcess))).filter((found) => found !== undefined);
}

async function linuxProcess(pid: number): Promise<RawProcess | undefined> {
  const folder = `/proc/${pid}`;
  try {
    const argv = (await readFile(`${folder}/cmdline`, 'utf8')).split('\0').slice(0, -1);
    const { uid, ctimeMs } = await stat(folder);
    const own = process.getuid?.();
    const foreign = own !== 0 && uid !== own;
    // Of another user's process the link cannot be read: then its own word for itself has to do.
    const executable = await readlink(`${folder}/exe`).catch(() => argv[0] ?? '');
    if (!isNode(executable)) return undefined;
    const [cwd, environment, status] = await Promise.all([
      readlink(`${folder}/cwd`).catch(() => undefined),
      readFile(`${folder}/environ`, 'utf8').catch(() => ''),
      readFile(`${folder}/status`, 'utf8').catch(() => ''),
    ]);
    if (/^State:\s+[ZX]/m.test(status)) return undefined;
    const traced = environment.split('\0').some((line) => line.startsWith(`${TargetEnvironment.SOCKET}=`));
    const caught = /^SigCgt:\s*([0-9a-f]+)/m.exec(status)?.[1];
    const deaf = caught !== undefined && ((BigInt(`0x${caught}`) >> BigInt(SIGUSR1 - 1)) & 1n) === 0n;
    return { pid, executable, argv, ...(cwd !== undefined && { cwd }), foreign, traced, deaf, startedAtMs: ctimeMs };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

async function psProcesses(): Promise<RawProcess[]> {
  const { stdout } = await run('ps', ['-axww', '-o', 'pid=,uid=,args='], { maxBuffer: MAX_OUTPUT, env: { ...process.env, LC_ALL: 'C' } });
  const own = process.getuid?.() ?? -1;
  return readPs(stdout)
    .filter(({ argv }) => isNode(argv[0] ?? ''))
    .map(({ pid, uid, argv }) => ({
      pid,
      executable: argv[0] as string,
      argv,
      foreign: own !== 0 && uid !== own,
      deaf: argv.includes('--disable-sigusr1'),
    }));
}

async function windowsProcesses(): Promise<RawProcess[]> {
  const options = { maxBuffer: MAX_OUTPUT, windowsHide: true };
  // Newer systems come without wmic; then the numbers are all that can be told without a shell.
  const asked = await run('wmic', ['process', 'where', "name='node.exe'", 'get', 'CommandLine,ExecutablePath,ProcessId', '/format:csv'], options).then(
    ({ stdout }) => readWmic(stdout),
    () => undefined,
  );
  const rows = asked ?? readTasklist((await run('tasklist', ['/fi', 'imagename eq node.exe', '/fo', 'csv', '/nh'], options)).stdout);
  return rows.map(({ pid, executable, argv }) => ({ pid, executable, argv, deaf: argv.includes('--disable-sigusr1') }));
}
