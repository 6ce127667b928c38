// CRC-32 (ISO 3309, the one of gzip and zlib), sliced by eight. In TypeScript because the renderer has no zlib.

/** Table `k` is the checksum of a byte that `k` zero bytes follow. */
const TABLES = makeTables();

function makeTables(): readonly Int32Array[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  const [first] = tables as [Int32Array];
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    first[n] = c;
  }
  for (let t = 1; t < 8; t++) {
    const previous = tables[t - 1] as Int32Array;
    for (let n = 0; n < 256; n++) {
      const c = previous[n] as number;
      (tables[t] as Int32Array)[n] = (first[c & 0xff] as number) ^ (c >>> 8);
    }
  }
  return tables;
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

/** CRC-32 of `bytes`; `seed` continues an earlier result. Unsigned. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  const { length } = bytes;
  if (length < 16) return ~byByte(bytes, ~seed, 0, length) >>> 0;
  const aligned = -bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (length - aligned) >>> 2);
  const pairs = words.length & ~1;
  let c = byByte(bytes, ~seed, 0, aligned);
  // Hot: all that is recorded passes here. Two words at a time are twice as fast as one word out of four bytes. (Every
  // platform of Node and Chromium is little-endian.)
  for (let w = 0; w < pairs; w += 2) {
    const a = (words[w] as number) ^ c;
    const b = words[w + 1] as number;
    c =
      (T7[a & 0xff] as number) ^
      (T6[(a >>> 8) & 0xff] as number) ^
      (T5[(a >>> 16) & 0xff] as number) ^
      (T4[a >>> 24] as number) ^
      (T3[b & 0xff] as number) ^
      (T2[(b >>> 8) & 0xff] as number) ^
      (T1[(b >>> 16) & 0xff] as number) ^
      (T0[b >>> 24] as number);
  }
  return ~byByte(bytes, c, aligned + pairs * 4, length) >>> 0;
}

function byByte(bytes: Uint8Array, seed: number, from: number, to: number): number {
  let c = seed;
  for (let i = from; i < to; i++) c = (T0[(c ^ (bytes[i] as number)) & 0xff] as number) ^ (c >>> 8);
  return c;
}
