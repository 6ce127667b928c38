/**
 * Writes a recording, or any trace that can be read, in another format, as a stream: memory does not grow with the file.
 * Runs where it may take its time: a worker thread, the command line.
 */
import { closeSync, createWriteStream, fsyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { KeptRecording } from '../../../core/formats/kept-recording.ts';
import { type OpenedTrace, openTrace } from '../../../core/formats/open-trace.ts';
import { processedRecording, readAttachments, usableParts } from '../../../core/formats/processed-view.ts';
import { writeTraceEvents } from '../../../core/formats/trace-event-writer.ts';
import type { ExportFormat, TraceView } from '../../../core/protocol/studio-api.ts';
import { crc32, nodeCodecs } from './codecs.ts';
import { FileSource } from './file-source.ts';

export interface Conversion {
  readonly source: string;
  /** Must not exist yet. The caller renames it when all is well, and removes it when not. */
  readonly target: string;
  readonly format: ExportFormat;
  /** Default `processed`. A recording is copied with both. */
  readonly view?: TraceView;
  /** It is still recorded: what is there is exported. */
  readonly live?: boolean;
  /** At most ten times a second. `doneBytes` of the source. */
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number; readonly events: number }) => void;
}

export interface Converted {
  /** 0 where they are not counted: a recording that is copied as it is. */
  readonly events: number;
  /** Of the source. */
  readonly totalBytes: number;
  /** What the format could not hold, in words. */
  readonly notes: readonly string[];
}

const PROGRESS_MS = 100;

/** Throws ProblemError for what the user can act on; other errors are of the disk. */
export const convertRecording = (conversion: Conversion): Promise<Converted> =>
  convert(conversion, async (file, notes) => {
    const { source, format, view = 'processed', live = false } = conversion;
    const opened = await openTrace(file, nodeCodecs, { title: path.basename(source), ...(crc32 && { crc: crc32 }) });
    // What plugins left of a process that has ended is not all of a session that goes on.
    if (format !== 'recording' && view === 'processed' && !live) return processedView(file, opened, notes);
    return opened.kind === 'recording' ? file.follow(0) : opened.recording;
  });

/**
 * The same for a recording that this very process has written, and that no plugin has had a hand in: what reads other formats is
 * not even loaded.
 */
export const convertOwnRecording = (conversion: Conversion): Promise<Converted> => convert(conversion, async (file) => file.follow(0));

type Open = (file: FileSource, notes: string[]) => Promise<AsyncIterable<Uint8Array>>;

async function convert({ source, target, format, live = false, onProgress = () => {} }: Conversion, open: Open): Promise<Converted> {
  const file = await FileSource.open(source);
  try {
    const notes: string[] = [];
    const recording = await open(file, notes);
    const json = format === 'recording' ? undefined : writeTraceEvents(recording, { live });
    let toldAt = 0;
    file.onRead = (doneBytes) => {
      const now = performance.now();
      if (now - toldAt < PROGRESS_MS) return;
      toldAt = now;
      onProgress({ doneBytes, totalBytes: file.bytes, events: json?.events ?? 0 });
    };
    await writeFile(json ?? recording, target, format === 'chrome-json-gz');
    return { events: json?.events ?? 0, totalBytes: file.bytes, notes: [...notes, ...(json?.notes ?? [])] };
  } finally {
    await file.close();
  }
}

async function processedView(file: FileSource, opened: OpenedTrace, notes: string[]): Promise<AsyncIterable<Uint8Array>> {
  // Only a recording has such a view, and it is read several times: other traces go by without being kept.
  if (opened.kind === 'converted' && opened.format !== 'recording') return opened.recording;
  const source = opened.kind === 'recording' ? file : new KeptRecording(opened.recording);
  const attachments = await readAttachments(source);
  notes.push(...attachments.problems().map((problem) => problem.message));
  if (!attachments.some) return source.follow(0);
  const { parts, problems } = await usableParts(source, attachments.parts());
  notes.push(...problems.map((problem) => problem.message));
  return contents(processedRecording(source, parts, crc32 ? { crc: crc32 } : {}));
}

async function* contents(pieces: AsyncIterable<{ readonly content: Uint8Array }>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { content } of pieces) yield content;
}

/** On the disk when it resolves. */
async function writeFile(bytes: AsyncIterable<Uint8Array>, target: string, compressed: boolean): Promise<void> {
  if (compressed) {
    const options = { flags: 'wx', flush: true };
    await pipeline(bytes, zlib.createGzip({ level: 6 }), createWriteStream(target, options));
    return;
  }
  // A stream would take longer to be made than a short report takes. Nothing waits for this thread but what reads the source, between two pieces.
  const file = openSync(target, 'wx');
  try {
    for await (const piece of bytes) for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
