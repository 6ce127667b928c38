/** Node's permission model: what the studio says before the run is what the tracer needs, and no more. For every Node of the matrix. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeRecording } from '../../helpers/decoded-recording.ts';
import { QUIET_FLAGS } from '../../helpers/quiet-capture.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { CliFolder } from './cli-process.ts';

let folder: CliFolder;
beforeEach(() => {
  folder = new CliFolder();
  mkdirSync(path.join(folder.path, 'app'));
});
afterEach(() => folder.remove());

/** Over at once: what it recorded goes by the file that a process leaves. */
const SHORT = "console.log('ran'); require('trace-studio').getTracer()?.logInstant('seen'); process.exit(7);";
/** Needs its thread and its socket. */
const LONG = `const tracer = require('trace-studio').getTracer();
  tracer?.logInstant('seen'); console.log('ran'); setTimeout(() => process.exit(7), 300);`;

describe.each(nodeVersions())('under the permission model of $title', ({ path: node, major }) => {
  const model = major < 22 ? '--experimental-permission' : '--permission';
  /** What the script itself needs. */
  const own = () => [model, `--allow-fs-read=${folder.path}/app/*`];
  const record = async (flags: readonly string[], ...more: readonly string[]) => {
    const { code, stdout, stderr } = await folder.run([
      'run',
      '-o',
      'r.tsr',
      '--node',
      node,
      '--node-flags',
      flags.join(' '),
      ...QUIET_FLAGS,
      ...more,
      '--',
      'app/script.cjs',
    ]);
    expect({ code, stdout }).toEqual({ code: 7, stdout: expect.stringContaining('ran\n') });
    const { events } = decodeRecording(readFileSync(path.join(folder.path, 'r.tsr')));
    return {
      events: events.flatMap((event) => (event.kind === 'instant' ? [event.name] : [])),
      stderr,
      told: /Add to the flags of Node: (.*)/.exec(stderr)?.[1],
    };
  };

  test('the script runs as it would where the tracer may not be read', async () => {
    folder.write('app/script.cjs', "console.log(process.env.NODE_OPTIONS ?? 'ran'); process.exit(7);");
    const { events, stderr } = await record(own());
    expect(events).toEqual([]);
    expect(stderr).toContain("Node's permission model is on: the script runs, and nothing of it is recorded.");
    expect(stderr).toContain("Nothing is recorded: Node's permission model keeps the script from reading the tracer.");
  });

  test('with the flags that are told everything is recorded, and nothing more is told', async () => {
    folder.write('app/script.cjs', "console.log('ran'); process.exit(7);");
    const { told } = await record(own());
    for (const script of [SHORT, LONG]) {
      folder.write('app/script.cjs', script);
      expect(await record([...own(), told as string])).toMatchObject({ events: ['seen'], told: undefined });
    }
  });

  test('each of the flags is needed, and told alone when it alone is missing', async () => {
    folder.write('app/script.cjs', "console.log('ran'); process.exit(7);");
    const flags = (await record(own())).told?.split(' ') ?? [];
    expect(flags.map((flag) => flag.split('=')[0])).toEqual(['--allow-fs-read', '--allow-worker', '--allow-fs-write']);
    folder.write(
      'app/script.cjs',
      SHORT.replace("require('trace-studio').getTracer()?.", "globalThis[Symbol.for('trace-studio.runtime')]?.loadApi().getTracer()?."),
    );
    for (const missing of flags) {
      const others = flags.filter((flag) => flag !== missing);
      expect({ missing, ...(await record([...own(), ...others])) }).toMatchObject({ missing, events: [], told: missing });
    }
  });

  test('a sampler needs the inspector', async ({ skip }) => {
    skip(major < 24, 'the permission model of this Node does not know the inspector');
    folder.write('app/script.cjs', SHORT);
    const { told } = await record([model, '--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker'], '--calls', 'sampling');
    expect(told).toBe('--allow-inspector');
  });
});
