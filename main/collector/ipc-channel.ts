import type { ByteChannel } from '../../core/protocol/byte-channel.ts';

/** What crosses the IPC pipe of `fork` with `serialization: 'advanced'`. */
export type IpcMessage =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  /** From the collector: where windows connect, and what they say first. */
  | { readonly kind: 'ready'; readonly socket: string; readonly secret: string };

interface IpcEnd {
  send?: ((message: IpcMessage, done: (error: Error | null) => void) => unknown) | undefined;
  readonly connected?: boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** Control over the pipe that `fork` makes anyway: rare and small messages. */
export class IpcChannel implements ByteChannel {
  readonly #end: IpcEnd;
  #closed = false;
  onFrame: (frame: Uint8Array) => void = () => {};
  onClose: (reason?: string) => void = () => {};

  constructor(end: IpcEnd) {
    this.#end = end;
    end.on('message', (message) => {
      const { kind, bytes } = message as { kind?: unknown; bytes?: unknown };
      if (!this.#closed && kind === 'frame' && bytes instanceof Uint8Array) this.onFrame(bytes);
    });
    end.on('disconnect', () => {
      if (this.#closed) return;
      this.#closed = true;
      this.onClose();
    });
  }

  send(frame: Uint8Array): void {
    // An error means that the other process is ending: 'disconnect' follows and says so.
    if (!this.#closed && this.#end.connected) this.#end.send?.({ kind: 'frame', bytes: frame }, () => {});
  }

  close(): void {
    this.#closed = true;
  }
}
