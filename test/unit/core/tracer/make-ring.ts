/** A ring of 64 KiB with both of its ends, and what the reader's gives, decoded. */
import { DrainState, PROCESS_BYTES, ProcessWord, ringBufferBytes } from '../../../../core/tracer/ring-layout.ts';
import { RingReader } from '../../../../core/tracer/ring-reader.ts';
import { RingWriter } from '../../../../core/tracer/ring-writer.ts';
import { StreamDecoder } from '../../../integration/tracer/decode-stream.ts';

export const RING_BYTES = 64 * 1024;

export function makeRing(): { writer: RingWriter; drain: () => void; decoder: StreamDecoder; reader: RingReader; stop: () => void } {
  const buffer = new SharedArrayBuffer(ringBufferBytes(RING_BYTES));
  const words = new Int32Array(new SharedArrayBuffer(PROCESS_BYTES));
  words[ProcessWord.GATE] = 1;
  words[ProcessWord.STATE] = DrainState.CONNECTED;
  const writer = new RingWriter({ buffer, ringBytes: RING_BYTES, process: words, whenFull: 'live', maskSecrets: true, report: () => {}, attach: () => true });
  const reader = new RingReader({ kind: 'ring', thread: 0, name: 'main', ringBytes: RING_BYTES, buffer });
  const decoder = new StreamDecoder(true);
  const drain = (): void => {
    for (let next = reader.next(); next.data.units + next.definitions.units > 0; next = reader.next()) {
      decoder.definitions(Buffer.concat(next.definitions.pieces));
      for (const piece of next.data.pieces) decoder.data(new Uint8Array(piece));
      reader.confirm(next);
    }
  };
  const stop = (): void => {
    words[ProcessWord.GATE] = 0;
  };
  return { writer, drain, decoder, reader, stop };
}
