import { type MonotonicTime, sinceMonotonic } from '../../base/time.ts';
import { MAX_OPEN_FRAMES, OPEN_FRAME_WORDS } from '../open-stack.ts';
import { EXTENDED_BIT, RecordKind } from '../records.ts';
import {
  CALL,
  END,
  FLAGS_SHIFT,
  FLOATS,
  NAME,
  NO_PARENT,
  PARENT,
  PLACE,
  PLACE_WORDS,
  RESULT,
  SELF,
  SHAPE,
  SliceFlag,
  SliceTable,
  START,
  WORDS,
} from './slice-table.ts';

/** Functions of which an array counts how many are open; higher ids (there are none but in a damaged file) are counted in a Map. */
const MAX_COUNTED = 2 ** 22;
const LOOP_WORDS = 8192;
const LEFT = SliceFlag.LEFT << FLAGS_SHIFT;
const LEFT_RECURSIVE = (SliceFlag.LEFT | SliceFlag.RECURSIVE) << FLAGS_SHIFT;

/**
 * Calls and runs out of the DATA blocks of one stream, segment by segment, with the same rules as OpenStack: an end that is not of the
 * innermost call ends all down to its own, one without a beginning means nothing.
 *
 *     beginAlone(frames), add(block) …          a segment by itself, from the open stack in front of its first block
 *     beginNext(), add(block) …                 the segment behind the one before: what is open goes on
 *
 * `table` may be looked at at any time. Time never runs backwards in it: a clock that does is counted, and stands.
 */
export class CallDecoder {
  table: SliceTable;
  /** Of the open calls, from the outermost: their index in the table. */
  readonly open = new Int32Array(MAX_OPEN_FRAMES);
  /** Of the open calls, also those below MAX_OPEN_FRAMES, which are counted and not shown. */
  depth = 0;
  /** Time of the newest record. */
  lastNs = Number.NEGATIVE_INFINITY;
  /** Of the segment: how often the clock ran backwards, the first time at `firstJumpNs`. */
  jumps = 0;
  firstJumpNs = Number.NaN;
  /** Of the segment: ends without a beginning, calls that were too deep to be shown, records that were not whole. */
  unmatched = 0;
  tooDeep = 0;
  damaged = 0;
  /** Told of every record that is no plain call. */
  extended: { add(kind: number, word: number, high: number, size: number, call: number): void } | undefined;
  /** Instants of this category mark the call that they lie in; 0: none does. */
  exceptionCategory = 0;
  readonly #start: () => MonotonicTime;
  #openCounts = new Uint16Array(1024);
  readonly #openOthers = new Map<number, number>();
  /** Number in the stream of the segment's first block. */
  #firstBlock = 0;
  #base = 0;
  #high = 0;

  constructor(start: () => MonotonicTime, table = new SliceTable()) {
    this.#start = start;
    this.table = table;
  }

  /** `frames`: words of the open stack in front of the records of block `firstBlock` of the stream; `unnamed`: open calls that are not among them. */
  beginAlone(frames: Uint32Array, unnamed: number, firstBlock: number, table = new SliceTable()): void {
    for (let at = 0; at < Math.min(this.depth, MAX_OPEN_FRAMES); at++) this.#countOpen(this.table.nameOf(this.open[at] as number), -1);
    this.table = table;
    table.clear();
    this.#begin(firstBlock);
    this.lastNs = Number.NEGATIVE_INFINITY;
    const count = Math.min(MAX_OPEN_FRAMES, Math.floor(frames.length / OPEN_FRAME_WORDS));
    this.depth = 0;
    for (let frame = 0; frame < count; frame++) {
      const at = frame * OPEN_FRAME_WORDS;
      FLOAT_WORDS[0] = frames[at] as number;
      FLOAT_WORDS[1] = frames[at + 1] as number;
      const call = frames[at + 3] as number;
      this.#push(FLOAT[0] as number, frames[at + 2] as number, call, at, SliceFlag.CAME | SliceFlag.LEFT | (call > 0 ? SliceFlag.RUN : 0));
      table.floats[frame * FLOATS + SELF] = Number.NaN;
    }
    table.entries = count;
    // Where they began is known where nothing lies before: here.
    table.entryBegin = Float64Array.from({ length: count }, (_, frame) => (firstBlock === 0 ? frame * OPEN_FRAME_WORDS : Number.NaN));
    this.depth += unnamed;
  }

  /** Whether the frames in front of a block are what is open here. They are not where blocks before it were lost. */
  agreesWith(frames: Uint32Array, unnamed: number): boolean {
    const count = Math.floor(frames.length / OPEN_FRAME_WORDS);
    if (count + unnamed !== this.depth) return false;
    if (count === 0) return true;
    const innermost = this.open[count - 1] as number;
    return frames[(count - 1) * OPEN_FRAME_WORDS + 2] === this.table.nameOf(innermost);
  }

