import type { Problem } from '../base/result.ts';
import { BlockReader, type RecordingItem } from '../protocol/recording-reader.ts';
import type { RandomAccess } from './block-store.ts';
import { findIndex } from './recording-index.ts';
import { Trace, type TraceOptions } from './trace.ts';

/** From this size on a recording is opened by its index. A smaller one is read whole as quickly. */
export const INDEXED_FROM_BYTES = 32 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;
/** A head is far below. */
const MAX_HEAD_BYTES = 17 * 1024 * 1024;

/**
 * Opens a recording by its index and summaries: the trace can be looked at at once, and `readRest` and the blocks from `endOffset` on are still to come. Undefined: it
 * has no good index or no summaries; then all of its blocks have to be read.
 */
export async function openIndexed(
  source: RandomAccess,
  size: number,
  options: TraceOptions,
): Promise<{ readonly trace: Trace; readonly endOffset: number } | undefined> {
  const head = await readHead(source);
  if (head?.kind !== 'head') return undefined;
  const index = await findIndex(source, size);
  if (!index) return undefined;
  const trace = new Trace(source, options);
  trace.setHead(head.head);
  return (await trace.openByIndex(index)) ? { trace, endOffset: index.endOffset } : undefined;
}

async function readHead(source: RandomAccess): Promise<RecordingItem | undefined> {
  const reader = new BlockReader();
  for (let at = 0; at < MAX_HEAD_BYTES; ) {
    const bytes = await source.read(at, FIRST_BYTES);
    const [item] = reader.push(bytes);
    if (item || bytes.length === 0) return item;
    at += bytes.length;
  }
  return undefined;
}

/** What a whole recording is read from. */
export interface RecordingSource extends RandomAccess {
  size(): Promise<number | undefined>;
  follow(offset: number): AsyncIterable<Uint8Array>;
}

/**
 * The trace of a recording that does not grow any more, without a window: for the command line and tests. A large one is opened by its index; `isWhole` reads everything
 * that is no call, too. What is damaged is told in `problems`, and the rest is there.
 */
export async function openRecording(
  source: RecordingSource,
  options: TraceOptions & { readonly isWhole?: boolean } = {},
): Promise<{ readonly trace: Trace; readonly problems: readonly Problem[] }> {
  const size = await source.size();
  const problems: Problem[] = [];
  const opened = size !== undefined && size >= INDEXED_FROM_BYTES ? await openIndexed(source, size, options) : undefined;
  const trace = opened?.trace ?? new Trace(source, options);
  if (opened && options.isWhole !== false) for await (const _ of trace.readRest());
  const reader = new BlockReader(opened ? { offset: opened.endOffset } : {});
  const take = (items: readonly RecordingItem[]): void => {
    for (const item of items) {
      if (item.kind === 'head') trace.setHead(item.head);
      else if (item.kind === 'block') trace.addBlock(item.header, item.payload, item.offset);
      else problems.push(item.problem);
    }
  };
  // What an index and a footer hold is whole.
  if (opened && opened.endOffset === size) return { trace, problems };
  for await (const piece of source.follow(opened?.endOffset ?? 0)) take(reader.push(piece));
  take(reader.end());
  return { trace, problems };
}
