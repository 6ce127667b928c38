import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExportQuestion } from '../../../core/protocol/studio-api.ts';
import { StudioFixture, scriptConfig, type WindowClient } from './studio-fixture.ts';

let fixture: StudioFixture;
let window: WindowClient;
beforeEach(() => {
  fixture = new StudioFixture();
  window = fixture.window();
});
afterEach(() => fixture.end());

const work = (name: string) => path.join(fixture.folder, 'work', name);
const SCRIPT = `
  const { VizCounter, VizObject, getTracer } = require('trace-studio');
  class Cart extends VizObject { items = []; }
  const counter = new VizCounter(getTracer(), 'queue-counter');
  const cart = new Cart(getTracer(), 'cart-object');
  function pay(thing) { return 'result-text'; }
  for (let i = 0; i < 10; i++) { counter.waiting = i; cart.items = [i]; pay('argument-text-' + i); }
  console.log('printed-line');
`;

async function record(): Promise<string> {
  const config = scriptConfig(fixture.write('parts.js', SCRIPT), {
    arguments: 'word-of-the-command',
    capture: { logArguments: true, logReturn: true, consoleCalls: false },
  });
  const { id, recording } = await window.request('session.start', config);
  await window.ended(id);
  await window.request('notes.change', { recording, change: { put: { id: 'n', fromNs: 0, toNs: 0, text: 'note-text' } } });
  return recording;
}

async function written(question: ExportQuestion, name: string): Promise<Buffer> {
  const { job } = await window.request('export.start', { ...question, path: work(name), overwrite: true });
  const { state, problem } = await window.pushedThat('export.progress', (progress) => progress.job === job && progress.state !== 'running');
  expect(problem).toBeUndefined();
  expect(state).toBe('done');
  return readFileSync(work(name));
}

test('what is left out of a recording is not in its file, and the rest is', async () => {
  const recording = await record();
  const parts = {
    launch: 'word-of-the-command',
    console: 'printed-line',
    counters: 'queue-counter',
    objects: 'items',
    arguments: 'argument-text-3',
    notes: 'note-text',
  } as const;
  const all = await written({ recording, format: 'recording' }, 'all.tsr');
  for (const word of Object.values(parts)) expect(all.includes(word), word).toBe(true);
  for (const [part, word] of Object.entries(parts)) {
    const rest = await written({ recording, format: 'recording', without: [part as keyof typeof parts] }, `without-${part}.tsr`);
    // Names of what is gone may be left: definitions say what there could be, not what there was.
    if (part === 'counters' || part === 'objects') {
      const json = JSON.parse((await written({ recording, format: 'chrome-json', without: [part] }, 'out.json')).toString()) as {
        traceEvents: { ph: string }[];
      };
      expect(json.traceEvents.filter(({ ph }) => (part === 'counters' ? ph === 'C' : 'NOD'.includes(ph)))).toEqual([]);
    } else expect(rest.includes(word), `${part} is left out`).toBe(false);
    for (const [other, otherWord] of Object.entries(parts)) if (other !== part) expect(rest.includes(otherWord), `${other} without ${part}`).toBe(true);
  }
});

test('a preview tells the size that the file will have, what the format cannot hold, and how it begins', async () => {
  const recording = await record();
  for (const format of ['chrome-json', 'chrome-json-gz', 'perfetto', 'csv', 'recording', 'html'] as const) {
    const preview = await window.request('export.preview', { recording, format });
    const file = await written({ recording, format }, `out.${format}`);
    expect(preview.isExact, format).toBe(true);
    // A report says when it was written.
    if (format === 'html') expect(Math.abs((preview.bytes ?? 0) - file.length)).toBeLessThan(2000);
    else expect(preview.bytes, format).toBe(file.length);
    if (format === 'csv') expect(preview.text).toMatch(/^time_ns,pid/);
  }
  const csv = await window.request('export.preview', { recording, format: 'csv', table: 'instants' });
  expect(csv.text).toContain('note-text');
  expect((await window.request('export.preview', { recording, format: 'speedscope' })).notes.join()).toContain('were left out');
  const part = await window.request('export.preview', { recording, format: 'chrome-json', fromNs: 0, toNs: 0 });
  expect(part.bytes).toBeLessThan((await window.request('export.preview', { recording, format: 'chrome-json' })).bytes ?? 0);
  const [first, second] = await Promise.allSettled([
    window.request('export.preview', { recording, format: 'chrome-json' }),
    window.request('export.preview', { recording, format: 'csv' }),
  ]);
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'preview-replaced' } });
  expect(second).toMatchObject({ status: 'fulfilled' });
});

test('a picture is written as it comes, never over a file without a question, and nothing else is', async () => {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
  expect(await window.request('export.picture', { path: work('a.png') }, png)).toEqual({ path: work('a.png'), bytes: png.length });
  expect(new Uint8Array(readFileSync(work('a.png')))).toEqual(png);
  await expect(window.request('export.picture', { path: work('a.png') }, png)).rejects.toMatchObject({ code: 'file-exists' });
  await window.request('export.picture', { path: work('a.png'), overwrite: true }, png);
  await expect(window.request('export.picture', { path: work('b.png') }, new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'no-picture' });
  await expect(window.request('export.picture', { path: path.join(fixture.folder, 'out.png') }, png)).rejects.toMatchObject({ code: 'outside-roots' });
  expect(existsSync(work('b.png'))).toBe(false);
});
