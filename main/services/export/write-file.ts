import { closeSync, createWriteStream, fsyncSync, openSync, writeSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Conversion } from './conversion.ts';

/** On the disk when it resolves. */
export async function writeFile(
  bytes: AsyncIterable<Uint8Array>,
  { target, format, compressed = format === 'chrome-json-gz' }: Pick<Conversion, 'target' | 'format' | 'compressed'>,
): Promise<void> {
  if (compressed) {
    const options = { flags: 'wx', flush: true };
    await pipeline(bytes, createGzip({ level: 6 }), createWriteStream(target, options));
    return;
  }
  // A stream would take longer to be made than a short report takes. Nothing waits for this thread but what reads the source, between two pieces.
  const file = openSync(target, 'wx');
  try {
    for await (const piece of bytes) for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
