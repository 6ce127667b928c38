/**
 * An ordered, reliable pipe of byte frames that keeps their borders: a MessagePort, a WebSocket, a framed socket.
 * The only thing that a host has to provide for the rest of the studio to talk over it.
 * A frame is copied or handed over by `send`; the sender does not touch it afterwards, and never transfers its buffer
 * (Electron's MessagePortMain loses messages whose ArrayBuffer is in the transfer list).
 */
export interface ByteChannel {
  send(frame: Uint8Array): void;
  onFrame: (frame: Uint8Array) => void;
  onClose: (reason?: string) => void;
  close(): void;
}
