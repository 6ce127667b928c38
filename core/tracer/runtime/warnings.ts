import { types } from 'node:util';
import type { RingWriter } from '../ring-writer.ts';
import { jsonArgs } from './json-args.ts';
import { dataOf, plainText, textOf } from './plain-text.ts';

const MAX_LETTERS = 4000;
const { getOwnPropertyDescriptor } = Reflect;
/** Where the engine has made an accessor of it (Node 22), it is the same one for all errors. */
const engineStack = getOwnPropertyDescriptor(new Error(), 'stack')?.get;

/** As it is when the script begins: Node's own, which `stack-frames.ts` may have changed. */
const { prepareStackTrace } = Error;
const { isProxy } = types;

/** Warnings, unhandled rejections and uncaught exceptions: `process` emits them, and emitting is seen (see exit.ts), so that no listener is needed. */
export function watchWarnings(writer: RingWriter): (event: string, args: readonly unknown[]) => void {
  return (event, args) => {
    const [value] = args;
    if (event === 'warning') tell(writer, 'warning', textOf(value, 'name') ?? 'Warning', value);
    else if (event === 'unhandledRejection') tell(writer, 'exception', 'Unhandled rejection', value);
    // `origin` tells whether it was a rejection, which has been told of already.
    else if (event === 'uncaughtExceptionMonitor' && args[1] !== 'unhandledRejection') tell(writer, 'exception', 'Uncaught exception', value);
  };
}

function tell(writer: RingWriter, category: string, name: string, value: unknown): void {
  const message = textOf(value, 'message') ?? plainText([value], writer.maskSecrets);
  const args = jsonArgs({ message, name: textOf(value, 'name'), code: textOf(value, 'code'), stack: stackOf(value) }, MAX_LETTERS);
  writer.runtimeInstant(name, category, args);
}

/** The stack is made where it is first read, by `Error.prepareStackTrace`. One of the script's own is not called for this. */
function stackOf(error: unknown): string | undefined {
  if (dataOf(Error, 'prepareStackTrace') !== prepareStackTrace || typeof error !== 'object' || error === null || isProxy(error)) return undefined;
  const found = getOwnPropertyDescriptor(error, 'stack');
  const stack: unknown = found?.get && found.get === engineStack ? engineStack.call(error) : found?.value;
  return typeof stack === 'string' ? stack : undefined;
}
