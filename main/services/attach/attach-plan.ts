import type { AttachOptions, NodeProcess } from '../../../core/protocol/attach.ts';
import { type CaptureOptions, DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import type { SpawnPlan, TracerAddress } from '../../../core/protocol/session-types.ts';
import type { TargetOptions } from '../../../core/protocol/target-wire.ts';

/** A process that was not started for being watched never waits for the recorder. */
const WHEN_FULL = 'live';

/** What is recorded: its code is loaded already, and cannot be changed so that every call is told. */
export function attachCapture({ sampling, samplingUs }: AttachOptions): CaptureOptions {
  return { ...DEFAULT_CAPTURE, calls: sampling ? 'sampling' : 'off', samplingUs, whenFull: WHEN_FULL };
}

/** What the collector knows of it, as if it had started it. */
export function attachPlan(target: NodeProcess, options: AttachOptions, tracerFolder: string): SpawnPlan {
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
    whenFull: WHEN_FULL,
    maskSecrets: true,
    capture: attachCapture(options),
  };
}

/** What its tracer is told. */
export const targetOptions = (plan: SpawnPlan, { spillFolder }: TracerAddress): TargetOptions => ({
  preload: plan.preload,
  whenFull: plan.whenFull,
  spillFolder,
  maskSecrets: plan.maskSecrets,
  ...(plan.capture && { capture: plan.capture }),
});

const preloadOf = (tracerFolder: string): string => `${tracerFolder.replaceAll('\\', '/')}/preload.cjs`;
