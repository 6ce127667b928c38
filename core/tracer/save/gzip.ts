import { constants, crc32, deflateRawSync } from 'node:zlib';

const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
/** A call of zlib makes a window of its own: pieces are put together up to here. */
const PIECE_BYTES = 1024 * 1024;
const LAST = Uint8Array.of(3, 0);

/** gzip as one member, piece by piece and without a stream: a process that is at its end can use it. */
export function* gzip(pieces: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  yield HEADER;
  let crc = 0;
  let length = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const deflate = (): Uint8Array => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    crc = crc32(bytes, crc);
    length = (length + bytes.length) % 2 ** 32;
    return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  };
  for (const piece of pieces) {
    waiting.push(piece);
    waitingBytes += piece.length;
    if (waitingBytes >= PIECE_BYTES) yield deflate();
  }
  if (waitingBytes > 0) yield deflate();
  yield LAST;
  const trailer = new Uint8Array(8);
  new DataView(trailer.buffer).setUint32(0, crc, true);
  new DataView(trailer.buffer).setUint32(4, length, true);
  yield trailer;
}
