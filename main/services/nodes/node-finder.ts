/** The Nodes of this machine, and the one that a launch means. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { NodeInstall } from '../../../core/protocol/studio-api.ts';
import { findProgram } from '../launch/find-program.ts';
import { atLeast, parseVersion } from '../launch/script-file.ts';
import { nodeCandidates } from './node-locations.ts';
import { type Probe, probeNode } from './node-probe.ts';
import { findProjectPin, matchPin, newestFirst } from './project-pin.ts';

/** The oldest Node that the tracer runs on. */
const NODE_FLOOR = { major: 20, minor: 19 } as const;

export interface NodeFinderOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The host's own executable, when it is a plain Node. */
  readonly ownExecutable?: string;
  readonly probe?: (file: string) => Promise<Probe>;
}

export class NodeFinder {
  readonly #options: NodeFinderOptions;
  /** By real path: a binary does not change its version while we run, unless the user asks to look again. */
  readonly #probes = new Map<string, Promise<Probe>>();
  #all: Promise<readonly NodeInstall[]> | undefined;

  constructor(options: NodeFinderOptions) {
    this.#options = options;
  }

  /** Every Node found, usable or not (then with the problem), newest first. Cached until `refresh`. */
  all(refresh = false): Promise<readonly NodeInstall[]> {
    if (refresh) {
      this.#all = undefined;
      this.#probes.clear();
    }
    this.#all ??= this.#find();
    return this.#all;
  }

  /** The Node at a path that the user named; a bare name is looked up on PATH. Always an answer: with `problem` when it cannot be used. */
  async at(chosen: string, cwd: string): Promise<NodeInstall> {
    const file = (await findProgram(chosen, cwd, this.#options.environment)) ?? path.resolve(cwd, chosen);
    return describe(file, 'chosen', await this.#ask(file));
  }

  /** What an empty `nodePath` means for a project: its pin, else the first on PATH, else the studio's own, else the newest. */
  async choose(folder: string): Promise<NodeInstall | undefined> {
    const pin = await findProjectPin(folder);
    if (pin) {
      const usable = (await this.all()).filter((node) => node.problem === undefined);
      const match = matchPin(pin.wanted, usable);
      if (match) return { ...match, chosenBecause: `${pin.file} of the project asks for ${pin.wanted}` };
    }
    // Asked by itself first: looking through every version manager takes longer than a form should wait.
    const onPath = await this.#firstOnPath();
    const pinNote = pin ? ` (${pin.file} asks for ${pin.wanted}, which was not found)` : '';
    if (onPath?.problem === undefined && onPath) return { ...onPath, chosenBecause: `first on PATH${pinNote}` };
    const usable = newestFirst((await this.all()).filter((node) => node.problem === undefined));
    const own = usable.find((node) => node.path === this.#options.ownExecutable);
    const fallback = own ?? usable[0];
    if (fallback) return { ...fallback, chosenBecause: `${own ? 'the studio runs on it' : 'the newest one found'}${pinNote}` };
    return onPath;
  }

  async #firstOnPath(): Promise<NodeInstall | undefined> {
    const file = await findProgram('node', this.#options.home, this.#options.environment);
    return file === undefined ? undefined : describe(file, 'PATH', await this.#ask(file));
  }

  async #find(): Promise<readonly NodeInstall[]> {
    const { environment, home, ownExecutable } = this.#options;
    const candidates = [...(await nodeCandidates(environment, home)), ...(ownExecutable === undefined ? [] : [{ path: ownExecutable, source: 'studio' }])];
    const answers = await Promise.all(candidates.map(async ({ path: file, source }) => describe(file, source, await this.#ask(file))));
    const byRealPath = new Map<string, NodeInstall>();
    for (const node of answers) {
      const real = await realPathOf(node.path);
      if (!byRealPath.has(real)) byRealPath.set(real, node);
    }
    return newestFirst([...byRealPath.values()].filter((node) => node.problem !== ELECTRON));
  }

  async #ask(file: string): Promise<Probe> {
    const real = await realPathOf(file);
    // A shim is a link to one program that looks at the name it was called by: it must be started by its own path.
    const key = path.basename(real).startsWith('node') ? real : file;
    let probe = this.#probes.get(key);
    if (!probe) {
      probe = (this.#options.probe ?? probeNode)(file);
      this.#probes.set(key, probe);
    }
    const answer = await probe;
    if (!answer.ok && answer.passes && this.#probes.get(key) === probe) this.#probes.delete(key);
    return answer;
  }
}

const ELECTRON = 'is Electron, not Node';

/** `path` is the user's own word for it, unless that is a shim: then the binary that it leads to. */
function describe(file: string, source: string, probe: Probe): NodeInstall {
  if (!probe.ok) return { path: file, source, problem: probe.problem };
  const isShim = /[\\/](\.?volta[\\/]bin|shims)[\\/]/i.test(file);
  const base = { path: isShim ? probe.execPath : file, version: probe.version, arch: probe.arch, source };
  if (probe.electron) return { ...base, problem: ELECTRON };
  const version = parseVersion(probe.version);
  if (!version || !atLeast(version, NODE_FLOOR.major, NODE_FLOOR.minor)) {
    return { ...base, problem: `is ${probe.version}; the tracer needs Node ${NODE_FLOOR.major}.${NODE_FLOOR.minor} or newer` };
  }
  return base;
}

async function realPathOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    return file; // Not there: its own name is as good a key as any.
  }
}
