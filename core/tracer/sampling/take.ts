import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { TakeProgress, TakeRequest } from '../../protocol/sampling.ts';
import type { CpuProfile } from './cpu-profile.ts';
import type { ThreadSession } from './thread-session.ts';

const PROGRESS_MS = 250;

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
  const part = `${request.path}.${randomBytes(4).toString('hex')}.part`;
  const told = (state: TakeProgress['state'], done: number, bytes: number, message: string): void =>
    around.tell({ take: request.take, state, done, bytes, message });
  let file: number | undefined;
  try {
    file = openSync(part, 'wx', 0o600);
    const target = new FileTarget(file);
    const message = await (request.what === 'cpu-profile' ? takeProfile : takeSnapshot)(session, request, target, { ...around, told });
    closeSync(file);
    file = undefined;
    intoPlace(part, request);
    told('done', 1, target.bytes, message);
  } catch (error) {
    if (file !== undefined) closeSync(file);
    rmSync(part, { force: true });
    told('failed', 0, 0, whyNot(request, error as NodeJS.ErrnoException));
  }
}

type Told = TakeSurroundings & { readonly told: (state: 'running', done: number, bytes: number, message: string) => void };

async function takeProfile(session: ThreadSession, request: TakeRequest, target: FileTarget, around: Told): Promise<string> {
  await session.post('Profiler.enable');
  if (around.sampledEveryUs === undefined) await session.post('Profiler.setSamplingInterval', { interval: request.intervalUs });
  await session.post('Profiler.start');
  const [began, lastsMs] = [performance.now(), request.seconds * 1000];
  let ended = false;
  around.ending.then(() => {
    ended = true;
  });
  while (!ended && performance.now() - began < lastsMs) {
    around.told('running', (performance.now() - began) / lastsMs, 0, `A CPU profile of ${request.seconds} s is being taken.`);
    await Promise.race([pause(Math.min(PROGRESS_MS, began + lastsMs - performance.now())), around.ending]);
  }
  const { profile } = (await session.post('Profiler.stop')) as { profile: CpuProfile };
  target.write(JSON.stringify(profile));
  target.check();
  const seconds = ((profile.endTime - profile.startTime) / 1e6).toFixed(1);
  const interval = around.sampledEveryUs ?? request.intervalUs;
  return `A CPU profile of ${seconds} s with ${profile.samples?.length ?? 0} samples, one every ${interval} µs${ended ? '; the thread ended before its time' : ''}.`;
}

async function takeSnapshot(session: ThreadSession, _request: TakeRequest, target: FileTarget, around: Told): Promise<string> {
  let toldAt = performance.now();
  const ends = [
    session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
      target.write(String(chunk));
      if (performance.now() - toldAt < PROGRESS_MS) return;
      toldAt = performance.now();
      around.told('running', 0.9, target.bytes, 'The heap snapshot is being written.');
    }),
    session.on('HeapProfiler.reportHeapSnapshotProgress', ({ done, total }) => {
      if (performance.now() - toldAt < PROGRESS_MS) return;
      toldAt = performance.now();
      around.told('running', (0.9 * Number(done)) / Math.max(1, Number(total)), 0, 'The heap is being walked; the thread stands still meanwhile.');
    }),
  ];
  try {
    around.told('running', 0, 0, 'The heap is being walked; the thread stands still meanwhile.');
    await session.post('HeapProfiler.takeHeapSnapshot', { reportProgress: true });
  } finally {
    for (const end of ends) end();
  }
  target.check();
  return `A heap snapshot of ${(target.bytes / 1e6).toFixed(1)} MB.`;
}

/** Writes at once, so that the thread that sends is the only one that has the data. What fails is told by `check`. */
class FileTarget {
  readonly #file: number;
  #error: unknown;
  bytes = 0;

  constructor(file: number) {
    this.#file = file;
  }

  write(text: string): void {
    if (this.#error !== undefined) return;
    try {
      const bytes = Buffer.from(text, 'utf8');
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
      this.bytes += bytes.length;
    } catch (error) {
      this.#error = error;
    }
  }

  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }
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
