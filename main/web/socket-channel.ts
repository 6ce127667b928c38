/** A WebSocket as a ByteChannel. */
import type { WebSocket } from 'ws';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';

export class SocketChannel implements ByteChannel {
  onFrame: (frame: Uint8Array) => void = () => {};
  onClose: (reason?: string) => void = () => {};
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.onFrame(data as Buffer);
      else socket.close(1003, 'binary frames only');
    });
    // What is wrong with a connection ends it: `close` follows and tells.
    socket.on('error', () => {});
    socket.on('close', (code, reason) => this.onClose(reason.toString() || `code ${code}`));
  }

  send(frame: Uint8Array): void {
    // A frame for a window that has gone is for nobody.
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame);
  }

  close(): void {
    this.#socket.close(1000);
  }
}

/** Hands frames through in both directions; when one side closes, so does the other. */
export function pipeChannels(a: ByteChannel, b: ByteChannel): void {
  a.onFrame = (frame) => b.send(frame);
  b.onFrame = (frame) => a.send(frame);
  a.onClose = () => b.close();
  b.onClose = () => a.close();
}
