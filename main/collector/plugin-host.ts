/** A process of its own that lets plugins handle the events of a process which could not do it itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { totalmem } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { PluginHostTask } from '../../core/protocol/plugins.ts';

/** Of what it says on stderr so much is told. */
const MAX_WORDS = 4000;
/** A line of state is some kilobytes; a longer one was not written by the plugin host. */
const MAX_LINE_BYTES = 256 * 1024;
/** From its end to the closing of its pipes. */
const LAST_WORDS_MS = 500;
/** All events of a process are objects in its memory at once, so that Node's own limit would soon be met. */
const MEMORY_MB = Math.max(512, Math.min(4096, Math.floor(totalmem() / 2 / 1024 / 1024)));

export interface PluginHostRun {
  readonly nodePath: string;
  /** Absolute path of plugin-host.cjs. */
  readonly program: string;
  readonly task: PluginHostTask;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
  /** Gives it up at once. */
  readonly signal: AbortSignal;
  /** JSON of one plugin's state. */
  readonly onState: (json: Uint8Array) => void;
}

export interface PluginHostEnd {
  /** Why it did not come to its end, in words behind "because"; undefined: it did. */
  readonly failure?: string;
  /** What it said on stderr, cut. */
  readonly words: string;
}

/** Resolves when it is gone, at the latest a moment after the time limit. Never rejects. */
export function runPluginHost(run: PluginHostRun): Promise<PluginHostEnd> {
  let child: ChildProcess;
  try {
    child = spawn(run.nodePath, [`--max-old-space-size=${MEMORY_MB}`, run.program, JSON.stringify(run.task)], {
      cwd: isFolder(run.task.cwd) ? run.task.cwd : path.dirname(run.task.recording),
      env: { ...run.environment },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      // A group of its own, so that what a plugin starts ends with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    return Promise.resolve({ failure: `it could not be started: ${(error as Error).message}`, words: '' });
  }
  return new Promise((resolve) => watch(child, run, resolve));
}

function watch(child: ChildProcess, { timeLimitMs, signal, onState }: PluginHostRun, done: (end: PluginHostEnd) => void): void {
  const states = child.stdio[3] as Readable;
  let words = '';
  let failure: string | undefined;
  let lastWords: NodeJS.Timeout | undefined;
  const end = () => {
    for (const timer of [timeLimit, lastWords]) clearTimeout(timer);
    signal.removeEventListener('abort', aborted);
    child.off('close', end);
    killGroup(child);
    for (const stream of [states, child.stderr]) stream?.destroy();
    done({ ...(failure !== undefined && { failure }), words: words.trim() });
  };
  // What it left behind, or what hangs inside the system, may hold its pipes open.
  const endSoon = () => {
    lastWords ??= setTimeout(end, LAST_WORDS_MS);
  };
  const giveUp = (why: string) => {
    failure ??= why;
    killGroup(child);
    child.kill('SIGKILL');
    endSoon();
  };
  const aborted = () => giveUp('it was given up');
  const timeLimit = setTimeout(() => giveUp(`it did not come to an end within ${timeLimitMs / 1000} s`), timeLimitMs);
  if (signal.aborted) aborted();
  else signal.addEventListener('abort', aborted, { once: true });

  for (const stream of [states, child.stderr]) stream?.on('error', () => {});
  readLines(states, onState);
  child.stderr?.on('data', (chunk: Buffer) => {
    if (words.length < MAX_WORDS) words = (words + chunk.toString()).slice(0, MAX_WORDS);
  });
  child.once('error', (error) => {
    failure ??= `it could not be started: ${error.message}`;
    endSoon();
  });
  child.once('exit', (code, name) => {
    if (code !== 0) failure ??= name ? `it was ended by ${name}` : `it ended with exit code ${code}`;
    endSoon();
  });
  child.once('close', end);
}

/** Nobody else has the number of a group as long as one of its processes is there. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === 'win32') return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it is gone.
  }
}

function readLines(stream: Readable, take: (line: Uint8Array) => void): void {
  let rest = Buffer.alloc(0);
  let tooLong = false;
  stream.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      if (!tooLong) take(Buffer.concat([rest, chunk.subarray(from, to)]));
      rest = Buffer.alloc(0);
      tooLong = false;
      from = to + 1;
    }
    tooLong ||= rest.length + chunk.length - from > MAX_LINE_BYTES;
    rest = tooLong ? Buffer.alloc(0) : Buffer.concat([rest, chunk.subarray(from)]);
  });
}

function isFolder(folder: string): boolean {
  try {
    return statSync(folder).isDirectory();
  } catch {
    // Gone, or not to be seen: then it is none for us.
    return false;
  }
}
