import { type NodesStacks, stackText } from '../error-stack.ts';
import type { RingWriter } from '../ring-writer.ts';
import { jsonArgs } from './json-args.ts';
import { plainText, textOf } from './plain-text.ts';

const MAX_LETTERS = 4000;

/**
 * Warnings, unhandled rejections and uncaught exceptions: `process` emits them, and emitting is seen (see exit.ts), so that no listener is needed.
 *
 * To read a stack makes its text, and from then on the engine does not know any more where the error was thrown: Node would print another line of code for one that
 * ends the process. So a rejection that will is told of when Node has found that line, which is when it emits `uncaughtExceptionMonitor`.
 */
export function watchWarnings(writer: RingWriter, stacks: NodesStacks): (event: string, args: readonly unknown[]) => void {
  const tell = (category: string, name: string, value: unknown): void => {
    const message = textOf(value, 'message') ?? plainText([value], writer.maskSecrets);
    // What the script makes of stacks is not called for this.
    const stack = stacks.areMade ? stackText(value) : undefined;
    writer.runtimeInstant(name, category, jsonArgs({ message, name: textOf(value, 'name'), code: textOf(value, 'code'), stack }, MAX_LETTERS));
  };
  const mode = rejectionMode();
  const isToldLater = (): boolean =>
    mode === 'strict' || (mode === 'throw' && process.listenerCount('unhandledRejection') === 0 && !process.hasUncaughtExceptionCaptureCallback());
  return (event, args) => {
    const [value, origin] = args;
    if (event === 'warning') tell('warning', textOf(value, 'name') ?? 'Warning', value);
    else if (event === 'unhandledRejection' && !isToldLater()) tell('exception', 'Unhandled rejection', value);
    else if (event === 'uncaughtExceptionMonitor') tell('exception', origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception', value);
  };
}

/** What Node does with rejections that nobody handles. */
function rejectionMode(): string {
  const flags = [process.env.NODE_OPTIONS ?? '', ...process.execArgv].join(' ');
  return [...flags.matchAll(/--unhandled[-_]rejections[= ]([\w-]+)/g)].at(-1)?.[1] ?? 'throw';
}
