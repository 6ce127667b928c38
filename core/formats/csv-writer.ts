/** Writes one table of a recording as CSV (RFC 4180: a line for each row, the names of the columns first). Times in ns since the start of the recording. */
import { csvRow as row } from '../base/csv.ts';
import { RecordingWalker, walk } from './recording-walker.ts';
import { statisticsOf } from './slice-statistics.ts';
import { TextOutput } from './text-output.ts';
import type { ExportOptions, TraceExport } from './trace-export.ts';

/** Each with what its rows are. */
export const CSV_TABLES = {
  counters: 'a value of a series',
  slices: 'a slice or call',
  instants: 'an instant',
  statistics: 'a name of slices, with count, total, self and percentiles',
} as const;
export type CsvTable = keyof typeof CSV_TABLES;

export interface CsvOptions extends ExportOptions {
  /** Default `counters`. */
  readonly table?: CsvTable;
}

export class CsvExport implements TraceExport {
  readonly #recording: AsyncIterable<Uint8Array>;
  readonly #table: CsvTable;
  readonly #live: boolean;
  events = 0;
  notes: readonly string[] = [];

  constructor(recording: AsyncIterable<Uint8Array>, { table = 'counters', live = false }: CsvOptions = {}) {
    this.#recording = recording;
    this.#table = table;
    this.#live = live;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#table === 'statistics') yield* this.#statistics();
    else yield* this.#rows(new Rows(this.#table));
    this.notes = [...this.notes, `A CSV file holds one table: this one has a row for ${CSV_TABLES[this.#table]}, the rest was left out.`];
  }

  async *#rows(rows: Rows): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const _ of walk(this.#recording, rows, this.#live)) {
      this.events = rows.count;
      yield* rows.out.take();
    }
    rows.finishCalls();
    rows.writeNotes();
    yield* rows.out.finish();
    this.events = rows.count;
    this.notes = rows.told;
  }

  async *#statistics(): AsyncGenerator<Uint8Array, void, undefined> {
    const out = new TextOutput();
    out.write(row('name', 'count', 'total_ns', 'self_ns', 'min_ns', 'max_ns', 'mean_ns', 'p50_ns', 'p90_ns', 'p99_ns'));
    for (const one of await statisticsOf(this.#recording)) {
      const { name, count, totalNs, selfNs, minNs, maxNs, meanNs, p50Ns, p90Ns, p99Ns } = one;
      out.write(row(name, count, totalNs, selfNs, minNs, maxNs, meanNs, p50Ns, p90Ns, p99Ns));
      this.events++;
    }
    yield* out.finish();
  }
}

const HEADINGS: Readonly<Record<Exclude<CsvTable, 'statistics'>, readonly string[]>> = {
  counters: ['time_ns', 'pid', 'process', 'thread', 'counter', 'series', 'value'],
  slices: ['start_ns', 'duration_ns', 'pid', 'process', 'thread', 'track', 'name', 'category', 'args'],
  instants: ['time_ns', 'pid', 'process', 'thread', 'name', 'category', 'args'],
};
const decoder = new TextDecoder();

class Rows extends RecordingWalker {
  readonly out = new TextOutput();
  count = 0;
  readonly #table: CsvTable;

  constructor(table: Exclude<CsvTable, 'statistics'>) {
    super();
    this.#table = table;
    this.out.write(row(...HEADINGS[table]));
  }

  #row(...cells: readonly (string | number)[]): void {
    this.count++;
    this.out.write(row(...cells));
  }

  get #who(): readonly [number, string, string] {
    const process = this.processes.get(this.stream.process);
    return [process?.pid ?? 0, process?.name ?? '', this.stream.name];
  }

  #args(at: number, bytes: number): string {
    return bytes === 0 ? '' : decoder.decode(this.payload.subarray(at, at + bytes));
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    if (this.#table !== 'counters') return;
    const definition = this.stream.definitions.counters.get(counter);
    for (let s = 0; s < count; s++) {
      const value = values[first + s] as number;
      // A gap is an empty cell.
      this.#row(timeNs, ...this.#who, definition?.name ?? '', definition?.series[s] ?? String(s), Number.isNaN(value) ? '' : value);
    }
  }

  override slice(endNs: number, durationNs: number, name: number, category: number, at: number, bytes: number, _record: number, track: number): void {
    if (this.#table !== 'slices') return;
    const { definitions } = this.stream;
    const texts = [definitions.text(track), definitions.text(name), definitions.text(category)] as const;
    this.#row(endNs - durationNs, durationNs, ...this.#who, ...texts, this.#args(at, bytes));
  }

  override callEnded(startNs: number, endNs: number, functionId: number, _call: number, args: Uint8Array | undefined): void {
    if (this.#table !== 'slices') return;
    this.#row(
      startNs,
      endNs - startNs,
      ...this.#who,
      '',
      this.stream.definitions.functionName(functionId),
      'call',
      args === undefined ? '' : decoder.decode(args),
    );
  }

  override callLeft(startNs: number, endNs: number, functionId: number, call: number, args: Uint8Array | undefined): void {
    this.callEnded(startNs, endNs, functionId, call, args);
  }

  /** Beside the instants of the run: of no process. */
  writeNotes(): void {
    if (this.#table !== 'instants') return;
    for (const { fromNs, toNs, text } of this.userNotes.list()) {
      this.#row(fromNs, '', '', '', text, 'note', toNs > fromNs ? JSON.stringify({ durationNs: toNs - fromNs }) : '');
    }
  }

  override instant(timeNs: number, name: number, category: number, _scope: number, at: number, bytes: number): void {
    if (this.#table !== 'instants') return;
    const { definitions } = this.stream;
    this.#row(timeNs, ...this.#who, definitions.text(name), definitions.text(category), this.#args(at, bytes));
  }
}
