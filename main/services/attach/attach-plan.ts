import type { AttachOptions, NodeProcess } from '../../../core/protocol/attach.ts';
import { type CaptureOptions, DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import type { SpawnPlan, TracerAddress } from '../../../core/protocol/session-types.ts';
import type { TargetOptions } from '../../../core/protocol/target-wire.ts';
import { cacheFolderOf } from '../launch/spawn-plan.ts';

/** A process that was not started for being watched never waits for the recorder. */
const WHEN_FULL = 'live';

/**
 * What is recorded of what is there. Code that is loaded already cannot be changed so that every call is told; and nothing is put into the runtime that could
 * not be taken back when the process is left.
 */
export function attachCapture(options: AttachOptions, configured: Partial<CaptureOptions> = {}): CaptureOptions {
  const { sampling, runtime, samplingUs = configured.samplingUs ?? DEFAULT_CAPTURE.samplingUs } = options;
  const calls = sampling && configured.calls !== 'off' ? 'sampling' : 'off';
  const chosen = Object.fromEntries(CONFIGURABLE.flatMap((key) => (configured[key] === undefined ? [] : [[key, configured[key]]])));
  return { ...DEFAULT_CAPTURE, ...chosen, ...NOT_TAKEN_BACK, ...(!runtime && NO_RUNTIME), calls, samplingUs, whenFull: WHEN_FULL };
}

/** What a config file may say that means the same for a program that runs already: how long is recorded, and how much is kept, is asked at the attaching. */
const CONFIGURABLE = [
  'include',
  'exclude',
  'packages',
  'maxDepth',
  'minDurationUs',
  'logArguments',
  'logReturn',
  'logExceptions',
  'gc',
  'eventLoop',
  'consoleCalls',
  'marks',
  'warnings',
  'maskSecrets',
  'ringMegabytes',
  'sources',
] as const;

const NOT_TAKEN_BACK = { asyncOperations: false, asyncHooks: false, modules: false } as const;
const NO_RUNTIME = { gc: false, eventLoop: false, consoleCalls: false, marks: false, warnings: false } as const;

/** What the collector knows of it, as if it had started it. */
export function attachPlan(target: NodeProcess, options: AttachOptions, tracerFolder: string, configured?: Partial<CaptureOptions>): SpawnPlan {
  return {
    title: target.name,
    file: target.executable,
    args: target.argv.slice(1),
    cwd: target.cwd ?? '',
    environment: {},
    nodePath: target.executable,
    ...(target.nodeVersion !== undefined && { nodeVersion: target.nodeVersion }),
    recordedEnvironment: { names: [] },
    preload: preloadOf(tracerFolder),
    capture: attachCapture(options, configured),
    cacheFolder: cacheFolderOf(tracerFolder),
    ...(options.laterCalls && configured?.calls !== 'off' && { laterCalls: true }),
  };
}

/** What its tracer is told. */
export const targetOptions = (plan: SpawnPlan, { spillFolder }: TracerAddress): TargetOptions => ({
  preload: plan.preload,
  whenFull: plan.capture?.whenFull ?? WHEN_FULL,
  spillFolder,
  maskSecrets: plan.capture?.maskSecrets !== false,
  ...(plan.capture && { ringBytes: plan.capture.ringMegabytes * 1024 * 1024, capture: plan.capture }),
  ...(plan.cacheFolder !== undefined && { cacheFolder: plan.cacheFolder }),
  ...(plan.laterCalls && { laterCalls: true }),
});

const preloadOf = (tracerFolder: string): string => `${tracerFolder.replaceAll('\\', '/')}/preload.cjs`;
