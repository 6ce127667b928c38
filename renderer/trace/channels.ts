/** The two pipes out of a window as ByteChannels. The worker uses them for the collector, the page for the services. */
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';

/** A WebSocket as a ByteChannel: one binary message is one frame. Resolves when it is open, rejects when it cannot be opened. */
export function openWebSocket(url: string): Promise<ByteChannel> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const channel: ByteChannel = {
      send: (frame) => {
        // What is sent after the end is lost with the connection; `onClose` tells.
        if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
      },
      onFrame: () => {},
      onClose: () => {},
      close: () => socket.close(),
    };
    let opened = false;
    socket.onopen = () => {
      opened = true;
      resolve(channel);
    };
    socket.onmessage = (message: MessageEvent<ArrayBuffer>) => channel.onFrame(new Uint8Array(message.data));
    socket.onclose = (event) => {
      const reason = event.reason || `the connection was closed (code ${event.code})`;
      if (opened) channel.onClose(reason);
      else reject(new Error(reason));
    };
  });
}

/** What is used of a MessagePort. */
export interface PortLike {
  postMessage(message: unknown): void;
  close(): void;
  start(): void;
  addEventListener(type: 'message' | 'close', listener: (event: { readonly data?: unknown }) => void): void;
}

/**
 * A MessagePort as a ByteChannel. Frames are copied, never transferred. A port says nothing when its other end goes, except in
 * browsers that have the `close` event; the services' own end closes the window then anyway.
 */
export function portChannel(port: PortLike): ByteChannel {
  const channel: ByteChannel = {
    send: (frame) => port.postMessage(frame),
    onFrame: () => {},
    onClose: () => {},
    close: () => port.close(),
  };
  port.addEventListener('message', ({ data }) => {
    if (data instanceof Uint8Array) channel.onFrame(data);
    else if (data instanceof ArrayBuffer) channel.onFrame(new Uint8Array(data));
  });
  port.addEventListener('close', () => channel.onClose('the studio closed the connection'));
  port.start();
  return channel;
}
