import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { SpawnPlan, TracerAddress } from '../../core/protocol/session-types.ts';
import { choosePlace, type SocketPlace } from './local-socket.ts';
import { makeSecret } from './secret.ts';
import { TargetProcess, type TargetStdio } from './target-process.ts';

/**
 * A target that runs before there is a collector: Node takes tens of milliseconds to reach the script, in which the rest of the
 * collector's code is loaded and its socket opened. The tracer tries again until it is heard.
 */
export interface EarlyTarget {
  readonly place: SocketPlace;
  readonly address: TracerAddress;
  readonly target: Promise<TargetProcess>;
  /** When it was started: the recording begins then. */
  readonly monotonicNs: bigint;
  readonly epochMs: number;
}

/** `parents`: of the folder for its socket, as in `LocalServer.open`. The collector's `start` takes what this returns. */
export function startEarly(plan: SpawnPlan, stdio: TargetStdio, parents: readonly string[]): EarlyTarget {
  const place = choosePlace(parents);
  const address: TracerAddress = { socket: place.where, secret: makeSecret(), spillFolder: path.join(place.folder, 'spill') };
  mkdirSync(address.spillFolder, { mode: 0o700 });
  const [monotonicNs, epochMs] = [process.hrtime.bigint(), Date.now()];
  const target = TargetProcess.start(plan, address, stdio);
  target.catch(() => {}); // Told by the session, which awaits it.
  return { place, address, target, monotonicNs, epochMs };
}
