/** Node's permission model keeps a target from more than its user thinks of: what the tracer in it needs, said before the run. */
import path from 'node:path';
import { isGranted, type NodePermissions, nodePermissions } from '../../../core/protocol/node-permissions.ts';
import type { PermissionNote } from '../../../core/protocol/studio-api.ts';
import { RUN_FOLDER, socketParent } from '../../../core/protocol/target-wire.ts';
import { parseVersion } from './script-file.ts';

/** What a tracer in a target reaches for. */
export interface TracerPlaces {
  /** Of the installed tracers. */
  readonly tracers: string;
  /** Where the collector's folder may be, in this order; targets leave there what they could not send. */
  readonly socketParents: readonly string[];
}

/** Where paths on the command line of a target begin. */
export const pathRules = (cwd: string) => ({ resolve: (file: string) => path.resolve(cwd, file), sep: path.sep });

export interface PermissionQuestion {
  /** All that Node gets, by whatever way. */
  readonly flags: readonly string[];
  readonly cwd: string;
  readonly nodeVersion: string | undefined;
  readonly samples: boolean;
  readonly places: TracerPlaces;
}

/** Undefined: the model is off, or lets the tracer do all that it has to. */
export function permissionNote({ flags, cwd, nodeVersion, samples, places }: PermissionQuestion): PermissionNote | undefined {
  const permissions = nodePermissions(flags);
  if (!permissions) return undefined;
  const rules = pathRules(cwd);
  const tracers = `${places.tracers}${path.sep}`;
  const runFolders = path.join(socketParent(places.socketParents), RUN_FOLDER);
  // One installed copy may be named by itself.
  const reads =
    isGranted(permissions.read, path.join(places.tracers, 'any'), rules) || permissions.read.some((each) => rules.resolve(each).startsWith(tracers));
  const records = reads && permissions.worker;
  const inspects = !samples || permissions.inspector || !knowsInspectorFlag(nodeVersion);
  const missing = [
    ...(reads ? [] : [`--allow-fs-read=${tracers}*`]),
    ...(permissions.worker ? [] : ['--allow-worker']),
    ...(isGranted(permissions.write, path.join(`${runFolders}1`, 'spill'), rules) ? [] : [`--allow-fs-write=${runFolders}*`]),
    ...(inspects ? [] : ['--allow-inspector']),
  ];
  if (missing.length === 0) return undefined;
  return {
    message: `Node's permission model is on: ${consequence(records, inspects)}`,
    remedy: `Add to the flags of Node: ${missing.map(quoted).join(' ')}`,
    flags: missing.map(quoted).join(' '),
  };
}

function consequence(records: boolean, inspects: boolean): string {
  if (!records) return 'the script runs, and nothing of it is recorded.';
  return inspects ? 'what a process could not send before its end would be lost.' : 'calls cannot be sampled.';
}

/** Before Node 24 no flag lets a process at the inspector. */
const knowsInspectorFlag = (version: string | undefined): boolean => (parseVersion(version)?.major ?? 24) >= 24;

const quoted = (word: string): string => (/^[\w@%+=:,./\\*~-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`);

/** Why the tracer cannot be put into a target, in words: an older Node ends where it may not read what it has to load first. */
export function whyUntraced(permissions: NodePermissions | undefined, preload: string, cwd: string): string | undefined {
  if (!permissions || isGranted(permissions.read, path.resolve(preload), pathRules(cwd))) return undefined;
  return "Nothing is recorded: Node's permission model keeps the script from reading the tracer.";
}
