import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { SPILL_MAGIC } from '../../core/protocol/target-wire.ts';
import { FrameParser, type FrameSink, WireError } from './frame-parser.ts';

const PIECE_BYTES = 256 * 1024;

/** Spill files of processes that no socket told of, or whose end was not seen. */
export const spillFiles = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+\.spill$/.test(name)) : []);

export const spillFileOf = (pid: number): string => `${pid}.spill`;

/** Frames of a file that a target wrote at its exit, its HELLO included. A file that is cut gives what is whole. Throws WireError. */
export async function readSpill(folder: string, name: string, sink: FrameSink): Promise<void> {
  const parser = new FrameParser(sink);
  let magic = '';
  for await (const bytes of pieces(path.join(folder, name))) {
    let chunk = bytes;
    if (magic.length < SPILL_MAGIC.length) {
      const missing = SPILL_MAGIC.length - magic.length;
      magic += Buffer.from(chunk.subarray(0, missing)).toString('latin1');
      chunk = chunk.subarray(missing);
      if (!SPILL_MAGIC.startsWith(magic)) throw new WireError('a spill file that does not start like one');
    }
    parser.push(chunk);
  }
}

/** Read directly: most of these files are of a few hundred bytes. Between two pieces of a long one others have their turn. */
async function* pieces(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const descriptor = openSync(file, 'r');
  try {
    for (;;) {
      const bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
      const length = readSync(descriptor, bytes, 0, PIECE_BYTES, null);
      if (length > 0) yield bytes.subarray(0, length);
      if (length < PIECE_BYTES) return;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  } finally {
    closeSync(descriptor);
  }
}
