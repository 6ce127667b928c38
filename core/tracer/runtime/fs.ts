import { types } from 'node:util';
import { type AnyFunction, call, callHidden, type Functions, memory, type Trap } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import { CallbackOperation, Operation, type OperationSource } from './operation.ts';
import { PromisedOperation } from './promised.ts';

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
  ...['appendFile', 'chmod', 'chown', 'datasync', 'read', 'readFile', 'readv', 'stat', 'sync', 'truncate', 'utimes', 'write', 'writeFile', 'writev'],
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
  const watch = (name: string, which: (self: unknown, args: readonly unknown[]) => string, settled: (value: unknown, args: readonly unknown[]) => string) => {
    return (self: unknown, args: readonly unknown[]) => {
      if (!source.writer.recording) return undefined;
      return new PromisedOperation(new Operation(source, name, 'fs').begin(which(self, args)), (value) => settled(value, args));
    };
  };
  const ofFirstArgument = (_self: unknown, args: readonly unknown[]): string => whichFile(args[0]);
  const ofHandle = (self: unknown): string => jsonArgs({ path: openPaths.of(self) });
  for (const name of PROMISE_FUNCTIONS) functions.replacePromising(promises, name, watch(`fs.promises.${name}`, ofFirstArgument, lengthOf));
  let watched = false;
  const opened = (handle: unknown, args: readonly unknown[]): string => {
    const path = pathText(args[0]);
    if (typeof handle !== 'object' || handle === null) return '';
    if (path !== undefined) openPaths.put(handle, path);
    const prototype = Reflect.getPrototypeOf(handle);
    if (watched || !prototype) return '';
    watched = true;
    for (const name of HANDLE_FUNCTIONS) functions.replacePromising(prototype, name, watch(`FileHandle.${name}`, ofHandle, lengthOf));
    return '';
  };
  functions.replacePromising(promises, 'open', watch('fs.promises.open', ofFirstArgument, opened));
}

const lengthOf = (value: unknown): string => (typeof value === 'string' || isUint8Array(value) ? `{"length":${value.length}}` : '');

function withCallback(name: string, source: OperationSource): Trap {
  return (target, self, args) => {
    const last = args.length - 1;
    const callback = args[last];
    if (typeof callback !== 'function' || !source.writer.recording) return callHidden(3, target, self, args);
    const operation = new CallbackOperation(source, name, 'fs').begin(whichFile(args[0]));
    args[last] = operation.of(callback as AnyFunction);
    // `finally`, since what is caught and thrown again is shown at another line of code.
    let threw = true;
    try {
      const result = callHidden(3, target, self, args);
      threw = false;
      return result;
    } finally {
      if (threw) operation.end('{"error":"refused"}');
    }
  };
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
