/**
 * Writes a recording, or any trace that can be read, in another format, as a stream: memory does not grow with the file.
 * Runs where it may take its time: a worker thread, the command line.
 */
import path from 'node:path';
import { CombinedRecording, type CombineOptions } from '../../../core/formats/combine-recordings.ts';
import { KeptRecording } from '../../../core/formats/kept-recording.ts';
import type { OpenedTrace } from '../../../core/formats/open-trace.ts';
import { ProcessedJson } from '../../../core/formats/processed-json.ts';
import { processedRecording, readAttachments, usableParts } from '../../../core/formats/processed-view.ts';
import { withNotes } from '../../../core/formats/recording-notes.ts';
import { recordingRange } from '../../../core/formats/recording-range.ts';
import type { TraceExport } from '../../../core/formats/trace-export.ts';
import type { RecordingNote } from '../../../core/protocol/notes.ts';
import { readNotesBeside } from '../recordings/notes-beside.ts';
import { crc32 } from './codecs.ts';
import type { Conversion, Converted } from './conversion.ts';
import type { FileSource } from './file-source.ts';
import { openFile, recordingOf } from './open-file.ts';
import { TemporaryStore } from './temporary-store.ts';
import { writeFile } from './write-file.ts';
import { writerFor } from './writers.ts';

const PROGRESS_MS = 100;

/** Throws ProblemError for what the user can act on; other errors are of the disk. */
export async function convertRecording(conversion: Conversion): Promise<Converted> {
  const { onProgress = () => {} } = conversion;
  const prepared = await prepareConversion(conversion);
  const { source, written } = prepared;
  try {
    let toldAt = 0;
    source.onRead = (doneBytes) => {
      const now = performance.now();
      if (now - toldAt < PROGRESS_MS) return;
      toldAt = now;
      onProgress({ doneBytes, totalBytes: source.bytes, events: written.events });
    };
    await writeFile(written, conversion);
    return { events: written.events, totalBytes: source.bytes, notes: prepared.notes() };
  } finally {
    await prepared.close();
  }
}

/** A conversion whose bytes can be asked for, once. */
export interface PreparedConversion {
  readonly source: FileSource;
  readonly written: TraceExport;
  /** Complete once the last byte was given. */
  notes(): readonly string[];
  close(): Promise<void>;
}

export async function prepareConversion(conversion: Omit<Conversion, 'target'>): Promise<PreparedConversion> {
  const { source: file } = conversion;
  const { source, opened } = await openFile(file);
  const store = new TemporaryStore();
  const close = async () => {
    await source.close();
    await store.close();
  };
  try {
    const notes: string[] = [];
    const view = await viewOf(source, opened, conversion, notes, store);
    const options = { ...conversion, title: path.basename(file), live: conversion.live ?? false };
    const beside = conversion.without?.includes('notes') ? [] : await readNotesBeside(file);
    if (view instanceof ProcessedJson && beside.length > 0) notes.push(`${beside.length} notes that lie beside the file were left out.`);
    const written = view instanceof ProcessedJson ? view : writerFor(conversion.format, inRange(noted(view, beside, conversion), conversion), options);
    return { source, written, notes: () => [...notes, ...written.notes], close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface Combination extends Pick<Conversion, 'target' | 'format' | 'compressed' | 'reportPage'> {
  readonly sources: readonly string[];
  readonly align?: CombineOptions['align'];
  readonly marker?: string;
}

/** Several files as one; none of them is changed. Throws as `convertRecording`. */
export async function combineFiles({ sources, align, marker, ...conversion }: Combination): Promise<Converted> {
  const files: FileSource[] = [];
  try {
    const named = sources.map((file) => ({
      name: path.basename(file),
      open: async () => {
        const { source, opened } = await openFile(file);
        files.push(source);
        return recordingOf(source, opened);
      },
    }));
    const options = { title: sources.map((file) => path.basename(file)).join(' + '), ...(crc32 && { crc: crc32 }) };
    const combined = new CombinedRecording(named, { ...options, ...(align && { align }), ...(marker !== undefined && { marker }) });
    const written = writerFor(conversion.format, combined, {
      ...(conversion.reportPage !== undefined && { reportPage: conversion.reportPage }),
      title: options.title,
      live: false,
    });
    await writeFile(written, conversion);
    const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    return { events: written.events, totalBytes, notes: [...combined.notes, ...written.notes] };
  } finally {
    for (const file of files) await file.close();
  }
}

/** A recording, or its JSON where that is more than a recording could hold. What plugins left of a process that has ended is not all of a session that goes on. */
async function viewOf(
  source: FileSource,
  opened: OpenedTrace,
  conversion: Omit<Conversion, 'target'>,
  notes: string[],
  store: TemporaryStore,
): Promise<AsyncIterable<Uint8Array> | ProcessedJson> {
  const { format, view = 'processed', live = false } = conversion;
  const { without = [] } = conversion;
  const isCopied = (format === 'recording' && without.length === 0) || view === 'raw' || live;
  // Only a recording has such a view, and it is read several times: other traces go by without being kept.
  if (isCopied || (opened.kind === 'converted' && opened.format !== 'recording')) return recordingOf(source, opened);
  const readAgain = opened.kind === 'recording' ? source : new KeptRecording(opened.recording, undefined, store);
  const attachments = await readAttachments(readAgain);
  notes.push(...attachments.problems().map((problem) => problem.message));
  const { parts, problems } = await usableParts(readAgain, attachments.parts());
  notes.push(...problems.map((problem) => problem.message));
  if (parts.length === 0) return readAgain.follow(0);
  const isWhole = conversion.fromNs === undefined && conversion.toNs === undefined && without.length === 0;
  if (isWhole && (format === 'chrome-json' || format === 'chrome-json-gz')) return new ProcessedJson(readAgain, parts);
  return contents(processedRecording(readAgain, parts, crc32 ? { crc: crc32 } : {}));
}

async function* contents(pieces: AsyncIterable<{ readonly content: Uint8Array }>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { content } of pieces) yield content;
}

/** Of a file that has no place for notes: they are put in, and what is read by its index is laid out anew. */
function noted(recording: AsyncIterable<Uint8Array>, notes: readonly RecordingNote[], { format }: Pick<Conversion, 'format'>): AsyncIterable<Uint8Array> {
  if (notes.length === 0) return recording;
  const whole = withNotes(recording, notes);
  return format === 'recording' || format === 'html' ? recordingRange(whole, crc32 ? { crc: crc32 } : {}) : whole;
}

function inRange(recording: AsyncIterable<Uint8Array>, { fromNs, toNs, without = [] }: Omit<Conversion, 'target'>): AsyncIterable<Uint8Array> {
  if (fromNs === undefined && toNs === undefined && without.length === 0) return recording;
  return recordingRange(recording, {
    ...(fromNs !== undefined && { fromNs }),
    ...(toNs !== undefined && { toNs }),
    without,
    ...(crc32 && { crc: crc32 }),
  });
}
