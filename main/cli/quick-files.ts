/**
 * Stands for `node:fs/promises` in the bundle of `run` (build.mjs says so): each millisecond before the script starts is one that
 * the user waits, and nothing else goes on in this process until then. A call of the system takes microseconds, a promise for
 * it a turn of the event loop and a thread. What only a first start or a failure needs is Node's own, loaded then.
 */
import * as fs from 'node:fs';
import { removeFile } from '../collector/remove.ts';

type Files = typeof import('node:fs/promises');

export const stat = async (file: string): Promise<fs.Stats> => fs.statSync(file);
export const access = async (file: string, mode?: number): Promise<void> => fs.accessSync(file, mode);
export const realpath = async (file: string): Promise<string> => fs.realpathSync.native(file);
export const readFile = async (file: string, encoding?: BufferEncoding): Promise<string | Buffer> => fs.readFileSync(file, encoding);
export const readdir = async (folder: string, options?: { recursive?: boolean; withFileTypes: true }): Promise<fs.Dirent[] | string[]> =>
  options ? fs.readdirSync(folder, options) : fs.readdirSync(folder);
export const rename = async (from: string, to: string): Promise<void> => fs.renameSync(from, to);
export const rm = async (file: string, options: fs.RmOptions): Promise<void> => (options.recursive ? fs.rmSync(file, options) : removeFile(file));
export const utimes = async (file: string, accessed: Date, modified: Date): Promise<void> => fs.utimesSync(file, accessed, modified);
export const writeFile = async (file: string, text: string): Promise<void> => fs.writeFileSync(file, text);

export async function open(file: string, flags: string, mode?: number) {
  if (flags !== 'r') return fs.promises.open(file, flags, mode);
  const descriptor = fs.openSync(file, flags);
  return {
    read: async (into: Uint8Array, offset: number, length: number, position: number) => ({
      bytesRead: fs.readSync(descriptor, into, offset, length, position),
    }),
    close: async () => fs.closeSync(descriptor),
  };
}

export const cp: Files['cp'] = (...given) => fs.promises.cp(...given);
export const mkdir: Files['mkdir'] = (...given: Parameters<Files['mkdir']>) => fs.promises.mkdir(...given) as Promise<undefined>;
