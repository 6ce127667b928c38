import { DEPTH_MASK, END, FLAGS_SHIFT, FLOATS, NAME, SHAPE, SliceFlag, type SliceTable, START, WORDS } from './slice-table.ts';

/** Parts of a picture's time. A segment that is 64 pixels wide or less is drawn from its picture alone, and pixel by pixel. */
export const BUCKETS = 64;
/** `busy` of a bucket that slices cover. They count where they begin, so a cell may hold up to twice that. */
export const BUSY_UNIT = 32767;

/** Slices by row, in a row by start. `from[row]` … `from[row + 1]` are those of a row. */
export interface SliceList {
  readonly from: Uint32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Duration less that of direct children. NaN: not known. */
  readonly self: Float64Array;
  /** What tells the slice from all others of its track; see `Picture.firstPlace`. NaN: not known. */
  readonly begin: Float64Array;
  readonly name: Uint32Array;
  readonly flags: Uint8Array;
}

/**
 * The look of a stretch of a track: a segment (level 0), a few segments that follow each other (level 1), a few of those, and so on. Of its slices it lists those that
 * are as long as a bucket or cross borders, and counts the rest.
 *
 *     cells   slices that begin and end inside and are shorter than a bucket, by row and the bucket in which they begin
 *     wide    the longer ones
 *     own     of both, those that cross a border between two parts of the level below, so that neither part has them
 *     came    those that ended here and began before
 *     left    those that are open at the end
 *
 * Cells and wide are the picture. Who draws its parts in place of it draws `own` beside them.
 */
export interface Picture {
  readonly level: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** `begin` of a slice that began inside is not below this; -Infinity: its start tells, which then differs from that of all before. */
  readonly firstPlace: number;
  readonly rows: number;
  /** Parts of its time; BUCKETS, but for what is made for a closer look. */
  readonly buckets: number;
  /** Slices in cells and wide. */
  readonly count: number;
  readonly cells: Cells;
  readonly wide: SliceList;
  readonly own: SliceList;
  readonly came: SliceList;
  readonly left: SliceList;
}

/** `from[row]` … `from[row + 1]` are those of a row, by bucket. */
export interface Cells {
  readonly from: Uint32Array;
  readonly bucket: Uint16Array;
  readonly count: Uint32Array;
  /** Time that they take, as a part of the bucket × BUSY_UNIT. */
  readonly busy: Uint16Array;
  /** Of the longest. */
  readonly name: Uint32Array;
}

export const bucketWidth = (fromNs: number, toNs: number, buckets: number = BUCKETS): number => Math.max(1, (toNs - fromNs) / buckets);

/** `begin` of slice `i` of the table. */
export type BeginOf = (i: number) => number;

const CROSSES = (SliceFlag.CAME | SliceFlag.LEFT) << FLAGS_SHIFT;

/** Picture of a segment. */
export function pictureOf(table: SliceTable, fromNs: number, toNs: number, firstPlace: number, beginOf: BeginOf, buckets = BUCKETS): Picture {
  const { count, floats, words } = table;
  const width = bucketWidth(fromNs, toNs, buckets);
  let rows = 0;
  for (let u = SHAPE; u < count * WORDS; u += WORDS) {
    const depth = (words[u] as number) & DEPTH_MASK;
    if (depth >= rows) rows = depth + 1;
  }
  const cells = new CellColumn(rows, fromNs, width, buckets);
  const wide: number[] = [];
  const came: number[] = [];
  const left: number[] = [];
  // Hot: all that is recorded passes here once. Slices come in the order of their starts, so one bucket is counted after the other.
  for (let i = 0, u = 0, f = 0; i < count; i++, u += WORDS, f += FLOATS) {
    const shape = words[u + SHAPE] as number;
    if ((shape & CROSSES) !== 0) {
      if ((shape & (SliceFlag.LEFT << FLAGS_SHIFT)) !== 0) left.push(i);
      else came.push(i);
      continue;
    }
    const start = floats[f + START] as number;
    const duration = (floats[f + END] as number) - start;
    if (duration >= width) wide.push(i);
    else cells.add(shape & DEPTH_MASK, start, duration, words[u + NAME] as number);
  }
  const list = (of: readonly number[]): SliceList => listOf(table, of, beginOf);
  return {
    level: 0,
    fromNs,
    toNs,
    firstPlace,
    rows,
    buckets,
    count: count - came.length - left.length,
    cells: cells.packed(),
    wide: list(wide),
    own: NO_SLICES,
    came: list(came),
    left: list(left),
  };
}

