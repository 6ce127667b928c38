/** Calls beside what the runtime tells, in one recording: each thing once, and arrows lead from the call that started something to the one that went on. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_POINT } from '../../../core/model/timeline/flows.ts';
import { type CaptureOptions, DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { traceOf } from '../../helpers/build-recording.ts';
import { type DecodedEvent, decodeRecording } from '../../helpers/decoded-recording.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { CollectorFixture, spawnPlan } from './collector-fixture.ts';

const preload = fileURLToPath(new URL('../../../dist/tracer/preload.cjs', import.meta.url));

const WAITS = {
  'waits.mjs': `import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { length } from './length.mjs';
const self = new URL(import.meta.url);
async function read() { return length(await readFile(self, 'utf8')); }
async function pause() { await wait(5); }
function fires() { return new Promise(function starts(resolve) { setTimeout(function done() { resolve(); }, 5); }); }
async function main() {
  await read();
  await pause();
  await fires();
  await Promise.all([read()]);
}
main().then(function over() { console.log('over'); });
`,
  'length.mjs': 'export const length = (text) => text.length;',
};
const PROMISES = {
  'promises.mjs': "import { one } from './one.mjs'; async function two() { return 1 + (await one()); } two().then(function over() { console.log('end'); });",
  'one.mjs': "export async function one() { return 1; } console.log('begin');",
};
const THREADS = {
  'threads.cjs': `const { Worker } = require('node:worker_threads');
const worker = new Worker(require('node:path').join(__dirname, 'worker.cjs'));
function asks(n) { worker.postMessage(n); }
worker.on('message', function answered(n) { if (n < 20) asks(n + 1); else worker.terminate(); });
asks(1);
`,
  'worker.cjs': `const { parentPort } = require('node:worker_threads');
function answers(n) { parentPort.postMessage(n); }
parentPort.on('message', function asked(n) { answers(n); });
`,
};
const UNSEEN = {
  'unseen.cjs': `function starts() {
  // !viztracer: ignore
  setTimeout(function hidden() {
    setTimeout.length;
  }, 1);
  setTimeout(function seen() {}, 30);
}
starts();
`,
};
const FAILS = {
  'fails.cjs': `function fails() { throw new TypeError('thrown'); }
try { fails(); } catch {}
process.on('unhandledRejection', () => {});
async function rejects() { throw new RangeError('rejected'); }
rejects();
setTimeout(fails, 5);
`,
};

let fixture: CollectorFixture;
beforeEach(() => {
  fixture = new CollectorFixture();
});
afterEach(() => fixture.dispose());

/** Runs the first of `files`. */
async function record(name: string, node: string, files: Readonly<Record<string, string>>, capture: Partial<CaptureOptions>): Promise<readonly DecodedEvent[]> {
  const folder = path.join(fixture.folder, 'scripts');
  for (const [file, text] of Object.entries(files)) fixture.write(path.join(folder, file), text);
  const plan = spawnPlan({ file: node, args: [path.join(folder, Object.keys(files)[0] as string)], preload });
  const { recording } = await fixture.run({ ...plan, capture: { ...DEFAULT_CAPTURE, ...capture } }, name);
  expect(recording.problems).toEqual([]);
  return decodeRecording(fixture.bytes(name)).events;
}

const namesOf = (events: readonly DecodedEvent[], kind: DecodedEvent['kind'], category: string): string[] =>
  events.filter((event) => event.kind === kind && event.category === category).map(({ name }) => name as string);
/** Calls and runs in their order. */
const callsOf = (events: readonly DecodedEvent[]): string[] =>
  events.filter(({ kind }) => kind === 'call' || kind === 'run').map(({ kind, name, number, phase, exit }) => [kind, name, number, phase, exit].join(' '));

/** How many promises were made between the first line that was printed and the last: how many it takes to load a script differs from run to run. */
function betweenLines(events: readonly DecodedEvent[]): number {
  const lines = events.filter(({ category }) => category === 'console');
  expect(lines.length).toBe(2);
  const [from, to] = lines.map((line) => events.indexOf(line)) as [number, number];
  return namesOf(events.slice(from, to), 'async-begin', 'promise').length;
}

