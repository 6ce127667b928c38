/** Damaged trace files of every format: made of good ones, by chance that a seed repeats. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ProblemError } from '../../core/base/result.ts';
import { recordingRange } from '../../core/formats/recording-range.ts';
import { statisticsOf } from '../../core/formats/slice-statistics.ts';
import { countsOf } from '../../core/formats/trace-info.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../core/protocol/export-formats.ts';
import { writerFor } from '../../main/services/export/writers.ts';
import { TestRecording } from './build-recording.ts';
import { decodeRecording } from './decoded-recording.ts';
import { all, encode, inPieces, open } from './formats.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures/formats');

/** mulberry32: small, and the same everywhere. */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

export interface Good {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Small files, so that a mutation hits something: of long ones only the first events. */
export async function goodFiles(): Promise<readonly Good[]> {
  const files: Good[] = [];
  for (const folder of ['trace-event', 'v8']) {
    for (const name of readdirSync(path.join(FIXTURES, folder))) {
      const bytes = readFileSync(path.join(FIXTURES, folder, name));
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
      files.push({ name, bytes: encode(text.length > 12_000 ? shortened(text) : text) });
    }
  }
  const recording = recordingOfEverything();
  files.push({ name: 'all.tsr', bytes: recording });
  for (const format of Object.keys(EXPORT_FORMATS) as ExportFormat[]) {
    if (format === 'recording' || format === 'html' || format === 'csv') continue;
    const bytes = await all(writerFor(format, inPieces(recording), { title: 'all', live: false }));
    files.push({ name: format, bytes });
    if (format === 'perfetto' || format === 'chrome-json') files.push({ name: `${format}.gz`, bytes: gzipSync(bytes) });
  }
  files.push({ name: 'firefox', bytes: encode(FIREFOX) });
  files.push({ name: 'page.html', bytes: encode(`<!DOCTYPE html><html><script>var trace = {"traceEvents":${FLOWS}};</script></html>`) });
  files.push({ name: 'lines', bytes: encode(FLOWS.slice(1, -1).replaceAll('},{', '}\n{')) });
  files.push({ name: 'two after another', bytes: encode(`{"traceEvents":${FLOWS}}\n${FLOWS}`) });
  return files;
}

function shortened(text: string): string {
  const whole = JSON.parse(text) as { traceEvents?: unknown[]; nodes?: unknown[]; samples?: unknown[]; timeDeltas?: unknown[] };
  for (const key of ['samples', 'timeDeltas', 'traceEvents'] as const) if (whole[key] !== undefined) whole[key] = whole[key].slice(0, 60);
  return JSON.stringify(whole);
}

const FLOWS = JSON.stringify([
  { ph: 'M', name: 'process_name', pid: 1, tid: 1, args: { name: 'one' } },
  { ph: 'M', name: 'thread_sort_index', pid: 1, tid: 1, args: { sort_index: -3 } },
  { ph: 'B', name: 'work', cat: 'a,b', pid: 1, tid: 1, ts: 1.5, args: { deep: [{ $ts: 1 }, null, '\u2028'] } },
  { ph: 's', name: 'f', cat: 'x', id: 7, pid: 1, tid: 1, ts: 2 },
  { ph: 'E', pid: 1, tid: 1, ts: 9.25 },
  { ph: 'X', name: 'late', pid: 1, tid: '2', ts: 3, dur: 4.125, tts: 5 },
  { ph: 'f', bp: 'e', name: 'f', cat: 'x', id: 7, pid: 1, tid: '2', ts: 3 },
  { ph: 'b', name: 'n', cat: 'y', id2: { local: '0xabc' }, pid: 1, tid: 1, ts: 4 },
  { ph: 'n', name: 'n', cat: 'y', id2: { local: '0xabc' }, pid: 1, tid: 1, ts: 5 },
  { ph: 'e', name: 'n', cat: 'y', id2: { local: '0xabc' }, pid: 1, tid: 1, ts: 6 },
  { ph: 'S', name: 'old', id: '0x1', pid: 1, tid: 1, ts: 6 },
  { ph: 'T', name: 'old', id: '0x1', pid: 1, tid: 1, ts: 7, args: { step: 's' } },
  { ph: 'F', name: 'old', id: '0x1', pid: 1, tid: 1, ts: 8 },
  { ph: 'C', name: 'c', id: 3, pid: 1, tid: 1, ts: 1, args: { a: 1, b: -0.5 } },
  { ph: 'N', name: 'o', id: '0x9', pid: 1, tid: 1, ts: 1 },
  { ph: 'O', name: 'o', id: '0x9', pid: 1, tid: 1, ts: 2, args: { snapshot: { x: 1, y: { z: [] } } } },
  { ph: 'D', name: 'o', id: '0x9', pid: 1, tid: 1, ts: 3 },
  { ph: 'P', name: 'Profile', id: '0x1', pid: 1, tid: 1, ts: 1, args: { data: { startTime: 1 } } },
  {
    ph: 'P',
    name: 'ProfileChunk',
    id: '0x1',
    pid: 1,
    tid: 3,
    ts: 2,
    args: {
      data: {
        cpuProfile: {
          nodes: [
            { id: 1, callFrame: { functionName: 'r' } },
            { id: 2, parent: 1, callFrame: {} },
          ],
          samples: [2, 1],
        },
        timeDeltas: [1, 2],
      },
    },
  },
]);

const FIREFOX = JSON.stringify({
  meta: { interval: 1, startTime: 1_700_000_000_000, preprocessedProfileVersion: 48, processType: 0, product: 'Firefox' },
  libs: [],
  threads: [
    {
      name: 'GeckoMain',
      pid: '12',
      tid: 34,
      samples: { stack: [1, 1, 2, null], time: [10, 11, 12, 14], length: 4 },
      markers: {
        name: [4, 5, 6],
        startTime: [10.5, 11, 12],
        endTime: [null, 15, null],
        phase: [0, 1, 2],
        category: [0, 0, 0],
        data: [null, { type: 'Network' }, null],
        length: 3,
      },
      stringArray: ['(root)', 'render', 'layout', 'app.js', 'Paint', 'Load', 'GC'],
      stackTable: { frame: [0, 1, 2], prefix: [null, 0, 0], length: 3 },
      frameTable: { func: [0, 1, 2], line: [null, 12, null], length: 3 },
      funcTable: { name: [0, 1, 2], fileName: [null, 3, null], lineNumber: [null, 10, null], columnNumber: [null, 4, null], length: 3 },
    },
  ],
  counters: [{ name: 'malloc', pid: '12', samples: { time: [1, 2], count: [100, -40], number: [0, 0], length: 2 } }],
});

/** One event of every kind, twice. */
export function recordingOfEverything(): Uint8Array {
  const { recording, stream } = TestRecording.simple();
  const other = recording.thread(0, 'worker', 7);
  const [outer, inner] = [recording.function(stream, 'outer', '/a/b.js', 3, 9), recording.function(stream, 'inner')];
  const cart = recording.object(stream, 'cart', 'Cart');
  for (const at of [0, 100_000]) {
    recording.enter(stream, at + 10, outer, { first: 1 });
    recording.enter(stream, at + 20, inner);
    recording.flow(stream, at + 25, at + 1, 0);
    recording.exit(stream, at + 30, inner, 'result');
    recording.exit(stream, at + 40, outer);
    recording.counter(stream, at + 50, 'queue', { a: at, b: 0.5 });
    recording.instant(stream, at + 60, 'now', { category: 'marker', args: [1, { two: 2 }] });
    recording.slice(other, at + 10, 500, 'slice', { category: 'c', args: { x: 1 } });
    recording.slice(other, at + 10, 100, 'on a track', { track: 'lane' });
    recording.flow(other, at + 200, at + 1, 2);
    recording.asyncBegin(stream, at + 5, at + 9, 'request', { args: { url: '/' } });
    recording.asyncInstant(stream, at + 6, at + 9, 'first byte');
    recording.asyncEnd(other, at + 70, at + 9);
    recording.created(stream, at + 1, cart);
    recording.snapshot(stream, at + 2, cart, { items: [1, 2], owner: { name: 'x' } }, true);
    recording.snapshot(stream, at + 3, cart, { items: [1], owner: undefined });
    recording.deleted(stream, at + 4, cart);
    recording.gap(stream, at + 80, 3);
    recording.stall(stream, at + 90, 1_000);
    recording.console(at + 95, 'text\n');
    recording.seal();
  }
  return recording.finish();
}

const TEXTS = [
  ...['{', '}', '[', ']', '"', '\\', ',', ':', 'null', 'true', '\u0000', '\ufeff', '\n', '\r\n', '\u001e', ' ', '/*', "'"],
  ...['1e999', '-', '-1', '0', '9007199254740993', '1.7976931348623157e308', '5e-324', '123456789.12345678901', '18446744073709551616', '"12"', '1e-7'],
  ...['"__proto__"', '"constructor"', '"\\ud800"', '"\\u0000"', '"traceEvents"', '"ph":"X",', '"ts":', '{}', '[]', '"args":{"a":', '"$ts"', '"id"'],
  ...['</script>', '<!--', ';', ' 5\n', '0x', '"ph":"E"', '"ph":"P"', '"ph":"C"', '"ph":"O"', '"dur":-5,', '"tid":"x",', '"\u{1f600}"'],
].map(encode);
const REPEATED = ['[', '{"a":', '[1,', '"x",', '\\', 'a;', ' ', '\n'].map(encode);

/** One to four changes of a good file. */
export function damaged(files: readonly Good[], chance: Chance): { readonly what: string; readonly bytes: Uint8Array } {
  const good = chance.of(files);
  let bytes = good.bytes;
  const what: string[] = [good.name];
  for (let i = chance.below(4); i >= 0; i--) {
    const change = chance.of(CHANGES);
    what.push(change.name);
    bytes = change(bytes, chance, files);
  }
  return { what: what.join(' '), bytes };
}

const replaced = (bytes: Uint8Array, at: number, length: number, by: Uint8Array): Uint8Array => {
  const end = Math.min(bytes.length, at + length);
  const made = new Uint8Array(bytes.length - (end - at) + by.length);
  made.set(bytes.subarray(0, at));
  made.set(by, at);
  made.set(bytes.subarray(end), at + by.length);
  return made;
};

type Change = (bytes: Uint8Array, chance: Chance, files: readonly Good[]) => Uint8Array;
const CHANGES: readonly Change[] = [
  function flips(bytes, chance) {
    const made = bytes.slice();
    for (let i = chance.below(6); i >= 0 && made.length > 0; i--) made[chance.below(made.length)] = chance.below(256);
    return made;
  },
  function cut(bytes, chance) {
    return bytes.subarray(0, chance.below(bytes.length + 1));
  },
  function beheaded(bytes, chance) {
    return bytes.subarray(chance.below(Math.min(bytes.length + 1, 200)));
  },
  function without(bytes, chance) {
    return replaced(bytes, chance.below(bytes.length + 1), chance.below(60), new Uint8Array(0));
  },
  function withText(bytes, chance) {
    return replaced(bytes, chance.below(bytes.length + 1), chance.below(3), chance.of(TEXTS));
  },
  function otherToken(bytes, chance) {
    // A number, a text or a word, whole.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const tokens = [...text.slice(0, 20_000).matchAll(/-?\d[\d.eE+-]*|"[^"\\]*"|[a-z]+/g)];
    const token = tokens[chance.below(tokens.length)];
    return token === undefined ? bytes : replaced(bytes, token.index, token[0].length, chance.of(TEXTS));
  },
  function twice(bytes, chance) {
    const at = chance.below(bytes.length + 1);
    return replaced(bytes, at, 0, bytes.slice(at, at + chance.below(300)));
  },
  function moved(bytes, chance) {
    const from = chance.below(bytes.length + 1);
    const part = bytes.slice(from, from + chance.below(200));
    const rest = replaced(bytes, from, part.length, new Uint8Array(0));
    return replaced(rest, chance.below(rest.length + 1), 0, part);
  },
  function spliced(bytes, chance, files) {
    const other = chance.of(files).bytes;
    const from = chance.below(other.length);
    return replaced(bytes, chance.below(bytes.length + 1), chance.below(100), other.subarray(from, from + chance.below(1000)));
  },
  function repeated(bytes, chance) {
    const one = chance.of(REPEATED);
    const count = chance.of([3, 300, 3000]);
    const by = new Uint8Array(one.length * count);
    for (let i = 0; i < count; i++) by.set(one, i * one.length);
    return replaced(bytes, chance.below(bytes.length + 1), 0, by);
  },
  function numbers(bytes, chance) {
    // Whole words of binary files: lengths, counts, times.
    const made = bytes.slice();
    const at = chance.below(Math.max(1, made.length - 8));
    const by = chance.of([
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0xff, 0xff, 0xff, 0x7f],
      [0, 0, 0, 0],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
      [1, 0, 0, 0x80],
    ]);
    for (let i = 0; i < by.length && at + i < made.length; i++) made[at + i] = by[i] as number;
    return made;
  },
];

