import type { ByteChannel } from '../../core/protocol/byte-channel.ts';

/** A WebSocket as a ByteChannel: one binary message is one frame. Resolves when it is open. */
export function openWebSocketChannel(url: string): Promise<ByteChannel> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const channel: ByteChannel = {
      send: (frame) => {
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
    socket.onmessage = (message) => channel.onFrame(new Uint8Array(message.data as ArrayBuffer));
    socket.onclose = (event) => {
      const reason = event.reason || `closed with code ${event.code}`;
      if (opened) channel.onClose(reason);
      else reject(new Error(reason));
    };
  });
}
