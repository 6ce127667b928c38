import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../core/base/result.ts';
import { KeptRecording } from '../../../../core/formats/kept-recording.ts';
import { type Codecs, type OpenedTrace, openTrace } from '../../../../core/formats/open-trace.ts';
import { nodeCodecs } from '../../../../main/services/export/codecs.ts';
import { concat, MemorySource, TestRecording } from '../../../helpers/build-recording.ts';
import { decodeRecording } from '../../../helpers/decoded-recording.ts';

const REPORT = readFileSync(path.join(import.meta.dirname, '../../../fixtures/formats/trace-event/instants_async_flow.json'));
const open = (bytes: Uint8Array, codecs: Codecs = nodeCodecs): Promise<OpenedTrace> => openTrace(new MemorySource(bytes), codecs, { title: 'name' });
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

async function recordingOf(bytes: Uint8Array): Promise<Uint8Array> {
  const opened = await open(bytes);
  if (opened.kind !== 'converted') throw new Error('not converted');
  const parts: Uint8Array[] = [];
  for await (const part of opened.recording) parts.push(part);
  return concat(parts);
}

function someRecording(): Uint8Array {
  const { recording, stream } = TestRecording.simple();
  recording.instant(stream, 1, 'here');
  return recording.finish();
}

describe('openTrace', () => {
  it('leaves a recording where it is', async () => {
    expect(await open(someRecording())).toEqual({ kind: 'recording' });
  });

  it('gives a compressed recording as it was', async () => {
    const opened = await open(gzipSync(someRecording()));
    expect(opened).toMatchObject({ kind: 'converted', format: 'recording', wrappings: ['gzip'] });
    expect(Buffer.compare(await recordingOf(gzipSync(someRecording())), someRecording())).toBe(0);
  });

  it('turns JSON into a recording, compressed or not', async () => {
    const plain = await recordingOf(REPORT);
    expect(decodeRecording(plain).events).toHaveLength(22);
    expect(decodeRecording(plain).head.title).toBe('name');
    expect(Buffer.compare(await recordingOf(gzipSync(REPORT)), plain)).toBe(0);
  });

  it('gives what could be decompressed of a cut file, and says so', async () => {
    const packed = gzipSync(REPORT);
    const recording = decodeRecording(await recordingOf(packed.subarray(0, packed.length - 100)));
    expect(recording.events.length).toBeGreaterThan(5);
    expect(recording.info.flatMap((line) => (line.kind === 'loss' ? [line.message] : []))).toEqual([
      expect.stringMatching(/^The file is compressed, and cut or damaged \(unexpected end of file\): \d+ bytes/),
      expect.stringContaining('The trace was cut at byte'),
    ]);
  });

  it('gives what was decompressed before it failed, and says so', async () => {
    const opened = await open(gzipSync(REPORT), {
      async *gunzip() {
        yield REPORT;
        throw new Error('incorrect data check');
      },
    });
    if (opened.kind !== 'converted') throw new Error('not converted');
    const parts: Uint8Array[] = [];
    for await (const part of opened.recording) parts.push(part);
    const recording = decodeRecording(concat(parts));
    expect(recording.events).toHaveLength(22);
    expect(recording.info.find((line) => line.kind === 'loss')).toMatchObject({
      message: 'The file is compressed, and cut or damaged (incorrect data check): 3047 bytes of its content could be read.',
    });
  });

  it('refuses a recording of a later version, in words', async () => {
    const later = someRecording();
    new DataView(later.buffer).setUint32(8, 99, true);
    for (const bytes of [later, gzipSync(later)])
      await expect(open(bytes)).rejects.toMatchObject({ code: 'recording-from-the-future', message: expect.stringContaining('version 99') });
  });

  it.each([
    ['', 'empty'],
    ['hello', 'is text'],
    ['<!DOCTYPE html><html>', 'HTML page that carries none'],
    ['<?xml version="1.0"?>', 'XML'],
    ['PK\u0003\u0004', 'ZIP'],
    ['#!/usr/bin/env node', 'script'],
    ['\u0000\u0001\u0002', 'binary'],
    ['{"snapshot":{"meta":{}}}', 'heap snapshot'],
  ])('names what a file looks like that is no trace: %j', async (content, words) => {
    for (const bytes of [text(content), gzipSync(text(content))]) {
      const refusal = await open(bytes).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ProblemError);
      expect(refusal).toMatchObject({ code: 'not-a-trace', message: expect.stringContaining(words) });
    }
  });

  it.each([
    ['{"nodes":[], "timeDeltas":[1]}', 'CPU profile'],
    ['{"$schema":"https://www.speedscope.app/file-format-schema.json"}', 'speedscope'],
    ['{"meta":{"interval":1},"libs":[]}', 'Firefox profile'],
    ['{"meta":{"interval":1},"libs":[],"threads":[{}]}', 'as Firefox itself writes it'],
  ])('refuses a profile that has nothing in it: %j', async (content, words) => {
    await expect(recordingOf(text(content))).rejects.toMatchObject({
      code: 'not-a-trace',
      message: expect.stringContaining(words),
      remedy: expect.any(String),
    });
  });

  it('says in words that zstd cannot be undone here', async () => {
    const { gunzip } = nodeCodecs;
    await expect(open(Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]), { gunzip })).rejects.toMatchObject({
      code: 'no-zstd',
      message: expect.stringContaining('zstd'),
      remedy: expect.stringContaining('zstd -d'),
    });
  });

  it('stops where far more comes out than went in', async () => {
    const blank = gzipSync(Buffer.alloc(1024 * 1024, ' '));
    const bomb = Buffer.concat([gzipSync('[{"ph":"i","ts":1,"name":"a"},'), ...Array.from({ length: 300 }, () => blank)]);
    const recording = decodeRecording(await recordingOf(bomb));
    expect(recording.events).toHaveLength(1);
    expect(recording.info.find((line) => line.kind === 'loss')).toMatchObject({ message: expect.stringMatching(/more than 200 times as large as itself/) });
  });

  it('refuses damaged gzip', async () => {
    await expect(open(Uint8Array.from([0x1f, 0x8b, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8]))).rejects.toMatchObject({ code: 'not-a-trace' });
  });

  it('throws from the recording what is found only further on', async () => {
    await expect(recordingOf(text('{"name":"a package","version":"1.0.0"}'))).rejects.toMatchObject({ code: 'not-a-trace' });
  });
});

describe('KeptRecording', () => {
  async function* counted(parts: readonly number[][], taken: { count: number }): AsyncGenerator<Uint8Array> {
    for (const part of parts) {
      taken.count++;
      yield Uint8Array.from(part);
    }
  }
  async function all(bytes: AsyncIterable<Uint8Array>): Promise<number[]> {
    const out: number[] = [];
    for await (const part of bytes) out.push(...part);
    return out;
  }

  it('makes each byte once, for any number of followers, and reads it again', async () => {
    const taken = { count: 0 };
    const kept = new KeptRecording(counted([[0, 1, 2], [], [3], [4, 5, 6, 7]], taken));
    expect(await kept.size()).toBeUndefined();
    expect(await Promise.all([all(kept.follow(0)), all(kept.follow(2)), all(kept.follow(8))])).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], [2, 3, 4, 5, 6, 7], []]);
    expect([taken.count, await kept.size()]).toEqual([4, 8]);
    for (let from = 0; from < 9; from++) {
      for (let length = 0; length < 9; length++) expect([...(await kept.read(from, length))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].slice(from, from + length));
    }
  });
});
