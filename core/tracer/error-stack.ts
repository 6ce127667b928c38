/** The text of an error's stack. Node makes it where it is first read: of the error's name and message, by `Error.prepareStackTrace`. */
import { types } from 'node:util';

// Taken at load: a script may replace them.
const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const { isNativeError, isProxy } = types;
/** Where the engine has made an accessor of it, it is the same one for all errors. */
const engineStack = getOwnPropertyDescriptor(new Error(), 'stack')?.get;

/** Undefined where that would run something of the script's, `Error.prepareStackTrace` aside: see NodesStacks. */
export function stackText(error: unknown): string | undefined {
  if (!isNativeError(error) || !hasPlainHead(error)) return undefined;
  const found = getOwnPropertyDescriptor(error, 'stack');
  try {
    const stack: unknown = found?.get ? found.get === engineStack && apply(found.get, error, []) : found?.value;
    return typeof stack === 'string' ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** The head of a stack is made of these: none is a getter of the script's. */
function hasPlainHead(error: object): boolean {
  for (let of: object | null = error; of !== null; of = getPrototypeOf(of)) {
    if (isProxy(of)) return false;
    const name = getOwnPropertyDescriptor(of, 'name');
    if (name?.get || getOwnPropertyDescriptor(of, 'message')?.get) return false;
    if (name?.value !== undefined && typeof name.value !== 'string') return false;
  }
  return true;
}

/** Whether `Error.prepareStackTrace` is still what it was when the script began: Node's own, behind what the tracer has put there. */
export class NodesStacks {
  #found: PropertyDescriptor | undefined;
  #value: unknown;

  /** The tracer is in place. */
  begins(): void {
    this.#found = getOwnPropertyDescriptor(Error, 'prepareStackTrace');
    this.#value = Error.prepareStackTrace;
  }

  get areMade(): boolean {
    const now = getOwnPropertyDescriptor(Error, 'prepareStackTrace');
    // The getter, if there is one, is the tracer's.
    return now?.get === this.#found?.get && (now?.get ? Error.prepareStackTrace : now?.value) === this.#value;
  }
}
