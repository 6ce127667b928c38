/**
 * Hashes of bytes, made of four at a time. One that is made while a string is looked through for its end (trace-event-fields.ts) must come out as that
 * of `hashOf`: a quote or a backslash ends a word early, and a backslash goes together with the byte behind it.
 */
export const hashStep = (hash: number, word: number): number => {
  const mixed = Math.imul(hash ^ word, 0x2c1b3c6d);
  return mixed ^ (mixed >>> 15);
};

/** Not 0 where one of the four bytes is a quote or a backslash: the highest bit of the first one is its lowest. */
export const specialBytes = (word: number): number => {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
};

/** How many of four bytes come before the first special one. */
export const bytesBefore = (special: number): number => (31 - Math.clz32(special & -special)) >> 3;

const BACKSLASH = 0x5c;

/** `view`: of all of `bytes`. */
export function hashOf(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let hash = 0;
  let at = start;
  while (at < end) {
    if (at + 4 <= end) {
      const four = view.getInt32(at, true);
      if (specialBytes(four) === 0) {
        hash = hashStep(hash, four);
        at += 4;
        continue;
      }
    }
    let word = 0;
    let length = 0;
    let c = bytes[at] as number;
    while (length < 4 && at + length < end && c !== 0x22 && c !== BACKSLASH) {
      word |= c << (8 * length++);
      c = bytes[at + length] as number;
    }
    if (length > 0) hash = hashStep(hash, word);
    at += length;
    if (length === 4 || at >= end) continue;
    hash = hashStep(hash, (bytes[at] as number) | ((at + 1 < end ? (bytes[at + 1] as number) : 0) << 8));
    at += 2;
  }
  return hash;
}

/** Of one slot: hash, number (-1: empty), where its bytes begin, how many there are. In one place, since a look-up is mostly waiting for memory. */
const SLOT = 4;

/** Gives equal byte strings one small number, without making a JavaScript string of them. */
export class ByteInterner {
  #slots = new Int32Array((1 << 11) * SLOT).fill(-1);
  #mask = (1 << 11) - 1;
  /** By number. */
  #ends = new Int32Array(1 << 10);
  #arena = new Uint8Array(1 << 16);
  #arenaView = new DataView(this.#arena.buffer);
  #arenaBytes = 0;
  /** What was looked at last: a view is made once for all texts in it. */
  #viewed: Uint8Array = this.#arena;
  #view: DataView = this.#arenaView;
  #count = 0;
  readonly #maxCount: number;
  readonly #maxBytes: number;

  constructor(limits: { readonly maxCount: number; readonly maxBytes: number }) {
    this.#maxCount = limits.maxCount;
    this.#maxBytes = limits.maxBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Number of `bytes[start..end)` from 0; -1 when it is new and the limits are reached. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.internHashed(bytes, this.#view, start, end, hashOf(bytes, this.#view, start, end));
  }

  /** The same with `hashOf` these bytes, and a view of all of them. Hot. */
  internHashed(bytes: Uint8Array, view: DataView, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const arena = this.#arenaView;
    const length = end - start;
    let slot = hash & mask;
    for (;;) {
      const s = slot * SLOT;
      const id = slots[s + 1] as number;
      if (id < 0) return this.#add(bytes, start, end, hash, slot);
      if (slots[s] === hash && slots[s + 3] === length) {
        const from = slots[s + 2] as number;
        let i = 0;
        while (i + 4 <= length && arena.getInt32(from + i, true) === view.getInt32(start + i, true)) i += 4;
        if (i + 4 > length) {
          while (i < length && arena.getUint8(from + i) === view.getUint8(start + i)) i++;
          if (i === length) return id;
        }
      }
      slot = (slot + 1) & mask;
    }
  }

  /** The bytes of a number: a view, valid until the next `intern`. */
  bytesOf(id: number): Uint8Array {
    return this.#arena.subarray(id === 0 ? 0 : this.#ends[id - 1], this.#ends[id]);
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const length = end - start;
    if (this.#count >= this.#maxCount || this.#arenaBytes + length > this.#maxBytes) return -1;
    const id = this.#count++;
    if (this.#arenaBytes + length > this.#arena.length) {
      const grown = new Uint8Array(Math.max(this.#arena.length * 2, this.#arenaBytes + length));
      grown.set(this.#arena);
      this.#arena = grown;
      this.#arenaView = new DataView(grown.buffer);
    }
    this.#arena.set(bytes.subarray(start, end), this.#arenaBytes);
    if (id === this.#ends.length) {
      const grown = new Int32Array(id * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    fill(this.#slots, slot, hash, id, this.#arenaBytes, length);
    this.#arenaBytes += length;
    this.#ends[id] = this.#arenaBytes;
    if (this.#count * 2 > this.#mask) this.#rehash();
    return id;
  }

  #rehash(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array((this.#mask + 1) * SLOT).fill(-1);
    for (let s = 0; s < old.length; s += SLOT) {
      if ((old[s + 1] as number) < 0) continue;
      let slot = (old[s] as number) & this.#mask;
      while ((this.#slots[slot * SLOT + 1] as number) >= 0) slot = (slot + 1) & this.#mask;
      fill(this.#slots, slot, old[s] as number, old[s + 1] as number, old[s + 2] as number, old[s + 3] as number);
    }
  }
}

function fill(slots: Int32Array, slot: number, hash: number, id: number, from: number, length: number): void {
  slots[slot * SLOT] = hash;
  slots[slot * SLOT + 1] = id;
  slots[slot * SLOT + 2] = from;
  slots[slot * SLOT + 3] = length;
}
