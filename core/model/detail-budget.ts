/** Something decoded that may be dropped, because it can be decoded again from the file. */
export interface Detail {
  readonly detailBytes: number;
  dropDetail(): void;
}

/** Keeps what was used last within a number of bytes, and drops the rest. */
export class DetailBudget {
  maxBytes: number;
  #bytes = 0;
  /** Oldest use first: a Map iterates in the order of insertion. The value is the size that was counted. */
  readonly #items = new Map<Detail, number>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts `detail` as just used; takes it in if it is new. Never drops `detail` itself. */
  use(detail: Detail): void {
    const counted = this.#items.get(detail);
    if (counted !== undefined) this.#items.delete(detail);
    this.#items.set(detail, detail.detailBytes);
    this.#bytes += detail.detailBytes - (counted ?? 0);
    this.#dropOldest(detail);
  }

  /** Less drops at once what is too much. */
  setMax(bytes: number): void {
    this.maxBytes = bytes;
    this.#dropOldest(undefined);
  }

  #dropOldest(kept: Detail | undefined): void {
    for (const [oldest, bytes] of this.#items) {
      if (this.#bytes <= this.maxBytes || oldest === kept) break;
      this.#items.delete(oldest);
      this.#bytes -= bytes;
      oldest.dropDetail();
    }
  }
}
