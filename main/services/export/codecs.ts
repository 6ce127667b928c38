/** What Node can decompress. */
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { Codecs } from '../../../core/formats/open-trace.ts';

/** Of what comes out: with the default of 16 KB it takes four times as long. zlib works in a thread of its own. */
const CHUNK_BYTES = 1024 * 1024;
/** It goes on while what it gave is read: so much may wait. */
const AHEAD_BYTES = 4 * CHUNK_BYTES;
const OPTIONS = { chunkSize: CHUNK_BYTES, readableHighWaterMark: AHEAD_BYTES };

/** zstd: since Node 22.15. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: (options: typeof OPTIONS) => Transform };

/** In zlib since Node 20.15 and 22.2. */
export const crc32 = (zlib as { readonly crc32?: (bytes: Uint8Array) => number }).crc32;

export const nodeCodecs: Codecs = {
  gunzip: (bytes) => through(bytes, zlib.createGunzip(OPTIONS)),
  ...(createZstdDecompress && { zstd: (bytes: AsyncIterable<Uint8Array>) => through(bytes, createZstdDecompress(OPTIONS)) }),
  inflate: async (bytes, limit) => zlib.inflateSync(bytes, { maxOutputLength: limit }),
};

/** Gives what can be decompressed and throws at the damage. */
async function* through(bytes: AsyncIterable<Uint8Array>, decompress: Transform): AsyncGenerator<Uint8Array, void, undefined> {
  const fed = pipeline(Readable.from(withShortEnd(bytes)), decompress);
  // The loop below throws the same error; without a listener the process would end of it.
  fed.catch(() => {});
  yield* decompress as AsyncIterable<Uint8Array>;
  await fed;
}

/** At a cut end Node throws away what the last piece gave: that is one byte then. */
async function* withShortEnd(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let last: Uint8Array | undefined;
  for await (const part of bytes) {
    if (part.length === 0) continue;
    if (last !== undefined) yield last;
    last = part;
  }
  if (last === undefined) return;
  if (last.length > 1) yield last.subarray(0, last.length - 1);
  yield last.subarray(last.length - 1);
}
