import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileSource } from '../../../../main/services/export/file-source.ts';
import { openFile, recordingOf } from '../../../../main/services/export/open-file.ts';
import { concat } from '../../../helpers/build-recording.ts';
import { decodeRecording } from '../../../helpers/decoded-recording.ts';
import { recordingFrom } from '../../../helpers/formats.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'file-source-'));
const file = path.join(folder, 'trace.json');
/** More than the buffers that are read into in turns. */
const events = Array.from({ length: 20_000 }, (_, i) => `{"ph":"X","pid":1,"tid":2,"ts":${i * 10},"dur":5,"name":"f${i % 700}"}`);
const content = new TextEncoder().encode(`[${events.join(',\n')}]`);

beforeAll(() => writeFileSync(file, content));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([false, true])('gives all of a file from a place on, each piece good until the next one (brief: %s)', async (isBrief) => {
  const source = await FileSource.open(file);
  const parts: Uint8Array[] = [];
  for await (const part of source.follow(12_345, isBrief)) {
    // As a reader does that takes its time: what is read ahead must not lie in what it looks at.
    await new Promise((resolve) => setImmediate(resolve));
    parts.push(part.slice());
  }
  await source.close();
  expect(parts.length).toBeGreaterThan(1);
  expect(Buffer.compare(concat(parts), content.subarray(12_345))).toBe(0);
});

it('has the events that the same bytes in memory have', async () => {
  const { source, opened } = await openFile(file);
  const parts: Uint8Array[] = [];
  for await (const part of recordingOf(source, opened)) parts.push(part);
  await source.close();
  expect(decodeRecording(concat(parts)).events).toEqual(decodeRecording(await recordingFrom(content)).events);
});
