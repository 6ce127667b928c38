/** Puts the tracer into a process that runs: opens its inspector, has it load the tracer, and closes what was opened. */
import net from 'node:net';
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import { type NodeProcess, OLDEST_NODE } from '../../../core/protocol/attach.ts';
import type { TracerAddress } from '../../../core/protocol/session-types.ts';
import type { TargetOptions } from '../../../core/protocol/target-wire.ts';
import { DEFAULT_PORT, flaggedPort, Inspector, type InspectorPlace, inspectorUrl, listeningPorts } from './inspector.ts';

/** From the signal to an inspector that answers: some milliseconds where the machine is not busy. */
const OPEN_MS = 5000;
const LOOK_MS = 25;
/** Native code that runs for longer than this is not waited for. */
const LOAD_MS = 10_000;
/**
 * From the answer to the closing of the inspector: by then we have heard it and are gone. Node 20 crashes where it closes the inspector while somebody takes leave of it,
 * and loading the tracer may take longer than this; so it counts from the end of that.
 */
const CLOSE_MS = 500;

export interface Injection {
  readonly target: NodeProcess;
  readonly address: TracerAddress;
  readonly options: TargetOptions;
  /** Of the installed tracer. */
  readonly tracerFolder: string;
}

/** Rejects with a ProblemError: one sentence for each thing that may be in the way. */
export async function inject({ target, address, options, tracerFolder }: Injection): Promise<void> {
  const { pid } = target;
  const found = await openInspector(target);
  let inspector: Inspector;
  try {
    inspector = await Inspector.open(found.url);
  } catch (error) {
    throw refused(target, `its debugger does not take us (${(error as Error).message})`);
  }
  try {
    const seenPid = await inspector.evaluate('process.pid', LOAD_MS);
    if (seenPid !== pid) throw takenPort(target, found.port, `process ${String(seenPid)}`);
    const settings = { folder: tracerFolder, socket: address.socket, secret: address.secret, options };
    const answer = await inspector.evaluate(expression(path.join(tracerFolder, 'tracer.cjs'), JSON.stringify(settings), found.wasOpened), LOAD_MS);
    if (answer !== 'attached') throw refused(target, ANSWERS[String(answer)] ?? `the tracer says: ${String(answer)}`);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw refused(target, (error as Error).message);
  } finally {
    inspector.close();
  }
}

const ANSWERS: Readonly<Record<string, string>> = {
  'already-traced': 'it is recorded already',
  'not-main-thread': 'its debugger leads to a worker thread',
  'too-old': `its Node is below ${OLDEST_NODE}`,
};

/** Runs in the target, whatever its script has done to its globals. */
function expression(file: string, settings: string, closes: boolean): string {
  return `(() => {
    const builtin = process.getBuiltinModule;
    if (typeof builtin !== 'function') return 'too-old';
    try {
      return builtin('node:module').createRequire(${JSON.stringify(file)})(${JSON.stringify(file)}).attach(${JSON.stringify(settings)});
    } finally {
      ${closes ? `builtin('node:timers').setTimeout(() => builtin('node:inspector').close(), ${CLOSE_MS}).unref();` : ''}
    }
  })()`;
}

interface OpenInspector {
  readonly url: string;
  readonly port: number;
  /** It was closed before. */
  readonly wasOpened: boolean;
}

async function openInspector(target: NodeProcess): Promise<OpenInspector> {
  const { pid, argv } = target;
  const usual: InspectorPlace = { host: '127.0.0.1', port: flaggedPort(argv) || DEFAULT_PORT };
  const before = await listeningPorts(pid);
  // Only where it is the process's own: others are not spoken to.
  const isAnywhere = argv.some((word) => /^--inspect(?:-brk|-wait)?=(?:.*:)?0$/.test(word));
  const own = before ? before.filter(({ port }) => isAnywhere || port === usual.port) : [usual];
  for (const place of own) {
    const url = await inspectorUrl(place);
    if (url !== undefined && (before || (await leadsTo(url, pid)))) return { url, port: place.port, wasOpened: false };
  }
  const takenBefore = !own.length && (await isTaken(usual));
  signal(target);
  // It may be closing at this moment, after somebody else: then it has not heard.
  let isHeard = own.length === 0;
  const ends = Date.now() + OPEN_MS;
  while (Date.now() < ends) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (!isThere(pid)) throw new ProblemError({ code: 'process-ended', message: `${target.name} (process ${pid}) has ended.` });
    const now = await listeningPorts(pid);
    const opened = now ? now.filter(({ port }) => port === usual.port || !before?.some((known) => known.port === port)) : [usual];
    if (!isHeard && opened.length === 0) {
      isHeard = true;
      signal(target);
    }
    for (const place of opened) {
      const url = await inspectorUrl(place);
      if (url !== undefined) return { url, port: place.port, wasOpened: true };
    }
  }
  if (takenBefore) throw takenPort(target, usual.port, 'another program');
  throw new ProblemError({
    code: 'no-inspector',
    message: `${target.name} (process ${pid}) did not open its debugger within ${OPEN_MS / 1000} s: it may handle the signal SIGUSR1 itself.`,
    remedy: 'Start it with --inspect=0, or in the studio.',
  });
}

async function leadsTo(url: string, pid: number): Promise<boolean> {
  const inspector = await Inspector.open(url).catch(() => undefined);
  try {
    return (await inspector?.evaluate('process.pid', LOAD_MS).catch(() => undefined)) === pid;
  } finally {
    inspector?.close();
  }
}

/** SIGUSR1, or what Windows has in its place. */
function signal({ pid, name }: NodeProcess): void {
  try {
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(pid);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') throw noSuchProcess(pid);
    if (code === 'EPERM') throw new ProblemError({ code: 'not-allowed', message: `${name} (process ${pid}) belongs to another user.` });
    throw new ProblemError({ code: 'no-inspector', message: `The debugger of ${name} (process ${pid}) cannot be opened: ${message}` });
  }
}

export const noSuchProcess = (pid: number): ProblemError =>
  new ProblemError({
    code: 'no-such-process',
    message: `There is no Node process ${pid}.`,
    remedy: 'It may have ended: trace-studio attach without a name lists those that run.',
  });

const refused = ({ name, pid }: NodeProcess, why: string): ProblemError =>
  new ProblemError({ code: 'cannot-attach', message: `${name} (process ${pid}) cannot be attached to: ${why.replace(/\.$/, '')}.` });

const takenPort = ({ name, pid }: NodeProcess, port: number, holder: string): ProblemError =>
  new ProblemError({
    code: 'port-taken',
    message: `${name} (process ${pid}) cannot open its debugger: port ${port} is used by ${holder}.`,
    remedy: 'End that debugger, or start the program with --inspect-port=0, which takes any free port.',
  });

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isTaken({ host, port }: InspectorPlace): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    const answer = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
