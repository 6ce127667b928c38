/** What is recorded of calls beside their time: arguments, results, exceptions. Nothing of the script's is run for it. */
import timers from 'node:timers';
import { type ObjectKinds, ownText, UntouchedCopy } from '../../events/untouched-copy.ts';
import type { SnapshotLimits } from '../../protocol/snapshot-value.ts';
import { stackText } from '../error-stack.ts';
import type { RingWriter } from '../ring-writer.ts';
import type { OriginalCode } from './original-code.ts';

/** Far less than a snapshot of the user's: there is one for each call. */
const LIMITS: SnapshotLimits = { maxDepth: 3, maxEntries: 20, maxStringLength: 200, maxBytes: 4096 };
const MAX_STACK_LETTERS = 4000;
/** Making the text of a stack takes as long as hundreds of calls: a script that throws more often than this has some without. */
const STACKS_A_SECOND = 200;

// Taken at load: a script may replace them.
const hrtime = process.hrtime.bigint;
const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const { stringify } = JSON;
const { has, add } = WeakSet.prototype;
const { slice } = String.prototype;
const { splice } = Array.prototype;
const later = timers.setImmediate;

/** An exception that is told of soon: JSON of what is known of it, with room for its stack. */
interface Exception {
  readonly error: unknown;
  readonly name: string;
  readonly json: string;
  readonly caught: boolean;
  readonly timeNs: number;
}

/**
 * To read a stack makes its text, of the name and message that the error has then, and from then on the engine does not know any more where it was thrown.
 * A `catch` may change the message and throw again, and Node may print that line: so stacks of caught errors are read in the next turn of the event loop,
 * or at the end, and the exceptions are told of then, at their own times. Of more than these at once the oldest are told of without waiting.
 */
const MAX_WAITING = 64;

export class CallValues {
  readonly #writer: RingWriter;
  readonly #original: OriginalCode;
  readonly #kinds: ObjectKinds;
  readonly #copy: UntouchedCopy;
  readonly #seen = new WeakSet();
  readonly #waiting: Exception[] = [];
  #second = 0n;
  #stacks = 0;

  constructor(writer: RingWriter, original: OriginalCode, kinds: ObjectKinds) {
    this.#writer = writer;
    this.#original = original;
    this.#kinds = kinds;
    this.#copy = new UntouchedCopy(LIMITS, writer.maskSecrets, kinds);
  }

  /** `values`: an object of ours, the parameters by name. */
  arguments(token: number, values: object): void {
    if (token !== 0) safely(() => this.#writer.callArguments(this.#copy.of(values)));
  }

  result(value: unknown, token: number): void {
    if (token !== 0) safely(() => this.#writer.callResult(this.#copy.of(value)));
  }

  /** An error has reached a `catch` of the script's. Told once for each. */
  caught(error: unknown): void {
    if (!this.#writer.recording) return;
    const isObject = typeof error === 'object' && error !== null;
    if (isObject && apply(has, this.#seen, [error])) return;
    if (isObject) apply(add, this.#seen, [error]);
    safely(() => this.#wait(this.#exception(error, true)));
  }

  /** It has reached nobody. */
  uncaught(error: unknown): void {
    this.finish();
    if (this.#writer.recording) safely(() => this.#tell(this.#exception(error, false)));
  }

  /** Tells of what waits. */
  finish(): void {
    this.#tellOldest(this.#waiting.length);
  }

  #wait(exception: Exception): void {
    const { length } = this.#waiting;
    if (length === 0) later(() => this.finish()).unref();
    else if (length >= MAX_WAITING) this.#tellOldest(MAX_WAITING / 2);
    this.#waiting[this.#waiting.length] = exception;
  }

  #tellOldest(count: number): void {
    for (const exception of apply(splice, this.#waiting, [0, count]) as Exception[]) safely(() => this.#tell(exception));
  }

  #exception(error: unknown, caught: boolean): Exception {
    const timeNs = this.#writer.now();
    const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
    if (!isObject || this.#kinds.isProxy(error)) {
      return { error: undefined, name: isObject ? 'Proxy' : typeof error, json: `"value":${this.#copy.of(error)}`, caught, timeNs };
    }
    const message = cut(ownText(error, 'message'), 2000);
    return { error, name: this.#nameOf(error), json: `"message":${stringify(message)}`, caught, timeNs };
  }

  #tell({ error, name, json, caught, timeNs }: Exception): void {
    const stack = error === undefined ? undefined : this.#stackOf(error);
    const withStack = stack === undefined ? json : `${json},"stack":${stringify(cut(stack, MAX_STACK_LETTERS))}`;
    this.#writer.runtimeInstant(name, 'exception', `{${withStack},"caught":${caught}}`, timeNs);
  }

  #nameOf(error: object): string {
    for (let of: object | null = error; of !== null && !this.#kinds.isProxy(of); of = getPrototypeOf(of)) {
      const maker: unknown = getOwnPropertyDescriptor(of, 'constructor')?.value;
      const name = typeof maker === 'function' && !this.#kinds.isProxy(maker) ? ownText(maker, 'name') : '';
      if (name !== '') return name;
    }
    return 'Object';
  }

  /** Undefined: what makes the text would run something of the script's, or there were too many. */
  #stackOf(error: unknown): string | undefined {
    if (this.#original.isFormattedByScript) return undefined;
    const now = hrtime();
    if (now - this.#second > 1_000_000_000n) {
      this.#second = now;
      this.#stacks = 0;
    }
    if (++this.#stacks > STACKS_A_SECOND) return undefined;
    return stackText(error);
  }
}

/** At the end of the stack there may be no room for a copy: the script is not to see an error of ours. */
function safely(run: () => void): void {
  try {
    run();
  } catch {
    // Not recorded.
  }
}

const cut = (text: string, letters: number): string => (text.length > letters ? `${apply(slice, text, [0, letters])}…` : text);