  /**
   * Blocks were lost: what the frames in front of the segment's `block`-th block tell is open now. What else was open ended in what is lost, at the latest where the first
   * of those that are new began, or at `timeNs`, where reading goes on.
   */
  resync(frames: Uint32Array, unnamed: number, block: number, timeNs: number): void {
    const count = Math.min(MAX_OPEN_FRAMES, Math.floor(frames.length / OPEN_FRAME_WORDS));
    const same = this.#sameFrames(count, (frame) => frames[frame * OPEN_FRAME_WORDS + 2] as number);
    const startOf = (frame: number): number => {
      FLOAT_WORDS[0] = frames[frame * OPEN_FRAME_WORDS] as number;
      FLOAT_WORDS[1] = frames[frame * OPEN_FRAME_WORDS + 1] as number;
      const start = FLOAT[0] as number;
      return start > this.lastNs ? Math.min(start, Math.max(this.lastNs, timeNs)) : this.lastNs;
    };
    this.#closeDownTo(same, same < count ? startOf(same) : Math.max(this.lastNs, timeNs));
    for (let frame = same; frame < count; frame++) {
      const at = frame * OPEN_FRAME_WORDS;
      const call = frames[at + 3] as number;
      this.#push(startOf(frame), frames[at + 2] as number, call, block * PLACE_WORDS + at, SliceFlag.LEFT | (call > 0 ? SliceFlag.RUN : 0));
    }
    this.lastNs = Math.max(this.lastNs, timeNs);
    this.depth = count + unnamed;
  }

  /** What is open begins the new table. */
  beginNext(firstBlock: number, next = new SliceTable()): void {
    const before = this.table;
    const base = this.#firstBlock * PLACE_WORDS;
    const count = Math.min(this.depth, MAX_OPEN_FRAMES);
    next.clear();
    while (next.capacity < count) next.grow();
    next.count = count;
    next.entries = count;
    next.entryBegin = new Float64Array(count);
    for (let at = 0; at < count; at++) {
      const i = this.open[at] as number;
      next.floats.set(before.floats.subarray(i * FLOATS, (i + 1) * FLOATS), at * FLOATS);
      next.words[at * WORDS + PARENT] = at === 0 ? NO_PARENT : at - 1;
      next.words[at * WORDS + RESULT] = 0;
      next.words[at * WORDS + SHAPE] = at | ((before.flagsOf(i) | SliceFlag.CAME) << FLAGS_SHIFT);
      next.entryBegin[at] = i < before.entries ? (before.entryBegin[i] as number) : base + before.placeOf(i);
      this.open[at] = at;
    }
    this.table = next;
    this.#begin(firstBlock);
  }

