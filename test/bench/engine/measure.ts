/** One measurement in a process of its own: `node measure.mjs write|counters|open|slices|objects …` prints JSON. */
import { openIndexed } from '../../../core/model/open-recording.ts';
import { SEGMENT_SLICES, SortedBand } from '../../../core/model/timeline/sorted-band.ts';
import { Trace } from '../../../core/model/trace.ts';
import { BlockType } from '../../../core/protocol/recording-format.ts';
import { DiskSource } from './file-source.ts';
import { measureObjects } from './objects.ts';
import { writeCounters } from './write-counters.ts';
import { NAMES, writeRecording, writeSlices } from './write-recording.ts';

const [what, file = '', size = '1'] = process.argv.slice(2);
const now = () => performance.now();
const hold = setInterval(() => {}, 1000);
const results: Record<string, number> =
  what === 'write'
    ? await write()
    : what === 'counters'
      ? { ...(await writeCounters(file, ...(size.split('x').map(Number) as [number, number, number]))) }
      : what === 'objects'
        ? { ...(await measureObjects()) }
        : what === 'cost'
          ? await cost()
          : what === 'open'
            ? await open()
            : what === 'slices'
              ? await slices()
              : unknown();
clearInterval(hold);
console.log(JSON.stringify(results));

function unknown(): never {
  throw new Error(`there is no measurement ${what}`);
}

function quantile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function seeded(): () => number {
  let seed = 5;
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

async function write(): Promise<Record<string, number>> {
  const from = now();
  const { bytes, records, summaryBytes } = await writeRecording(file, Number(size) * 1e9);
  return { ms: now() - from, bytes, records, summaryShare: summaryBytes / bytes };
}

/** What summaries add to taking a recording in, records being made included in both. Rounds in turns: neighbours come and go. */
async function cost(): Promise<Record<string, number>> {
  const took = { plain: [] as number[], summarized: [] as number[] };
  for (let round = 0; round < 5; round++) {
    for (const kind of ['plain', 'summarized'] as const) {
      const before = process.cpuUsage();
      const { records } = await writeRecording('/dev/null', 0.15e9, kind === 'summarized');
      took[kind].push((process.cpuUsage(before).user * 1000) / records);
    }
  }
  return { plainNs: Math.min(...took.plain), summarizedNs: Math.min(...took.summarized) };
}

async function open(): Promise<Record<string, number>> {
  const source = new DiskSource(file);
  const from = now();
  const opened = await openIndexed(source, await source.size(), {});
  if (!opened) throw new Error('it has no index');
  const { trace } = opened;
  const { endNs, timeline } = trace;
  const rows = timeline.list().flatMap(({ id, kind, rows: count }) => (kind === 'calls' ? [{ track: id, from: 0, count: Math.min(22, count) }] : []));
  const view = (fromNs: number, toNs: number) => timeline.view({ rows, fromNs, toNs, columns: 1600, endNs });
  view(0, endNs);
  const openMs = now() - from;
  const openBytes = process.memoryUsage.rss();
  const random = seeded();
  const answers: number[] = [];
  const whole: number[] = [];
  for (let zoom = 0; zoom < 100; zoom++) {
    const spanNs = endNs * 10 ** (-random() * 7);
    const fromNs = random() * (endNs - spanNs);
    const start = now();
    let seen = view(fromNs, fromNs + spanNs);
    answers.push(now() - start);
    for (let round = 0; seen.isCoarse && round < 200; round++) {
      await trace.settled();
      seen = view(fromNs, fromNs + spanNs);
    }
    whole.push(now() - start);
  }
  const query = { scope: { fromNs: endNs * 0.2, toNs: endNs * 0.7 }, by: 'name', sort: 'total', descending: true, from: 0, count: 100 } as const;
  const start = now();
  let table = await trace.analysis.table(query, endNs);
  while (table.done < 1) {
    await trace.settled();
    table = await trace.analysis.table(query, endNs);
  }
  const tableMs = now() - start;
  return {
    slices: timeline.slices,
    openMs,
    openBytes,
    answerMedianMs: quantile(answers, 0.5),
    answerMs: quantile(answers, 1),
    wholeMedianMs: quantile(whole, 0.5),
    whole90Ms: quantile(whole, 0.9),
    tableMs,
    maxBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** Slices as an import brings them, in the order of their ends: sorted, nested, summarized; then asked. */
async function slices(): Promise<Record<string, number>> {
  const count = Number(size) * 1e6;
  const names = Math.min(NAMES, count);
  const source = writeSlices(count);
  const band = new SortedBand({ segmentSlices: SEGMENT_SLICES, read: () => Promise.reject(new Error('nothing is dropped')), onSegment: () => {} });
  const from = now();
  for (let i = 0; i < count; i++) band.add(source.start[i] as number, source.end[i] as number, source.name[i] as number, i + 1);
  band.refresh(false);
  const buildMs = now() - from;
  // The same slices as one thread of a trace.
  const trace = new Trace({ read: () => Promise.reject(new Error('nothing is dropped')) }, { detailBytes: 8e9 });
  trace.setHead({ studio: '', session: '', startMonotonicNs: '0', startEpochNs: '0', title: '' });
  trace.addBlock({ ...source.header, type: BlockType.DEFS }, source.definitions(names), 0);
  const { timeline, analysis } = trace;
  timeline.enter(1, trace.definitionsOf(1), 0, 0);
  for (let i = 0; i < count; i++) timeline.slice(source.start[i] as number, source.end[i] as number, (source.name[i] as number) + 1, 0, i * 8, 0);
  const [track] = timeline.list();
  if (!track) throw new Error('there is no track');
  const endNs = track.lastNs;
  const rows = [{ track: track.id, from: 0, count: Math.min(45, track.rows) }];
  const views: number[] = [];
  for (let round = 0; round < 40; round++) {
    const start = now();
    timeline.view({ rows, fromNs: 0, toNs: endNs, columns: 1600, endNs });
    views.push(now() - start);
  }
  const close: number[] = [];
  for (let round = 0; round < 40; round++) {
    const start = now();
    timeline.view({ rows, fromNs: endNs * 0.4, toNs: endNs * 0.404, columns: 1600, endNs });
    close.push(now() - start);
  }
  const table = async (scope: { fromNs?: number; toNs?: number }): Promise<number> => {
    const start = now();
    await analysis.table({ scope, by: 'name', sort: 'total', descending: true, from: 0, count: 100 }, endNs);
    return now() - start;
  };
  const wholeMs = Math.min(await table({}), await table({}), await table({}));
  const rangeMs = Math.min(await table({ fromNs: endNs * 0.1, toNs: endNs * 0.6 }), await table({ fromNs: endNs * 0.11, toNs: endNs * 0.61 }));
  const tree = async (): Promise<number> => {
    const start = now();
    const ask = () => analysis.tree({ scope: { fromNs: endNs * 0.1, toNs: endNs * 0.6 }, direction: 'callees', transforms: [], paths: [[]] }, endNs);
    await ask();
    await analysis.settled();
    await ask();
    return now() - start;
  };
  const treeMs = await tree();
  const treeAgainMs = await tree();
  return {
    rows: track.rows,
    buildMs,
    treeMs,
    treeAgainMs,
    viewMs: quantile(views, 0.5),
    closeMs: quantile(close, 0.5),
    wholeMs,
    rangeMs,
    maxBytes: process.resourceUsage().maxRSS * 1024,
  };
}
