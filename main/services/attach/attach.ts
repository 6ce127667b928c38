/** Attaching, from a number or a name to a session that records. */
import { ProblemError } from '../../../core/base/result.ts';
import type { AttachOptions, NodeProcess } from '../../../core/protocol/attach.ts';
import type { CollectorControl } from '../../../core/protocol/collector-api.ts';
import type { RecordingId, SessionId, SessionInfo, SpawnPlan } from '../../../core/protocol/session-types.ts';
import { attachConfig } from './attach-config.ts';
import { attachPlan, targetOptions } from './attach-plan.ts';
import { inject, noSuchProcess } from './inject.ts';
import { findNodeProcess, listNodeProcesses } from './node-processes.ts';

export interface AttachRequest {
  readonly target: NodeProcess;
  readonly plan: SpawnPlan;
  readonly tracerFolder: string;
  readonly file: string;
  readonly session: SessionId;
  readonly recording: RecordingId;
}

/** The two calls of a collector that it takes, wherever that is. */
export interface AttachingCollector {
  attach(argument: Parameters<CollectorControl['session.attach']>[0]): Promise<ReturnType<CollectorControl['session.attach']>>;
  stop(session: SessionId, graceMs: number): Promise<unknown>;
}

export { attachConfig, attachPlan };

/** Resolves when the tracer is in the process. Otherwise the session is over, and it rejects with a ProblemError. */
export async function attachTo(collector: AttachingCollector, request: AttachRequest): Promise<SessionInfo> {
  const { target, plan, tracerFolder, ...ids } = request;
  const { info, address } = await collector.attach({ plan, pid: target.pid, ...ids });
  try {
    await inject({ target, address, tracerFolder, options: targetOptions(plan, address) });
    return info;
  } catch (error) {
    await collector.stop(ids.session, 0);
    throw error;
  }
}

/** Rejects with a ProblemError where it cannot be attached to. */
export async function attachable(pid: number): Promise<NodeProcess> {
  const found = await findNodeProcess(pid);
  if (!found) throw noSuchProcess(pid);
  return checked(found);
}

/** By number, else by name: that of its script, with or without the ending. */
export async function attachableByName(word: string): Promise<NodeProcess> {
  if (/^\d+$/.test(word)) return attachable(Number(word));
  const all = await listNodeProcesses();
  const bare = (name: string): string => name.toLowerCase().replace(/\.[cm]?[jt]sx?$/, '');
  const exact = all.filter(({ name }) => bare(name) === bare(word));
  const found = exact.length > 0 ? exact : all.filter(({ argv }) => argv.slice(1).some((one) => one.toLowerCase().includes(word.toLowerCase())));
  if (found.length > 1) {
    throw new ProblemError({
      code: 'many-processes',
      message: `${found.length} Node processes match ${word}: ${found.map(({ pid, name }) => `${pid} (${name})`).join(', ')}.`,
      remedy: 'Give the number of one.',
    });
  }
  if (!found[0]) {
    const remedy = all.length === 0 ? 'No Node process was found on this machine.' : `There are: ${all.map(({ pid, name }) => `${pid} (${name})`).join(', ')}.`;
    throw new ProblemError({ code: 'no-such-process', message: `No Node process is called ${word}.`, remedy });
  }
  return checked(found[0]);
}

function checked(target: NodeProcess): NodeProcess {
  if (target.problem === undefined) return target;
  throw new ProblemError({ code: 'cannot-attach', message: `${target.name} (process ${target.pid}) cannot be attached to. ${target.problem}` });
}

export type { AttachOptions };
