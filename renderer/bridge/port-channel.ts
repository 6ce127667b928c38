import type { ByteChannel } from '../../core/protocol/byte-channel.ts';

/**
 * A MessagePort as a ByteChannel. Frames are copied, never transferred. A port says nothing when its other end goes, except in
 * browsers that have the `close` event; the services' own end closes the window then anyway.
 */
export function portChannel(port: MessagePort): ByteChannel {
  const channel: ByteChannel = {
    send: (frame) => port.postMessage(frame),
    onFrame: () => {},
    onClose: () => {},
    close: () => port.close(),
  };
  port.onmessage = (message) => {
    const { data } = message as MessageEvent<unknown>;
    if (data instanceof Uint8Array) channel.onFrame(data);
    else if (data instanceof ArrayBuffer) channel.onFrame(new Uint8Array(data));
  };
  port.addEventListener('close', () => channel.onClose('the studio closed the connection'));
  port.start();
  return channel;
}
