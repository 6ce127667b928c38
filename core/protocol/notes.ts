/**
 * Notes of a recording: a text at a moment or on a range of time. In the file each is an INFO line `note`; a later line for the same id
 * replaces it, or takes it away. So a note is changed by appending a few bytes, and a file that is cut in between has the notes of before.
 */
import { BlockType, type RecordingFooter, type RecordingInfo } from './recording-format.ts';
import { encodeBlock, encodeIndex, encodeInfo } from './recording-writer.ts';

/** A moment, where both times are the same; ns since the recording's start. */
export interface RecordingNote {
  readonly id: string;
  readonly fromNs: number;
  readonly toNs: number;
  readonly text: string;
}

/** A moment of a run that was named: what it got, and the note that stands for it. */
export interface Marked {
  readonly name: string;
  readonly note: RecordingNote;
}

/** Put in place of the one of the same id, or taken away. */
export type NoteChange = { readonly put: RecordingNote } | { readonly remove: string };
export type NoteLine = Extract<RecordingInfo, { readonly kind: 'note' }>;

export const MAX_NOTES = 1000;
export const MAX_NOTE_CHARS = 2000;
const MAX_ID_CHARS = 80;

/** The notes of one recording; lines are outside data. */
export class Notes {
  readonly #notes = new Map<string, RecordingNote>();
  /** Grows with every change. */
  revision = 0;

  line(line: RecordingInfo): void {
    if (line.kind !== 'note') return;
    const note = checkedNote(line);
    if (!note && typeof line.id === 'string') this.change({ remove: line.id });
    else if (note) this.change({ put: note });
  }

  change(change: NoteChange): void {
    if ('remove' in change) {
      if (this.#notes.delete(change.remove)) this.revision++;
      return;
    }
    if (!this.#notes.has(change.put.id) && this.#notes.size >= MAX_NOTES) return;
    this.#notes.set(change.put.id, change.put);
    this.revision++;
  }

  /** In the order of time. */
  list(): RecordingNote[] {
    return [...this.#notes.values()].sort((a, b) => a.fromNs - b.fromNs || a.toNs - b.toNs);
  }
}

/** Undefined: it is none, or one that was taken away. */
export function checkedNote(value: unknown): RecordingNote | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, fromNs, toNs, text, removed } = value as { readonly [key: string]: unknown };
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID_CHARS || removed === true) return undefined;
  if (!isTime(fromNs) || !isTime(toNs) || toNs < fromNs || typeof text !== 'string') return undefined;
  return { id, fromNs, toNs, text: text.slice(0, MAX_NOTE_CHARS) };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export const noteLine = (change: NoteChange, timeNs: number): NoteLine =>
  'put' in change ? { kind: 'note', ...change.put, timeNs } : { kind: 'note', id: change.remove, removed: true, timeNs };

/**
 * What is put behind a complete recording of `size` bytes: the line, an index that knows it and leads to the one before, and a new footer. The
 * footer of before stays where it is; readers step over it.
 */
export function encodeNoteTail(change: NoteChange, footer: RecordingFooter, size: number): Uint8Array[] {
  const line = noteLine(change, 'put' in change ? Math.max(0, Math.min(change.put.fromNs, footer.durationNs)) : 0);
  const times = { firstNs: line.timeNs, lastNs: line.timeNs };
  const payload = encodeInfo([line]);
  // The number of blocks is the sequence of the footer itself.
  let sequence = footer.blocks + 1;
  const info = encodeBlock({ type: BlockType.INFO, stream: 0, count: 1, ...times }, payload, sequence++);
  const parts = [...info];
  let { lastIndex } = footer;
  // Without an index the whole file is read: one that told of the note alone would hide the rest.
  if (lastIndex >= 0) {
    const indexAt = size + bytesOf(info);
    const row = { offset: size, header: info[0] as Uint8Array, ...times };
    const index = encodeIndex([row], lastIndex);
    parts.push(...encodeBlock(index.fields, index.payload, sequence++));
    lastIndex = indexAt;
  }
  const next: RecordingFooter = { ...footer, lastIndex, blocks: sequence };
  const last = { type: BlockType.FOOTER, stream: 0, count: 1, firstNs: 0, lastNs: footer.durationNs };
  parts.push(...encodeBlock(last, new TextEncoder().encode(JSON.stringify(next)), sequence));
  return parts;
}

const bytesOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);
