import type { BroadcastChannel } from 'node:worker_threads';
import type { EsModuleWatch } from '../resolve-api.ts';
import type { RingWriter } from '../ring-writer.ts';
import { jsonArgs } from './json-args.ts';
import { nameOf, TRACK } from './modules.ts';

const CHANNEL = 'trace-studio:module-loads';
const hrtime = process.hrtime.bigint;

/** What the thread of Node's hooks tells. Times of `process.hrtime.bigint()`, which is one clock for all threads. */
interface Loaded {
  readonly url: string;
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * ES modules: how long their source took to be there. What runs of them are calls. Told by the hooks that the tracer has anyway; where Node runs those in a thread of
 * its own (before 22.15), by that one.
 */
export class EsModuleLoads implements EsModuleWatch {
  readonly #writer: RingWriter;
  #channel: BroadcastChannel | undefined;
  /** The writer's time at 0 of the clock. */
  readonly #zeroNs: number;

  constructor(writer: RingWriter) {
    this.#writer = writer;
    this.#zeroNs = writer.now() - Number(hrtime());
  }

  readonly now = (): number => this.#writer.now();

  readonly loaded = (url: string, startNs: number, endNs: number): void => {
    this.#writer.sliceBetween(TRACK, nameOf(url), 'module', startNs, endNs, jsonArgs({ file: url }));
  };

  readonly listen = (): string => {
    if (this.#channel) return CHANNEL;
    const { BroadcastChannel } = process.getBuiltinModule('node:worker_threads');
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.onmessage = (event: unknown) => this.#take((event as { data: Loaded }).data);
    this.#channel.unref();
    return CHANNEL;
  };

  #take({ url, start, end }: Loaded): void {
    this.loaded(url, this.#zeroNs + Number(start), this.#zeroNs + Number(end));
  }

  /** What the thread has told and no turn has taken. */
  finish(): void {
    if (!this.#channel) return;
    const { receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads');
    for (let next = receiveMessageOnPort(this.#channel as never); next; next = receiveMessageOnPort(this.#channel as never)) this.#take(next.message as Loaded);
  }
}
