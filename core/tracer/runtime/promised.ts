import { types } from 'node:util';
import { type AnyFunction, call } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import type { Operation } from './operation.ts';
import { textOf } from './plain-text.ts';

// Taken at load: a script may replace it.
const then = Promise.prototype.then as AnyFunction;
const { isPromise } = types;

/**
 * Ends `operation` when `promise` settles, before anything that waits for what is returned: a promise of the same outcome. It takes the place of
 * Node's own, because one that is looked at is one whose rejection counts as handled.
 */
export function whenSettled(operation: Operation, promise: unknown, args: (value: unknown) => string): unknown {
  if (!isPromise(promise)) return promise;
  return call(then, promise, [
    (value: unknown) => {
      operation.resumes();
      operation.end(args(value));
      return value;
    },
    (error: unknown) => {
      operation.resumes();
      operation.end(failed(error));
      throw error;
    },
  ]);
}

/** Args of an operation that failed: the code of Node's errors, else the name. */
export function failed(error: unknown): string {
  return jsonArgs({ error: textOf(error, 'code') ?? textOf(error, 'name') ?? 'failed' });
}
