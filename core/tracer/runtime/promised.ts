import type { Promised } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import type { Operation } from './operation.ts';
import { textOf } from './plain-text.ts';

/** An operation that ends when a promise settles. `args`: of its end, made of the value. */
export class PromisedOperation implements Promised {
  readonly #operation: Operation;
  readonly #args: (value: unknown) => string;

  constructor(operation: Operation, args: (value: unknown) => string) {
    this.#operation = operation;
    this.#args = args;
  }

  resolved(value: unknown): void {
    this.#operation.resumes();
    let args = '';
    try {
      args = this.#args(value);
    } catch {
      // A script may have replaced anything that this is made of: it ends without them.
    }
    this.#operation.end(args);
  }

  rejected(error: unknown): void {
    this.#operation.resumes();
    this.#operation.end(failed(error));
  }
}

/** Args of an operation that failed: the code of Node's errors, else the name. */
export function failed(error: unknown): string {
  try {
    return jsonArgs({ error: textOf(error, 'code') ?? textOf(error, 'name') ?? 'failed' });
  } catch {
    return ''; // As above.
  }
}
