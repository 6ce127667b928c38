/**
 * Traces inside of HTML pages: a recording that the studio's own report carries, the JSON that VizTracer pastes into its page, the data of catapult's
 * `trace2html`. Found by bytes, while the page goes by.
 */
import { REPORT_RECORDING_ID } from '../protocol/report-page.ts';
import { joined } from './joined.ts';
import { notATrace } from './trace-event-tokenizer.ts';

const encoder = new TextEncoder();
/** A page that has nothing up to here is none of a trace. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/** In front of the recording in a report of the studio: base64 of its bytes, up to the next `<`. */
export const REPORT_MARK = `<script id="${REPORT_RECORDING_ID}" type="text/plain">`;

interface Mark {
  readonly bytes: Uint8Array;
  readonly kind: 'base64' | 'json';
  /** Byte of the mark where the data begin. */
  readonly from: number;
}

const mark = (text: string, kind: Mark['kind'], from = text.length): Mark => ({ bytes: encoder.encode(text), kind, from });
const MARKS: readonly Mark[] = [
  mark(REPORT_MARK, 'base64'),
  mark('<script id="viewer-data" type="text/plain">', 'base64'),
  mark('<script id="viewer-data" type="application/json">', 'json'),
  // As VizTracer writes it, in front of the first event; the code of the viewer has the word in other places.
  mark('{"traceEvents":[{', 'json', 0),
  mark('{"traceEvents": [{', 'json', 0),
];
const LONGEST = Math.max(...MARKS.map(({ bytes }) => bytes.length));

export interface EmbeddedTrace {
  /** JSON may be followed by the rest of the page; decoded base64 is the data alone. */
  readonly kind: Mark['kind'];
  readonly bytes: AsyncGenerator<Uint8Array, void, undefined>;
}

/** Throws a ProblemError `not-a-trace` when the page carries none. */
export async function findEmbedded(page: AsyncIterable<Uint8Array>): Promise<EmbeddedTrace> {
  const chunks = page[Symbol.asyncIterator]();
  let held = new Uint8Array(0);
  let passed = 0;
  for (;;) {
    const next = await chunks.next();
    if (next.done === true || passed > MAX_PAGE_BYTES) {
      await chunks.return?.();
      throw notATrace('it is an HTML page that carries none');
    }
    const bytes = joined(held, next.value);
    const found = firstMark(bytes);
    if (found !== undefined) {
      const rest = following(bytes.subarray(found.at), chunks);
      return { kind: found.kind, bytes: found.kind === 'base64' ? decodeBase64(rest) : rest };
    }
    held = bytes.slice(Math.max(0, bytes.length - LONGEST));
    passed += next.value.length;
  }
}

function firstMark(bytes: Uint8Array): { readonly at: number; readonly kind: Mark['kind'] } | undefined {
  let first: { readonly at: number; readonly kind: Mark['kind'] } | undefined;
  for (const { bytes: wanted, kind, from } of MARKS) {
    const at = indexOf(bytes, wanted);
    if (at >= 0 && (first === undefined || at + from < first.at)) first = { at: at + from, kind };
  }
  return first;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] as number;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let same = 1;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++;
    if (same === wanted.length) return at;
  }
  return -1;
}

async function* following(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

const VALUES = new Uint8Array(256).fill(255);
for (const [value, letter] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) VALUES[letter.charCodeAt(0)] = value;
const [LESS_THAN, PADDING] = [0x3c, 0x3d];

/** Ends at `<` or `=`; what is no letter of base64 is stepped over. */
async function* decodeBase64(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let bits = 0;
  let count = 0;
  for await (const chunk of text) {
    const out = new Uint8Array(Math.ceil((chunk.length * 3) / 4) + 3);
    let length = 0;
    for (let at = 0; at < chunk.length; at++) {
      const c = chunk[at] as number;
      if (c === LESS_THAN || c === PADDING) {
        yield out.subarray(0, length);
        return;
      }
      const value = VALUES[c] as number;
      if (value === 255) continue;
      bits = ((bits << 6) | value) & 0xffffff;
      count += 6;
      if (count < 8) continue;
      count -= 8;
      out[length++] = (bits >>> count) & 0xff;
    }
    yield out.subarray(0, length);
  }
}
