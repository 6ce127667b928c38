/** What imported files said of themselves beside their events, for who writes trace events again. */
import { MEMBER_ATTACHMENT, type RecordingInfo } from '../protocol/recording-format.ts';

const MAX_ATTACHED_BYTES = 128 * 1024 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

export class ImportedMembers {
  readonly #inline = new Map<string, unknown>();
  /** By attachment number, of those that are members. */
  readonly #attached = new Map<number, { readonly key: string; readonly pieces: Uint8Array[] }>();
  #attachedBytes = 0;
  /** By file: its text and number of lines, as `file_info` has them. */
  readonly #texts = new Map<string, readonly [string, number]>();
  readonly notes: string[] = [];
  /** Files whose texts are in reports, until there is more of these. */
  #reported: ReadonlySet<string> | undefined;

  line(line: RecordingInfo): void {
    this.#reported = undefined;
    if (line.kind === 'attachment' && line.name.startsWith(MEMBER_ATTACHMENT)) {
      this.#attached.set(line.attachment, { key: line.name.slice(MEMBER_ATTACHMENT.length), pieces: [] });
    }
    if (line.kind !== 'imported' || !isObject(line.metadata)) return;
    for (const [key, value] of Object.entries(line.metadata)) this.#add(key, value);
  }

  #add(key: string, value: unknown): void {
    const before = this.#inline.get(key);
    if (before === undefined) this.#inline.set(key, value);
    else if (isObject(before) && isObject(value)) this.#inline.set(key, merged(before, value));
    else if (JSON.stringify(before) !== JSON.stringify(value)) this.notes.push(`“${key}” stands in more than one file: the first one's is kept.`);
  }

  attached(attachment: number, piece: Uint8Array): void {
    const known = this.#attached.get(attachment);
    if (known === undefined) return;
    this.#reported = undefined;
    this.#attachedBytes += piece.length;
    if (this.#attachedBytes <= MAX_ATTACHED_BYTES) known.pieces.push(piece);
    else this.#attached.delete(attachment);
  }

  sourceText(file: string, text: string): void {
    if (!this.#texts.has(file)) this.#texts.set(file, [text, text.split('\n').length - (text.endsWith('\n') ? 1 : 0)]);
  }

  /** A file's text is written: by itself, or in the `file_info` of an imported report. */
  hasText(file: string): boolean {
    return this.#texts.has(file) || this.#filesOfReports().has(file);
  }

  #filesOfReports(): ReadonlySet<string> {
    if (this.#reported) return this.#reported;
    const infos: unknown[] = [this.#inline.get('file_info')];
    for (const { key, pieces } of this.#attached.values()) if (key === 'file_info') infos.push(parsed(pieces));
    this.#reported = new Set(infos.flatMap((info) => (isObject(info) && isObject(info.files) ? Object.keys(info.files) : [])));
    return this.#reported;
  }

  /** `viztracer_metadata`; the start of time is told by the recording. */
  get metadata(): Readonly<Record<string, unknown>> {
    const metadata = this.#inline.get('viztracer_metadata');
    return isObject(metadata) ? Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'baseTimeNanoseconds')) : {};
  }

  /** Members with their JSON, in pieces. `functions`: names of functions with file and line, for `file_info`. */
  texts(functions: Readonly<Record<string, unknown>>): Map<string, readonly Uint8Array[]> {
    const out = new Map<string, readonly Uint8Array[]>();
    if (Object.keys(functions).length > 0 || this.#texts.size > 0) this.#add('file_info', { files: Object.fromEntries(this.#texts), functions });
    for (const [key, value] of this.#inline) {
      if (key !== 'traceEvents' && key !== 'viztracer_metadata' && key !== 'displayTimeUnit') out.set(key, [encoder.encode(JSON.stringify(value))]);
    }
    for (const { key, pieces } of this.#attached.values()) {
      if (pieces.length === 0) continue;
      const before = out.get(key);
      const both = before && joined(before, pieces);
      out.set(key, both ?? pieces);
      if (before !== undefined && both === undefined) this.notes.push(`“${key}” stands in more than one file: the last one's is kept.`);
    }
    return out;
  }
}

/** Objects of objects, as `file_info` is: the entries of both. */
function merged(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const entries = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const before = entries.get(key);
    if (before === undefined) entries.set(key, value);
    else if (isObject(before) && isObject(value)) entries.set(key, Object.fromEntries([...Object.entries(value), ...Object.entries(before)]));
    else if (key === 'overflow') entries.set(key, before === true || value === true);
  }
  return Object.fromEntries(entries);
}

/** Of two texts that are objects, their entries; undefined where they are something else. */
function joined(a: readonly Uint8Array[], b: readonly Uint8Array[]): readonly Uint8Array[] | undefined {
  const [first, second] = [parsed(a), parsed(b)];
  return isObject(first) && isObject(second) ? [encoder.encode(JSON.stringify(merged(first, second)))] : undefined;
}

/** Undefined: pieces that end inside a letter, or no JSON. */
function parsed(pieces: readonly Uint8Array[]): unknown {
  try {
    return JSON.parse(pieces.map((piece) => decoder.decode(piece)).join(''));
  } catch {
    return undefined;
  }
}
