/** The trace worker as it is shipped: one classic script that a page opened from a file can start, without SharedArrayBuffer. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { expect, it } from 'vitest';
import type { CounterInfo, TraceSummary, WorkerMessage } from '../../renderer/trace/trace-worker-api.ts';
import { TestRecording } from '../helpers/build-recording.ts';

const assets = path.resolve(import.meta.dirname, '../../dist/renderer/assets');

/** What a worker of the web has, as far as this one uses it; a script that needs more fails here by name. */
function startWorker(script: string) {
  const messages: WorkerMessage[] = [];
  let wake = () => {};
  const self = {
    postMessage: (message: WorkerMessage) => {
      messages.push(message);
      wake();
    },
    onmessage: undefined as ((event: { data: unknown; ports: readonly unknown[] }) => void) | undefined,
  };
  const context = vm.createContext({
    self,
    MessageChannel,
    performance,
    setTimeout,
    clearTimeout,
    TextDecoder,
    TextEncoder,
    Blob,
    URL,
    navigator: { hardwareConcurrency: 2 },
  });
  vm.runInContext('delete globalThis.SharedArrayBuffer; delete globalThis.Atomics;', context);
  new vm.Script(script, { filename: 'trace-worker.js' }).runInContext(context);
  const until = async <T>(find: (message: WorkerMessage) => T | undefined): Promise<T> => {
    for (;;) {
      for (const message of messages) {
        const found = find(message);
        if (found !== undefined) return found;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  let id = 0;
  const ask = (method: string, argument: unknown) => {
    id += 1;
    const mine = id;
    self.onmessage?.({ data: { id: mine, method, argument }, ports: [] });
    return until((message) => ('id' in message && message.id === mine ? message : undefined));
  };
  return { ask, until };
}

it('reads a recording as a classic script', async () => {
  const file = readdirSync(assets).find((name) => /^trace-worker-.*\.js$/.test(name)) as string;
  const worker = startWorker(readFileSync(path.join(assets, file), 'utf8'));
  const { recording, stream } = TestRecording.simple();
  recording.counter(stream, 1e6, 'queue', { waiting: 3 });
  await worker.ask('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob([recording.finish({ kind: 'exited', code: 0 }) as BlobPart]) } });
  const summary = await worker.until((message) => {
    if (!('event' in message) || message.event !== 'summary') return undefined;
    const told = message.payload as TraceSummary;
    return told.phase === 'complete' || told.phase === 'failed' ? told : undefined;
  });
  expect(summary).toMatchObject({ phase: 'complete', events: 1 });
  const answer = await worker.ask('counters.list', { trace: 't1' });
  expect((answer as { value: readonly CounterInfo[] }).value).toMatchObject([{ name: 'queue', series: [{ name: 'waiting', last: 3 }] }]);
});
