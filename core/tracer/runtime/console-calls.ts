import type { RingWriter } from '../ring-writer.ts';
import { onChannel } from './channels.ts';
import { callHidden, type Functions } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import { plainText } from './plain-text.ts';

type StreamName = 'stdout' | 'stderr';

/** Where each level goes. Those that are not here (`trace`, `assert`, `table`, …) print by one of these. */
const LEVELS: Readonly<Record<string, StreamName>> = { log: 'stdout', info: 'stdout', debug: 'stdout', warn: 'stderr', error: 'stderr' };

const { getOwnPropertyDescriptor } = Reflect;

/**
 * Calls of `console`: an instant each, with its level, a bounded text of what it was given, and where in which stream what it prints begins: bytes that this
 * process has written to it before. `bytes`: false in a worker thread, whose output goes through the main thread. What is returned ends it, where Node tells of
 * calls on channels.
 */
export function watchConsole(writer: RingWriter, functions: Functions, bytes: boolean): () => void {
  const offsetOf = bytes ? writtenBytes() : () => undefined;
  const tell = (level: string, args: readonly unknown[]): void => {
    if (!writer.recording) return;
    const stream = LEVELS[level] as StreamName;
    const text = plainText(args, writer.maskSecrets);
    writer.runtimeInstant(`console.${level}`, 'console', jsonArgs({ level, text, stream, offset: offsetOf(stream) }, MAX_LETTERS));
  };
  const channels = hasConsoleChannels();
  const ends: (() => void)[] = [];
  for (const level of Object.keys(LEVELS)) {
    if (channels) ends.push(onChannel<readonly unknown[]>(`console.${level}`, (args) => tell(level, args)));
    else {
      functions.replace(console, level, (target, self, args) => {
        safely(() => tell(level, args));
        return callHidden(3, target, self, args);
      });
    }
  }
  return () => {
    for (const end of ends) end();
  };
}

const MAX_LETTERS = 1000;

function safely(run: () => void): void {
  try {
    run();
  } catch {
    // This event is missing; the script goes on.
  }
}

/** Later versions of Node 22 tell of calls on channels. Asked of the text, since a call would open a stream. */
export const hasConsoleChannels = (): boolean => String(console.Console.prototype.log).includes('hasSubscribers');

/** Bytes written to a stream that counts them: a pipe, a terminal; not a file, and not a pipe that is full. */
function writtenBytes(): (stream: StreamName) => number | undefined {
  const own = { stdout: getOwnPropertyDescriptor(process, 'stdout')?.get, stderr: getOwnPropertyDescriptor(process, 'stderr')?.get };
  return (stream) => {
    const { get } = getOwnPropertyDescriptor(process, stream) ?? {};
    if (!get || get !== own[stream]) return undefined; // The script has put something else there.
    const written = get.call(process) as { readonly writableLength?: unknown; readonly bytesWritten?: unknown };
    // What waits in a full pipe is added up piece by piece: a script that prints faster than it is read would pay for all of it at each call.
    if (written.writableLength !== 0) return undefined;
    return typeof written.bytesWritten === 'number' ? written.bytesWritten : undefined;
  };
}
