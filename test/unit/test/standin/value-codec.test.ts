import { expect, it } from 'vitest';
import { decodeValue, encodeValue } from '../../../standin/shared/value-codec.ts';

it('carries what follows bytes of any length, wherever the writer has to make room', () => {
  for (let length = 0; length < 1100; length++) {
    const value = { data: new Uint8Array(length).fill(7), ports: [], end: true };
    expect(decodeValue(encodeValue(value)), `after ${length} bytes`).toEqual(value);
  }
});
