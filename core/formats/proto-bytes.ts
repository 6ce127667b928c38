/** Protocol buffers as bytes: the fields of one message, read and written without a schema. 64-bit numbers are two words. */

export const Wire = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const;
const WORD = 2 ** 32;

const SCRATCH = new DataView(new ArrayBuffer(8));
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Steps over the fields of a message in `bytes[at..end)`. `next` is false at the end, and where the bytes are none of a message (`damaged`). */
export class ProtoFields {
  bytes: Uint8Array = new Uint8Array(0);
  field = 0;
  wire = 0;
  /** Of a number. */
  low = 0;
  high = 0;
  /** Of bytes. */
  start = 0;
  end = 0;
  damaged = false;
  #at = 0;
  #limit = 0;

  reset(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.#at = start;
    this.#limit = end;
    this.damaged = false;
    return this;
  }

  next(): boolean {
    if (this.#at >= this.#limit) return false;
    if (!this.#varint()) return this.#stop();
    const tag = this.low;
    this.field = tag >>> 3;
    this.wire = tag & 7;
    if (this.field === 0 || this.high !== 0) return this.#stop();
    switch (this.wire) {
      case Wire.VARINT:
        return this.#varint() || this.#stop();
      case Wire.BYTES: {
        if (!this.#varint() || this.high !== 0 || this.low > this.#limit - this.#at) return this.#stop();
        this.start = this.#at;
        this.end = this.#at + this.low;
        this.#at = this.end;
        return true;
      }
      case Wire.FIXED64:
        if (this.#limit - this.#at < 8) return this.#stop();
        this.low = this.#word(this.#at);
        this.high = this.#word(this.#at + 4);
        this.#at += 8;
        return true;
      case Wire.FIXED32:
        if (this.#limit - this.#at < 4) return this.#stop();
        this.low = this.#word(this.#at);
        this.high = 0;
        this.#at += 4;
        return true;
      default:
        return this.#stop();
    }
  }

  #stop(): false {
    this.damaged = true;
    this.#at = this.#limit;
    return false;
  }

  #word(at: number): number {
    const { bytes } = this;
    return ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
  }

  #varint(): boolean {
    const { bytes } = this;
    let at = this.#at;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= this.#limit) return false;
      const byte = bytes[at++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#at = at;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return true;
      }
    }
    return false;
  }

  /** Unsigned; exact below 2^53. */
  get number(): number {
    return this.high * WORD + this.low;
  }
  /** Two's complement; exact within 2^53. */
  get signed(): number {
    return (this.high | 0) * WORD + this.low;
  }
  get double(): number {
    SCRATCH.setUint32(0, this.low, true);
    SCRATCH.setUint32(4, this.high, true);
    return SCRATCH.getFloat64(0, true);
  }
  get bool(): boolean {
    return this.low !== 0 || this.high !== 0;
  }
  get text(): string {
    return decoder.decode(this.bytes.subarray(this.start, this.end));
  }
  /** The bits, for ids that are no quantities. */
  get bits(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }
}

/** Writes messages one after the other into a buffer that grows. */
export class ProtoOutput {
  bytes = new Uint8Array(64 * 1024);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  varint(value: number): void {
    this.reserve(10);
    const { bytes } = this;
    let at = this.length;
    while (value >= 0x80) {
      // Beyond 32 bits the operators of integers do not reach.
      bytes[at++] = (value % 0x80) | 0x80;
      value = Math.floor(value / 0x80);
    }
    bytes[at++] = value;
    this.length = at;
  }

  /** 64 bits in two words. */
  words(high: number, low: number): void {
    if (high < 2 ** 21) {
      this.varint(high * WORD + low);
      return;
    }
    this.reserve(10);
    let rest = (BigInt(high) << 32n) | BigInt(low);
    while (rest >= 0x80n) {
      this.bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.length++] = Number(rest);
  }

  number(field: number, value: number): void {
    this.varint(field * 8 + Wire.VARINT);
    this.varint(value);
  }

  /** Two's complement: ten bytes where it is below zero. */
  signed(field: number, value: number): void {
    this.varint(field * 8 + Wire.VARINT);
    if (value >= 0) this.varint(value);
    else {
      const bits = BigInt.asUintN(64, BigInt(value));
      this.words(Number(bits >> 32n), Number(bits & 0xffffffffn));
    }
  }

  wide(field: number, high: number, low: number): void {
    this.varint(field * 8 + Wire.VARINT);
    this.words(high, low);
  }

  fixed64(field: number, high: number, low: number): void {
    this.varint(field * 8 + Wire.FIXED64);
    SCRATCH.setUint32(0, low, true);
    SCRATCH.setUint32(4, high, true);
    this.#scratch();
  }

  double(field: number, value: number): void {
    this.varint(field * 8 + Wire.FIXED64);
    SCRATCH.setFloat64(0, value, true);
    this.#scratch();
  }

  #scratch(): void {
    this.reserve(8);
    for (let i = 0; i < 8; i++) this.bytes[this.length++] = SCRATCH.getUint8(i);
  }

  bytesField(field: number, value: Uint8Array, start = 0, end = value.length): void {
    this.varint(field * 8 + Wire.BYTES);
    this.varint(end - start);
    this.reserve(end - start);
    this.bytes.set(value.subarray(start, end), this.length);
    this.length += end - start;
  }

  text(field: number, value: string): void {
    this.bytesField(field, encoder.encode(value));
  }

  /** A message inside: give what `begin` returned to `endMessage`. Its length takes five bytes, so that nothing has to be moved. */
  begin(field: number): number {
    this.varint(field * 8 + Wire.BYTES);
    this.reserve(5);
    this.length += 5;
    return this.length;
  }

  endMessage(start: number): void {
    let size = this.length - start;
    for (let i = 0; i < 4; i++) {
      this.bytes[start - 5 + i] = (size & 0x7f) | 0x80;
      size >>>= 7;
    }
    this.bytes[start - 1] = size;
  }
}
