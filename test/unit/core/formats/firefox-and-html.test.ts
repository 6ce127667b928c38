import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { REPORT_MARK } from '../../../../core/formats/html-reader.ts';
import { TestRecording } from '../../../helpers/build-recording.ts';
import { decodeRecording } from '../../../helpers/decoded-recording.ts';
import { encode, formatOf, recordingFrom } from '../../../helpers/formats.ts';

const notices = (recording: ReturnType<typeof decodeRecording>): (readonly [string | undefined, number])[] =>
  recording.info.flatMap((line) => (line.kind === 'loss' ? [[line.issue, line.count] as const] : []));

const meta = { interval: 1, startTime: 1_700_000_000_000, preprocessedProfileVersion: 48, processType: 0, product: 'Firefox' };
const tables = {
  stackTable: { frame: [0, 1, 2], prefix: [null, 0, 0], length: 3 },
  frameTable: { func: [0, 1, 2], line: [null, 12, null], length: 3 },
  funcTable: { name: [0, 1, 2], fileName: [null, 3, null], lineNumber: [null, 10, null], columnNumber: [null, 4, null], length: 3 },
};
const strings = ['(root)', 'render', 'layout', 'app.js', 'Paint', 'Load', 'GC'];
const samples = { stack: [1, 1, 2, null], time: [10, 11, 12, 14], length: 4 };
const markers = {
  name: [4, 5, 6, 6],
  startTime: [10.5, 11, 12, null],
  endTime: [null, 15, null, 13],
  phase: [0, 1, 2, 3],
  category: [0, 0, 0, 0],
  data: [null, { type: 'Network', url: 'https://example.org', nested: { $ts: 1 } }, null, null],
  length: 4,
};

describe('readFirefoxProfile', () => {
  const expected = [
    ['async-begin', 11_000_000, 'Load'],
    ['async-begin', 12_000_000, 'GC'],
    ['async-end', 13_000_000, 'GC'],
    ['async-end', 15_000_000, ''],
    ['call', 10_000_000, '+(root)'],
    ['call', 10_000_000, '+render'],
    ['call', 12_000_000, '-render'],
    ['call', 12_000_000, '+layout'],
    ['call', 14_000_000, '-layout'],
    ['call', 14_000_000, '-(root)'],
    ['instant', 10_500_000, 'Paint'],
  ];
  const shown = (recording: ReturnType<typeof decodeRecording>) =>
    recording.events
      .filter(({ kind }) => kind !== 'counter')
      .map(({ kind, timeNs, name, exit }) => [kind, timeNs, kind === 'call' ? `${exit ? '-' : '+'}${name}` : name])
      .sort((a, b) => (a[0] === b[0] ? 0 : String(a[0]) < String(b[0]) ? -1 : 1));

  it('reads samples, markers with their data, and counters', async () => {
    const profile = JSON.stringify({
      meta,
      libs: [],
      threads: [{ name: 'GeckoMain', processName: 'web', pid: '12', tid: 34, samples, markers, stringArray: strings, ...tables }],
      counters: [{ name: 'malloc', pid: '12', samples: { time: [1, 2], count: [100, -40], number: [0, 0], length: 2 } }],
    });
    for (const bytes of [encode(profile), gzipSync(profile)]) {
      expect(await formatOf(bytes)).toBe('firefox');
      const recording = decodeRecording(await recordingFrom(bytes, [100]));
      expect(shown(recording)).toEqual(expected);
      expect(recording.head.startEpochNs).toBe('1700000000000000000');
      expect(recording.events.flatMap(({ kind, values, timeNs }) => (kind === 'counter' ? [[timeNs, values]] : []))).toEqual([
        [1_000_000, { count: 100 }],
        [2_000_000, { count: 60 }],
      ]);
      expect(recording.events.find(({ name }) => name === 'Load')?.args).toEqual({
        type: 'Network',
        url: 'https://example.org',
        nested: { $ts: 'object', value: { $ts: 1 } },
      });
      expect(recording.info).toContainEqual(expect.objectContaining({ kind: 'thread', thread: 34, name: 'GeckoMain (sampled)' }));
      expect(notices(recording)).toEqual([]);
    }
  });

  it('reads the newer form: shared tables, differences of time, sources', async () => {
    const funcTable = { name: [0, 1, 2], source: [null, 0, null], lineNumber: [null, 10, null], columnNumber: [null, 4, null], length: 3 };
    const recording = decodeRecording(
      await recordingFrom(
        JSON.stringify({
          meta,
          libs: [],
          threads: [{ name: 'main', pid: '1', tid: '1', samples: { stack: samples.stack, timeDeltas: [10, 1, 1, 2], length: 4 }, markers }],
          shared: { ...tables, funcTable, stringArray: strings, sources: { filename: [3] } },
        }),
      ),
    );
    expect(shown(recording)).toEqual(expected);
  });

  it('gives what is whole of a profile that was cut', async () => {
    const thread = (name: string) => ({ name, pid: '1', tid: '1', samples, markers, stringArray: strings, ...tables });
    const text = JSON.stringify({ meta, libs: [], threads: [thread('first'), thread('second')] });
    const recording = decodeRecording(await recordingFrom(text.slice(0, text.indexOf('second') + 10)));
    expect(shown(recording)).toEqual(expected);
    expect(notices(recording)).toEqual([['cut', 1]]);
  });
});

