// AssemblyScript, compiled by build.mjs (README.md).
//
// Reads calls (X) that are written as nearly all tools write them, out of the text of trace events, into rows. It stops in front of whatever it does not
// understand to the letter: the plain reader (trace-event-fields.ts) takes that event, and decides all that needs a decision. What is read here must come
// out as it would there.

// Memory. The text lies from HELD on; at least 16 bytes follow its end, the first of them a quote.
const SLOTS: i32 = 1 << 16;
const TABLE: usize = 1024;
const NAMES: usize = TABLE + (SLOTS << 4);
const ARENA: usize = NAMES + (SLOTS << 2);
const ARENA_END: usize = ARENA + (4 << 20);
const RUNS: usize = ARENA_END;
const RUN_BYTES: i32 = 48;
const MAX_RUNS: i32 = 1024;
const RECORDS: usize = RUNS + (1 << 16);
const RECORDS_END: usize = RECORDS + (1 << 20);
const HELD: usize = RECORDS_END;

/** Names beyond are left to the plain reader. */
const MAX_NAMES: i32 = SLOTS / 2;
const MAX_NAME_BYTES: i32 = 4096;
const MAX_ARGS_BYTES: i32 = 256 << 10;
const MAX_DEPTH: i32 = 100;
const MAX_DIGITS: usize = 15;
/** Of nanoseconds: begin and end of what lasts so long are exact as doubles, if they are near. */
const MAX_DURATION: i64 = 1 << 52;
/** So that a run fits into what is left of a block, as a rule. */
const MAX_RUN_RECORDS: i32 = 128;

// What comes out are SLICE records as they lie in a recording (core/protocol/records.ts), with numbers of their own for names and categories (from 0; -1: no
// category), one behind the other, and runs of them: of one thread, with one high word of the clock. Of a name: where it begins, and its length.
// A run: f64 pid, f64 tid, i32 high word, i32 first record, i32 behind the last one, i32 how many, i32 begin of their text, i32 its end.
const HEADER: usize = 32;
const EXTENDED_SLICE: i32 = 0x80000004;

let count: i32 = 0;
let arenaTo: usize = ARENA;
let recordsTo: usize = RECORDS;
let runs: i32 = 0;
let at: usize = 0;
let full: bool = false;
let pidBytes: u64 = 0;
let pidLength: i32 = 0;
let pid: f64 = 0;
let tidBytes: u64 = 0;
let tidLength: i32 = 0;
let tid: f64 = 0;
// Of the last event.
let micros: i64 = 0;
let microNanos: i32 = 0;
let duration: i64 = 0;
// What the last number was.
let whole: i64 = 0;
let nanos: i32 = 0;

export function heldAt(): usize {
  return HELD;
}

export function runsAt(): usize {
  return RUNS;
}

export function namesAt(): usize {
  return NAMES;
}

/** Where reading stopped: in front of an event, or behind the last one. */
export function stoppedAt(): usize {
  return at;
}

/** It stopped because there is no room for more. */
export function isFull(): bool {
  return full;
}

/** Reads from the byte at `from` on, which may be a space, a comma or the begin of an event. Returns how many runs there are. */
export function scan(from: usize, to: usize): i32 {
  runs = 0;
  recordsTo = RECORDS;
  full = false;
  at = from;
  let run: usize = RUNS - RUN_BYTES;
  while (true) {
    let p = at;
    let c = load<u8>(p);
    while (c <= 0x20 || c == 0x2c) c = load<u8>(++p);
    if (p >= to || c != 0x7b) return runs;
    at = p;
    if (runs == MAX_RUNS || recordsTo + HEADER + MAX_ARGS_BYTES + 64 > RECORDS_END) {
      full = true;
      return runs;
    }
    const next = event(p, to, recordsTo);
    if (next == 0) return runs;
    const end = micros * 1000 + microNanos + duration;
    const high = <i32>(end >> 32);
    const bytes = (load<i32>(recordsTo + 24) + 7) & ~7;
    store<i32>(recordsTo, <i32>end);
    store<i32>(recordsTo + 4, EXTENDED_SLICE | ((24 + bytes) << 5));
    store<f64>(recordsTo + 16, <f64>duration);
    const isNext = runs > 0 && load<f64>(run) == pid && load<f64>(run + 8) == tid && load<i32>(run + 16) == high && load<i32>(run + 28) < MAX_RUN_RECORDS;
    if (!isNext) {
      run += RUN_BYTES;
      runs++;
      store<f64>(run, pid);
      store<f64>(run + 8, tid);
      store<i32>(run + 16, high);
      store<i32>(run + 20, <i32>recordsTo);
      store<i32>(run + 28, 0);
      store<i32>(run + 32, <i32>p);
    }
    recordsTo += HEADER + bytes;
    store<i32>(run + 24, <i32>recordsTo);
    store<i32>(run + 28, load<i32>(run + 28) + 1);
    store<i32>(run + 36, <i32>next);
    at = next;
  }
}

