import { types } from 'node:util';
import { type AnyFunction, call, callHidden, type Functions, memory, type Trap } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import { CallbackOperation, Operation, type OperationSource } from './operation.ts';
import { whenSettled } from './promised.ts';

/** Those of `fs` that take a callback and do one thing. `read` and `write` of a stream are not seen: see streams.ts. */
const CALLBACK_FUNCTIONS = [
  ...['access', 'appendFile', 'chmod', 'chown', 'close', 'copyFile', 'cp', 'exists', 'fchmod', 'fchown', 'fdatasync', 'fstat', 'fsync', 'ftruncate'],
  ...['futimes', 'glob', 'lchmod', 'lchown', 'link', 'lstat', 'lutimes', 'mkdir', 'mkdtemp', 'open', 'opendir', 'read', 'readdir', 'readFile', 'readlink'],
  ...['readv', 'realpath', 'rename', 'rm', 'rmdir', 'stat', 'statfs', 'symlink', 'truncate', 'unlink', 'utimes', 'write', 'writeFile', 'writev'],
];
const PROMISE_FUNCTIONS = [
  ...['access', 'appendFile', 'chmod', 'chown', 'copyFile', 'cp', 'lchmod', 'lchown', 'link', 'lstat', 'lutimes', 'mkdir', 'mkdtemp', 'opendir'],
  ...['readdir', 'readFile', 'readlink', 'realpath', 'rename', 'rm', 'rmdir', 'stat', 'statfs', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile'],
];
const HANDLE_FUNCTIONS = [
  ...['appendFile', 'chmod', 'chown', 'close', 'datasync', 'read', 'readFile', 'readv', 'stat', 'sync', 'truncate', 'utimes', 'write', 'writeFile', 'writev'],
];

const { isUint8Array, isProxy } = types;
const hrefOf = Reflect.getOwnPropertyDescriptor(URL.prototype, 'href')?.get as AnyFunction;
const utf8 = Buffer.prototype.toString as AnyFunction;
const MAX_PATH_BYTES = 500;

/** Path of an open file, of `fs.promises.open`. */
const openPaths = memory<string>();

/** Functions of `fs` with a callback. */
export function watchFiles(source: OperationSource, functions: Functions, fs: object): void {
  for (const name of CALLBACK_FUNCTIONS) functions.replace(fs, name, withCallback(`fs.${name}`, source));
}

/** Functions of `fs/promises`, and, from the first opened file on, those of its handle. */
export function watchFilePromises(source: OperationSource, functions: Functions, promises: object): void {
  for (const name of PROMISE_FUNCTIONS) functions.replace(promises, name, withPromise(`fs.promises.${name}`, source, ofFirstArgument));
  functions.replace(promises, 'open', opens(source, functions));
}

const ofFirstArgument = (_self: unknown, args: readonly unknown[]): string => whichFile(args[0]);
const ofHandle = (self: unknown): string => jsonArgs({ path: openPaths.of(self) });

function opens(source: OperationSource, functions: Functions): Trap {
  let watched = false;
  return (target, self, args) => {
    if (!source.writer.recording) return call(target, self, args);
    const operation = new Operation(source, 'fs.promises.open', 'fs').begin(whichFile(args[0]));
    return whenSettled(operation, unlessThrown(operation, target, self, args), (handle) => {
      if (typeof handle !== 'object' || handle === null) return '';
      const path = pathText(args[0]);
      if (path !== undefined) openPaths.put(handle, path);
      const prototype = Reflect.getPrototypeOf(handle);
      if (!watched && prototype) {
        for (const name of HANDLE_FUNCTIONS) functions.replace(prototype, name, withPromise(`FileHandle.${name}`, source, ofHandle));
      }
      watched = true;
      return '';
    });
  };
}

function withCallback(name: string, source: OperationSource): Trap {
  return (target, self, args) => {
    const last = args.length - 1;
    const callback = args[last];
    if (typeof callback !== 'function' || !source.writer.recording) return callHidden(OWN_FRAMES - 1, () => call(target, self, args));
    const operation = new CallbackOperation(source, name, 'fs').begin(whichFile(args[0]));
    args[last] = operation.of(callback as AnyFunction);
    return unlessThrown(operation, target, self, args);
  };
}

function withPromise(name: string, source: OperationSource, which: (self: unknown, args: readonly unknown[]) => string): Trap {
  return (target, self, args) => {
    if (!source.writer.recording) return call(target, self, args);
    const operation = new Operation(source, name, 'fs').begin(which(self, args));
    return whenSettled(operation, unlessThrown(operation, target, self, args), lengthOf);
  };
}

const lengthOf = (value: unknown): string => (typeof value === 'string' || isUint8Array(value) ? `{"length":${value.length}}` : '');

/** From the trap to Node's function. */
const OWN_FRAMES = 5;

/** `finally`, since what is caught and thrown again is shown at another line of code. */
export function unlessThrown(operation: Operation, target: AnyFunction, self: unknown, args: unknown[]): unknown {
  let threw = true;
  try {
    const result = callHidden(OWN_FRAMES, () => call(target, self, args));
    threw = false;
    return result;
  } finally {
    if (threw) operation.end('{"error":"refused"}');
  }
}

/** Args of an operation on a file: its path, or its number. */
export function whichFile(file: unknown): string {
  return jsonArgs(typeof file === 'number' ? { fd: file } : { path: pathText(file) });
}

function pathText(file: unknown): string | undefined {
  if (typeof file === 'string') return file;
  if (typeof file !== 'object' || file === null || isProxy(file)) return undefined;
  if (isUint8Array(file)) return String(call(utf8, file, ['utf8', 0, MAX_PATH_BYTES]));
  try {
    return String(call(hrefOf, file, []));
  } catch {
    return undefined; // No URL: Node refuses it.
  }
}
