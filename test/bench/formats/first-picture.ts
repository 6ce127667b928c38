/** Run by itself: a file is opened as the window's trace worker does, until there are slices to draw and a view of them has been computed. */
import { openAsBlob } from 'node:fs';
import { FileSource } from '../../../renderer/trace/file-source.ts';
import { FollowedTrace } from '../../../renderer/trace/followed-trace.ts';

const began = performance.now();
const atStart = process.cpuUsage();
const report = (result: object): void => {
  const { user, system } = process.cpuUsage(atStart);
  console.log(JSON.stringify({ ...result, ms: performance.now() - began, cpuMs: (user + system) / 1000 }));
  process.exit(0);
};

const followed: FollowedTrace = new FollowedTrace(
  't',
  'processed',
  { wallMs: Date.now, steadyMs: () => performance.now(), nextTask: () => new Promise((resolve) => setImmediate(resolve)) },
  () => {
    const { timeline } = followed.trace;
    if (timeline.slices === 0) return;
    const { endNs } = followed;
    const rows = timeline.list().map(({ id, rows: count }) => ({ track: id, from: 0, count: Math.min(22, count) }));
    const view = timeline.view({ rows, fromNs: 0, toNs: endNs, columns: 1600, endNs });
    if (view.count > 0) report({ items: view.count, slices: timeline.slices });
  },
);
const file = await openAsBlob(process.argv[2] as string);
await followed.run(async () => ({ source: new FileSource(file), live: false, totalBytes: file.size, title: '' }));
report({ failed: followed.summary().problem?.message ?? 'there was nothing to draw' });
