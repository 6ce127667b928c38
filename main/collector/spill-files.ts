import { createReadStream, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { SPILL_MAGIC } from '../../core/protocol/target-wire.ts';
import { FrameParser, type FrameSink, WireError } from './frame-parser.ts';

/** Spill files of processes that no socket told of, or whose end was not seen. */
export const spillFiles = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+\.spill$/.test(name)) : []);

export const spillFileOf = (pid: number): string => `${pid}.spill`;

/** Frames of a file that a target wrote at its exit, its HELLO included. A file that is cut gives what is whole. Throws WireError. */
export async function readSpill(folder: string, name: string, sink: FrameSink): Promise<void> {
  const parser = new FrameParser(sink);
  let magic = '';
  for await (const bytes of createReadStream(path.join(folder, name), { highWaterMark: 256 * 1024 })) {
    let chunk = bytes as Uint8Array;
    if (magic.length < SPILL_MAGIC.length) {
      const missing = SPILL_MAGIC.length - magic.length;
      magic += Buffer.from(chunk.subarray(0, missing)).toString('latin1');
      chunk = chunk.subarray(missing);
      if (!SPILL_MAGIC.startsWith(magic)) throw new WireError('a spill file that does not start like one');
    }
    parser.push(chunk);
  }
}
