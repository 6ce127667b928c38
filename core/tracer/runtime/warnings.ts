import { type NodesStacks, stackText } from '../error-stack.ts';
import type { RingWriter } from '../ring-writer.ts';
import { jsonArgs } from './json-args.ts';
import { plainText, textOf } from './plain-text.ts';

const MAX_LETTERS = 4000;

/** Warnings, unhandled rejections and uncaught exceptions: `process` emits them, and emitting is seen (see exit.ts), so that no listener is needed. */
export function watchWarnings(writer: RingWriter, stacks: NodesStacks): (event: string, args: readonly unknown[]) => void {
  const tell = (category: string, name: string, value: unknown): void => {
    const message = textOf(value, 'message') ?? plainText([value], writer.maskSecrets);
    // What the script makes of stacks is not called for this.
    const stack = stacks.areMade ? stackText(value) : undefined;
    writer.runtimeInstant(name, category, jsonArgs({ message, name: textOf(value, 'name'), code: textOf(value, 'code'), stack }, MAX_LETTERS));
  };
  return (event, args) => {
    const [value] = args;
    if (event === 'warning') tell('warning', textOf(value, 'name') ?? 'Warning', value);
    else if (event === 'unhandledRejection') tell('exception', 'Unhandled rejection', value);
    // `origin` tells whether it was a rejection, which has been told of already.
    else if (event === 'uncaughtExceptionMonitor' && args[1] !== 'unhandledRejection') tell('exception', 'Uncaught exception', value);
  };
}
