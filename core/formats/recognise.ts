/** What a file is, by its first bytes. A name says nothing: it is what the user made of it. */
import { looksLikeRecording } from '../protocol/recording-reader.ts';
import { looksCollapsed } from './collapsed-reader.ts';
import { type JsonPlace, JsonPlaces } from './json-places.ts';
import { looksLikePerfetto } from './perfetto-reader.ts';
import { notATrace } from './trace-event-tokenizer.ts';

/** Formats that are read, by the word for them that programs get. */
export const TRACE_FORMATS = {
  recording: 'Trace Studio recording',
  'trace-event': 'Chrome Trace Event JSON',
  cpuprofile: 'V8 CPU profile',
  heapprofile: 'V8 heap profile',
  speedscope: 'speedscope profile',
  collapsed: 'collapsed stacks',
  perfetto: 'Perfetto trace',
  firefox: 'Firefox profile',
} as const;
export type TraceFormat = keyof typeof TRACE_FORMATS;

/** What is around a trace. */
export type Wrapping = 'gzip' | 'zstd' | 'html';

/** How many bytes are looked at. */
export const SNIFFED_BYTES = 64 * 1024;

const decoder = new TextDecoder();
const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((byte, i) => bytes[i] === byte);
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

const WRAPPINGS: readonly (readonly [readonly number[], Wrapping])[] = [
  [[0x1f, 0x8b], 'gzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
];

const KNOWN_STARTS: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe], 'it is text in UTF-16; save it as UTF-8'],
  [[0xfe, 0xff], 'it is text in UTF-16; save it as UTF-8'],
  [ascii('PK'), 'it looks like a ZIP archive; unpack it first'],
  [ascii('BZh'), 'it is compressed with bzip2; decompress it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'it is compressed with xz; decompress it first'],
  [ascii('SQLite format 3'), 'it looks like a SQLite database'],
  [[0x7f, 0x45, 0x4c, 0x46], 'it looks like a program'],
  [ascii('MZ'), 'it looks like a program'],
  [[0x89, 0x50, 0x4e, 0x47], 'it looks like a picture'],
  [[0xff, 0xd8, 0xff], 'it looks like a picture'],
  [ascii('%PDF'), 'it looks like a PDF'],
  [ascii('#!'), 'it looks like a script; run it instead'],
];

const HTML = /^(?:\ufeff)?\s*<(?:!doctype html|html|!--|head)/i;

/** `isAll`: there is no more of it than `first`. Throws a ProblemError `not-a-trace` with what it looks like. */
export function recognise(first: Uint8Array, isAll: boolean): TraceFormat | Wrapping {
  if (first.length === 0) throw notATrace('the file is empty');
  if (looksLikeRecording(first)) return 'recording';
  for (const [start, wrapping] of WRAPPINGS) if (startsWith(first, start)) return wrapping;
  for (const [start, what] of KNOWN_STARTS) if (startsWith(first, start)) throw notATrace(what);
  const isBinary = first.subarray(0, 1024).some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1e);
  if (isBinary) {
    if (looksLikePerfetto(first)) return 'perfetto';
    if (!startsWith(first, [0x7b]) && !startsWith(first, [0x5b])) throw notATrace('it holds binary data of a kind that is not read');
  }
  return recogniseText(first, isAll);
}

function recogniseText(first: Uint8Array, isAll: boolean): TraceFormat | Wrapping {
  const text = decoder
    .decode(first)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text === '') {
    if (isAll) throw notATrace('there is nothing in it');
    return 'trace-event';
  }
  if (HTML.test(text)) return 'html';
  if (/^<\?xml|^<svg/i.test(text)) throw notATrace('it looks like XML');
  if (text.startsWith('{')) return recogniseObject(first);
  if (text.startsWith('[') || text.startsWith('\u001e')) return 'trace-event';
  if (looksCollapsed(text, isAll)) return 'collapsed';
  throw notATrace('it is text, but does not begin with "{" or "[", and its lines are no stacks with a number behind them');
}

/** Of a trace of events the first key tells, as a rule. */
const GLANCE_BYTES = 1024;

/** Keys of the first level, and those inside of them: `nodes`, `nodes.callFrame`. Lists are looked through. */
function keysOf(first: Uint8Array): ReadonlySet<string> {
  const keys = new Set<string>();
  let schema = '';
  const inside = (outer: string): JsonPlace => {
    const object: JsonPlace = {
      member: (key) => {
        if (keys.size < 1000) keys.add(`${outer}.${key}`);
        return undefined;
      },
    };
    const text = (value: string): void => {
      if (outer === '$schema') schema = value;
    };
    return { ...object, element: object, text };
  };
  const places = new JsonPlaces({
    member: (key) => {
      if (keys.size < 1000) keys.add(key);
      return inside(key);
    },
  });
  places.push(first);
  if (schema.includes('speedscope')) keys.add('speedscope');
  return keys;
}

function recogniseObject(first: Uint8Array): TraceFormat {
  const isOfEvents = (keys: ReadonlySet<string>): boolean => keys.has('traceEvents') || keys.has('ph');
  if (isOfEvents(keysOf(first.subarray(0, GLANCE_BYTES)))) return 'trace-event';
  const keys = keysOf(first);
  const has = (...wanted: readonly string[]): boolean => wanted.some((key) => keys.has(key));
  if (isOfEvents(keys)) return 'trace-event';
  if (has('speedscope') || has('shared.frames')) return 'speedscope';
  if (has('head.callFrame', 'head.selfSize')) return 'heapprofile';
  if (has('nodes.callFrame', 'nodes.hitCount', 'timeDeltas')) return 'cpuprofile';
  if (has('meta') && has('libs', 'threads', 'meta.preprocessedProfileVersion', 'meta.processType')) return 'firefox';
  if (has('snapshot.meta')) throw notATrace('it looks like a V8 heap snapshot (.heapsnapshot), which holds no times; DevTools opens it');
  return 'trace-event';
}
