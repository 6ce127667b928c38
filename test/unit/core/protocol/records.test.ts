import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { extendedTag, isExtended, kindOf, MAX_PAYLOAD_BYTES, padTo8, RecordKind, recordBytes } from '../../../../core/protocol/records.ts';
import { looksSecret } from '../../../../core/protocol/snapshot-value.ts';
import { encodeFrameHeader, FrameType } from '../../../../core/protocol/target-wire.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

const kinds = fc.constantFrom(...Object.values(RecordKind));

describe('record headers', () => {
  it('give back kind and length', () => {
    fc.assert(
      fc.property(kinds, fc.nat(MAX_PAYLOAD_BYTES / 8), (kind, units) => {
        const tag = extendedTag(kind, units * 8);
        expect(tag).toBeGreaterThanOrEqual(0);
        expect([isExtended(tag), kindOf(tag), recordBytes(tag)]).toEqual([true, kind, 8 + units * 8]);
      }),
    );
  });

  it('of calls are 8 bytes, whatever the function', () => {
    fc.assert(fc.property(fc.nat(2 ** 31 - 1), (word) => void expect([isExtended(word), recordBytes(word)]).toEqual([false, 8])));
  });

  it('pad to the next 8 bytes', () => {
    expect([0, 1, 7, 8, 9].map(padTo8)).toEqual([0, 8, 8, 8, 16]);
  });
});

describe('a frame header', () => {
  it('is 12 bytes: length, type, thread', () => {
    const view = new DataView(encodeFrameHeader(1000, FrameType.DATA, 7).buffer);
    expect([view.byteLength, view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)]).toEqual([12, 1000, FrameType.DATA, 7]);
  });
});

describe('keys that look secret', () => {
  it('are found without regard to case, - and _', () => {
    for (const key of [
      'token',
      'accessToken',
      'API_KEY',
      'api-key',
      'Authorization',
      'db_password',
      'PASSWD',
      'client-secret',
      'Set-Cookie',
      'private_key',
      'sessionId',
    ]) {
      expect([key, looksSecret(key)]).toEqual([key, true]);
    }
    for (const key of ['name', 'key', 'length', 'path', 'author', 'keyboard', 'session']) expect([key, looksSecret(key)]).toEqual([key, false]);
  });
});
