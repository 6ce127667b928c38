/** What instrumented code calls in a thread whose calls are recorded, and what its functions are called. */
import type { MessagePort } from 'node:worker_threads';
import type { FunctionGroup } from '../../instrument/instrument-file.ts';
import type { LeftAlone } from '../../protocol/target-wire.ts';
import { workerThreads } from '../builtins.ts';
import { FunctionState } from '../ring-layout.ts';
import type { RingWriter } from '../ring-writer.ts';
import type { CallValues } from './call-values.ts';
import type { HooksThreadMessage } from './hooks-thread-calls.ts';
import type { RecordingNames } from './recording-names.ts';

/** `unseen` runs what makes promises that are not the script's. */
export function recordingInto(writer: RingWriter, values: CallValues, unseen: (run: () => void) => void): RecordingNames {
  return {
    enter: (id) => writer.enter(id),
    module: (id) => {
      const token = writer.enter(id);
      if (token !== 0) unseen(() => void closeLater(writer, token));
      return token;
    },
    exit: (token) => writer.exit(token),
    begin: (id) => writer.begin(id),
    suspend: (value, token) => {
      writer.suspend(token);
      return value;
    },
    resume: (value, token) => {
      writer.resume(token);
      return value;
    },
    finish: (token) => writer.finish(token),
    caught: (error) => values.caught(error),
    arguments: (token, given) => values.arguments(token, given),
    result: (value, token) => {
      values.result(value, token);
      return value;
    },
    disposed: (resumes, token) => ({ [Symbol.dispose]: () => (resumes === 1 ? writer.resume(token) : writer.suspend(token)) }),
  };
}

/** The body of a module has no end where an error leaves it: it is over when what the engine runs in one go is. */
async function closeLater(writer: RingWriter, token: number): Promise<void> {
  await undefined;
  writer.close(token);
}

/** `table`: see FunctionState. */
export function defineFunctions(writer: RingWriter, table: Uint8Array, first: number, groups: readonly FunctionGroup[]): void {
  let id = first;
  for (const { file, count, lines } of groups) {
    // Before the drain sees the definitions: it may mute some of them at once.
    table.fill(FunctionState.RECORDED, id, id + count);
    if (!writer.defineFunctions(id, file, lines.split('\n'))) table.fill(FunctionState.UNKNOWN, id, id + count);
    id += count;
  }
}

export interface HooksThreadListener {
  readonly file: (message: Extract<HooksThreadMessage, { readonly kind: 'file' }>) => void;
  readonly leftAlone: (one: LeftAlone) => void;
}

/** Takes in what the thread of hooks has said. */
export function hearHooksThread(ports: readonly MessagePort[], { file, leftAlone }: HooksThreadListener): void {
  const { receiveMessageOnPort } = workerThreads();
  for (const port of ports) {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      const message = next.message as HooksThreadMessage;
      if (message.kind === 'left-alone') leftAlone({ file: message.file, reason: message.reason });
      else file(message);
    }
  }
}
