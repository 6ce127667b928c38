import type { Socket } from 'node:net';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import { MAX_RPC_FRAME } from '../../core/protocol/rpc.ts';
import { secretEquals } from './secret.ts';

/** How long a connection may take to say its secret. */
const SECRET_MS = 10_000;
const MAX_SECRET_BYTES = 1024;

/** Frames on a stream socket: u32 length, little-endian, then the bytes. */
export class SocketChannel implements ByteChannel {
  readonly #socket: Socket;
  readonly #header = Buffer.alloc(4);
  #headerFill = 0;
  #frame = new Uint8Array(0);
  #frameFill = 0;
  #closed = false;
  #limit = MAX_RPC_FRAME;
  onFrame: (frame: Uint8Array) => void = () => {};
  onClose: (reason?: string) => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end(undefined));
  }

  /** No frame above so many bytes is taken. */
  limit(bytes: number): void {
    this.#limit = bytes;
  }

  send(frame: Uint8Array): void {
    if (this.#closed) return;
    const header = Buffer.alloc(4);
    header.writeUInt32LE(frame.length);
    this.#socket.cork();
    this.#socket.write(header);
    this.#socket.write(frame);
    this.#socket.uncork();
  }

  close(): void {
    this.#closed = true;
    this.#socket.end();
    this.#socket.destroySoon();
  }

  #receive(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#closed) {
      if (this.#headerFill < 4) {
        const taken = chunk.copy(this.#header, this.#headerFill, at, at + 4 - this.#headerFill);
        this.#headerFill += taken;
        at += taken;
        if (this.#headerFill < 4) return;
        const bytes = this.#header.readUInt32LE();
        if (bytes > this.#limit) {
          this.#socket.destroy();
          this.#end(`a frame of ${bytes} bytes`);
          return;
        }
        this.#frame = new Uint8Array(bytes);
        this.#frameFill = 0;
      } else {
        const taken = chunk.copy(this.#frame, this.#frameFill, at, at + this.#frame.length - this.#frameFill);
        this.#frameFill += taken;
        at += taken;
      }
      if (this.#frameFill === this.#frame.length) {
        this.#headerFill = 0;
        this.onFrame(this.#frame);
      }
    }
  }

  #end(reason: string | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose(reason);
  }
}

/** The server's side: hands the channel on once its first frame was the secret, closes the socket otherwise. */
export function acceptWithSecret(socket: Socket, secret: string, accept: (channel: ByteChannel) => void): void {
  const channel = new SocketChannel(socket);
  channel.limit(MAX_SECRET_BYTES);
  const tooLate = setTimeout(() => socket.destroy(), SECRET_MS);
  tooLate.unref();
  channel.onFrame = (frame) => {
    clearTimeout(tooLate);
    if (!secretEquals(new TextDecoder().decode(frame), secret)) {
      socket.destroy();
      return;
    }
    channel.limit(MAX_RPC_FRAME);
    accept(channel);
  };
}

/** The client's side. */
export function openWithSecret(socket: Socket, secret: string): ByteChannel {
  const channel = new SocketChannel(socket);
  channel.send(new TextEncoder().encode(secret));
  return channel;
}
