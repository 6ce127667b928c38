import { describe, expect, it, vi } from 'vitest';
import { createTraceClient, type WorkerLike } from '../../../../renderer/bridge/trace-client.ts';
import type { PageMessage, WorkerMessage } from '../../../../renderer/trace/trace-worker-api.ts';

class FakeWorker implements WorkerLike {
  readonly posted: { readonly message: PageMessage; readonly transfer: readonly unknown[] }[] = [];
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  postMessage(message: unknown, transfer: Transferable[]): void {
    this.posted.push({ message: message as PageMessage, transfer });
  }
  say(data: WorkerMessage): void {
    this.onmessage?.({ data } as MessageEvent);
  }
}

describe('TraceClient', () => {
  it('matches answers to questions, whatever their order', async () => {
    const worker = new FakeWorker();
    const client = createTraceClient(worker);
    const first = client.request('counters.list', { trace: 't1' });
    const second = client.request('objects.list', { trace: 't1' });
    const [a, b] = worker.posted.map(({ message }) => message.id);
    worker.say({ id: b ?? 0, value: ['second'] });
    worker.say({ id: a ?? 0, value: ['first'] });
    await expect(first).resolves.toEqual(['first']);
    await expect(second).resolves.toEqual(['second']);
  });

  it('passes a port along', () => {
    const worker = new FakeWorker();
    const { port1 } = new MessageChannel();
    void createTraceClient(worker).request('data.connect', { kind: 'port' }, [port1]);
    expect(worker.posted[0]).toMatchObject({ message: { method: 'data.connect' }, transfer: [port1] });
    port1.close();
  });

  it('rejects with the problem in words', async () => {
    const worker = new FakeWorker();
    const asked = createTraceClient(worker).request('counters.list', { trace: 't9' });
    worker.say({ id: worker.posted[0]?.message.id ?? 0, problem: { code: 'no-trace', message: 'There is no trace t9.', remedy: 'Open it.' } });
    await expect(asked).rejects.toMatchObject({ code: 'no-trace', remedy: 'Open it.' });
  });

  it('hands pushes on', () => {
    const worker = new FakeWorker();
    const client = createTraceClient(worker);
    const heard = vi.fn();
    client.on('data-lost', heard);
    worker.say({ event: 'data-lost', payload: { reason: 'gone' } });
    expect(heard).toHaveBeenCalledWith({ reason: 'gone' });
  });

  it('fails what is under way and what comes, once the worker has crashed', async () => {
    const worker = new FakeWorker();
    const crashed = vi.fn();
    const client = createTraceClient(worker, crashed);
    const asked = client.request('counters.list', { trace: 't1' });
    worker.onerror?.({ message: 'out of memory' } as ErrorEvent);
    await expect(asked).rejects.toThrow(/out of memory/);
    await expect(client.request('counters.list', { trace: 't1' })).rejects.toThrow(/out of memory/);
    expect(crashed).toHaveBeenCalledTimes(1);
  });
});
