import { linkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { TakeProgress, TakeRequest } from '../../protocol/sampling.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { isHeldByOneCall, nameOptimisedCode } from './fresh-code.ts';
import { ThreadReach } from './thread-reach.ts';
import type { ThreadSession } from './thread-session.ts';

const PROGRESS_MS = 250;
const LOOK_MS = 300;

/** What a take is told from outside while it goes on. */
export interface TakeSurroundings {
  readonly tell: (progress: TakeProgress) => void;
  /** Resolves when the thread is about to end: a profile is then as long as it has become. */
  readonly ending: Promise<void>;
  /** Samples are taken already at this interval, which a profile beside them has, too. Undefined: none are. */
  readonly sampledEveryUs: number | undefined;
}

/** Writes a CPU profile or a heap snapshot of the thread of `session` into a file. Tells how it goes, and never rejects. */
export async function take(session: ThreadSession, request: TakeRequest, around: TakeSurroundings): Promise<void> {
  const { part } = request;
  const told = (state: TakeProgress['state'], done: number, bytes: number, message: string): void =>
    around.tell({ take: request.take, state, done, bytes, message });
  try {
    // For the eyes of its owner: it holds what the program has in memory.
    writeFileSync(part, '', { flag: 'wx', mode: 0o600 });
    const message = await (request.what === 'cpu-profile' ? takeProfile : takeSnapshot)(session, request, { ...around, told });
    const { size } = statSync(part);
    intoPlace(part, request);
    told('done', 1, size, message);
  } catch (error) {
    rmSync(part, { force: true });
    told('failed', 0, 0, whyNot(request, error as NodeJS.ErrnoException));
  }
}

type Told = TakeSurroundings & { readonly told: (state: 'running', done: number, bytes: number, message: string) => void };

async function takeProfile(session: ThreadSession, request: TakeRequest, around: Told): Promise<string> {
  await session.post('Profiler.enable');
  if (around.sampledEveryUs === undefined) await session.post('Profiler.setSamplingInterval', { interval: request.intervalUs });
  const isHeld = around.sampledEveryUs === undefined && (await looksHeld(session, around.ending));
  await session.post('Profiler.start');
  if (isHeld) await nameOptimisedCode(session);
  const [began, lastsMs] = [performance.now(), request.seconds * 1000];
  let ended = false;
  around.ending.then(() => {
    ended = true;
  });
  while (!ended && performance.now() - began < lastsMs) {
    around.told('running', Math.min(1, (performance.now() - began) / lastsMs), 0, `A CPU profile of ${request.seconds} s is being taken.`);
    await Promise.race([pause(Math.min(PROGRESS_MS, began + lastsMs - performance.now())), around.ending]);
  }
  const { profile } = (await session.post('Profiler.stop')) as { profile: CpuProfile };
  writeFileSync(request.part, JSON.stringify(profile));
  const seconds = ((profile.endTime - profile.startTime) / 1e6).toFixed(1);
  const interval = around.sampledEveryUs ?? request.intervalUs;
  return `A CPU profile of ${seconds} s with ${profile.samples?.length ?? 0} samples, one every ${interval} µs${ended ? '; the thread ended before its time' : ''}.`;
}

/** A short profile before the one that was asked for. */
async function looksHeld(session: ThreadSession, ending: Promise<void>): Promise<boolean> {
  await session.post('Profiler.start');
  await Promise.race([pause(LOOK_MS), ending]);
  return isHeldByOneCall(((await session.post('Profiler.stop')) as { profile: CpuProfile }).profile);
}

/** The thread writes it itself, straight into the file: nothing of it goes through memory that others share. */
async function takeSnapshot(session: ThreadSession, { part }: TakeRequest, around: Told): Promise<string> {
  const reach = await ThreadReach.find(session);
  if (!reach) throw new Error('there is no tracer in the thread.');
  const look = (): void => {
    const bytes = statSync(part).size;
    const message = bytes === 0 ? 'The heap is being walked' : `The heap snapshot is being written: ${(bytes / 1e6).toFixed(0)} MB until now`;
    around.told('running', bytes === 0 ? 0 : 0.5, bytes, `${message}. The thread stands still meanwhile.`);
  };
  look();
  const looking = setInterval(look, PROGRESS_MS);
  try {
    await reach.writeHeap(part);
  } finally {
    clearInterval(looking);
  }
  return `A heap snapshot of ${(statSync(part).size / 1e6).toFixed(1)} MB.`;
}

function intoPlace(part: string, { path, overwrite }: TakeRequest): void {
  if (overwrite) {
    renameSync(part, path);
    return;
  }
  // A link refuses what a rename would replace.
  linkSync(part, path);
  rmSync(part, { force: true });
}

function whyNot({ what, path }: TakeRequest, error: NodeJS.ErrnoException): string {
  const name = what === 'cpu-profile' ? 'The CPU profile' : 'The heap snapshot';
  switch (error.code) {
    case 'EEXIST':
      return `${name} was not saved: ${path} is there already.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `${name} was not saved: there is no room left on the disk of ${path}.`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `${name} was not saved: the folder of ${path} is not there for the script.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${name} was not saved: the script may not write ${path} (${error.code}).`;
    default:
      return `${name} was not taken: ${error.message}`;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
