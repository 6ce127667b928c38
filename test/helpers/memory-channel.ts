import type { ByteChannel } from '../../core/protocol/byte-channel.ts';

class MemoryChannel implements ByteChannel {
  #other: MemoryChannel | undefined;
  #open = true;
  onFrame: (frame: Uint8Array) => void = () => {};
  onClose: (reason?: string) => void = () => {};

  join(other: MemoryChannel): void {
    this.#other = other;
  }

  send(frame: Uint8Array): void {
    const other = this.#other;
    // Later, as on every other channel: a caller may set its handlers after the first send of the other side.
    if (this.#open && other) setImmediate(() => other.#open && other.onFrame(frame));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const other = this.#other;
    setImmediate(() => {
      if (other) other.#closedByOther();
    });
  }

  #closedByOther(): void {
    if (!this.#open) return;
    this.#open = false;
    this.onClose();
  }
}

/** Two joined channels in one process. */
export function memoryChannelPair(): readonly [ByteChannel, ByteChannel] {
  const [a, b] = [new MemoryChannel(), new MemoryChannel()];
  a.join(b);
  b.join(a);
  return [a, b];
}