/** What is longer is left to the plain reader. */
const MAX_EVENT_BYTES: usize = 1 << 20;

/** Behind the event at `p`; 0: not one that is read here, or not whole. Its names and args are in the record then, all else in variables. */
function event(p: usize, to: usize, record: usize): usize {
  const start = p++;
  let seen = 0;
  store<i32>(record + 12, -1);
  store<i32>(record + 24, 0);
  store<i32>(record + 28, 0);
  while (true) {
    let c = load<u8>(p);
    while (c <= 0x20 || c == 0x2c) c = load<u8>(++p);
    if (p >= to) return 0;
    if (c == 0x7d) break;
    if (c != 0x22) return 0;
    const key = load<u32>(p + 1);
    let field: i32;
    if (key == 0x656d616e && load<u8>(p + 5) == 0x22) {
      field = 1; // name
      p += 6;
    } else if (key == 0x22646970) {
      field = 2; // pid"
      p += 5;
    } else if (key == 0x22646974) {
      field = 4; // tid"
      p += 5;
    } else if (key == 0x22727564) {
      field = 8; // dur"
      p += 5;
    } else if (key == 0x22746163) {
      field = 16; // cat"
      p += 5;
    } else if ((key & 0xffffff) == 0x227374) {
      field = 32; // ts"
      p += 4;
    } else if ((key & 0xffffff) == 0x226870) {
      field = 64; // ph"
      p += 4;
    } else if (key == 0x73677261 && load<u8>(p + 5) == 0x22) {
      field = 128; // args
      p += 6;
    } else if (key == 0x22737474) {
      field = 0; // tts": time of the thread, which nobody asks for
      p += 5;
    } else if (key == 0x72756474 && load<u8>(p + 5) == 0x22) {
      field = 0; // tdur
      p += 6;
    } else return 0;
    if ((seen & field) != 0) return 0;
    seen |= field;
    // A key may seem to end by the quote behind the text.
    if (p >= to) return 0;
    c = load<u8>(p);
    while (c <= 0x20) c = load<u8>(++p);
    if (c != 0x3a) return 0;
    c = load<u8>(++p);
    while (c <= 0x20) c = load<u8>(++p);
    if (p >= to) return 0;
    if (field == 1 || field == 16) {
      if (c != 0x22) return 0;
      const end = endOfText(++p, to);
      if (end == 0) return 0;
      const length = <i32>(end - p);
      if (length > MAX_NAME_BYTES) return 0;
      if (field == 1 || length > 0) {
        const name = numberOf(p, length);
        if (name < 0) return 0;
        store<i32>(record + (field == 1 ? 8 : 12), name);
      }
      p = end + 1;
    } else if (field == 64) {
      if (load<u8>(p + 1) != 0x58 || load<u8>(p + 2) != 0x22 || c != 0x22) return 0;
      p += 3;
    } else if (field == 128) {
      if (c != 0x7b) return 0;
      const end = args(p, to, record);
      if (end == 0) return 0;
      p = end;
    } else if (field == 2) {
      const bytes = load<u64>(p);
      if (bytes != pidBytes) {
        const end = number(p);
        if (!isPlainId(p, end)) return 0;
        pid = <f64>whole;
        pidLength = <i32>(end - p);
        pidBytes = pidLength < 8 ? bytes : 0;
      }
      p += pidLength;
    } else if (field == 4) {
      const bytes = load<u64>(p);
      if (bytes != tidBytes) {
        const end = number(p);
        if (!isPlainId(p, end)) return 0;
        tid = <f64>whole;
        tidLength = <i32>(end - p);
        tidBytes = tidLength < 8 ? bytes : 0;
      }
      p += tidLength;
    } else {
      const end = number(p);
      if (end == 0) return 0;
      if (field == 32) {
        micros = whole;
        microNanos = nanos;
      } else if (field == 8) {
        duration = whole * 1000 + nanos;
        if (duration > MAX_DURATION) return 0;
      }
      p = end;
    }
    if (p >= to) return 0;
    c = load<u8>(p);
    // A number ends where something ends it; a text may be followed by the next key at once.
    if ((field == 0 || (field & (2 | 4 | 8 | 32)) != 0) && !(c == 0x2c || c == 0x7d || c <= 0x20)) return 0;
  }
  if (p - start > MAX_EVENT_BYTES) return 0;
  // All but the category and the args.
  if ((seen & (1 | 2 | 4 | 8 | 32 | 64)) != (1 | 2 | 4 | 8 | 32 | 64)) return 0;
  return p + 1;
}

