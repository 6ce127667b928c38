import type { MessagePortMain } from 'electron';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';

/**
 * A main-process port as a ByteChannel. Frames are posted without a transfer list: an ArrayBuffer in one makes Electron lose
 * the message.
 */
export function portChannel(port: MessagePortMain): ByteChannel {
  const channel: ByteChannel = {
    // Cloning a view clones the whole buffer behind it.
    send: (frame) => port.postMessage(frame.byteLength === frame.buffer.byteLength ? frame : frame.slice()),
    onFrame: () => {},
    onClose: () => {},
    close: () => port.close(),
  };
  port.on('message', ({ data }: { data: unknown }) => {
    if (data instanceof Uint8Array) channel.onFrame(data);
    else port.close(); // nobody of ours sends anything else
  });
  port.on('close', () => channel.onClose('the window is gone'));
  port.start();
  return channel;
}

/**
 * The same channel, watched. `answered`: once, when the far side has asked something and been served; `closed`: when it is gone.
 */
export function observe(channel: ByteChannel, { answered, closed }: { readonly answered: () => void; readonly closed: () => void }): ByteChannel {
  let state: 'silent' | 'asked' | 'answered' = 'silent';
  const observed: ByteChannel = {
    send: (frame) => {
      channel.send(frame);
      if (state !== 'asked') return;
      state = 'answered';
      answered();
    },
    onFrame: () => {},
    onClose: () => {},
    close: () => channel.close(),
  };
  channel.onFrame = (frame) => {
    if (state === 'silent') state = 'asked';
    observed.onFrame(frame);
  };
  channel.onClose = (reason) => {
    closed();
    observed.onClose(reason);
  };
  return observed;
}
