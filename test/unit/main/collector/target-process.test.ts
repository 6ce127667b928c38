import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../../core/protocol/capture-options.ts';
import type { SpawnPlan } from '../../../../core/protocol/session-types.ts';
import { startFailure, targetEnvironment } from '../../../../main/collector/target-process.ts';

const plan = (environment: Record<string, string>, preload = '/opt/tracer/preload.cjs'): SpawnPlan => ({
  title: 't',
  file: 'node',
  args: [],
  cwd: tmpdir(),
  environment,
  recordedEnvironment: { names: [] },
  preload,
  capture: { ...DEFAULT_CAPTURE, whenFull: 'live', maskSecrets: false, ringMegabytes: 2 },
});
const address = { socket: '/run/s', secret: 'hidden', spillFolder: '/run/spill' };

describe('the environment of a target', () => {
  it('adds what the tracer needs to know to the plan', () => {
    const environment = targetEnvironment(plan({ PATH: '/bin' }), address);
    expect(environment).toMatchObject({
      PATH: '/bin',
      TRACE_STUDIO_SOCKET: '/run/s',
      TRACE_STUDIO_SECRET: 'hidden',
      NODE_OPTIONS: '--require /opt/tracer/preload.cjs',
    });
    expect(JSON.parse(environment.TRACE_STUDIO_OPTIONS ?? '')).toEqual({
      preload: '/opt/tracer/preload.cjs',
      whenFull: 'live',
      spillFolder: '/run/spill',
      maskSecrets: false,
      ringBytes: 2 * 1024 * 1024,
      capture: { ...DEFAULT_CAPTURE, whenFull: 'live', maskSecrets: false, ringMegabytes: 2 },
    });
  });

  it('keeps the NODE_OPTIONS of the user behind its own', () => {
    const options = (users: string, preload?: string) => targetEnvironment(plan({ NODE_OPTIONS: users }, preload), address).NODE_OPTIONS;
    expect(options('--max-old-space-size=4096')).toBe('--require /opt/tracer/preload.cjs --max-old-space-size=4096');
    expect(options('   ')).toBe('--require /opt/tracer/preload.cjs');
    expect(options('', '/with space/a "b".cjs')).toBe('--require "/with space/a \\"b\\".cjs"');
  });

  it('leaves out what is for Electron', () => {
    const environment = targetEnvironment(plan({ ELECTRON_RUN_AS_NODE: '1', electron_no_asar: '1', MY_ELECTRON: '1' }), address);
    expect(Object.keys(environment).filter((name) => /electron/i.test(name))).toEqual(['MY_ELECTRON']);
  });
});

describe('why a target could not start', () => {
  const failure = (code: string, cwd = tmpdir()) => startFailure({ file: '/usr/bin/nope', cwd }, Object.assign(new Error(`spawn ${code}`), { code }));
  it('is said in words', () => {
    expect(failure('ENOENT')).toBe('/usr/bin/nope was not found. Check the path of the program, or that it is on PATH.');
    expect(failure('ENOENT', '/no/folder')).toBe('The working directory /no/folder does not exist. Choose a folder that does.');
    expect(failure('EACCES')).toContain('may not be executed');
    expect(failure('ENOEXEC')).toContain('not a program for this machine');
    expect(failure('E2BIG')).toContain('too long');
    expect(failure('EAGAIN')).toContain('no room for another process');
    expect(failure('EWEIRD')).toBe('/usr/bin/nope could not be started: spawn EWEIRD');
  });
});
