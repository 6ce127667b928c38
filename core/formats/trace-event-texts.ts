/** Beginnings of events as bytes, kept for names that come again: an event is then its beginning, its time and what is its own. */
import type { FunctionDefinition } from '../model/definitions.ts';
import type { Ended } from './ended-slices.ts';

/** Up to here for a thread. */
const MAX_HEADS = 100_000;

export interface CounterText {
  readonly head: Uint8Array;
  /** `"series":` */
  readonly keys: readonly Uint8Array[];
}

export interface ObjectText {
  readonly created: Uint8Array;
  readonly snapshot: Uint8Array;
  readonly deleted: Uint8Array;
  /** Key definition → `"key":value`: what the next snapshot does not change. */
  readonly attributes: Map<number, Uint8Array>;
}

export interface CallText {
  readonly head: Uint8Array;
  /** `"at":"file:line:column"`, without args of its own; empty where the file is not known. */
  readonly place: Uint8Array;
}

/** By name and category. Two maps of small numbers: a map of doubles would make an object for each look-up. */
export class Heads {
  readonly #byCategory = new Map<number, Map<number, Uint8Array>>();
  #size = 0;

  get(name: number, category: number): Uint8Array | undefined {
    return this.#byCategory.get(category)?.get(name);
  }

  set(name: number, category: number, head: Uint8Array): void {
    if (this.#size >= MAX_HEADS) this.clear();
    this.#size++;
    const heads = this.#byCategory.get(category) ?? new Map<number, Uint8Array>();
    this.#byCategory.set(category, heads);
    heads.set(name, head);
  }

  clear(): void {
    this.#byCategory.clear();
    this.#size = 0;
  }
}

/** A call that has ended and is not written yet. Its end is `low`; `high` is 0. */
export interface EndedCall extends Ended {
  readonly startNs: number;
  readonly functionId: number;
  readonly args: Uint8Array | undefined;
  readonly result: Uint8Array | undefined;
}

/** What is kept for a stream. */
export class StreamTexts {
  /** Those that began with the call around them: of two that end together, too, the outer one has to come first. */
  readonly ended: EndedCall[] = [];
  readonly counters = new Map<number, CounterText>();
  readonly objects = new Map<number, ObjectText>();
  readonly calls = new Map<number, CallText>();
  readonly instants = new Heads();
  /** By track: 0 is the thread's own. */
  readonly slices = new Map<number, Heads>();

  slicesOf(track: number): Heads {
    let heads = this.slices.get(track);
    if (heads === undefined) {
      heads = new Heads();
      this.slices.set(track, heads);
    }
    return heads;
  }

  /** Beginnings of events hold the process and thread: made anew after these changed. */
  forget(): void {
    this.counters.clear();
    this.calls.clear();
    this.instants.clear();
    this.slices.clear();
  }
}

/** `file:line:column`, as far as it is known; '' where the file is not. */
export function placeOf(definition: FunctionDefinition | undefined): string {
  if (definition === undefined || definition.file === '') return '';
  const line = definition.line > 0 ? `:${definition.line}` : '';
  return `${definition.file}${line}${line !== '' && definition.column > 0 ? `:${definition.column}` : ''}`;
}
