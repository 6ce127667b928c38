import { encodeFrameHeader, type FrameType } from '../protocol/target-wire.ts';

/** A whole frame with a JSON body. */
export function jsonFrame(type: FrameType, thread: number, body: unknown): Buffer {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  return Buffer.concat([encodeFrameHeader(bytes.length, type, thread), bytes]);
}
