import { whichFile } from './fs.ts';
import { type AnyFunction, call, type Functions, memory, onMethod, ownerOf, type Trap } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import { Operation, type OperationSource } from './operation.ts';
import { dataOf } from './plain-text.ts';

const open = memory<Operation>();

/**
 * Streams of files: one operation from the opening to the end. Their reads and writes are not told one by one: the stream gets them from an
 * `fs` whose functions are Node's own (or the script's, if it has put others there).
 */
export function watchFileStreams(source: OperationSource, functions: Functions, fs: object): void {
  const plain = new Proxy(fs, { get: (target, key) => functions.original(Reflect.get(target, key)) });
  const destroyed = (stream: object): void => {
    const operation = open.of(stream);
    if (operation?.open) operation.end(jsonArgs({ bytes: numberOf(stream, 'bytesRead') ?? numberOf(stream, 'bytesWritten') }));
  };
  const watched = new Set<object>();
  const made = (name: string): Trap => {
    return (target: AnyFunction, self, args) => {
      const stream = call(target, self, args);
      if (typeof stream !== 'object' || stream === null) return stream;
      const place = Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'kFs');
      if (place && Reflect.get(stream, place) === fs) Reflect.set(stream, place, plain);
      const prototype = ownerOf(stream, '_destroy');
      if (prototype && prototype !== stream && !watched.has(prototype)) {
        watched.add(prototype);
        onMethod(prototype, '_destroy', destroyed);
      }
      open.put(stream, new Operation(source, name, 'stream').begin(whichFile(args[0]), 0));
      return stream;
    };
  };
  functions.replace(fs, 'createReadStream', made('fs.createReadStream'));
  functions.replace(fs, 'createWriteStream', made('fs.createWriteStream'));
}

function numberOf(stream: object, key: string): number | undefined {
  const value = dataOf(stream, key);
  return typeof value === 'number' ? value : undefined;
}