function isPlainId(from: usize, end: usize): bool {
  return end != 0 && !hasPoint(from, end);
}

function hasPoint(from: usize, end: usize): bool {
  for (let p = from; p < end; p++) if (load<u8>(p) == 0x2e) return true;
  return false;
}

/** From the byte behind a quote to the closing one; 0: it is not there. */
function endOfText(p: usize, to: usize): usize {
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  while (true) {
    const bytes = v128.load(p);
    const special = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)));
    if (special == 0) {
      p += 16;
      continue;
    }
    p += ctz(special);
    if (p >= to) return 0;
    if (load<u8>(p) == 0x22) return p;
    p += 2;
    if (p >= to) return 0;
  }
}

/** Digits, and a point with digits behind it: behind them; 0 where it is something else, or longer than is exact. */
function number(p: usize): usize {
  const first = p;
  let value: i64 = 0;
  let digit = <u32>load<u8>(p) - 48;
  while (digit <= 9) {
    value = value * 10 + digit;
    digit = <u32>load<u8>(++p) - 48;
    if (p - first > MAX_DIGITS) return 0;
  }
  if (p == first) return 0;
  let fraction = 0;
  if (digit == <u32>-2) {
    const point = p++;
    digit = <u32>load<u8>(p) - 48;
    while (digit <= 9) {
      const place = p - point;
      if (place <= 3) fraction = fraction * 10 + <i32>digit;
      else if (place == 4 && digit >= 5) fraction++;
      digit = <u32>load<u8>(++p) - 48;
    }
    const places = p - point - 1;
    if (places == 0) return 0;
    if (places < 3) fraction *= places == 2 ? 10 : 100;
  }
  whole = value;
  nanos = fraction;
  return p;
}

