/** What is recorded of calls beside their time: arguments, results, exceptions. Nothing of the script's is run for it. */
import { type ObjectKinds, ownText, UntouchedCopy } from '../../events/untouched-copy.ts';
import { InstantScope } from '../../protocol/records.ts';
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

export class CallValues {
  readonly #writer: RingWriter;
  readonly #original: OriginalCode;
  readonly #kinds: ObjectKinds;
  readonly #copy: UntouchedCopy;
  readonly #seen = new WeakSet();
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
    safely(() => this.#tell(error, true));
  }

  /** It has reached nobody. */
  uncaught(error: unknown): void {
    if (this.#writer.recording) safely(() => this.#tell(error, false));
  }

  #tell(error: unknown, caught: boolean): void {
    const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
    if (!isObject || this.#kinds.isProxy(error)) {
      this.#writer.instant(isObject ? 'Proxy' : typeof error, 'exception', InstantScope.THREAD, `{"value":${this.#copy.of(error)},"caught":${caught}}`);
      return;
    }
    const message = ownText(error, 'message');
    const stack = this.#stackOf(error);
    const fields = [`"message":${stringify(cut(message, 2000))}`, ...(stack === undefined ? [] : [`"stack":${stringify(cut(stack, MAX_STACK_LETTERS))}`])];
    this.#writer.instant(
      this.#nameOf(error),
      'exception',
      InstantScope.THREAD,
      `{${fields[0]},${fields[1] === undefined ? '' : `${fields[1]},`}"caught":${caught}}`,
    );
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
  #stackOf(error: object): string | undefined {
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