/** What the window draws: `operation: from → to`. */
async function arrowsOf(name: string): Promise<string[]> {
  const trace = traceOf(fixture.bytes(name));
  const { flows, names } = trace.timeline;
  expect(flows.unbound).toBe(0);
  const boundTo = async (point: number): Promise<string> => {
    const placed = await trace.explorer.boundTo(point);
    return placed ? names.text(trace.explorer.rowOf(placed, Number.POSITIVE_INFINITY).name) : '';
  };
  const arrows: string[] = [];
  for (let point = 0; point < flows.count; point++) {
    const before = flows.before[point] as number;
    if (before !== NO_POINT) arrows.push(`${names.text(flows.name[point] as number)}: ${await boundTo(before)} → ${await boundTo(point)}`);
  }
  return arrows;
}

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it('records the same calls, and one operation for what they wait for, with an arrow to the run that goes on', async () => {
    const calls = { asyncOperations: false, modules: false, consoleCalls: false, gc: false, eventLoop: false, marks: false, warnings: false };
    const callsAlone = await record('calls', node, WAITS, calls);
    const both = await record('both', node, WAITS, {});
    expect(callsOf(both)).toEqual(callsOf(callsAlone));
    expect(callsOf(both).length).toBeGreaterThan(20);
    expect(namesOf(both, 'async-begin', 'fs')).toEqual(['fs.promises.readFile', 'fs.promises.readFile']);
    expect(namesOf(both, 'async-begin', 'timer')).toEqual(['timers.promises.setTimeout', 'setTimeout']);
    expect((await arrowsOf('both')).sort()).toEqual([
      'fs.promises.readFile: read → read',
      'fs.promises.readFile: read → read',
      'setTimeout: starts → done',
      'timers.promises.setTimeout: pause → pause',
    ]);
  });

  it('draws the arrows of the manual’s example', async () => {
    const page = readFileSync(new URL('../../../docs/async-and-runtime.md', import.meta.url), 'utf8');
    const [, code] = /```js\n\/\/ arrows\.mjs\n(.*?)```/s.exec(page) as unknown as [string, string];
    await record('manual', node, { 'arrows.mjs': code }, {});
    expect((await arrowsOf('manual')).sort()).toEqual(['fs.promises.readFile: load → load', 'setTimeout: arrows.mjs → done']);
  });

  it('draws no arrow to a call that has nothing to do with it', async () => {
    await record('unseen', node, UNSEEN, {});
    // That of `hidden` ends in its thread, at no call: `seen` is called by the next turn of the loop.
    expect((await arrowsOf('unseen')).sort()).toEqual(['setTimeout: starts → ', 'setTimeout: starts → seen']);
  });

  it('draws arrows from one thread to the other', async () => {
    await record('threads', node, THREADS, {});
    const arrows = await arrowsOf('threads');
    expect(arrows.filter((arrow) => arrow === 'message: asks → asked')).toHaveLength(20);
    expect(arrows.filter((arrow) => arrow === 'message: answers → answered')).toHaveLength(20);
  });

  it('records no promise of its own, and the arrows of the script’s', async () => {
    const promisesAlone = await record('promises', node, PROMISES, { calls: 'off', asyncHooks: true });
    const promises = await record('promises and calls', node, PROMISES, { asyncHooks: true });
    expect(betweenLines(promises)).toBe(betweenLines(promisesAlone));
    expect(betweenLines(promises)).toBeGreaterThan(3);
    await record('both', node, WAITS, { asyncHooks: true });
    const arrows = new Set(await arrowsOf('both'));
    for (const arrow of ['promise: main → main', 'promise: read → read', 'promise: pause → pause']) expect(arrows).toContain(arrow);
    expect(arrows).toContain('fs.promises.readFile: read → read');
  });

  it('tells once of an error that nobody handles, with its stack in the text that was written', async () => {
    const stacks = async (name: string, capture: Partial<CaptureOptions>): Promise<unknown[]> =>
      (await record(name, node, FAILS, capture))
        .filter(({ kind, category }) => kind === 'instant' && category === 'exception')
        .sort((a, b) => a.timeNs - b.timeNs)
        .map(({ name: what, args }) => {
          const { message, stack } = args as { message: string; stack?: string };
          return [
            what,
            message,
            stack
              ?.split('\n')
              .find((line) => line.includes('fails.cjs'))
              ?.replace(/\(.*[/\\]/, '('),
          ];
        });
    const caught = ['TypeError', 'thrown', '    at fails (fails.cjs:1:26)'];
    const rejection = ['Unhandled rejection', 'rejected', '    at rejects (fails.cjs:4:34)'];
    const uncaught = ['Uncaught exception', 'thrown', expect.stringMatching(/^ {4}at .*fails(?: \[as _onTimeout\])? \(fails\.cjs:1:26\)$/)];
    expect(await stacks('both', {})).toEqual([caught, rejection, uncaught]);
    expect(await stacks('runtime', { calls: 'off' })).toEqual([rejection, uncaught]);
    expect(await stacks('calls', { warnings: false })).toEqual([caught, ['TypeError', 'thrown', uncaught[2]]]);
  });
});
