import { randomUUID } from 'node:crypto';
import { changedCapture } from '../../core/protocol/capture-options.ts';
import type { RecordingHead } from '../../core/protocol/recording-format.ts';
import type { SpawnPlan } from '../../core/protocol/session-types.ts';
import { STUDIO_VERSION } from '../../core/protocol/version.ts';

/** What the file says of the run at its beginning. */
export function recordingHead(plan: SpawnPlan, { monotonicNs, epochMs }: { readonly monotonicNs: bigint; readonly epochMs: number }): RecordingHead {
  return {
    studio: STUDIO_VERSION,
    session: randomUUID(),
    startMonotonicNs: String(monotonicNs),
    startEpochNs: String(BigInt(epochMs) * 1_000_000n),
    title: plan.title,
    launch: {
      command: [plan.file, ...plan.args],
      cwd: plan.cwd,
      ...(plan.script !== undefined && { script: plan.script }),
      ...(plan.nodePath !== undefined && { nodePath: plan.nodePath }),
      ...(plan.nodeVersion !== undefined && { nodeVersion: plan.nodeVersion }),
      environmentNames: plan.recordedEnvironment.names,
      ...(plan.recordedEnvironment.values && { environment: plan.recordedEnvironment.values }),
      ...(plan.capture && { capture: changedCapture(plan.capture) }),
      ...(plan.plugins && plan.plugins.length > 0 && { plugins: plan.plugins.map((plugin) => plugin.spec) }),
    },
  };
}
