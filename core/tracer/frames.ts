import { encodeFrameHeader, type FrameType } from '../protocol/target-wire.ts';

// Taken at load: a script may replace it.
const { stringify } = JSON;

/** A whole frame with a JSON body. */
export function jsonFrame(type: FrameType, thread: number, body: unknown): Buffer {
  const bytes = Buffer.from(stringify(body), 'utf8');
  return Buffer.concat([encodeFrameHeader(bytes.length, type, thread), bytes]);
}
