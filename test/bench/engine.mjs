// The trace engine: recordings of some gigabytes, and millions of slices. Each figure in a process of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const GB = 1e9;
/** Beside the recording itself: others use the disk, too. */
const SPARE_BYTES = 8 * GB;

/** What measures the core alone, bundled: words in, figures out. Each call is a process of its own. */
export async function buildMeasure(root, folder) {
  const script = path.join(folder, 'measure.mjs');
  await build({
    entryPoints: [path.join(root, 'test/bench/engine/measure.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return (...words) => JSON.parse(execFileSync(process.execPath, ['--max-old-space-size=8192', script, ...words], { encoding: 'utf8', maxBuffer: 1 << 24 }));
}

/** `option`: gigabytes of the recording, 1 if nothing is said. */
export async function benchEngine(root, option) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'engine-bench-'));
  try {
    const measure = await buildMeasure(root, folder);
    return [
      ...slices(measure('slices', '-', '10')),
      ...cost(measure('cost')),
      ...objects(measure('objects')),
      ...recording(measure, folder, Number(option ?? 1)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ms = (value) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

function slices({ rows, buildMs, viewMs, closeMs, wholeMs, rangeMs, treeMs, treeAgainMs, maxBytes }) {
  return [
    {
      figure: '10 M slices: sort, depth, self, level of detail',
      measured: `${(buildMs / 1000).toFixed(1)} s`,
      goal: '≤ 3 s',
      note: `peak ${mb(maxBytes)}, twice the slices`,
    },
    { figure: 'one view of them, 1600 columns, all of the time', measured: ms(viewMs), goal: '≤ 2 ms', note: `${Math.min(45, rows)} rows` },
    { figure: 'one view of 40,000 of them', measured: ms(closeMs), goal: '≤ 2 ms' },
    { figure: 'statistics of all names over them', measured: ms(wholeMs), goal: '≤ 150 ms' },
    { figure: 'statistics of half of their time', measured: ms(rangeMs), goal: '≤ 300 ms' },
    { figure: 'call tree of half of their time, until all of it was looked at', measured: ms(treeMs), note: `asked again ${ms(treeAgainMs)}` },
  ];
}

function cost({ plainNs, summarizedNs }) {
  const ratio = summarizedNs / plainNs;
  return [
    {
      figure: 'a call record taken in with summaries, beside without',
      measured: `× ${ratio.toFixed(1)}`,
      goal: '≤ 15 ns more',
      note: `${(summarizedNs - plainNs).toFixed(0)} ns more (making the records is in both: ${plainNs.toFixed(0)} ns)`,
    },
  ];
}

function objects({ bytes, openMs, jumpMs, stepMs, compareMs, changesMs, fieldsMs, historyMs }) {
  const steps = (took) => `× ${(took / stepMs).toFixed(1)} of a step`;
  return [
    {
      figure: '1,000 fields, 100,000 snapshots: step to the next one',
      measured: ms(stepMs),
      goal: '≤ 16 ms',
      note: `${mb(bytes)}, taken in within ${ms(openMs)}`,
    },
    { figure: 'a random snapshot of them', measured: ms(jumpMs), goal: '≤ 50 ms', note: `${steps(jumpMs)}: its block is decoded` },
    { figure: 'two random ones compared', measured: ms(compareMs), goal: '≤ 100 ms', note: steps(compareMs) },
    { figure: 'when which field changed, from nothing', measured: ms(changesMs), note: `${steps(changesMs)}, in pieces; a page of it then ${ms(fieldsMs)}` },
    { figure: 'history of the busiest field', measured: ms(historyMs), note: `${steps(historyMs)}, in pieces` },
  ];
}

function recording(measure, folder, gigabytes) {
  const { bavail, bsize } = statfsSync(folder);
  const what = `${gigabytes} GB recording`;
  if (bavail * bsize < gigabytes * GB + SPARE_BYTES) return [{ figure: what, measured: 'skipped', note: 'there is not enough room on the disk' }];
  const file = path.join(folder, 'recording.tsr');
  const written = measure('write', file, String(gigabytes));
  const opened = measure('open', file);
  const many = `${(opened.slices / 1e6).toFixed(0)} M slices, summaries ${(written.summaryShare * 100).toFixed(0)} % of the file`;
  return [
    { figure: `${what}: opened, first picture`, measured: ms(opened.openMs), goal: '≤ 2 s', note: `${many}, resident then ${mb(opened.openBytes)}` },
    { figure: '100 random zooms: first answer', measured: `${ms(opened.answerMedianMs)} median, ${ms(opened.answerMs)} at most`, goal: '≤ 100 ms' },
    {
      figure: 'the same: as fine as the pixels',
      measured: `${ms(opened.wholeMedianMs)} median, ${ms(opened.whole90Ms)} P90`,
      note: 'what is missing is decoded',
    },
    { figure: 'statistics of half of its time', measured: ms(opened.tableMs) },
    { figure: 'memory at most', measured: mb(opened.maxBytes), goal: '≤ 1.5 GB' },
  ];
}
