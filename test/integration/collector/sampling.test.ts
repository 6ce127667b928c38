import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FunctionFlag } from '../../../core/protocol/records.ts';
import type { SamplingState } from '../../../core/protocol/sampling.ts';
import { type RecordedCall, recordedCalls } from '../../helpers/recorded-calls.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { CollectorFixture, type ReadRecording, spawnPlan } from './collector-fixture.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const preload = path.join(root, 'dist/tracer/preload.cjs');
beforeAll(() => void execFileSync(process.execPath, ['build.mjs', '--only=tracer'], { cwd: root }));

let fixture: CollectorFixture;
let folder: string;
beforeEach(() => {
  fixture = new CollectorFixture();
  folder = mkdtempSync(path.join(tmpdir(), 'sampling-test-'));
});
afterEach(async () => {
  await fixture.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Two functions that take turns for `ms`, and never let the event loop turn. */
const BUSY = `function even(until) { let sum = 0; for (let i = 0; i < 2e5; i++) sum += Math.sqrt(i); return Date.now() < until ? odd(until, sum) : sum; }
function odd(until, sum) { for (let i = 0; i < 2e5; i++) sum += Math.cbrt(i); return sum; }
function busy(ms) { const until = Date.now() + ms; while (Date.now() < until) even(until); }
`;

interface Sampled {
  readonly calls: readonly RecordedCall[];
  readonly recording: ReadRecording;
  readonly stderr: string;
  readonly stdout: string;
  readonly states: readonly SamplingState[];
}

interface Target {
  readonly code: string;
  readonly node?: string;
  readonly flags?: readonly string[];
  readonly file?: string;
  readonly calls?: 'sampling' | 'off';
}

const planOf = ({ code, node = process.execPath, flags = [], file = 'script.cjs', calls = 'sampling' }: Target) => {
  const script = path.join(folder, file);
  writeFileSync(script, code);
  return spawnPlan({ file: node, args: [...flags, script], preload, capture: { calls }, cwd: folder });
};

function sampledOf(recording: ReadRecording, bytes: Buffer): Sampled {
  const states = recording.info.flatMap((line) => (line.kind === 'sampling' ? [line.state] : []));
  return { calls: recordedCalls(bytes), recording, stdout: recording.console(0), stderr: recording.console(1), states };
}

async function sample(target: Target): Promise<Sampled> {
  const { recording } = await fixture.run(planOf(target));
  expect(recording.problems).toEqual([]);
  expect(recording.info.flatMap((line) => (line.kind === 'tracer-error' ? [line.message] : []))).toEqual([]);
  return sampledOf(recording, fixture.bytes());
}

const named = (calls: readonly RecordedCall[], name: string): readonly RecordedCall[] => calls.filter((call) => call.function.name === name);
const total = (calls: readonly RecordedCall[]): number => calls.reduce((sum, call) => sum + call.endNs - call.startNs, 0) / 1e6;

describe.each(nodeVersions())('sampling in $title', ({ path: node, major }) => {
  it('sees what a blocked thread does, up to its last moment, and leaves no word', async () => {
    const { calls, stdout, stderr, states } = await sample({ node, code: `${BUSY} busy(1200); console.log('done');` });
    expect(stdout).toBe('done\n');
    expect(stderr).toBe('');
    const [busy] = named(calls, 'busy');
    expect(busy).toMatchObject({ stream: 'main (sampled)', function: { file: path.join(folder, 'script.cjs'), line: 3, flags: 0 } });
    // From the start of the sampler to the end of the script.
    expect(total(named(calls, 'busy'))).toBeGreaterThan(600);
    expect(named(calls, 'even').every((call) => call.parent === 'busy')).toBe(true);
    expect(named(calls, 'odd').some((call) => call.parent === 'even')).toBe(true);
    expect(named(calls, '(not sampled)')).toEqual([]);
    expect(states.at(-1)).toMatchObject({ thread: 0, state: 'off', intervalUs: 1000, chunks: 'overlap', blindMs: 0 });
    expect(states.at(-1)?.samples).toBeGreaterThan(200);
    if (major >= 20) expect(calls.some((call) => (call.function.flags & FunctionFlag.NATIVE) !== 0)).toBe(true);
  });
});
