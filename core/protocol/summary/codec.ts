import { BUCKETS, type Cells, type Picture, type SliceList } from './picture.ts';
import { BINS, type Histogram, type Statistics } from './statistics.ts';

/**
 * Pictures and statistics as bytes of SUMMARY and STATISTICS blocks: columns, each from a border of 8 bytes, little-endian. What is read comes from a
 * file: a length that does not fit, or a number that would lead out of a column, gives undefined.
 */

const LAYOUT = 1;
const MAX_ROWS = 0x10000;
const LISTS = ['wide', 'own', 'came', 'left'] as const;

export function encodePicture(picture: Picture): Uint8Array {
  const writer = new ColumnWriter();
  const { level, fromNs, toNs, firstPlace, rows, count, cells } = picture;
  writer.column(Float64Array.of(LAYOUT, level, 0, fromNs, toNs, firstPlace, rows, count));
  writer.column(Uint32Array.of(cells.bucket.length, ...LISTS.flatMap((name) => [picture[name].from.length, picture[name].start.length])));
  for (const column of [cells.from, cells.count, cells.name, cells.busy, cells.bucket]) writer.column(column);
  for (const name of LISTS) for (const column of columnsOf(picture[name])) writer.column(column);
  return writer.bytes();
}

const columnsOf = ({ from, start, end, self, begin, name, flags }: SliceList): Column[] => [from, start, end, self, begin, name, flags];

export function decodePicture(bytes: Uint8Array): Picture | undefined {
  const reader = new ColumnReader(bytes);
  const head = reader.floats(8);
  const lengths = reader.words(1 + LISTS.length * 2);
  if (!head || !lengths || head[0] !== LAYOUT) return undefined;
  const [, level, , fromNs, toNs, firstPlace, rows, count] = head as unknown as [number, number, number, number, number, number, number, number];
  if (!(rows >= 0 && rows <= MAX_ROWS && toNs >= fromNs)) return undefined;
  const cells = readCells(reader, rows, lengths[0] as number);
  const lists = LISTS.map((_, l) => readList(reader, lengths[1 + l * 2] as number, lengths[2 + l * 2] as number));
  if (!cells || lists.some((list) => list === undefined)) return undefined;
  const [wide, own, came, left] = lists as [SliceList, SliceList, SliceList, SliceList];
  return { level, fromNs, toNs, firstPlace, rows, buckets: BUCKETS, count, cells, wide, own, came, left };
}

function readCells(reader: ColumnReader, rows: number, cells: number): Cells | undefined {
  const from = reader.words(rows + 1);
  const count = reader.words(cells);
  const name = reader.words(cells);
  const busy = reader.shorts(cells);
  const bucket = reader.shorts(cells);
  if (!from || !count || !name || !busy || !bucket || !isAscending(from, cells) || bucket.some((one) => one >= BUCKETS)) return undefined;
  return { from, count, name, busy, bucket };
}

function readList(reader: ColumnReader, froms: number, slices: number): SliceList | undefined {
  const from = reader.words(froms);
  const [start, end, self, begin] = [reader.floats(slices), reader.floats(slices), reader.floats(slices), reader.floats(slices)];
  const name = reader.words(slices);
  const flags = reader.octets(slices);
  if (!from || !start || !end || !self || !begin || !name || !flags || froms === 0 || froms > MAX_ROWS + 1 || !isAscending(from, slices)) return undefined;
  return { from, start, end, self, begin, name, flags };
}

/** Places of rows lead through a column to its end. */
function isAscending(from: Uint32Array, end: number): boolean {
  if (from[0] !== 0 || from[from.length - 1] !== end) return false;
  for (let row = 1; row < from.length; row++) if ((from[row] as number) < (from[row - 1] as number)) return false;
  return true;
}

const NUMBERS = ['count', 'sum', 'squares', 'min', 'max', 'total', 'self'] as const;

const NO_HISTOGRAM: Histogram = { from: new Uint32Array(1), bin: new Uint16Array(0), count: undefined };

/** `withHistogram`: durations by bin are kept, where they were counted. */
export function encodeStatistics(statistics: Statistics, withHistogram: boolean): Uint8Array {
  const writer = new ColumnWriter();
  const { from, bin, count } = (withHistogram ? statistics.histogram : undefined) ?? NO_HISTOGRAM;
  writer.column(Uint32Array.of(LAYOUT, statistics.level, statistics.name.length, count ? 1 : 0, count?.length ?? 0));
  writer.column(statistics.name);
  for (const name of NUMBERS) writer.column(statistics[name]);
  if (count) for (const column of [from, bin, count]) writer.column(column);
  return writer.bytes();
}

export function decodeStatistics(bytes: Uint8Array): Statistics | undefined {
  const reader = new ColumnReader(bytes);
  const head = reader.words(5);
  if (!head || head[0] !== LAYOUT) return undefined;
  const [, level, rows, hasHistogram, bins] = head as unknown as [number, number, number, number, number];
  const name = reader.words(rows);
  const numbers = NUMBERS.map(() => reader.floats(rows));
  if (!name || numbers.some((column) => column === undefined)) return undefined;
  const [count, sum, squares, min, max, total, self] = numbers as Float64Array[] as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const histogram = hasHistogram === 1 ? readHistogram(reader, rows, bins) : undefined;
  if (hasHistogram === 1 && !histogram) return undefined;
  return { level, name, count, sum, squares, min, max, total, self, histogram };
}

function readHistogram(reader: ColumnReader, rows: number, bins: number): Histogram | undefined {
  const from = reader.words(rows + 1);
  const bin = reader.shorts(bins);
  const count = reader.words(bins);
  if (!from || !bin || !count || !isAscending(from, bins) || bin.some((one) => one >= BINS)) return undefined;
  return { from, bin, count };
}

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

class ColumnWriter {
  readonly #columns: Column[] = [];
  #length = 0;

  column(column: Column): void {
    this.#columns.push(column);
    this.#length += padded(column.byteLength);
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const column of this.#columns) {
      bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
      at += padded(column.byteLength);
    }
    return bytes;
  }
}

/** Columns out of bytes: views of them. Undefined behind the end. */
class ColumnReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  }

  #take(bytes: number): number | undefined {
    const at = this.#at;
    if (!(bytes >= 0 && at + bytes <= this.#bytes.length)) return undefined;
    this.#at = at + padded(bytes);
    return this.#bytes.byteOffset + at;
  }

  floats(length: number): Float64Array | undefined {
    const at = this.#take(length * 8);
    return at === undefined ? undefined : new Float64Array(this.#bytes.buffer, at, length);
  }
  words(length: number): Uint32Array | undefined {
    const at = this.#take(length * 4);
    return at === undefined ? undefined : new Uint32Array(this.#bytes.buffer, at, length);
  }
  shorts(length: number): Uint16Array | undefined {
    const at = this.#take(length * 2);
    return at === undefined ? undefined : new Uint16Array(this.#bytes.buffer, at, length);
  }
  octets(length: number): Uint8Array | undefined {
    const at = this.#take(length);
    return at === undefined ? undefined : new Uint8Array(this.#bytes.buffer, at, length);
  }
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;
