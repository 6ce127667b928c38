/** A project in a folder of its own, which a program runs in as it is and recorded, from the same start each time. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RecordingWalker, walk } from '../../core/formats/recording-walker.ts';
import type { RecordingInfo } from '../../core/protocol/recording-format.ts';
import { type NodeVersion, nodeVersions, ownNode } from '../integration/tracer/node-matrix.ts';

const packages = path.join(import.meta.dirname, 'node_modules');
const fixtures = path.resolve(import.meta.dirname, '../fixtures/programs');
const cli = path.resolve(import.meta.dirname, '../../dist/cli/trace-studio.cjs');

/** A file of a package, as a project names it. */
export const packageFile = (file: string): string => path.join('node_modules', file);

/** What differs from one run of a program to the next by itself. */
export interface Mask {
  readonly what: string;
  readonly pattern: RegExp;
}

/** What a program did, masked. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** By its path in the project: what it has written or changed; of a removed one undefined. */
  readonly files: Readonly<Record<string, string | undefined>>;
}

export interface ProjectOptions {
  readonly node: string;
  /** For Node. */
  readonly flags?: readonly string[];
  readonly masks?: readonly Mask[] | undefined;
  /** Files of packages by their place in the project. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** Files by their place, beside those of the fixture. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/** The one that runs the tests; all of test/node-matrix by `npm run test:programs`. */
export const programVersions = (): NodeVersion[] => (process.env.TRACE_STUDIO_PROGRAMS === 'all' ? nodeVersions() : [ownNode()]);

/** Says so on the console, once. */
export function programsAreMissing(): boolean {
  const missing = !existsSync(path.join(packages, 'typescript'));
  if (missing) console.warn('What takes real programs is skipped: they are not installed (npm install --no-package-lock in test/programs).');
  return missing;
}

export class Project {
  readonly #parent = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'program-')));
  readonly folder = path.join(this.#parent, 'project');
  readonly #fixture: string;
  readonly #options: ProjectOptions;

  constructor(fixture: string, options: ProjectOptions) {
    this.#fixture = path.join(fixtures, fixture);
    this.#options = options;
  }

  /** By itself. */
  run(script: string, args: readonly string[] = []): Promise<Outcome> {
    const { node, flags = [] } = this.#options;
    return this.#outcome(node, [...flags, script, ...args]);
  }

  /** By `trace-studio run`. */
  async record(
    options: readonly string[],
    script: string,
    args: readonly string[] = [],
  ): Promise<{ readonly outcome: Outcome; readonly recording: Recording }> {
    const file = path.join(this.#parent, 'trace.tsr');
    rmSync(file, { force: true });
    const { node, flags = [] } = this.#options;
    const nodeFlags = flags.length > 0 ? ['--node-flags', flags.join(' ')] : [];
    const words = ['run', '-q', '-o', file, '--node', node, ...nodeFlags, ...options, '--', script, ...args];
    const outcome = await this.#outcome(process.execPath, [cli, ...words]);
    return { outcome, recording: await readRecording(file) };
  }

  async #outcome(program: string, args: readonly string[]): Promise<Outcome> {
    const before = this.#lay();
    const env: NodeJS.ProcessEnv = { ...process.env, TRACE_STUDIO_HOME: path.join(this.#parent, 'home'), DISPLAY: '', NO_UPDATE_NOTIFIER: '1' };
    for (const name of Object.keys(env)) if (/^(?:NODE_|VITEST|npm_|CI$|FORCE_COLOR)/.test(name)) delete env[name];
    const child = spawn(program, args, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => textOf(stream));
    const end = await new Promise<Pick<Outcome, 'code' | 'signal'>>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    return {
      ...end,
      stdout: this.#masked(await (stdout as Promise<string>)),
      stderr: this.#masked(await (stderr as Promise<string>)),
      files: this.#changedSince(before),
    };
  }

  /** Puts everything where it was. */
  #lay(): Map<string, string> {
    rmSync(this.folder, { recursive: true, force: true });
    cpSync(this.#fixture, this.folder, { recursive: true, preserveTimestamps: true });
    symlinkSync(packages, path.join(this.folder, 'node_modules'));
    for (const [to, text] of Object.entries(this.#options.files ?? {})) {
      mkdirSync(path.dirname(path.join(this.folder, to)), { recursive: true });
      writeFileSync(path.join(this.folder, to), text);
    }
    for (const [to, from] of Object.entries(this.#options.inputs ?? {})) {
      mkdirSync(path.dirname(path.join(this.folder, to)), { recursive: true });
      cpSync(path.join(packages, from), path.join(this.folder, to));
    }
    return this.#contents();
  }

  #contents(): Map<string, string> {
    const names = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(
      names.map(({ parentPath, name }) => {
        const file = path.join(parentPath, name);
        return [path.relative(this.folder, file), readFileSync(file, 'latin1')];
      }),
    );
  }

  #changedSince(before: ReadonlyMap<string, string>): Record<string, string | undefined> {
    const now = this.#contents();
    const all = [...new Set([...before.keys(), ...now.keys()])].sort().filter((name) => before.get(name) !== now.get(name));
    return Object.fromEntries(all.map((name) => [name, this.#masked(now.get(name))]));
  }

  #masked<T extends string | undefined>(text: T): T {
    let masked: string | undefined = text;
    for (const { what, pattern } of this.#options.masks ?? []) masked = masked?.replace(pattern, `<${what}>`);
    return masked as T;
  }

  remove(): void {
    rmSync(this.#parent, { recursive: true, force: true });
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A function of which a call was recorded. */
export interface RecordedFunction {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Recording {
  /** And runs of what may wait. */
  readonly calls: number;
  readonly lost: number;
  /** Damaged, cut, unreadable, or told of by the tracer itself. */
  readonly amiss: readonly string[];
  readonly functions: readonly RecordedFunction[];
}

class CountingWalker extends RecordingWalker {
  calls = 0;
  readonly lostOf = new Map<number, number>();
  readonly amiss: string[] = [];
  readonly #called = new Map<string, RecordedFunction>();
  #seen = new WeakMap<object, Set<number>>();

  get functions(): readonly RecordedFunction[] {
    return [...this.#called.values()];
  }

  override line(line: RecordingInfo): void {
    if (line.kind === 'stats') this.lostOf.set(line.stream, line.dropped);
    if (line.kind === 'tracer-error') this.amiss.push(line.message);
  }

  override damaged({ problem }: { readonly problem: { readonly message: string } }): void {
    this.amiss.push(problem.message);
  }

  override call(_timeNs: number, id: number, exit: boolean): void {
    if (exit) return;
    this.calls++;
    this.#see(id);
  }

  override run(_timeNs: number, id: number): void {
    this.calls++;
    this.#see(id);
  }

  #see(id: number): void {
    const { stream } = this;
    const seen = this.#seen.get(stream) ?? new Set();
    this.#seen.set(stream, seen);
    if (seen.has(id)) return;
    seen.add(id);
    const found = stream.definitions.functions.get(id);
    if (!found) this.amiss.push(`function ${id} is not defined`);
    else this.#called.set(`${found.file} ${found.line} ${found.column}`, { name: found.name, file: found.file, line: found.line, column: found.column });
  }
}

async function readRecording(file: string): Promise<Recording> {
  const walker = new CountingWalker();
  for await (const _ of walk(createReadStream(file, { highWaterMark: 1 << 20 }), walker)) {
    // All of it goes to the walker.
  }
  if (walker.unreadable > 0) walker.amiss.push(`${walker.unreadable} records cannot be read`);
  return { calls: walker.calls, lost: [...walker.lostOf.values()].reduce((sum, lost) => sum + lost, 0), amiss: walker.amiss, functions: walker.functions };
}
