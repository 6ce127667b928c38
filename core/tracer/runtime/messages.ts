import { AsyncFlag, AsyncScope, FlowPhase } from '../../protocol/records.ts';
import type { RingWriter } from '../ring-writer.ts';
import { call, type Functions } from './invisible.ts';

const NAME = 'message';
const CATEGORY = 'worker';
const DOWN = 0;
const UP = 1;
/**
 * Node writes here as a message arrives, before anyone is told of it, and again when everyone has been. In between it may read and write it once more, for
 * the event that listeners of another kind get.
 */
const ARRIVES = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts');
const { defineProperty } = Reflect;

/**
 * The messages between a worker thread and the one that made it: an operation of the process for each, from `postMessage` to where it arrives. Both ends
 * count them, so that they need not carry a number. What goes through a `MessageChannel` is not told.
 */
class MessageWay {
  readonly #writer: RingWriter;
  readonly #base: number;
  #posted = 0;
  #arrived = 0;

  constructor(writer: RingWriter, thread: number, direction: number) {
    this.#writer = writer;
    this.#base = ((thread * 2 + direction) & 0xfff) << 20;
  }

  /** `send` may throw (what cannot be copied): then nothing is under way, and the next message has the number. */
  post(send: () => unknown): unknown {
    this.#writer.asyncBegin(this.#number(this.#posted + 1), AsyncScope.PROCESS, NAME, CATEGORY, 0, AsyncFlag.FLOW, '');
    const result = send();
    this.#posted++;
    return result;
  }

  arrive(): void {
    const number = this.#number(++this.#arrived);
    // Whether its beginning was recorded only the other thread knows.
    if (!this.#writer.recording) return;
    this.#writer.flow(number, AsyncScope.PROCESS, NAME, CATEGORY, FlowPhase.END);
    this.#writer.asyncEnd(number, AsyncScope.PROCESS, '', '');
  }

  #number(count: number): number {
    return (this.#base | (count & 0xfffff)) >>> 0;
  }
}

/** Of one worker, in the thread that made it. */
export interface WorkerMessages {
  post(send: () => unknown): unknown;
  arrive(): void;
}

export function messagesOfWorker(writer: RingWriter, thread: number): WorkerMessages {
  const [down, up] = [new MessageWay(writer, thread, DOWN), new MessageWay(writer, thread, UP)];
  return { post: (send) => down.post(send), arrive: () => up.arrive() };
}

/** In a worker thread. */
export function watchParentPort(writer: RingWriter, functions: Functions): void {
  const { parentPort, threadId, MessagePort } = process.getBuiltinModule('node:worker_threads');
  if (!parentPort) return;
  const [down, up] = [new MessageWay(writer, threadId, DOWN), new MessageWay(writer, threadId, UP)];
  functions.replace(MessagePort.prototype, 'postMessage', (target, self, args) => {
    return self === parentPort && writer.recording ? up.post(() => call(target, self, args)) : call(target, self, args);
  });
  let ports: unknown;
  let wasRead = false;
  let isTelling = false;
  defineProperty(parentPort, ARRIVES, {
    get: () => {
      wasRead = true;
      return ports;
    },
    set: (value: unknown) => {
      ports = value;
      if (wasRead) {
        wasRead = false;
        return;
      }
      isTelling = !isTelling;
      if (isTelling) down.arrive();
    },
    enumerable: true,
    configurable: true,
  });
}
