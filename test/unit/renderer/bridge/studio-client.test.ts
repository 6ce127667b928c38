import { describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../../../core/base/result.ts';
import type { ByteChannel } from '../../../../core/protocol/byte-channel.ts';
import { Peer, type PeerHandlers } from '../../../../core/protocol/rpc.ts';
import { createStudioClient } from '../../../../renderer/bridge/studio-client.ts';

function channelPair(): [ByteChannel, ByteChannel] {
  const make = (): ByteChannel => ({ send: () => {}, onFrame: () => {}, onClose: () => {}, close: () => {} });
  const [a, b] = [make(), make()];
  let open = true;
  const link = (from: ByteChannel, to: ByteChannel) => {
    from.send = (frame) => {
      if (open) queueMicrotask(() => to.onFrame(frame.slice()));
    };
    from.close = () => {
      if (!open) return;
      open = false;
      queueMicrotask(() => to.onClose('closed'));
    };
  };
  link(a, b);
  link(b, a);
  return [a, b];
}

/** A host that can be away: `down` refuses, each connection gets a peer of its own. */
function host(calls: PeerHandlers['calls']) {
  const state = { down: false, attempts: 0, peers: [] as Peer[] };
  const connect = async () => {
    state.attempts += 1;
    if (state.down) throw new Error('refused');
    const [page, there] = channelPair();
    state.peers.push(new Peer(there, { calls }));
    return page;
  };
  return { state, connect };
}

const manual = () => {
  const tasks: { readonly task: () => void; readonly ms: number }[] = [];
  const schedule = (task: () => void, ms: number) => {
    tasks.push({ task, ms });
    return () => {};
  };
  return { tasks, schedule };
};

describe('StudioClient', () => {
  it('asks, also before the first connection is there, and takes null for none', async () => {
    const { connect } = host({ 'studio.info': () => ({ version: '1.0.0' }), 'dialog.pickOpen': () => null });
    const client = createStudioClient(connect);
    expect(client.state()).toBe('connecting');
    await expect(client.request('studio.info', null)).resolves.toEqual({ version: '1.0.0' });
    await expect(client.request('dialog.pickOpen', { purpose: 'script', title: 'x' })).resolves.toBeUndefined();
    expect(client.state()).toBe('connected');
  });

  it('gives a failure of the host with its remedy', async () => {
    const { connect } = host({
      'session.start': () => {
        throw new ProblemError({ code: 'script-not-found', message: 'There is no file x.', remedy: 'Check the path.' });
      },
    });
    const client = createStudioClient(connect);
    await expect(client.request('session.start', {} as never)).rejects.toMatchObject({ code: 'script-not-found', remedy: 'Check the path.' });
  });

  it('hands pushes to whoever listens, until they stop', async () => {
    const { state, connect } = host({});
    const client = createStudioClient(connect);
    const heard = vi.fn();
    const off = client.on('open-path', heard);
    await vi.waitFor(() => expect(client.state()).toBe('connected'));
    state.peers[0]?.notify('open-path', { path: '/a.tsr' });
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith({ path: '/a.tsr' }));
    off();
    state.peers[0]?.notify('open-path', { path: '/b.tsr' });
    await client.request('studio.info', null).catch(() => {});
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('says that the connection is lost, fails requests meanwhile, and comes back by itself', async () => {
    const { state, connect } = host({ 'studio.info': () => ({ version: '1' }) });
    const { tasks, schedule } = manual();
    const client = createStudioClient(connect, schedule);
    const states: string[] = [];
    client.onState((next) => states.push(next));
    await client.request('studio.info', null);

    state.down = true;
    state.peers[0]?.close();
    await vi.waitFor(() => expect(client.state()).toBe('lost'));
    await expect(client.request('studio.info', null)).rejects.toThrow(/lost/);

    tasks.at(-1)?.task();
    await vi.waitFor(() => expect(tasks).toHaveLength(2));
    expect(tasks[1]?.ms).toBeGreaterThan(tasks[0]?.ms ?? 0);

    state.down = false;
    client.retry();
    await vi.waitFor(() => expect(client.state()).toBe('connected'));
    await expect(client.request('studio.info', null)).resolves.toEqual({ version: '1' });
    expect(states).toEqual(['connected', 'lost', 'connected']);
  });

  it('opens a new connection when it is asked to, once', async () => {
    const { state, connect } = host({ 'studio.info': () => ({ version: '1' }) });
    const client = createStudioClient(connect, manual().schedule);
    await client.request('studio.info', null);
    client.reconnect();
    client.reconnect();
    await vi.waitFor(() => expect(client.state()).toBe('connected'));
    expect(state.attempts).toBe(2);
    await expect(client.request('studio.info', null)).resolves.toEqual({ version: '1' });
  });
});