/** Processor time of this process: what a case takes, whatever else the machine does. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What must hold of whatever comes in. Throws a sentence where it does not. */
export async function examine(bytes: Uint8Array, chance: Chance): Promise<'read' | 'refused'> {
  const began = processorMs();
  const one = await outcome(bytes, [chance.of([1 << 20, 4096, 100_000])]);
  const other = await outcome(bytes, bytes.length > 20_000 ? [chance.of([37, 500]), chance.of([1, 900])] : [chance.of([1, 2, 7, 64]), chance.of([1, 3, 1000])]);
  if (one.refusal !== other.refusal) throw new Error(`depends on the pieces: ${one.refusal ?? 'read'} or ${other.refusal ?? 'read'}`);
  if (one.refusal !== undefined) return 'refused';
  const recording = one.recording as Uint8Array;
  if (Buffer.compare(recording, other.recording as Uint8Array) !== 0) throw new Error('what is read depends on the pieces');
  // A sample enters as many calls as its stack is deep: some files grow much.
  if (recording.length > bytes.length * 500 + 1_000_000) throw new Error(`${bytes.length} bytes became ${recording.length}`);
  if (!one.isOwn) decodeRecording(recording);
  try {
    await examineRecording(recording, one.isOwn === true, chance);
  } catch (error) {
    // A file that is a recording itself is checked by those who walk through it.
    if (one.isOwn && error instanceof ProblemError) return 'refused';
    throw error;
  }
  const took = processorMs() - began;
  if (took > 20_000) throw new Error(`took ${took.toFixed(0)} ms of the processor`);
  return 'read';
}

