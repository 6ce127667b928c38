/** gzip undone in another thread: both sides, with a stand-in of what lies between them. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { gunzipInThread, type InflateAnswer, type InflateRequest, type InflateWorker } from '../../../../renderer/trace/inflate-thread.ts';
import { concat } from '../../../helpers/build-recording.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** Runs the worker's own script with a global scope that is connected to what is given. */
async function startThread(): Promise<InflateWorker & { terminated: boolean; most: number }> {
  let waiting = 0;
  const worker: InflateWorker & { terminated: boolean; most: number } = {
    onmessage: null,
    onerror: null,
    terminated: false,
    most: 0,
    postMessage(message: InflateRequest, transfer) {
      const data = structuredClone(message, { transfer });
      if (data.kind === 'taken') waiting -= data.bytes;
      setImmediate(() => scope.onmessage?.({ data }));
    },
    terminate() {
      this.terminated = true;
    },
  };
  const scope = {
    onmessage: undefined as ((event: { readonly data: InflateRequest }) => void) | undefined,
    postMessage(message: InflateAnswer, transfer: Transferable[]) {
      const data = structuredClone(message, { transfer });
      if (data.kind === 'chunk') waiting += data.bytes.length;
      worker.most = Math.max(worker.most, waiting);
      setImmediate(() => worker.onmessage?.({ data } as MessageEvent<InflateAnswer>));
    },
  };
  vi.stubGlobal('self', scope);
  await import('../../../../renderer/trace/inflate-worker.ts');
  return worker;
}

async function* inParts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function allOf(parts: AsyncIterable<Uint8Array>): Promise<{ readonly bytes: Uint8Array; readonly failure: unknown }> {
  const list: Uint8Array[] = [];
  try {
    for await (const part of parts) list.push(part);
  } catch (failure) {
    return { bytes: concat(list), failure };
  }
  return { bytes: concat(list), failure: undefined };
}

const content = new TextEncoder().encode(Array.from({ length: 300_000 }, (_, i) => `line ${(i * 7919) % 100_003}\n`).join(''));
const packed = new Uint8Array(gzipSync(content));

describe('gunzipInThread', () => {
  it.each([1000, 100_000, 10_000_000])('gives all of it, from pieces of %i bytes, and ends the thread', async (size) => {
    const worker = await startThread();
    const { bytes, failure } = await allOf(gunzipInThread(inParts(packed, size), () => worker));
    expect(failure).toBeUndefined();
    expect(Buffer.compare(bytes, content)).toBe(0);
    expect(worker.terminated).toBe(true);
  });

  it('gives what comes before a cut, and then the failure', async () => {
    const worker = await startThread();
    const { bytes, failure } = await allOf(gunzipInThread(inParts(packed.subarray(0, packed.length / 2), 4096), () => worker));
    expect(failure).toBeInstanceOf(Error);
    expect(bytes.length).toBeGreaterThan(content.length / 4);
    expect(Buffer.compare(bytes, content.subarray(0, bytes.length))).toBe(0);
  });

  it('waits for a reader that is slow', async () => {
    const many = new Uint8Array(gzipSync(new Uint8Array(60_000_000)));
    const worker = await startThread();
    const parts = gunzipInThread(inParts(many, 4096), () => worker);
    let length = (await parts.next()).value?.length ?? 0;
    await vi.waitFor(() => expect(worker.most).toBeGreaterThan(8 * 1024 * 1024), { timeout: 20_000 });
    for await (const part of parts) length += part.length;
    expect(length).toBe(60_000_000);
    expect(worker.most).toBeLessThan(10 * 1024 * 1024);
  });

  it('tells what the source fails for', async () => {
    const worker = await startThread();
    async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
      yield packed.subarray(0, 5000);
      throw new Error('the disk was taken out');
    }
    expect((await allOf(gunzipInThread(source(), () => worker))).failure).toMatchObject({ message: 'the disk was taken out' });
    expect(worker.terminated).toBe(true);
  });

  it('ends thread and source with a reader that wants no more', async () => {
    const worker = await startThread();
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        yield* inParts(packed, 4096);
      } finally {
        closed = true;
      }
    }
    for await (const part of gunzipInThread(source(), () => worker)) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect([worker.terminated, closed]).toEqual([true, true]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('Refused to create a worker');
      },
    ],
    [
      'fails later',
      () => {
        const worker: InflateWorker = { onmessage: null, onerror: null, postMessage: () => {}, terminate: () => {} };
        setImmediate(() => worker.onerror?.({ message: '' } as ErrorEvent));
        return worker;
      },
    ],
  ])('does it here where starting a worker %s', async (_, start) => {
    const { bytes, failure } = await allOf(gunzipInThread(inParts(packed, 4096), start));
    expect(failure).toBeUndefined();
    expect(Buffer.compare(bytes, content)).toBe(0);
  });
});
