import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ByteChannel } from '../../../../core/protocol/byte-channel.ts';
import { secretEquals } from '../../../../main/collector/secret.ts';
import { acceptWithSecret, openWithSecret, SocketChannel } from '../../../../main/collector/socket-channel.ts';
import { memoryChannelPair } from '../../../helpers/memory-channel.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

const nextFrame = (channel: ByteChannel): Promise<Uint8Array> =>
  new Promise((resolve) => {
    channel.onFrame = resolve;
  });
const closing = (channel: ByteChannel): Promise<string | undefined> =>
  new Promise((resolve) => {
    channel.onClose = resolve;
  });

describe('a memory channel', () => {
  it('keeps frames whole and in order, and tells the other side of its end', async () => {
    const [a, b] = memoryChannelPair();
    const got: number[][] = [];
    b.onFrame = (frame) => got.push([...frame]);
    const closed = closing(b);
    a.send(Uint8Array.of(1, 2));
    a.send(new Uint8Array(0));
    a.close();
    await closed;
    expect(got).toEqual([[1, 2], []]);
    b.send(Uint8Array.of(9));
  });
});

describe('a socket channel', () => {
  let folder: string;
  let sockets: Socket[];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'channel-'));
    sockets = [];
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  async function joined(): Promise<readonly [Socket, Socket]> {
    const where = path.join(folder, 's');
    const server = createServer();
    const there = new Promise<Socket>((resolve) => server.once('connection', resolve));
    await new Promise<void>((resolve) => server.listen(where, resolve));
    const here = connect(where);
    const both = [here, await there] as const;
    sockets.push(...both);
    server.close();
    return both;
  }

  it('keeps the borders of frames, however the socket cuts them', async () => {
    const [raw, there] = await joined();
    const got: Buffer[] = [];
    const channel = new SocketChannel(there);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 20 }), async (frames, cut) => {
        got.length = 0;
        const all = new Promise<void>((resolve) => {
          channel.onFrame = (frame) => got.push(Buffer.from(frame)) === frames.length && resolve();
        });
        const bytes = Buffer.concat(
          frames.map((frame) => {
            const header = Buffer.alloc(4);
            header.writeUInt32LE(frame.length);
            return Buffer.concat([header, frame]);
          }),
        );
        for (let at = 0; at < bytes.length; at += cut) there.emit('data', bytes.subarray(at, at + cut));
        await all;
        expect(got).toEqual(frames.map((frame) => Buffer.from(frame)));
      }),
      { numRuns: 50 },
    );
    raw.destroy();
  });

  it('opens with the right secret and carries large frames both ways', async () => {
    const [here, there] = await joined();
    const accepted = new Promise<ByteChannel>((resolve) => acceptWithSecret(there, 'sesame', resolve));
    const client = openWithSecret(here, 'sesame');
    const server = await accepted;
    const large = new Uint8Array(3_000_000).fill(7);
    const atServer = nextFrame(server);
    client.send(large);
    expect(Buffer.from(await atServer).equals(Buffer.from(large))).toBe(true);
    const atClient = nextFrame(client);
    server.send(Uint8Array.of(5));
    expect([...(await atClient)]).toEqual([5]);
    const closed = closing(client);
    server.close();
    await closed;
  });

  it('is closed by a wrong secret and by one that is much too long', async () => {
    for (const secret of ['', 'sesam', 'x'.repeat(10_000)]) {
      const [here, there] = await joined();
      acceptWithSecret(there, 'sesame', () => expect.unreachable('accepted a wrong secret'));
      await closing(openWithSecret(here, secret));
      rmSync(path.join(folder, 's'), { force: true });
    }
  });
});

describe('secretEquals', () => {
  it('is true for the same text only', () => {
    expect(secretEquals('abc', 'abc')).toBe(true);
    for (const other of ['abd', 'ab', 'abcd', '', undefined, 3, null, ['abc']]) expect(secretEquals(other, 'abc')).toBe(false);
    expect(secretEquals(undefined, '')).toBe(false);
  });
});
