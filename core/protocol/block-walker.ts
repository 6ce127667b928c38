import { BLOCK_HEADER_BYTES, BlockType, FILE_HEADER_BYTES } from './recording-format.ts';
import { blockBytes, decodeBlockHeader } from './recording-reader.ts';
import type { LaidBlock } from './recording-writer.ts';
import { padTo8 } from './records.ts';

/**
 * Where the blocks of a recording lie, found as its bytes pass by in pieces of any size: for who copies a recording that he trusts, and
 * ends the copy with an index of its own. Looks at headers only. Behind bytes that are no header it finds nothing more.
 */
export class BlockWalker {
  /** Rows of an index. Blocks of older indexes are not among them. */
  readonly rows: LaidBlock[] = [];
  /** Of the last block. */
  sequence = -1;
  #offset = 0;
  /** Bytes from here on that belong to what is known already. */
  #skip = 0;
  #held = new Uint8Array(0);
  #isAtHead = true;
  #isLost = false;

  push(chunk: Uint8Array): void {
    let bytes = chunk;
    while (bytes.length > 0 && !this.#isLost) {
      const skipped = Math.min(this.#skip, bytes.length);
      this.#skip -= skipped;
      this.#offset += skipped;
      bytes = bytes.subarray(skipped);
      if (bytes.length === 0) return;
      // Of a header that comes in two pieces the first is held.
      const missing = BLOCK_HEADER_BYTES - this.#held.length;
      const part = bytes.subarray(0, missing);
      const held = new Uint8Array(this.#held.length + part.length);
      held.set(this.#held);
      held.set(part, this.#held.length);
      this.#held = held;
      bytes = bytes.subarray(part.length);
      if (held.length < BLOCK_HEADER_BYTES) return;
      this.#held = new Uint8Array(0);
      this.#take(held);
    }
  }

  #take(header: Uint8Array): void {
    if (this.#isAtHead) {
      this.#isAtHead = false;
      const bytes = FILE_HEADER_BYTES + padTo8(new DataView(header.buffer).getUint32(12, true));
      this.#offset += FILE_HEADER_BYTES;
      this.#skip = bytes - FILE_HEADER_BYTES;
      return;
    }
    const block = decodeBlockHeader(header);
    if (!block) {
      this.#isLost = true;
      return;
    }
    const { type, firstNs, lastNs } = block;
    if (type !== BlockType.INDEX && type !== BlockType.FOOTER) this.rows.push({ offset: this.#offset, header, firstNs, lastNs });
    this.sequence = block.sequence;
    this.#offset += BLOCK_HEADER_BYTES;
    this.#skip = blockBytes(block) - BLOCK_HEADER_BYTES;
  }
}
