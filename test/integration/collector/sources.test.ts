import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CaptureOptions } from '../../../core/protocol/capture-options.ts';
import { BlockType } from '../../../core/protocol/recording-format.ts';
import { decodeSource } from '../../../core/protocol/sources.ts';
import { CollectorFixture, type ReadRecording, readRecording, spawnPlan } from './collector-fixture.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const preload = path.join(root, 'dist', 'tracer', 'preload.cjs');

let fixture: CollectorFixture;
beforeEach(() => {
  fixture = new CollectorFixture();
});
afterEach(() => fixture.dispose());

const MAIN = `const { double } = require('./lib.cjs');\nconst fs = require('fs');\nfunction main() { return double(21); }\nfs.writeSync(1, String(main()));\n`;
const LIB = 'exports.double = function double(n) { return n * 2; };\n';

function scripts(more: Readonly<Record<string, string>> = {}): { readonly main: string; readonly lib: string } {
  for (const [name, text] of Object.entries({ 'main.cjs': MAIN, 'lib.cjs': LIB, ...more })) fixture.write(path.join(fixture.folder, name), text);
  return { main: path.join(fixture.folder, 'main.cjs'), lib: path.join(fixture.folder, 'lib.cjs') };
}

const plan = (file: string, capture: Partial<CaptureOptions>) => spawnPlan({ args: [file], preload, capture });

/** Text by file, or why there is none. */
function textsIn(recording: ReadRecording): Record<string, string> {
  const blocks = recording.blocks.filter(({ header }) => header.type === BlockType.SOURCE).map(({ payload }) => decodeSource(payload));
  return Object.fromEntries(blocks.map((block) => [block?.head.file, block?.head.leftOut ?? inflateSync(block?.content ?? new Uint8Array(0)).toString()]));
}

it('the recording keeps the text of the script and of each file whose functions are recorded, once', async () => {
  const { main, lib } = scripts();
  const { recording } = await fixture.run(plan(main, {}));
  expect(recording.console()).toBe('42');
  expect(textsIn(recording)).toEqual({ [main]: MAIN, [lib]: LIB });
  expect(recording.blocks.filter(({ header }) => header.type === BlockType.SOURCE)).toHaveLength(2);
  expect(recording.complete).toBe(true);
});

it('of a run without calls it keeps the script, and of one without sources nothing', async () => {
  const { main } = scripts();
  const { recording } = await fixture.run(plan(main, { calls: 'off' }));
  expect(textsIn(recording)).toEqual({ [main]: MAIN });
  const without = await fixture.run(plan(main, { sources: false }), 'two');
  expect(textsIn(without.recording)).toEqual({});
});

it('a text that is too large is left out and says so', async () => {
  const { main, lib } = scripts({ 'lib.cjs': `${LIB}//${'x'.repeat(1024 * 1024)}\n` });
  const { recording } = await fixture.run(plan(main, {}));
  expect(textsIn(recording)).toEqual({ [main]: MAIN, [lib]: 'is larger than 1 MB' });
});

it('a file that removes itself is told, and the run goes on', async () => {
  const { main } = scripts({ 'main.cjs': `require('fs').unlinkSync(__filename);\n${MAIN}` });
  const { recording } = await fixture.run(plan(main, {}));
  expect(recording.console()).toBe('42');
  // Read before it was removed, or not: either is told.
  expect([`require('fs').unlinkSync(__filename);\n${MAIN}`, 'was not there any more when its text was to be kept']).toContain(textsIn(recording)[main]);
});

it('a flight recorder keeps the texts whatever else goes', async () => {
  const busy = `${MAIN}\nconst { writeSync } = fs;\nfunction some(n) { return n; }\nfor (let i = 0; i < 400000; i++) some(i);\n`;
  const { main, lib } = scripts({ 'main.cjs': busy });
  await fixture.start(plan(main, { keep: 'last', keepMegabytes: 1, keepSeconds: 0 }));
  await fixture.collector.whenEnded('one');
  const recording = readRecording(readFileSync(fixture.file()));
  expect(recording.info.some(({ kind }) => kind === 'kept')).toBe(true);
  expect(textsIn(recording)).toEqual({ [main]: busy, [lib]: LIB });
});