  #begin(firstBlock: number): void {
    this.#firstBlock = firstBlock;
    this.jumps = 0;
    this.firstJumpNs = Number.NaN;
    this.unmatched = 0;
    this.tooDeep = 0;
    this.damaged = 0;
  }

  /** `payload`: the whole of the segment's `block`-th block, aligned to 8; `firstWord`: where the open stack ends. Never throws. */
  add(payload: Uint8Array, firstWord: number, clockHigh: number, block: number): void {
    const bytes = payload.byteOffset % 8 === 0 ? payload : payload.slice();
    const records = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    const end = records.length & ~1;
    const places = block * PLACE_WORDS;
    this.#base = sinceMonotonic(this.#start(), clockHigh, 0);
    this.#high = clockHigh;
    let w = firstWord;
    while (w >= 0 && w < end) {
      const to = Math.min(end, w + LOOP_WORDS);
      w = this.#addPlain(records, w, to, places);
      if (w < to) w = this.#addRare(records, w, end, places);
    }
  }

  /**
   * Plain calls up to the first record that is anything else. Returns where it stopped.
   * Hot: every call of every target passes here, more than once. In pieces (LOOP_WORDS), so that the engine has seen all of this function before it compiles it.
   */
  #addPlain(records: Uint32Array, from: number, to: number, places: number): number {
    const { table, open } = this;
    const { floats, words, capacity } = table;
    const counts = this.#openCounts;
    const base = this.#base;
    let { count } = table;
    let { depth } = this;
    let last = this.lastNs;
    let w = from;
    for (; w < to; w += 2) {
      const tag = records[w + 1] as number;
      const id = tag >>> 1;
      const time = base + (records[w] as number);
      if (tag >= EXTENDED_BIT || time < last || id >= counts.length || depth >= MAX_OPEN_FRAMES) break;
      if ((tag & 1) === 0) {
        if (count >= capacity) break;
        const opened = counts[id] as number;
        counts[id] = opened + 1;
        const f = count * FLOATS;
        floats[f + START] = time;
        floats[f + END] = Number.POSITIVE_INFINITY;
        floats[f + SELF] = 0;
        const u = count * WORDS;
        words[u + NAME] = id;
        words[u + PLACE] = places + w;
        words[u + CALL] = 0;
        words[u + PARENT] = depth === 0 ? NO_PARENT : (open[depth - 1] as number);
        words[u + SHAPE] = depth | (opened > 0 ? LEFT_RECURSIVE : LEFT);
        words[u + RESULT] = 0;
        open[depth++] = count++;
      } else {
        if (depth === 0) break;
        const i = open[depth - 1] as number;
        const u = i * WORDS;
        if (words[u + NAME] !== id || words[u + CALL] !== 0) break;
        const f = i * FLOATS;
        const duration = time - (floats[f + START] as number);
        floats[f + END] = time;
        floats[f + SELF] = duration - (floats[f + SELF] as number);
        words[u + SHAPE] = (words[u + SHAPE] as number) & ~LEFT;
        counts[id] = (counts[id] as number) - 1;
        depth--;
        if (depth > 0) {
          const above = (open[depth - 1] as number) * FLOATS + SELF;
          floats[above] = (floats[above] as number) + duration;
        }
      }
      last = time;
    }
    table.count = count;
    this.depth = depth;
    this.lastNs = last;
    return w;
  }

  /** One record of any kind. Returns where the next one begins, -1: the payload ends in the middle of it. */
  #addRare(records: Uint32Array, w: number, recordsEnd: number, places: number): number {
    const low = records[w] as number;
    const tag = records[w + 1] as number;
    if (tag < EXTENDED_BIT) {
      const time = this.#advance(low);
      if ((tag & 1) === 0) this.#push(time, tag >>> 1, 0, places + w, SliceFlag.LEFT);
      else this.#exit(time, tag >>> 1, 0, 0);
      return w + 2;
    }
    const size = 2 + ((tag >>> 8) & 0x7fffff) * 2;
    if (w + size > recordsEnd) {
      this.damaged++;
      return -1;
    }
    const kind = tag & 0xff;
    this.extended?.add(kind, w, this.#high, size, size >= 4 ? (records[w + 3] as number) : 0);
    switch (kind) {
      case RecordKind.EPOCH:
        this.#base = sinceMonotonic(this.#start(), low, 0);
        this.#high = low;
        break;
      case RecordKind.CALL_BEGIN:
      case RecordKind.CALL_RESUME:
        if (size >= 4) this.#push(this.#advance(low), records[w + 2] as number, records[w + 3] as number, places + w, SliceFlag.RUN | SliceFlag.LEFT);
        break;
      case RecordKind.CALL_SUSPEND:
      case RecordKind.CALL_END: {
        const flags = kind === RecordKind.CALL_SUSPEND ? SliceFlag.SUSPENDED : 0;
        if (size >= 4) this.#exit(this.#advance(low), records[w + 2] as number, records[w + 3] as number, flags);
        break;
      }
      case RecordKind.GAP: {
        const told = size < 8 ? 0 : (records[w + 7] as number);
        if (size < 8 || told > size - 8) break;
        // A lost EPOCH record may hide in the gap: it tells the whole time, and what follows counts from there.
        this.#base = sinceMonotonic(this.#start(), records[w + 4] as number, 0);
        this.#high = records[w + 4] as number;
        this.#replace(records.subarray(w + 8, w + 8 + told), this.#advance(records[w + 5] as number), places + w + 8);
        break;
      }
      case RecordKind.CALL_RESULT:
        if (this.depth > 0 && this.depth <= MAX_OPEN_FRAMES) this.table.words[(this.open[this.depth - 1] as number) * WORDS + RESULT] = places + w + 1;
        break;
      case RecordKind.INSTANT:
        if (this.exceptionCategory !== 0 && size >= 6 && records[w + 3] === this.exceptionCategory) this.#markError();
        break;
      default:
    }
    return w + size;
  }

  #advance(low: number): number {
    const time = this.#base + low;
    this.lastNs = time < this.lastNs ? this.#jump(this.lastNs) : time;
    return this.lastNs;
  }

  #jump(last: number): number {
    if (this.jumps === 0) this.firstJumpNs = last;
    this.jumps++;
    return last;
  }

  #markError(): void {
    if (this.depth === 0 || this.depth > MAX_OPEN_FRAMES) return;
    const u = (this.open[this.depth - 1] as number) * WORDS + SHAPE;
    this.table.words[u] = (this.table.words[u] as number) | (SliceFlag.ERROR << FLAGS_SHIFT);
  }

  #push(time: number, name: number, call: number, place: number, flags: number): void {
    const { table, open } = this;
    const depth = this.depth++;
    if (depth >= MAX_OPEN_FRAMES) {
      this.tooDeep++;
      return;
    }
    const i = table.count;
    if (i === table.capacity) table.grow();
    table.count = i + 1;
    const { floats, words } = table;
    floats[i * FLOATS + START] = time;
    floats[i * FLOATS + END] = Number.POSITIVE_INFINITY;
    floats[i * FLOATS + SELF] = 0;
    const u = i * WORDS;
    words[u + NAME] = name;
    words[u + PLACE] = place;
    words[u + CALL] = call;
    words[u + PARENT] = depth === 0 ? NO_PARENT : (open[depth - 1] as number);
    words[u + SHAPE] = depth | ((this.#countOpen(name, 1) > 1 ? flags | SliceFlag.RECURSIVE : flags) << FLAGS_SHIFT);
    words[u + RESULT] = 0;
    open[depth] = i;
  }

  #exit(time: number, name: number, call: number, flags: number): void {
    if (this.depth > MAX_OPEN_FRAMES) {
      this.depth--;
      return;
    }
    const { open } = this;
    const at = this.#find(name, call);
    if (at < 0) {
      this.unmatched++;
      return;
    }
    for (let inner = this.depth - 1; inner > at; inner--) this.#close(open[inner] as number, time, 0);
    this.#close(open[at] as number, time, flags);
    this.depth = at;
  }

  /** Depth of the innermost open call of that function and activation, -1: none. */
  #find(name: number, call: number): number {
    // An end without a beginning must not cost a walk down the whole stack each time.
    const isOpen = name < this.#openCounts.length ? (this.#openCounts[name] as number) > 0 : this.#openOthers.has(name);
    if (!isOpen) return -1;
    const { words } = this.table;
    let at = this.depth - 1;
    for (; at >= 0; at--) {
      const u = (this.open[at] as number) * WORDS;
      if (words[u + NAME] === name && words[u + CALL] === call) break;
    }
    return at;
  }

  #close(i: number, time: number, flags: number): void {
    const { floats, words } = this.table;
    const f = i * FLOATS;
    const duration = time - (floats[f + START] as number);
    floats[f + END] = time;
    floats[f + SELF] = duration - (floats[f + SELF] as number);
    const u = i * WORDS;
    words[u + SHAPE] = ((words[u + SHAPE] as number) & ~LEFT) | (flags << FLAGS_SHIFT);
    const parent = words[u + PARENT] as number;
    if (parent !== NO_PARENT) floats[parent * FLOATS + SELF] = (floats[parent * FLOATS + SELF] as number) + duration;
    this.#countOpen(words[u + NAME] as number, -1);
  }

  /** How many of the name are open then. */
  #countOpen(name: number, change: number): number {
    let counts = this.#openCounts;
    if (name >= counts.length) {
      if (name >= MAX_COUNTED) return this.#countOther(name, change);
      counts = new Uint16Array(Math.max(name + 1, Math.min(MAX_COUNTED, counts.length * 2)));
      counts.set(this.#openCounts);
      this.#openCounts = counts;
    }
    const count = (counts[name] as number) + change;
    counts[name] = count;
    return count;
  }

  #countOther(name: number, change: number): number {
    const count = (this.#openOthers.get(name) ?? 0) + change;
    if (count > 0) this.#openOthers.set(name, count);
    else this.#openOthers.delete(name);
    return count;
  }

  /** After a gap: the stack as the target knows it. What was open before goes on, the others begin or end at the gap. */
  #replace(functions: Uint32Array, time: number, place: number): void {
    const count = Math.min(functions.length, MAX_OPEN_FRAMES);
    const same = this.#sameFrames(count, (frame) => functions[frame] as number);
    this.#closeDownTo(same, time);
    for (let at = same; at < count; at++) this.#push(time, functions[at] as number, 0, place + at, SliceFlag.TORN | SliceFlag.LEFT);
    this.depth = functions.length;
  }

  /** How many of the open calls, from the outermost, are of the functions that another stack tells. */
  #sameFrames(count: number, functionOf: (frame: number) => number): number {
    const open = Math.min(this.depth, MAX_OPEN_FRAMES, count);
    let same = 0;
    while (same < open && this.table.nameOf(this.open[same] as number) === functionOf(same)) same++;
    return same;
  }

  /** Ends all calls but the outermost so many, at a time that is not sure. */
  #closeDownTo(depth: number, time: number): void {
    for (let at = Math.min(this.depth, MAX_OPEN_FRAMES) - 1; at >= depth; at--) this.#close(this.open[at] as number, time, SliceFlag.TORN);
    this.depth = depth;
  }
}

const FLOAT = new Float64Array(1);
const FLOAT_WORDS = new Uint32Array(FLOAT.buffer);
