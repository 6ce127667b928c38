/**
 * Several recordings as one: their processes beside each other on one clock. The sources are read one after the other, never held; none of them is
 * changed.
 */
import { ProblemError } from '../base/result.ts';
import type { RecordingHead } from '../protocol/recording-format.ts';
import { BlockReader } from '../protocol/recording-reader.ts';
import { RecordingBuilder } from './record-writer.ts';
import { RecordingCopier } from './recording-copier.ts';
import { RecordingWalker, walk } from './recording-walker.ts';

/** `start`: all begin together. `marker`: so that a marker of each is at one time. `epoch`: by the calendar. */
export type Alignment = 'start' | 'marker' | 'epoch';

export interface CombineSource {
  /** As people know it. */
  readonly name: string;
  /** The recording that it is, or becomes; asked for twice where it has to be looked through for its marker. */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface CombineOptions {
  /** By default by the calendar, if all sources tell it; else they begin together. */
  readonly align?: Alignment;
  /** Name of the marker; by default the first one of each, whatever its name. */
  readonly marker?: string;
  readonly title: string;
  readonly crc?: (bytes: Uint8Array) => number;
  /** Bytes of the recordings that were read so far, for who shows how far it is. */
  readonly onRead?: (bytes: number) => void;
}

/** Instants of this category are markers. */
const MARKER_CATEGORY = 'marker';

interface LookedAt {
  readonly source: CombineSource;
  readonly monotonicNs: bigint;
  /** 0: not known. */
  readonly epochNs: bigint;
  /** Since the start of the recording; undefined: there is none. */
  readonly markerNs: number | undefined;
}

export class CombinedRecording implements AsyncIterable<Uint8Array> {
  /** What is told of the sources, and how they were aligned; complete at the end. */
  readonly notes: string[] = [];
  readonly #sources: readonly CombineSource[];
  readonly #options: CombineOptions;

  constructor(sources: readonly CombineSource[], options: CombineOptions) {
    this.#sources = sources;
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const looked: LookedAt[] = [];
    // Where only the heads matter no source is read to its end twice, unless its head tells less than its end.
    for (const source of this.#sources) looked.push(await this.#look(source));
    const first = looked[0];
    if (first === undefined) return;
    const { shifts, align } = this.#shifts(looked);
    const { title, crc } = this.#options;
    const builder = new RecordingBuilder({ title, ...(crc && { crc }) });
    builder.setStart({ monotonicNs: first.monotonicNs, epochNs: first.epochNs });
    const start = { high: Number(first.monotonicNs >> 32n), low: Number(first.monotonicNs & 0xffffffffn) };
    let attachments = 0;
    let read = 0;
    for (const [index, { source }] of looked.entries()) {
      const copier = new RecordingCopier(builder, { start, shiftNs: shifts[index] as number, index, of: looked.length, attachments });
      const reader = new BlockReader();
      for await (const chunk of await source.open()) {
        for (const item of reader.push(chunk)) copier.take(item);
        read += chunk.length;
        this.#options.onRead?.(read);
        yield* builder.take();
      }
      for (const item of reader.end()) copier.take(item);
      for (const note of copier.notes) this.#note(builder, `${source.name}: ${note}`);
      attachments = copier.attachments;
    }
    this.notes.push(`Aligned by ${ALIGNED[align]}.`);
    yield* builder.finish();
  }

  #note(builder: RecordingBuilder, message: string): void {
    this.notes.push(message);
    builder.info({ kind: 'loss', what: 'imported', count: 1, message, timeNs: 0 });
  }

  async #look(source: CombineSource): Promise<LookedAt> {
    const looker = new Looker(this.#options.marker);
    const needsAll = this.#options.align !== 'start';
    for await (const _ of walk(await source.open(), looker)) {
      const known = looker.head !== undefined && (!needsAll || (this.#options.align !== 'marker' && looker.epochNs > 0n));
      if (known) break;
    }
    const { head } = looker;
    if (head === undefined) throw new ProblemError({ code: 'not-a-trace', message: `${source.name} holds nothing.`, remedy: 'Leave it out.' });
    return { source, monotonicNs: BigInt(head.startMonotonicNs), epochNs: looker.epochNs, markerNs: looker.markerOf(head) };
  }

  /** Nanoseconds that are added to the times of each source. */
  #shifts(looked: readonly LookedAt[]): { readonly shifts: readonly number[]; readonly align: Alignment } {
    const unknown = looked.filter(({ epochNs }) => epochNs === 0n);
    const align = this.#options.align ?? (unknown.length === 0 ? 'epoch' : 'start');
    if (align === 'start') return { align, shifts: looked.map(() => 0) };
    if (align === 'epoch') {
      if (unknown.length > 0) {
        const names = unknown.map(({ source }) => source.name).join(', ');
        const message = `The files cannot be aligned by the calendar: ${names} ${unknown.length === 1 ? 'does' : 'do'} not tell when it began.`;
        throw new ProblemError({ code: 'no-epoch', message, remedy: 'Align them with --align start or --align marker.' });
      }
      const first = looked[0] as LookedAt;
      return { align, shifts: looked.map(({ epochNs }) => Number(epochNs - first.epochNs)) };
    }
    const without = looked.filter(({ markerNs }) => markerNs === undefined).map(({ source }) => source.name);
    if (without.length > 0) {
      const { marker } = this.#options;
      const which = marker === undefined ? 'no marker' : `no marker “${marker}”`;
      const message = `The files cannot be aligned by a marker: ${without.join(', ')} ${without.length === 1 ? 'has' : 'have'} ${which}.`;
      throw new ProblemError({ code: 'no-marker', message, remedy: 'Align them with --align start or --align epoch, or name a marker with --marker.' });
    }
    const first = (looked[0] as LookedAt).markerNs as number;
    return { align, shifts: looked.map(({ markerNs }) => first - (markerNs as number)) };
  }
}

const ALIGNED: Readonly<Record<Alignment, string>> = { start: 'their starts', marker: 'their markers', epoch: 'the calendar' };

/** Finds the first marker, and what the head or the end tell of the calendar. */
class Looker extends RecordingWalker {
  readonly #marker: string | undefined;
  #instantNs: number | undefined;
  #viztracerMicros: number | undefined;

  constructor(marker: string | undefined) {
    super();
    this.#marker = marker;
  }

  override instant(timeNs: number, name: number, category: number): void {
    const { definitions } = this.stream;
    const isIt = this.#marker === undefined ? definitions.text(category) === MARKER_CATEGORY : definitions.text(name) === this.#marker;
    if (isIt && (this.#instantNs === undefined || timeNs < this.#instantNs)) this.#instantNs = timeNs;
  }

  override line(line: Parameters<RecordingWalker['line']>[0]): void {
    if (line.kind !== 'imported') return;
    const metadata = line.metadata?.viztracer_metadata as { readonly sync_marker?: unknown } | undefined;
    if (typeof metadata?.sync_marker === 'number') this.#viztracerMicros = metadata.sync_marker;
  }

  markerOf(head: RecordingHead): number | undefined {
    if (this.#instantNs !== undefined || this.#viztracerMicros === undefined || this.#marker !== undefined) return this.#instantNs;
    return this.#viztracerMicros * 1000 - Number(head.startMonotonicNs);
  }
}