/** The same number for the same bytes, from 0; -1 where there are too many. */
function numberOf(from: usize, length: i32): i32 {
  let hash: u64 = <u64>length;
  let left = length;
  let p = from;
  while (left >= 8) {
    hash = (hash ^ load<u64>(p)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
    p += 8;
    left -= 8;
  }
  if (left > 0) {
    hash = (hash ^ (load<u64>(p) & ((<u64>1 << (<u64>left << 3)) - 1))) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  const short = <u32>(hash >> 32) | 1;
  let slot = <i32>(hash >> 16) & (SLOTS - 1);
  while (true) {
    const entry = TABLE + (<usize>slot << 4);
    const known = load<u32>(entry);
    if (known == 0) return add(entry, short, from, length);
    if (known == short && load<i32>(entry + 12) == length && equal(<usize>load<u32>(entry + 8), from, length)) return load<i32>(entry + 4);
    slot = (slot + 1) & (SLOTS - 1);
  }
}

function equal(a: usize, b: usize, length: i32): bool {
  let left = length;
  while (left >= 16) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false;
    a += 16;
    b += 16;
    left -= 16;
  }
  if (left >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    left -= 8;
  }
  return left == 0 || ((load<u64>(a) ^ load<u64>(b)) & ((<u64>1 << (<u64>left << 3)) - 1)) == 0;
}

function add(entry: usize, hash: u32, from: usize, length: i32): i32 {
  if (count == MAX_NAMES || arenaTo + length > ARENA_END) return -1;
  memory.copy(arenaTo, from, length);
  store<i32>(NAMES + (count << 3), <i32>arenaTo);
  store<i32>(NAMES + (count << 3) + 4, length);
  store<u32>(entry, hash);
  store<i32>(entry + 4, count);
  store<u32>(entry + 8, <u32>arenaTo);
  store<i32>(entry + 12, length);
  arenaTo += length;
  return count++;
}

// Which kind of container is open at each depth: 1 an object.
const CONTAINERS: usize = 512;

/** Copies an object without its spaces behind the header of the record. Behind it; 0: it is not JSON to the letter, or asks for more care. */
function args(p: usize, to: usize, record: usize): usize {
  // A copy is never longer.
  const limit = p + MAX_ARGS_BYTES < to ? p + MAX_ARGS_BYTES : to;
  const begin = record + HEADER;
  let out = begin;
  let depth = 0;
  // 0: a value, 1: a key or the end, 2: a key, 3: a value or the end, 4: a comma or the end.
  let wants = 0;
  while (true) {
    let c = load<u8>(p);
    while (c <= 0x20) c = load<u8>(++p);
    if (p >= limit) return 0;
    if (wants == 4) {
      if (c == 0x2c) {
        store<u8>(out++, c);
        p++;
        wants = load<u8>(CONTAINERS + depth) == 1 ? 2 : 0;
        continue;
      }
      wants = load<u8>(CONTAINERS + depth) == 1 ? 1 : 3;
      if (c != 0x7d && c != 0x5d) return 0;
    }
    if ((c == 0x7d && wants == 1) || (c == 0x5d && wants == 3)) {
      store<u8>(out++, c);
      p++;
      if (--depth == 0) break;
      wants = 4;
      continue;
    }
    if (wants == 1 || wants == 2) {
      if (c != 0x22) return 0;
      // A key of markers, or one with escapes that might be it.
      if (load<u32>(p + 1) == 0x22737424) return 0;
      const end = text(p, limit, out, true);
      if (end == 0) return 0;
      out += end - p;
      p = end;
      c = load<u8>(p);
      while (c <= 0x20) c = load<u8>(++p);
      if (c != 0x3a || p >= limit) return 0;
      store<u8>(out++, c);
      p++;
      wants = 0;
      continue;
    }
    if (c == 0x7b || c == 0x5b) {
      if (depth == MAX_DEPTH) return 0;
      depth++;
      store<u8>(CONTAINERS + depth, c == 0x7b ? 1 : 0);
      store<u8>(out++, c);
      p++;
      wants = c == 0x7b ? 1 : 3;
      continue;
    }
    let end: usize;
    if (c == 0x22) end = text(p, limit, out, false);
    else if (c == 0x74) end = load<u32>(p) == 0x65757274 ? p + 4 : 0;
    else if (c == 0x66) end = load<u32>(p + 1) == 0x65736c61 ? p + 5 : 0;
    else if (c == 0x6e) end = load<u32>(p) == 0x6c6c756e ? p + 4 : 0;
    else end = jsonNumber(p);
    if (end == 0 || end >= limit) return 0;
    if (c != 0x22) {
      const length = end - p;
      memory.copy(out, p, length);
      c = load<u8>(end);
      if (!(c == 0x2c || c == 0x7d || c == 0x5d || c <= 0x20)) return 0;
    }
    out += end - p;
    p = end;
    wants = 4;
  }
  const length = <i32>(out - begin);
  if (length > 2) store<i32>(record + 24, length);
  // What a record is padded with.
  store<u64>(out, 0);
  return p;
}

/** Copies a string with its quotes. Behind it; 0: it is not JSON to the letter, or `plain` and has escapes. */
function text(p: usize, limit: usize, out: usize, plain: bool): usize {
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  const space = i8x16.splat(0x20);
  store<u8>(out++, 0x22);
  p++;
  while (true) {
    const bytes = v128.load(p);
    v128.store(out, bytes);
    const special = i8x16.bitmask(v128.or(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)), i8x16.lt_u(bytes, space)));
    if (special == 0) {
      p += 16;
      out += 16;
      // Room is kept for what is in front of the limit, and a little more.
      if (p >= limit) return 0;
      continue;
    }
    const before = ctz(special);
    p += before;
    out += before;
    if (p >= limit) return 0;
    const c = load<u8>(p);
    if (c == 0x22) return p + 1;
    if (c != 0x5c || plain) return 0;
    const escape = load<u8>(p + 1);
    let length = 2;
    if (escape == 0x75) {
      for (let i: usize = 2; i < 6; i++) {
        const hex = load<u8>(p + i);
        if (!((hex >= 48 && hex <= 57) || ((hex | 32) >= 97 && (hex | 32) <= 102))) return 0;
      }
      length = 6;
    } else if (
      escape != 0x22 &&
      escape != 0x5c &&
      escape != 0x2f &&
      escape != 0x62 &&
      escape != 0x66 &&
      escape != 0x6e &&
      escape != 0x72 &&
      escape != 0x74
    )
      return 0;
    store<u64>(out, load<u64>(p));
    p += length;
    out += length;
    if (p >= limit) return 0;
  }
}

/** By the grammar of JSON; 0: it is none. */
function jsonNumber(p: usize): usize {
  if (load<u8>(p) == 0x2d) p++;
  const first = p;
  let digit = <u32>load<u8>(p) - 48;
  while (digit <= 9) digit = <u32>load<u8>(++p) - 48;
  if (p == first || (load<u8>(first) == 48 && p > first + 1)) return 0;
  if (digit == <u32>-2) {
    const point = ++p;
    digit = <u32>load<u8>(p) - 48;
    while (digit <= 9) digit = <u32>load<u8>(++p) - 48;
    if (p == point) return 0;
  }
  if ((load<u8>(p) | 32) == 0x65) {
    p++;
    const sign = load<u8>(p);
    if (sign == 0x2b || sign == 0x2d) p++;
    const exponent = p;
    digit = <u32>load<u8>(p) - 48;
    while (digit <= 9) digit = <u32>load<u8>(++p) - 48;
    if (p == exponent) return 0;
  }
  return p;
}
