/** Text on its way into a file: collected until there is enough of it to be worth a piece. */
const PIECE_LENGTH = 256 * 1024;
const encoder = new TextEncoder();

export class TextOutput {
  #parts: string[] = [];
  #length = 0;
  #full: Uint8Array[] = [];

  write(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length >= PIECE_LENGTH) this.#flush();
  }

  #flush(): void {
    if (this.#length === 0) return;
    this.#full.push(encoder.encode(this.#parts.join('')));
    this.#parts = [];
    this.#length = 0;
  }

  /** Pieces that are full. */
  take(): Uint8Array[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  finish(): Uint8Array[] {
    this.#flush();
    return this.take();
  }
}