describe('traces inside of HTML pages', () => {
  const page = (script: string): string => `<!DOCTYPE html>\n<html><head><script>var x = ["traceEvents"];</script>${script}</head><body></body></html>`;
  const events = '{"traceEvents":[{"ph":"i","ts":1,"name":"<\\/script>"},{"ph":"i","ts":2,"name":"b"}],"displayTimeUnit":"ns"}';

  it('finds the JSON that VizTracer pastes into its page, wherever pieces end', async () => {
    const html = page(`<script>\n  var trace = ${events}\n\n  function load() { return "{\\"traceEvents\\":"; }\n</script>`);
    for (const sizes of [[1 << 20], [1], [37]]) {
      const recording = decodeRecording(await recordingFrom(html, sizes));
      expect(recording.events.map(({ name }) => name)).toEqual(['</script>', 'b']);
      expect(notices(recording)).toEqual([]);
    }
  });

  it('reads the page that VizTracer wrote of a run, viewer and all', async () => {
    const html = readFileSync(path.join(import.meta.dirname, '../../../fixtures/formats/html/fib.html'), 'utf8');
    const [json = ''] = /(?<=json_data = )\{.*\}$/m.exec(html) ?? [];
    const list = (JSON.parse(json) as { traceEvents: { ph: string; name: string; ts: number; dur: number }[] }).traceEvents.filter(({ ph }) => ph === 'X');
    const first = Math.min(...list.map(({ ts }) => Math.round(ts * 1000)));
    const expected = list.map(({ name, ts, dur }) => `${name} ${Math.round(ts * 1000) - first} ${Math.round(dur * 1000)}`);
    const { events, info } = decodeRecording(await recordingFrom(html, [1000]));
    const found = events.map((event) => (event.kind === 'slice' ? `${event.name} ${event.timeNs} ${event.durationNs}` : event.kind));
    expect(list).toHaveLength(468);
    expect(found.sort()).toEqual(expected.sort());
    expect(info.filter(({ kind }) => kind === 'loss')).toEqual([]);
  });

  it('finds the recording in a report of the studio, and the data of trace2html', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.instant(stream, 5, 'in a report');
    const own = gzipSync(recording.finish()).toString('base64');
    expect(await recordingFrom(page(`${REPORT_MARK}${own.replace(/(.{76})/g, '$1\n')}</script>`), [100])).toEqual(
      recording.finish().length === 0 ? [] : expect.any(Uint8Array),
    );
    const names = async (html: string) => decodeRecording(await recordingFrom(html, [50])).events.map(({ name }) => name);
    expect(await names(page(`${REPORT_MARK}${own.replace(/(.{76})/g, '$1\n')}</script>`))).toEqual(['in a report']);
    expect(await names(page(`<script id="viewer-data" type="text/plain">${gzipSync(events).toString('base64')}</script>`))).toEqual(['</script>', 'b']);
    expect(await names(page(`<script id="viewer-data" type="application/json">${events}</script>`))).toEqual(['</script>', 'b']);
  });

  it('says that a page carries none', async () => {
    await expect(recordingFrom(page(''))).rejects.toMatchObject({ code: 'not-a-trace', message: expect.stringContaining('HTML page that carries none') });
  });
});
