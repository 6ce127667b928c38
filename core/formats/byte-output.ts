const CHUNK_BYTES = 256 * 1024;
const HUNDRED_MILLION = 1e8;

/**
 * Text of a file as bytes in a buffer, handed on in chunks. `reserve` what is written next, then write: nothing else is checked, so
 * that an event costs no more than its digits. `bytesOf` reserves for itself.
 */
export class ByteOutput {
  #bytes = new Uint8Array(CHUNK_BYTES);
  #length = 0;
  #full: Uint8Array[] = [];
  readonly #encoder = new TextEncoder();

  reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    if (this.#length > 0) this.#full.push(this.#bytes.subarray(0, this.#length));
    this.#bytes = new Uint8Array(Math.max(CHUNK_BYTES, bytes));
    this.#length = 0;
  }

  /** Chunks that are full. */
  takeFull(): Uint8Array[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  takeAll(): Uint8Array[] {
    if (this.#length > 0) this.#full.push(this.#bytes.subarray(0, this.#length));
    this.#bytes = new Uint8Array(CHUNK_BYTES);
    this.#length = 0;
    return this.takeFull();
  }

  byte(c: number): void {
    this.#bytes[this.#length++] = c;
  }

  bytesOf(bytes: Uint8Array): void {
    this.reserve(bytes.length + 64);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  shortBytes(bytes: Uint8Array): void {
    // A loop beats `set` up to some hundred bytes, and heads of events are shorter. A longer one was reserved all the same.
    const out = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < bytes.length; i++) out[at++] = bytes[i] as number;
    this.#length = at;
  }

  /** `micros.nnn`: always three places, as VizTracer writes. Both not negative. */
  microseconds(micros: number, nanos: number): void {
    this.integer(micros);
    const out = this.#bytes;
    const at = this.#length;
    const hundreds = (nanos / 100) | 0;
    const tens = ((nanos - hundreds * 100) / 10) | 0;
    out[at] = 0x2e;
    out[at + 1] = 48 + hundreds;
    out[at + 2] = 48 + tens;
    out[at + 3] = 48 + nanos - hundreds * 100 - tens * 10;
    this.#length = at + 4;
  }

  /** A whole number from 0 to 2^53. */
  integer(value: number): void {
    if (value < HUNDRED_MILLION) this.#digits(value | 0);
    else {
      const upper = Math.floor(value / HUNDRED_MILLION);
      this.integer(upper);
      this.#padded((value - upper * HUNDRED_MILLION) | 0);
    }
  }

  /** A finite number so that it is read back as the same double. */
  number(value: number): void {
    const absolute = value < 0 ? -value : value;
    if (absolute < 1e12) {
      // Whole, or with up to three places: dividing by 1000 rounds once, as reading the text does.
      const thousandths = Math.round(absolute * 1000);
      if (thousandths / 1000 === absolute && (value !== 0 || 1 / value > 0)) {
        if (value < 0) this.byte(0x2d);
        const whole = Math.floor(thousandths / 1000);
        this.integer(whole);
        const rest = thousandths - whole * 1000;
        if (rest !== 0) this.#places(rest);
        return;
      }
    }
    const { written } = this.#encoder.encodeInto(`${Object.is(value, -0) ? '-0' : value}`, this.#bytes.subarray(this.#length));
    this.#length += written;
  }

  /** `.d`, `.dd` or `.ddd` without zeros at the end. */
  #places(thousandths: number): void {
    const hundreds = (thousandths / 100) | 0;
    const tens = ((thousandths - hundreds * 100) / 10) | 0;
    const ones = thousandths - hundreds * 100 - tens * 10;
    this.byte(0x2e);
    this.byte(48 + hundreds);
    if (tens !== 0 || ones !== 0) this.byte(48 + tens);
    if (ones !== 0) this.byte(48 + ones);
  }

  /** Up to eight digits, without zeros in front. */
  #digits(value: number): void {
    let places = 1;
    for (let limit = 10; value >= limit; limit *= 10) places++;
    const out = this.#bytes;
    for (let at = this.#length + places - 1; at >= this.#length; at--) {
      const tenth = (value / 10) | 0;
      out[at] = 48 + value - tenth * 10;
      value = tenth;
    }
    this.#length += places;
  }

  /** Exactly eight digits. */
  #padded(value: number): void {
    const out = this.#bytes;
    for (let at = this.#length + 7; at >= this.#length; at--) {
      const tenth = (value / 10) | 0;
      out[at] = 48 + value - tenth * 10;
      value = tenth;
    }
    this.#length += 8;
  }
}