/** Cells of slices that come in the order of their starts: of all rows one bucket at a time. */
class CellColumn {
  readonly #rows: number;
  readonly #buckets: number;
  readonly #fromNs: number;
  readonly #perNs: number;
  readonly #width: number;
  #bucket = 0;
  #endNs: number;
  readonly #count: Uint32Array;
  readonly #busy: Float64Array;
  readonly #longest: Float64Array;
  readonly #name: Uint32Array;
  readonly #made: { readonly row: number; readonly bucket: number; readonly count: number; readonly busy: number; readonly name: number }[] = [];

  constructor(rows: number, fromNs: number, width: number, buckets: number) {
    this.#rows = rows;
    this.#buckets = buckets;
    this.#fromNs = fromNs;
    this.#width = width;
    this.#perNs = 1 / width;
    this.#endNs = fromNs + width;
    this.#count = new Uint32Array(rows);
    this.#busy = new Float64Array(rows);
    this.#longest = new Float64Array(rows).fill(-1);
    this.#name = new Uint32Array(rows);
  }

  add(row: number, startNs: number, durationNs: number, name: number): void {
    if (startNs >= this.#endNs) this.#moveTo(startNs);
    this.#count[row] = (this.#count[row] as number) + 1;
    this.#busy[row] = (this.#busy[row] as number) + durationNs;
    if (durationNs <= (this.#longest[row] as number)) return;
    this.#longest[row] = durationNs;
    this.#name[row] = name;
  }

  #moveTo(timeNs: number): void {
    const bucket = Math.min(this.#buckets - 1, Math.floor((timeNs - this.#fromNs) * this.#perNs));
    if (bucket !== this.#bucket) this.#endBucket();
    this.#bucket = bucket;
    this.#endNs = bucket === this.#buckets - 1 ? Number.POSITIVE_INFINITY : this.#fromNs + (bucket + 1) * this.#width;
  }

  #endBucket(): void {
    for (let row = 0; row < this.#rows; row++) {
      const count = this.#count[row] as number;
      if (count === 0) continue;
      this.#made.push({ row, bucket: this.#bucket, count, busy: (this.#busy[row] as number) * this.#perNs, name: this.#name[row] as number });
      this.#count[row] = 0;
      this.#busy[row] = 0;
      this.#longest[row] = -1;
    }
  }

  packed(): Cells {
    this.#endBucket();
    const packed = newCells(this.#rows, this.#made.length);
    const { from } = packed;
    for (const { row } of this.#made) from[row + 1] = (from[row + 1] as number) + 1;
    for (let row = 0; row < this.#rows; row++) from[row + 1] = (from[row + 1] as number) + (from[row] as number);
    const next = from.slice();
    for (const { row, bucket, count, busy, name } of this.#made) {
      const at = next[row] as number;
      next[row] = at + 1;
      putCell(packed, at, bucket, count, busy, name);
    }
    return packed;
  }
}

const newCells = (rows: number, cells: number): Cells => ({
  from: new Uint32Array(rows + 1),
  bucket: new Uint16Array(cells),
  count: new Uint32Array(cells),
  busy: new Uint16Array(cells),
  name: new Uint32Array(cells),
});

/** `busy`: part of the bucket. */
function putCell(cells: Cells, at: number, bucket: number, count: number, busy: number, name: number): void {
  cells.bucket[at] = bucket;
  cells.count[at] = count;
  cells.busy[at] = Math.min(65535, Math.round(busy * BUSY_UNIT));
  cells.name[at] = name;
}

/** Slices of a table, which are told in the order of their starts. */
function listOf(table: SliceTable, slices: readonly number[], beginOf: BeginOf): SliceList {
  if (slices.length === 0) return NO_SLICES;
  let rows = 0;
  for (const i of slices) rows = Math.max(rows, table.depthOf(i) + 1);
  const list = newList(rows, slices.length);
  for (const i of slices) list.from[table.depthOf(i) + 1] = (list.from[table.depthOf(i) + 1] as number) + 1;
  for (let row = 0; row < rows; row++) list.from[row + 1] = (list.from[row + 1] as number) + (list.from[row] as number);
  const next = list.from.slice();
  for (const i of slices) {
    const row = table.depthOf(i);
    const at = next[row] as number;
    next[row] = at + 1;
    list.start[at] = table.startOf(i);
    list.end[at] = table.endOf(i);
    list.self[at] = table.selfOf(i);
    list.begin[at] = beginOf(i);
    list.name[at] = table.nameOf(i);
    list.flags[at] = table.flagsOf(i);
  }
  return list;
}

const newList = (rows: number, slices: number): SliceList => ({
  from: new Uint32Array(rows + 1),
  start: new Float64Array(slices),
  end: new Float64Array(slices),
  self: new Float64Array(slices),
  begin: new Float64Array(slices),
  name: new Uint32Array(slices),
  flags: new Uint8Array(slices),
});

/** Picture of parts of one level that follow each other on a track. */
export function mergedPicture(parts: readonly Picture[]): Picture {
  const first = parts[0] as Picture;
  const last = parts[parts.length - 1] as Picture;
  const { fromNs, firstPlace } = first;
  const { toNs } = last;
  const width = bucketWidth(fromNs, toNs);
  const rows = parts.reduce((most, part) => Math.max(most, part.rows), 0);
  const cells = new CellGrid(rows, fromNs, width);
  const wide = new ListMaker();
  const own = new ListMaker();
  const came = new ListMaker();
  let count = 0;
  const show = (row: number, list: SliceList, i: number) => {
    const duration = (list.end[i] as number) - (list.start[i] as number);
    if (duration >= width) wide.addFrom(row, list, i);
    else cells.add(row, list.start[i] as number, duration, list.name[i] as number);
  };
  for (const part of parts) {
    count += part.count;
    cells.addCells(part);
    eachSlice(part.wide, show);
    eachSlice(part.came, (row, list, i) => {
      const isInside = firstPlace === Number.NEGATIVE_INFINITY ? (list.start[i] as number) >= fromNs : (list.begin[i] as number) >= firstPlace;
      if (!isInside) {
        came.addFrom(row, list, i);
        return;
      }
      count++;
      own.addFrom(row, list, i);
      show(row, list, i);
    });
  }
  return {
    level: first.level + 1,
    fromNs,
    toNs,
    firstPlace,
    rows,
    buckets: BUCKETS,
    count,
    cells: cells.packed(),
    wide: wide.list(),
    own: own.list(),
    came: came.list(),
    left: last.left,
  };
}

/**
 * The picture with so few buckets that another halving would make one wider than `widthNs`. Coarser ones are made when they are first drawn, and live as long as the picture: together they
 * take as much memory as it does, at most.
 */
export function coarserPicture(picture: Picture, widthNs: number): Picture {
  let coarser = picture;
  while (coarser.buckets > 1 && bucketWidth(picture.fromNs, picture.toNs, coarser.buckets / 2) <= widthNs) {
    let half = HALVES.get(coarser);
    if (!half) {
      half = halvedPicture(coarser);
      HALVES.set(coarser, half);
    }
    coarser = half;
  }
  return coarser;
}

const HALVES = new WeakMap<Picture, Picture>();

function halvedPicture(picture: Picture): Picture {
  const { fromNs, toNs, rows } = picture;
  const buckets = picture.buckets / 2;
  const width = bucketWidth(fromNs, toNs, buckets);
  const cells = new CellGrid(rows, fromNs, width, buckets);
  const wide = new ListMaker();
  cells.addCells(picture);
  eachSlice(picture.wide, (row, list, i) => {
    const duration = (list.end[i] as number) - (list.start[i] as number);
    if (duration >= width) wide.addFrom(row, list, i);
    else cells.add(row, list.start[i] as number, duration, list.name[i] as number);
  });
  return { ...picture, buckets, cells: cells.packed(), wide: wide.list() };
}

/** Calls `each` for the slices of a list by row. */
export function eachSlice(list: SliceList, each: (row: number, list: SliceList, i: number) => void): void {
  for (let row = 0; row + 1 < list.from.length; row++) {
    for (let i = list.from[row] as number; i < (list.from[row + 1] as number); i++) each(row, list, i);
  }
}

/** What a picture takes in memory. */
export const pictureBytes = ({ cells, wide, own, came, left }: Picture): number =>
  cells.from.byteLength + cells.bucket.length * 12 + listBytes(wide) + listBytes(own) + listBytes(came) + listBytes(left);
const listBytes = ({ from, start }: SliceList): number => from.byteLength + start.length * 37;

/** Cells that are counted in any order: all of them, row by row. */
class CellGrid {
  readonly #rows: number;
  readonly #fromNs: number;
  readonly #width: number;
  readonly #buckets: number;
  readonly #count: Uint32Array;
  readonly #busy: Float64Array;
  readonly #longest: Float64Array;
  readonly #name: Uint32Array;

  constructor(rows: number, fromNs: number, width: number, buckets = BUCKETS) {
    this.#buckets = buckets;
    this.#rows = rows;
    this.#fromNs = fromNs;
    this.#width = width;
    this.#count = new Uint32Array(rows * buckets);
    this.#busy = new Float64Array(rows * buckets);
    this.#longest = new Float64Array(rows * buckets).fill(-1);
    this.#name = new Uint32Array(rows * buckets);
  }

  add(row: number, startNs: number, durationNs: number, name: number): void {
    this.#put(row * this.#buckets + this.#bucketOf(startNs), 1, durationNs, durationNs, name);
  }

  addCells(part: Picture): void {
    const { from, bucket, count, busy, name } = part.cells;
    const width = bucketWidth(part.fromNs, part.toNs, part.buckets);
    for (let row = 0; row + 1 < from.length; row++) {
      for (let i = from[row] as number; i < (from[row + 1] as number); i++) {
        // The middle of a part's bucket, which is far narrower than one here.
        const at = this.#bucketOf(part.fromNs + ((bucket[i] as number) + 0.5) * width);
        const busyNs = ((busy[i] as number) / BUSY_UNIT) * width;
        this.#put(row * this.#buckets + at, count[i] as number, busyNs, busyNs, name[i] as number);
      }
    }
  }

  #bucketOf(timeNs: number): number {
    const bucket = Math.floor((timeNs - this.#fromNs) / this.#width);
    return bucket < 0 ? 0 : bucket >= this.#buckets ? this.#buckets - 1 : bucket;
  }

  #put(cell: number, count: number, busyNs: number, longestNs: number, name: number): void {
    this.#count[cell] = (this.#count[cell] as number) + count;
    this.#busy[cell] = (this.#busy[cell] as number) + busyNs;
    if (longestNs <= (this.#longest[cell] as number)) return;
    this.#longest[cell] = longestNs;
    this.#name[cell] = name;
  }

  packed(): Cells {
    let cells = 0;
    for (const count of this.#count) if (count !== 0) cells++;
    const packed = newCells(this.#rows, cells);
    let at = 0;
    for (let row = 0; row < this.#rows; row++) {
      for (let bucket = 0; bucket < this.#buckets; bucket++) {
        const cell = row * this.#buckets + bucket;
        const count = this.#count[cell] as number;
        if (count > 0) putCell(packed, at++, bucket, count, (this.#busy[cell] as number) / this.#width, this.#name[cell] as number);
      }
      packed.from[row + 1] = at;
    }
    return packed;
  }
}

/** Slices in any order, into a list by row and start. */
class ListMaker {
  readonly #row: number[] = [];
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  readonly #self: number[] = [];
  readonly #begin: number[] = [];
  readonly #name: number[] = [];
  readonly #flags: number[] = [];

  add(row: number, start: number, end: number, self: number, begin: number, name: number, flags: number): void {
    this.#row.push(row);
    this.#start.push(start);
    this.#end.push(end);
    this.#self.push(self);
    this.#begin.push(begin);
    this.#name.push(name);
    this.#flags.push(flags);
  }

  addFrom(row: number, list: SliceList, i: number): void {
    this.add(
      row,
      list.start[i] as number,
      list.end[i] as number,
      list.self[i] as number,
      list.begin[i] as number,
      list.name[i] as number,
      list.flags[i] as number,
    );
  }

  list(): SliceList {
    const count = this.#row.length;
    if (count === 0) return NO_SLICES;
    const order = new Uint32Array(count);
    for (let i = 0; i < count; i++) order[i] = i;
    order.sort((a, b) => (this.#row[a] as number) - (this.#row[b] as number) || (this.#start[a] as number) - (this.#start[b] as number) || a - b);
    const rows = (this.#row[order[count - 1] as number] as number) + 1;
    const list = newList(rows, count);
    for (let at = 0; at < count; at++) {
      const i = order[at] as number;
      list.start[at] = this.#start[i] as number;
      list.end[at] = this.#end[i] as number;
      list.self[at] = this.#self[i] as number;
      list.begin[at] = this.#begin[i] as number;
      list.name[at] = this.#name[i] as number;
      list.flags[at] = this.#flags[i] as number;
      const row = this.#row[i] as number;
      list.from[row + 1] = (list.from[row + 1] as number) + 1;
    }
    for (let row = 0; row < rows; row++) list.from[row + 1] = (list.from[row + 1] as number) + (list.from[row] as number);
    return list;
  }
}

export const NO_SLICES: SliceList = newList(0, 0);
