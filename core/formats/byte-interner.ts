/** One byte more of a hash that begins with 0. */
export const hashStep = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);

/** Gives equal byte strings one small number, without making a JavaScript string of them. */
export class ByteInterner {
  #slots = new Int32Array(1 << 12).fill(-1);
  #hashes = new Int32Array(1 << 10);
  #ends = new Int32Array(1 << 10);
  #arena = new Uint8Array(1 << 16);
  #arenaBytes = 0;
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
    let hash = 0;
    for (let i = start; i < end; i++) hash = hashStep(hash, bytes[i] as number);
    return this.internHashed(bytes, start, end, hash);
  }

  /** The same, where `hashStep` was applied to the bytes before. */
  internHashed(bytes: Uint8Array, start: number, end: number, bytesHash: number): number {
    const hash = bytesHash ^ (bytesHash >>> 15);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let id = this.#slots[slot] as number; id >= 0; id = this.#slots[slot] as number) {
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#add(bytes, start, end, hash, slot);
  }

  /** The bytes of a number: a view, valid until the next `intern`. */
  bytesOf(id: number): Uint8Array {
    return this.#arena.subarray(id === 0 ? 0 : this.#ends[id - 1], this.#ends[id]);
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = id === 0 ? 0 : (this.#ends[id - 1] as number);
    const length = end - start;
    if ((this.#ends[id] as number) - from !== length) return false;
    const arena = this.#arena;
    for (let i = 0; i < length; i++) if (arena[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const length = end - start;
    if (this.#count >= this.#maxCount || this.#arenaBytes + length > this.#maxBytes) return -1;
    const id = this.#count++;
    if (this.#arenaBytes + length > this.#arena.length) {
      const grown = new Uint8Array(Math.max(this.#arena.length * 2, this.#arenaBytes + length));
      grown.set(this.#arena);
      this.#arena = grown;
    }
    this.#arena.set(bytes.subarray(start, end), this.#arenaBytes);
    this.#arenaBytes += length;
    if (id === this.#ends.length) {
      this.#ends = doubled(this.#ends);
      this.#hashes = doubled(this.#hashes);
    }
    this.#ends[id] = this.#arenaBytes;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = (this.#hashes[id] as number) & mask;
      while ((slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

function doubled(list: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(list.length * 2);
  grown.set(list);
  return grown;
}