async function examineRecording(recording: Uint8Array, isOwn: boolean, chance: Chance): Promise<void> {
  await countsOf(inPieces(recording));
  await statisticsOf(inPieces(recording));
  const part = await all(recordingRange(inPieces(recording), { fromNs: chance.below(50_000), toNs: 50_000 + chance.below(100_000) }));
  if (!isOwn) decodeRecording(part);
  const format = chance.of((Object.keys(EXPORT_FORMATS) as ExportFormat[]).filter((one) => one !== 'html'));
  const written = await all(writerFor(format, inPieces(recording, [1000]), { title: 'fuzz', live: false }));
  if (written.length > recording.length * 60 + 1_000_000) throw new Error(`${recording.length} bytes became ${written.length} of ${format}`);
  if (format.endsWith('json') || format === 'speedscope' || format === 'cpuprofile') JSON.parse(new TextDecoder().decode(written));
}

async function outcome(
  bytes: Uint8Array,
  sizes: readonly number[],
): Promise<{ readonly refusal?: string; readonly recording?: Uint8Array; readonly isOwn?: boolean }> {
  try {
    const opened = await open(bytes, sizes);
    if (opened.kind === 'recording') return { recording: bytes, isOwn: true };
    return { recording: await all(opened.recording), isOwn: opened.format === 'recording' };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { code, message } = error;
    if (message.length < 10 || message.length > 1000) throw new Error(`a refusal of ${message.length} letters`);
    return { refusal: `${code}: ${message}` };
  }
}

/** Examines so many cases of this seed, or until so much processor time is over. */
export async function fuzz(seed: number, cases: number, ms = Number.POSITIVE_INFINITY): Promise<{ readonly read: number; readonly refused: number }> {
  const ends = processorMs() + ms;
  const files = await goodFiles();
  const counts = { read: 0, refused: 0 };
  for (let i = 0; i < cases && processorMs() < ends; i++) {
    // Of its own, so that one case can be tried again without those before it.
    const chance = new Chance(seed + i * 7919);
    const { what, bytes } = damaged(files, chance);
    try {
      counts[await examine(bytes, chance)]++;
    } catch (error) {
      const begin = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 300)).toString('latin1');
      throw new Error(`Seed ${seed + i * 7919} (${what}, ${bytes.length} bytes): ${error instanceof Error ? error.stack : error}\n${begin}`);
    }
  }
  return counts;
}
