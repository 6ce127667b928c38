// CRC-32 (ISO 3309, the one of gzip and zlib), sliced by four. In TypeScript because the renderer has no zlib.

const TABLES = makeTables();

function makeTables(): readonly Uint32Array[] {
  const tables = [0, 1, 2, 3].map(() => new Uint32Array(256));
  const [first] = tables as [Uint32Array];
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    first[n] = c >>> 0;
  }
  for (let t = 1; t < 4; t++) {
    const previous = tables[t - 1] as Uint32Array;
    for (let n = 0; n < 256; n++) {
      const c = previous[n] as number;
      (tables[t] as Uint32Array)[n] = ((first[c & 0xff] as number) ^ (c >>> 8)) >>> 0;
    }
  }
  return tables;
}

/** CRC-32 of `bytes`; `seed` continues an earlier result. Unsigned. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  const [t0, t1, t2, t3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let c = ~seed;
  let i = 0;
  // Hot: a block of 1 MB passes here for each MB recorded. Four bytes at a time is 3 times the plain loop.
  const whole = bytes.length - 3;
  for (; i < whole; i += 4) {
    c ^= (bytes[i] as number) | ((bytes[i + 1] as number) << 8) | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24);
    c = (t3[c & 0xff] as number) ^ (t2[(c >>> 8) & 0xff] as number) ^ (t1[(c >>> 16) & 0xff] as number) ^ (t0[c >>> 24] as number);
  }
  for (; i < bytes.length; i++) c = (t0[(c ^ (bytes[i] as number)) & 0xff] as number) ^ (c >>> 8);
  return ~c >>> 0;
}
