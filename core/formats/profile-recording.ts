/** What readers of profiles share: a recording of one process whose threads hold calls that were seen by a sampler. */
import type { RecordingInfo } from '../protocol/recording-format.ts';
import { knownEpoch } from './decimal-time.ts';
import { RecordingBuilder } from './record-writer.ts';
import { SampledCalls } from './sampled-calls.ts';

export interface ReadOptions {
  readonly title: string;
  /** A faster CRC-32 than the portable one, where the platform has it. */
  readonly crc?: (bytes: Uint8Array) => number;
  /** Asked at the end: what else the recording should tell of its making, for example that the file was compressed and cut. */
  readonly notes?: () => readonly string[];
}

const WORD = 2 ** 32;
/** Beyond, no clock of any tool has gone: 2^62 ns. */
const MAX_START_NS = 2n ** 62n;
/** What is behind the start by more than this is damage. */
const MAX_RELATIVE_NS = 2 ** 53;

export class ProfileRecording {
  readonly builder: RecordingBuilder;
  readonly #options: ReadOptions;
  readonly #startHigh: number;
  readonly #startLow: number;
  readonly #losses: { issue: string; count: number; message: string; example: string }[] = [];
  lastNs = 0;
  /** The two words of the time that was asked for last. */
  high = 0;
  low = 0;

  /** `startNs`: what is time 0 on the clock of the file. */
  constructor(options: ReadOptions, startNs: bigint, epochNs = 0n) {
    this.#options = options;
    this.builder = new RecordingBuilder(options);
    const start = startNs < 0n || startNs > MAX_START_NS ? 0n : startNs;
    this.#startHigh = Number(start >> 32n);
    this.#startLow = Number(start & 0xffffffffn);
    this.builder.setStart({ monotonicNs: start, epochNs: knownEpoch(epochNs) });
  }

  /** Sets `high` and `low` to a time since the start. */
  at(relativeNs: number): void {
    const ns = Math.min(MAX_RELATIVE_NS, Math.max(0, Math.round(relativeNs) || 0));
    if (ns > this.lastNs) this.lastNs = ns;
    const low = this.#startLow + ns;
    const carry = Math.floor(low / WORD);
    this.high = this.#startHigh + carry;
    this.low = low - carry * WORD;
  }

  calls(process: number, thread: number, name: string): SampledCalls {
    return new SampledCalls(this.builder, this.builder.thread(process, thread, name.slice(0, 4096)));
  }

  lost(issue: string, count: number, message: string, example = message): void {
    if (count > 0) this.#losses.push({ issue, count, message, example });
  }

  take(): Uint8Array[] {
    return this.builder.take();
  }

  finish(format: string, metadata: Readonly<Record<string, unknown>> = {}): Uint8Array[] {
    const timeNs = this.lastNs;
    const notes = this.#options.notes?.() ?? [];
    const told = [...notes.map((message) => ({ issue: 'cut', count: 1, message, example: message })), ...this.#losses];
    for (const loss of told) this.builder.info({ kind: 'loss', what: 'imported', ...loss, timeNs } satisfies RecordingInfo);
    this.builder.info({ kind: 'imported', format, metadata, timeNs });
    return this.builder.finish();
  }
}
