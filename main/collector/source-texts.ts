/** Keeps the text of the files that a recording names: read once each, soon after the engine has read them. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deflate, crc32 as zlibCrc32 } from 'node:zlib';
import { MAX_BLOCK_BYTES } from '../../core/protocol/recording-format.ts';
import { encodeSource, MAX_SOURCE_BYTES, MAX_SOURCES, MAX_SOURCES_BYTES } from '../../core/protocol/sources.ts';

/** A disk that does not answer (of a network) holds nothing up for longer. */
const SETTLE_MS = 3000;
const compressed = promisify(deflate);

export interface SourceTextsOptions {
  /** Payload of a SOURCE block. */
  readonly write: (payload: Uint8Array) => void;
  /** Of all texts together, as they are on the disk; by default and at most MAX_SOURCES_BYTES. */
  readonly maxBytes?: number;
}

export class SourceTexts {
  readonly #write: (payload: Uint8Array) => void;
  readonly #maxBytes: number;
  readonly #named = new Set<string>();
  #bytes = 0;
  #reading: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor({ write, maxBytes = MAX_SOURCES_BYTES }: SourceTextsOptions) {
    this.#write = write;
    this.#maxBytes = Math.min(maxBytes, MAX_SOURCES_BYTES);
  }

  /** A path or URL, as definitions have it. What is no file of this machine is passed over. One after the other, so that what fits does not depend on the disk. */
  take(file: string): void {
    if (this.#isOver || this.#named.has(file) || this.#named.size >= MAX_SOURCES) return;
    this.#named.add(file);
    const place = placeOf(file);
    if (place !== undefined) this.#reading = this.#reading.then(() => this.#keep(file, place));
  }

  /** All that were named are written, or take too long. Nothing is written afterwards. */
  async settled(): Promise<void> {
    const ends = new AbortController();
    await Promise.race([this.#reading, pause(SETTLE_MS, undefined, { signal: ends.signal }).catch(() => {})]);
    ends.abort();
    this.#isOver = true;
  }

  async #keep(file: string, place: string): Promise<void> {
    const found = await textOf(place, Math.min(MAX_SOURCE_BYTES, this.#maxBytes - this.#bytes)).catch(whyNot);
    const text = typeof found === 'string' ? new Uint8Array(0) : found;
    const content = await compressed(text);
    if (this.#isOver) return;
    const head = { file, bytes: text.length, sum: zlibCrc32(text), encoding: 'deflate' } as const;
    const payload = encodeSource(typeof found === 'string' ? { ...head, leftOut: found } : head, content);
    this.#bytes += text.length;
    this.#write(
      payload.length <= MAX_BLOCK_BYTES ? payload : encodeSource({ ...head, bytes: 0, sum: 0, encoding: 'none', leftOut: TOO_LARGE }, new Uint8Array(0)),
    );
  }
}

const TOO_LARGE = `is larger than ${MAX_SOURCE_BYTES / 1024 / 1024} MB`;

/** Undefined: it is no file of this machine (a URL, Node's own, code of an eval). */
function placeOf(file: string): string | undefined {
  try {
    const place = file.startsWith('file:') ? fileURLToPath(file) : file;
    return path.isAbsolute(place) ? place : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of a text file, or why they are not kept. Rejects where it cannot be read. */
async function textOf(place: string, room: number): Promise<Uint8Array | string> {
  const handle = await open(place, 'r');
  try {
    const status = await handle.stat();
    if (!status.isFile()) return 'is not a file';
    if (status.size > MAX_SOURCE_BYTES) return TOO_LARGE;
    if (status.size > room) return 'was left out: the texts of the other files are as much as a recording keeps';
    const bytes = new Uint8Array(status.size);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return isText(bytes.subarray(0, filled)) ? bytes.subarray(0, filled) : 'is not text in UTF-8';
  } finally {
    await handle.close();
  }
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return !bytes.includes(0);
  } catch {
    return false;
  }
}

function whyNot(error: unknown): string {
  const { code } = error as { readonly code?: string };
  return code === 'ENOENT' ? 'was not there any more when its text was to be kept' : `could not be read (${code ?? String(error)})`;
}
