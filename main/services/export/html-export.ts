/** A report as one HTML page: the page that the build made, with the recording in it as text. */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { ProblemError } from '../../../core/base/result.ts';
import { KeptRecording } from '../../../core/formats/kept-recording.ts';
import { statisticsOf } from '../../../core/formats/slice-statistics.ts';
import type { TraceExport } from '../../../core/formats/trace-export.ts';
import { countsOf } from '../../../core/formats/trace-info.ts';
import { REPORT_ABOUT_ID, REPORT_PLACE, REPORT_RECORDING_ID, type ReportAbout } from '../../../core/protocol/report-page.ts';
import { TemporaryStore } from './temporary-store.ts';

/** Of base64: a browser holds no text that is longer than half a gigabyte, and makes several of one page. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;
/** Names in the table of statistics. */
const MAX_STATISTICS = 5000;

export class HtmlExport implements TraceExport {
  readonly #recording: AsyncIterable<Uint8Array>;
  readonly #page: string;
  readonly #title: string;
  events = 0;
  notes: readonly string[] = [];

  /** `page`: path of the page without a trace. */
  constructor(recording: AsyncIterable<Uint8Array>, { title, page }: { readonly title: string; readonly page: string }) {
    this.#recording = recording;
    this.#page = page;
    this.#title = title;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const page = await readFile(this.#page, 'utf8');
    const place = page.indexOf(REPORT_PLACE);
    if (place < 0) throw new Error(`${this.#page} has no place for a trace`);
    const store = new TemporaryStore();
    try {
      // It is read three times: what comes from another format is put aside.
      const kept = new KeptRecording(this.#recording, undefined, store);
      const statistics = await statisticsOf(kept.follow(0));
      const counts = await countsOf(kept.follow(0));
      this.events = counts.events;
      const more =
        statistics.length > MAX_STATISTICS
          ? [`Statistics of the ${MAX_STATISTICS} names with the greatest total of ${statistics.length} are in the report.`]
          : [];
      const about: ReportAbout = { title: this.#title, statistics: statistics.slice(0, MAX_STATISTICS), notes: more };
      yield utf8(titled(page.slice(0, place), this.#title));
      // A name may hold the end of the element: written so, JSON has no `<`.
      yield utf8(`<script id="${REPORT_ABOUT_ID}" type="application/json">${JSON.stringify(about).replaceAll('<', '\\u003c')}</script>\n`);
      yield utf8(`<script id="${REPORT_RECORDING_ID}" type="text/plain">`);
      yield* base64(compressed(kept.follow(0)));
      yield utf8('</script>');
      yield utf8(page.slice(place + REPORT_PLACE.length));
      this.notes = more;
    } finally {
      await store.close();
    }
  }
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

const titled = (head: string, title: string): string =>
  head.replace(/<title>[^<]*<\/title>/, () => `<title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')} · Trace Studio</title>`);

const compressed = (bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => Readable.from(bytes).pipe(createGzip({ level: 9, chunkSize: 256 * 1024 }));

async function* base64(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Uint8Array = new Uint8Array(0);
  let written = 0;
  for await (const part of bytes) {
    const whole = Buffer.concat([rest, part]);
    const end = whole.length - (whole.length % 3);
    const text = Buffer.from(whole.toString('base64', 0, end), 'latin1');
    written += text.length;
    if (written > MAX_TEXT_BYTES) throw tooLarge();
    yield text;
    rest = whole.subarray(end);
  }
  if (rest.length > 0) yield Buffer.from(Buffer.from(rest).toString('base64'), 'latin1');
}

const tooLarge = (): ProblemError =>
  new ProblemError({
    code: 'report-too-large',
    message: `The report would be larger than what a browser opens: more than ${MAX_TEXT_BYTES / 1024 / 1024} MB of text.`,
    remedy: 'Choose a part of the trace (--from and --to), or write a recording (.tsr) or a Perfetto trace (.pftrace).',
  });
