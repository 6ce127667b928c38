import { describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../../../core/base/result.ts';
import type { ByteChannel } from '../../../../core/protocol/byte-channel.ts';
import { Peer, type PeerHandlers, STREAM_WINDOW, type WithBytes, withBytes } from '../../../../core/protocol/rpc.ts';
import { memoryChannelPair } from '../../../helpers/memory-channel.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

function pair(handlers: PeerHandlers, client: PeerHandlers = { calls: {} }): { readonly client: Peer; readonly server: Peer; readonly wire: ByteChannel } {
  const [a, b] = memoryChannelPair();
  return { client: new Peer(a, client), server: new Peer(b, handlers), wire: a };
}

describe('calls', () => {
  it('carry JSON and bytes both ways', async () => {
    const { client } = pair({
      calls: {
        echo: (argument: { n: number }, bytes: Uint8Array) =>
          withBytes(
            { n: argument.n + 1 },
            bytes.map((byte) => byte + 1),
          ),
      },
    });
    const answer = await client.call<WithBytes>('echo', { n: 1 }, Uint8Array.of(1, 2, 3));
    expect(answer).toEqual({ json: { n: 2 }, bytes: Uint8Array.of(2, 3, 4) });
  });

  it('give the words of a failure, and those of a bug', async () => {
    const { client } = pair({
      calls: {
        fails: () => {
          throw new ProblemError({ code: 'full', message: 'It is full.', remedy: 'Make room.' });
        },
        bug: () => {
          throw new TypeError('x is not a function');
        },
      },
    });
    await expect(client.call('fails')).rejects.toMatchObject({ code: 'full', message: 'It is full.', remedy: 'Make room.' });
    await expect(client.call('bug')).rejects.toMatchObject({ code: 'failed', message: 'x is not a function' });
  });

  it('reach only what is served', async () => {
    const { client } = pair({ calls: {} });
    for (const method of ['nope', '__proto__', 'constructor', 'toString']) await expect(client.call(method)).rejects.toMatchObject({ code: 'no-such-method' });
  });

  it('fail when the other side goes away, and so do later ones', async () => {
    const { client, server } = pair({ calls: { never: () => new Promise(() => {}) } });
    const waiting = client.call('never');
    server.close();
    await expect(waiting).rejects.toThrow('connection lost');
    await expect(client.call('never')).rejects.toThrow('connection lost');
    expect(client.closed).toBe(true);
  });

  it('are cut off by a frame that makes no sense', async () => {
    for (const frame of [Uint8Array.of(1), Uint8Array.of(99, 0, 0, 0, 0, 0), Uint8Array.of(2, 0, 0, 0, 0, 255, 255, 255, 255)]) {
      const { server, wire } = pair({ calls: {} });
      const closed = new Promise((resolve) => {
        server.onClose = resolve;
      });
      wire.send(frame);
      expect(await closed).toContain('the other side sent');
    }
  });
});

describe('notifications', () => {
  it('arrive in order', async () => {
    const got: unknown[] = [];
    const { server } = pair({ calls: {} }, { calls: {}, notified: (event, argument) => got.push([event, argument]) });
    server.notify('a', 1);
    server.notify('b', { c: 2 });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(got).toEqual([
      ['a', 1],
      ['b', { c: 2 }],
    ]);
  });
});

describe('streams', () => {
  const chunk = new Uint8Array(STREAM_WINDOW / 8);
  function counted(total: number) {
    const state = { made: 0, returned: false };
    const serve = async function* () {
      try {
        for (; state.made < total; state.made++) yield chunk;
      } finally {
        state.returned = true;
      }
    };
    return { state, serve };
  }

  it('arrive whole, in order, and end', async () => {
    const parts = [Uint8Array.of(1), Uint8Array.of(2, 3), new Uint8Array(0), Uint8Array.of(4)];
    const { client } = pair({
      calls: {},
      streams: {
        s: async function* () {
          yield* parts;
        },
      },
    });
    const got: number[] = [];
    for await (const part of client.stream('s')) got.push(...part);
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('make a producer wait for a consumer that does not read', async () => {
    const { state, serve } = counted(1000);
    const { client } = pair({ calls: { ping: () => 1 }, streams: { s: serve } });
    const stream = client.stream('s');
    await stream.next();
    // Calls go on meanwhile; after many of them the producer stands where the window ended.
    for (let i = 0; i < 200; i++) await client.call('ping');
    expect(state.made).toBeLessThanOrEqual(STREAM_WINDOW / chunk.length + 1);
    let bytes = chunk.length;
    for await (const part of stream) bytes += part.length;
    expect(bytes).toBe(1000 * chunk.length);
  });

  it('end their producer when the consumer leaves', async () => {
    const { state, serve } = counted(1_000_000);
    const { client } = pair({ calls: { ping: () => 1 }, streams: { s: serve } });
    for await (const part of client.stream('s')) if (part.length > 0) break;
    while (!state.returned) await client.call('ping');
    expect(state.made).toBeLessThan(1000);
  });

  it('give the failure of their producer after what came before', async () => {
    const { client } = pair({
      calls: {},
      streams: {
        s: async function* () {
          yield Uint8Array.of(1);
          throw new ProblemError({ code: 'gone', message: 'It is gone.' });
        },
      },
    });
    const stream = client.stream('s');
    expect((await stream.next()).value).toEqual(Uint8Array.of(1));
    await expect(stream.next()).rejects.toMatchObject({ code: 'gone' });
  });
});
