/** Traces in and out of other formats, as a host does it: by what the first bytes tell. */
import { type OpenedTrace, openTrace } from '../../core/formats/open-trace.ts';
import type { TraceExport } from '../../core/formats/trace-export.ts';
import { nodeCodecs } from '../../main/services/export/codecs.ts';
import { concat, MemorySource } from './build-recording.ts';

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
export const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

export async function all(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return concat(parts);
}

export async function* inPieces(bytes: Uint8Array, sizes: readonly number[] = [4096]): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** A source that comes in pieces of these sizes, in turn. */
class PiecedSource extends MemorySource {
  readonly #sizes: readonly number[];
  constructor(bytes: Uint8Array, sizes: readonly number[]) {
    super(bytes);
    this.#sizes = sizes;
  }
  override follow(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    return inPieces(this.bytes.subarray(offset), this.#sizes);
  }
}

export const open = (bytes: Uint8Array, sizes: readonly number[] = [65_536]): Promise<OpenedTrace> =>
  openTrace(new PiecedSource(bytes, sizes), nodeCodecs, { title: 'test' });

/** What the bytes of a file become: a recording. */
export async function recordingFrom(file: Uint8Array | string, sizes?: readonly number[]): Promise<Uint8Array> {
  const bytes = typeof file === 'string' ? encode(file) : file;
  const opened = await open(bytes, sizes);
  return opened.kind === 'recording' ? bytes : all(opened.recording);
}

export async function formatOf(file: Uint8Array | string): Promise<string> {
  const opened = await open(typeof file === 'string' ? encode(file) : file);
  return opened.kind === 'recording' ? 'recording' : opened.format;
}

/** A recording in the format of `Writer`. */
export async function written<Options>(
  Writer: new (recording: AsyncIterable<Uint8Array>, options?: Options) => TraceExport,
  recording: Uint8Array,
  options?: Options,
): Promise<{ readonly bytes: Uint8Array; readonly text: string; readonly notes: readonly string[]; readonly events: number }> {
  const out = new Writer(inPieces(recording), options);
  const bytes = await all(out);
  return { bytes, text: new TextDecoder().decode(bytes), notes: out.notes, events: out.events };
}
